"""What to run next: choices that a person would make, and a reason where there is none."""

import re
from functools import cache
from typing import Any

import polars as pl
import pytest

from pipeline.answers.limits import DecisionConfig
from pipeline.answers.next_runs.config import NextRunsConfig
from pipeline.answers.next_runs.next_runs import next_runs
from pipeline.domain.config_files import parse
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.run_cost import RunCost
from pipeline.domain.scale import scale_levels
from pipeline.domain.specification_limits import limits_of
from pipeline.extrapolation.kinds import NEW_SCALE
from pipeline.features.table import build
from pipeline.forecasting.forecaster import CalibratedModel, learn
from pipeline.forecasting.intervals import IntervalConfig
from pipeline.forecasting.joint_chance import JointErrors
from pipeline.models.registry import CarryOver, Hierarchical, ModelConfig, Task
from tests.support.pot import history, pot, ready

TABLES = history(60)
ROWS = build(pot(), TABLES)
PROPOSED = ready().rows(pl.DataFrame({"agitation": [1.0]}))
INPUTS = ("agitation", "temperature", "log10_scale")


@cache
def trained(model: ModelConfig, refuse: tuple[str, ...] = ()) -> CalibratedModel:
    rows = ROWS.with_columns(scale_level=scale_levels(ROWS["scale"], 0.1))
    known = rows.join(TABLES.results.select("batch_id", "censoring", observed="value"), on="batch_id").sort("batch_id")
    groups = ("product", "lineage", "site")
    task = Task("titre", INPUTS, (), comparable=("log10_scale",), groups=groups, refuse=refuse)
    return learn(known, task, model, IntervalConfig(), 1, [NEW_SCALE])


def made(
    lower: float | None,
    model: ModelConfig | None = None,
    config: NextRunsConfig | None = None,
    rows: pl.DataFrame = ROWS,
    proposed: pl.DataFrame = PROPOSED,
    refuse: tuple[str, ...] = (),
    **cost: Any,
) -> dict[str, Any]:
    process = pot(lower)
    final = trained(model or Hierarchical(iterations=5), refuse)
    joint = JointErrors.independent(list(limits_of(process, process.targets)))
    given = RunCost("bench runs", "example", **cost)
    return next_runs(process, proposed, rows, {"titre": final}, joint, given, config or NextRunsConfig(), 1)


def near_the_limit() -> float:
    """A lower limit under the prediction, by less than many past errors."""
    final = trained(Hierarchical(iterations=5))
    said = final.say(PROPOSED)
    return float(said.predicted[0] - said.spread[0] * final.calibrations[NEW_SCALE].half_width(0.6))


def test_next_runs__are_below_the_proposed_scale_with_gain_and_cost() -> None:
    found = made(near_the_limit())
    assert len(found["runs"]) == 4
    assert {run["scale"] for run in found["runs"]} == {1.0}
    assert [line["cost"] for line in found["by_scale"]] == [1.0]
    assert {setting["parameter"] for setting in found["runs"][0]["settings"]} >= {"agitation", "temperature"}
    assert found == made(near_the_limit())


def test_next_runs__more_runs_leave_less_doubt_and_gain_is_the_fall_of_the_risk() -> None:
    found = made(near_the_limit())
    doubts = [found["doubt"], *(run["doubt_after"] for run in found["runs"])]
    assert doubts == sorted(doubts, reverse=True)
    for run in found["runs"]:
        assert run["gain"] == pytest.approx(found["risk"] - run["risk_after"], abs=2e-6)


def test_next_runs__name_the_chance_of_a_batch_and_of_the_process_mean() -> None:
    lower = near_the_limit()
    found, final = made(lower), trained(Hierarchical(iterations=5))
    chance = final.calibrations[NEW_SCALE].probability_within(final.predict(PROPOSED), lower, None, final.spread(PROPOSED))
    assert found["batch_chance"] == pytest.approx(float(chance[0]), rel=1e-5)
    assert 1 > found["chance"] > found["batch_chance"] > 0.5
    assert found["caption"].startswith("One batch at the proposed scale and settings meets all specifications")
    assert "single batches scatter around the process mean" in found["caption"]


def test_next_runs__cost_follows_the_table_on_a_line_in_logarithms() -> None:
    found = made(near_the_limit(), table={"0.1 L": 1.0, "10 L": 100.0})
    assert found["by_scale"][0]["cost"] == pytest.approx(10.0)


def test_next_runs__says_when_none_is_needed() -> None:
    assert "No run is needed" in made(-50.0)["caption"]


def test_next_runs__the_configuration_decides_how_many_and_from_what() -> None:
    lower = near_the_limit()
    two = made(lower, config=NextRunsConfig(runs=2, candidates_per_scale=1))
    assert len(two["runs"]) == 2
    assert len({run["as_batch"] for run in two["runs"]}) == 1
    assert "No run is needed" in made(lower, config=NextRunsConfig(clear_risk=0.499))["caption"]


def test_config__is_part_of_the_decision_and_refuses_what_cannot_be() -> None:
    assert DecisionConfig().next_runs == NextRunsConfig(runs=4, candidates_per_scale=120, clear_risk=0.005)
    with pytest.raises(ScalebridgeError, match="runs"):
        parse(DecisionConfig, {"next_runs": {"runs": 0}}, "decision")


def test_next_runs__without_a_hierarchical_model_say_why_and_give_no_number() -> None:
    found = made(1.0, CarryOver())
    assert found["withheld"].endswith("and titre is answered by the model 'carry_over'.")
    assert found["caption"] == f"No run can be proposed. {found['withheld']}"
    assert (found["runs"], found["by_scale"], found["chance"], found["risk"], found["batch_chance"]) == (
        [],
        [],
        None,
        None,
        None,
    )
    assert not re.search(r"\d", found["caption"])


def test_next_runs__of_an_attribute_that_is_not_answered_give_no_number() -> None:
    unseen = PROPOSED.with_columns(site=pl.lit("Nowhere"))
    found = made(1.0, Hierarchical(iterations=2), proposed=unseen, refuse=("site",))
    assert found["withheld"].startswith("titre is not answered: no batch was made with site 'Nowhere'")
    assert (found["runs"], found["chance"]) == ([], None)


def test_next_runs__without_specification_or_smaller_batch_say_so() -> None:
    assert made(1.0, rows=ROWS.filter(pl.col("scale") > 0.01))["withheld"].startswith("No batch of history is smaller")
    process = pot()
    nothing = next_runs(
        process, PROPOSED, ROWS, {}, JointErrors.independent([]), RunCost("runs", "example"), NextRunsConfig(), 1
    )
    assert nothing["withheld"] == "No specification is given."
