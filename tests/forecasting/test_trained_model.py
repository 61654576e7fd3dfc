"""The trained model survives its text files."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.process.process import Process
from pipeline.features.catalogue import catalogue
from pipeline.forecasting.trained_model import TrainedModel, tasks_of
from tests.support.example_result import plant_process, rows
from tests.support.trained_pot import trained_run


@pytest.fixture(scope="module")
def served() -> TrainedModel:
    return trained_run().model


def test_save__the_same_models_are_loaded_again(served: TrainedModel, tmp_path: Path) -> None:
    some = trained_run().rows.head(6)
    served.save(tmp_path / "model")
    again = TrainedModel.load(tmp_path / "model")
    assert again.finals["titre"].predict(some).tolist() == served.finals["titre"].predict(some).tolist()
    ends, expected = (
        [one.finals["titre"].intervals(one.finals["titre"].forecast(some), one.levels)] for one in (again, served)
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


def no_rows(process: Process) -> pl.DataFrame:
    return pl.DataFrame(schema={e.feature: pl.Float64 if e.kind == "number" else pl.String for e in catalogue(process)})


def test_tasks_of__every_target_may_use_the_product_and_nothing_of_a_later_horizon(tablets: Process) -> None:
    none = no_rows(tablets)
    plan, in_process = ({t.target: t for t in tasks_of(tablets, horizon, none)} for horizon in ("plan", "in_process"))  # type: ignore[arg-type]
    assert tuple(plan) == tuple(in_process) == tablets.targets
    assert all(task.categorical[0] == "product" for task in plan.values())
    assert all(set(plan[target].columns) < set(in_process[target].columns) for target in plan)
    assert "main_force_mean" not in plan["dissolution_av"].numeric
    assert "main_force_mean" in in_process["dissolution_av"].numeric


def test_tasks_of__leave_out_a_quantity_that_is_constant_or_equal_to_another_in_all_batches() -> None:
    process = plant_process()
    little, much = (rows(process, "lab", [3.0, 3.5, 4.0], gas) for gas in (5e-6, 5e-3))
    ratio, power = "bioreactor.gassed_power_ratio", "bioreactor.gassed_power_per_volume"
    for task in tasks_of(process, "plan", little):
        assert {ratio, power}.isdisjoint((*task.columns, *task.comparable))
        assert {"bioreactor.power_per_volume", "bioreactor.blend_time"} <= {*task.numeric} & {*task.comparable}
    for task in tasks_of(process, "plan", pl.concat([little, much])):
        assert {ratio, power} <= {*task.numeric} & {*task.comparable}


def test_tasks_of__leave_out_what_models_do_not_read() -> None:
    process = plant_process()
    few = replace(process, models_do_not_read=("product", "log10_scale"))
    whole, left = (tasks_of(one, "plan", no_rows(one))[0] for one in (process, few))
    assert {*whole.columns} - {*left.columns} == {"product", "log10_scale"}
    assert "log10_scale" not in left.comparable
    assert left.groups == whole.groups


def test_tasks_of__a_prediction_stays_in_the_possible_range(tablets: Process) -> None:
    (task,) = [one for one in tasks_of(tablets, "plan", no_rows(tablets)) if one.target == "dissolution_av"]
    low, high = tablets.attributes["dissolution_av"].possible or (None, None)
    assert low is not None
    assert task.clipped(np.array([-1e9]))[0] == low
    assert task.highest == high
