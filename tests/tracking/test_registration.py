"""The model of a run is logged without pickles, takes the plan's columns, and can be loaded without a database."""

import json
from pathlib import Path

import pytest

from pipeline.domain.places import Places
from pipeline.tracking.mlflow import track
from tests.support.served import record_of


@pytest.fixture(scope="module")
def model(project: Places, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the model of a logged run."""
    folder = tmp_path_factory.mktemp("store")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("MLFLOW_TRACKING_URI", raising=False)
        track(record_of(project, folder / "artifacts"), folder)
    (found,) = (folder / "mlartifacts").glob("*/models/*/artifacts")
    return found


def test_log_files__holds_code_text_and_the_part_of_the_run_alone(model: Path) -> None:
    files = [path.relative_to(model) for path in model.rglob("*") if path.is_file()]
    code = {".py", ".j2", ".html", ".css", ".js", ".svg"}  # of the package, with the pages of the service
    assert {path.suffix for path in files} <= code | {"", ".json", ".yaml", ".txt", ".csv", ".parquet"}
    assert not [path for path in files if "trajectories" in path.name and path.suffix == ".parquet"]


def test_log_files__the_signature_names_the_columns_of_the_plan(model: Path) -> None:
    import mlflow

    described = mlflow.models.get_model_info(str(model))
    inputs = described.signature.inputs
    assert inputs.required_input_names() == ["product", "scale"]
    assert {"site", "equipment", "agitation", "temperature", "media_lot"} <= set(inputs.optional_input_names())
    assert not [name for name in inputs.input_names() if "." in name]
    assert {"titre", "titre_lower_90", "titre_chance", "titre_reason"} <= set(described.signature.outputs.input_names())
    assert described.metadata["columns"]["scale"] == "a number in L, or a text with a unit such as '60 L'; required"


def test_log_files__the_model_answers_its_example_without_pickle(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import mlflow

    monkeypatch.setenv("MLFLOW_ALLOW_PICKLE_DESERIALIZATION", "false")
    loaded = mlflow.pyfunc.load_model(str(model))
    found = loaded.predict(loaded.input_example)
    assert found["status"].tolist() == ["predicted", "predicted"]
    assert (found["titre_lower_90"] <= found["titre"]).all()
    assert (found["titre"] <= found["titre_upper_90"]).all()
    json.dumps(found.to_dict(orient="records"), allow_nan=False)
