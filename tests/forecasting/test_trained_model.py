"""The trained model speaks the units of the process definition and survives its text files."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.process.process import Process
from pipeline.forecasting.trained_model import TrainedModel, in_display_units, tasks_of
from tests.support.trained_pot import trained_run


@pytest.fixture(scope="module")
def served() -> TrainedModel:
    return trained_run().model


@pytest.fixture(scope="module")
def rows() -> pl.DataFrame:
    """Feature rows in SI."""
    return trained_run().rows.head(6)


ASKED = pl.DataFrame({"product": ["P"], "agitation": [60.0], "temperature": [37.0], "copper": [1.5], "log10_scale": [-1.0]})
"""One batch in display units: rpm, degC, g/L."""


def test_predict__takes_display_units(served: TrainedModel) -> None:
    si = pl.DataFrame({"agitation": [1.0], "temperature": [310.15], "copper": [1.5]})
    assert served.predict(ASKED)["titre"].to_list() == pytest.approx(served.finals["titre"].predict(si).tolist())


def test_in_display_units__and_predict_give_what_the_final_model_says(served: TrainedModel, rows: pl.DataFrame) -> None:
    shown = in_display_units(trained_run().process, rows)
    assert shown["temperature"].to_list() == pytest.approx((rows["temperature"] - 273.15).to_list())
    assert shown["agitation"].to_list() == pytest.approx((60 * rows["agitation"]).to_list())
    assert served.predict(shown)["titre"].to_list() == pytest.approx(served.finals["titre"].predict(rows).tolist())


def test_predict__gives_an_interval_per_level_each_inside_the_next(served: TrainedModel) -> None:
    (found,) = served.predict(ASKED).to_dicts()
    ends = [found[f"titre_lower_{level}"] for level in (95, 90, 80)]
    ends += [found["titre"], *(found[f"titre_upper_{level}"] for level in (80, 90, 95))]
    assert ends == sorted(ends)
    assert ends[0] < ends[-1]
    assert len(found) == len(ends)


def test_predict__answers_the_same_after_saving_and_loading(
    served: TrainedModel, rows: pl.DataFrame, tmp_path: Path
) -> None:
    served.save(tmp_path / "model")
    again = TrainedModel.load(tmp_path / "model")
    shown = in_display_units(trained_run().process, rows)
    assert again.predict(shown).equals(served.predict(shown))
    assert (again.products, again.levels, again.choices) == (("P", "Q"), served.levels, {"titre": ("ridge", "none")})
    assert {path.suffix for path in (tmp_path / "model").iterdir()} == {".json"}


def test_predict__an_input_that_is_missing_counts_as_unknown(served: TrainedModel) -> None:
    unknown = served.predict(ASKED.with_columns(copper=pl.lit(None, pl.Float64)))
    assert served.predict(ASKED.drop("copper")).equals(unknown)
    assert np.isfinite(unknown["titre"].to_numpy()).all()


def test_predict__a_line_that_is_not_stated_is_that_of_the_product(served: TrainedModel) -> None:
    """The line decides the kind of question, and so the width of the interval."""
    stated = served.predict(ASKED.with_columns(lineage=pl.col("product")))
    other = served.predict(ASKED.with_columns(lineage=pl.lit("never seen")))
    assert served.predict(ASKED).equals(stated)
    assert not served.predict(ASKED).equals(other)


def test_predict__needs_the_product(served: TrainedModel) -> None:
    with pytest.raises(ScalebridgeError, match="needs the column 'product'; the table has agitation, temperature"):
        served.predict(ASKED.drop("product"))


def test_load__without_a_model_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ScalebridgeError, match=r"no trained model in .*; run `dvc repro` first"):
        TrainedModel.load(tmp_path)


def test_inputs__are_all_that_the_models_read(served: TrainedModel) -> None:
    assert served.inputs == ["agitation", "temperature", "copper"]
    assert served.reads == {"titre": ("agitation", "temperature", "copper")}
    assert {"product", "lineage", "site", "equipment"} <= set(served.words)


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
