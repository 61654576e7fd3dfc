"""The trained model survives its text files."""

from pathlib import Path

import numpy as np
import pytest

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.process.process import Process
from pipeline.forecasting.trained_model import TrainedModel, tasks_of
from tests.support.trained_pot import trained_run


@pytest.fixture(scope="module")
def served() -> TrainedModel:
    return trained_run().model


def test_save__the_same_models_are_loaded_again(served: TrainedModel, tmp_path: Path) -> None:
    rows = trained_run().rows.head(6)
    served.save(tmp_path / "model")
    again = TrainedModel.load(tmp_path / "model")
    assert again.finals["titre"].predict(rows).tolist() == served.finals["titre"].predict(rows).tolist()
    ends, expected = (
        [one.finals["titre"].intervals(one.finals["titre"].forecast(rows), one.levels)] for one in (again, served)
    )
    np.testing.assert_array_equal(np.asarray(ends), np.asarray(expected))
    assert (again.products, again.levels, again.choices) == (("P", "Q"), served.levels, {"titre": ("ridge", "none")})
    assert {path.suffix for path in (tmp_path / "model").iterdir()} == {".json"}


def test_load__without_a_model_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ScalebridgeError, match=r"no trained model in .*; run `dvc repro` first"):
        TrainedModel.load(tmp_path)


def test_inputs__are_all_that_the_models_read(served: TrainedModel) -> None:
    assert served.inputs == ["agitation", "temperature", "copper"]
    assert served.reads == {"titre": ("agitation", "temperature", "copper")}


def test_tasks_of__every_target_may_use_the_product_and_nothing_of_a_later_horizon(tablets: Process) -> None:
    plan, in_process = ({task.target: task for task in tasks_of(tablets, horizon)} for horizon in ("plan", "in_process"))  # type: ignore[arg-type]
    assert tuple(plan) == tuple(in_process) == tablets.targets
    assert all(task.categorical[0] == "product" for task in plan.values())
    assert all(set(plan[target].columns) < set(in_process[target].columns) for target in plan)
    assert "main_force_mean" not in plan["dissolution_av"].numeric
    assert "main_force_mean" in in_process["dissolution_av"].numeric


def test_tasks_of__a_prediction_stays_in_the_possible_range(tablets: Process) -> None:
    (task,) = [one for one in tasks_of(tablets, "plan") if one.target == "dissolution_av"]
    low, high = tablets.attributes["dissolution_av"].possible or (None, None)
    assert low is not None
    assert task.clipped(np.array([-1e9]))[0] == low
    assert task.highest == high
