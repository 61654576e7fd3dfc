"""The model as MLflow runs it says what the trained model says."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from pipeline.forecasting.trained_model import in_display_units
from pipeline.tracking.served_model import ScalebridgeModel
from tests.support.pot import pot
from tests.support.trained_pot import trained_run


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> ScalebridgeModel:
    folder = tmp_path_factory.mktemp("model")
    trained_run().model.save(folder)
    model = ScalebridgeModel()
    model.load_context(SimpleNamespace(artifacts={"model": str(folder)}))
    return model


def test_served_model__predicts_as_the_trained_model(served: ScalebridgeModel, tmp_path: Path) -> None:
    rows = in_display_units(pot(), trained_run().rows.head(4))
    found = served.predict(None, rows.to_pandas())
    expected = trained_run().model.predict(rows)
    assert list(found.columns) == expected.columns
    assert found["titre"].tolist() == pytest.approx(expected["titre"].to_list())
    assert found["titre_lower_90"].tolist() == pytest.approx(expected["titre_lower_90"].to_list())
