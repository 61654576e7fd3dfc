"""What to run next: choices that a person would make, and a reason where there is none."""

import re
from dataclasses import replace
from functools import cache
from typing import Any

import polars as pl
import pytest
from pydantic import TypeAdapter

from pipeline.answers.limits import DecisionConfig, NextRunsConfig
from pipeline.answers.next_runs.next_runs import LEVEL, candidate_places, search_runs
from pipeline.answers.next_runs.summary import summary
from pipeline.answers.result.next_runs import NextRuns
from pipeline.answers.result.scenarios import Withheld
from pipeline.domain.config_files import parse
from pipeline.domain.display import with_error
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.run_cost import RunCost
from pipeline.domain.scale import scale_levels
from pipeline.extrapolation.kinds import NEW_SCALE
from pipeline.features.table import build
from pipeline.forecasting.calibrated_model import CalibratedModel, fit_calibrated
from pipeline.forecasting.cross_validation import with_companion
from pipeline.forecasting.intervals import IntervalConfig
from pipeline.forecasting.joint_chance import JointErrors
from pipeline.models.registry import CarryOver, Hierarchical, ModelConfig, Task
from tests.support.pot import history, pot, ready

TABLES = history(60)
ROWS = build(pot(), TABLES)
PROPOSED = ready().rows(pl.DataFrame({"agitation": [1.0]}))
INPUTS = ("agitation", "temperature", "log10_scale")
MODEL = Hierarchical(iterations=5)


@cache
def trained(model: ModelConfig) -> CalibratedModel:
    rows = ROWS.with_columns(scale_level=scale_levels(ROWS["scale"], 0.1))
    known = rows.join(TABLES.results.select("batch_id", "censoring", observed="value"), on="batch_id").sort("batch_id")
    task = Task("titre", INPUTS, (), comparable=("log10_scale",), groups=("product", "lineage", "site"))
    return fit_calibrated(known, task, model, IntervalConfig(), 1, [NEW_SCALE])


def near_the_limit() -> float:
    """A lower limit under the prediction, by less than many past errors."""
    forecast = trained(MODEL).forecast(PROPOSED)
    return float(forecast.predicted[0] - forecast.spread[0] * trained(MODEL).calibrations[NEW_SCALE].half_width(0.6))


def made(
    lower: float | None = None, config: NextRunsConfig | None = None, clear_risk: float = 0.005, **cost: Any
) -> NextRuns:
    process = pot(near_the_limit() if lower is None else lower)
    joint, config = JointErrors.independent(["titre"]), config or NextRunsConfig()
    found = search_runs(process, PROPOSED, ROWS, {"titre": trained(MODEL)}, joint, config, 1)
    assert not isinstance(found, Withheld)
    return summary(found, process, RunCost("bench runs", "example", **cost), 0.001, clear_risk)


def withheld(model: ModelConfig = MODEL, rows: pl.DataFrame = ROWS, targets: tuple[str, ...] = ("titre",)) -> str:
    found = search_runs(
        pot(1.0), PROPOSED, rows, {"titre": trained(model)}, JointErrors.independent(targets), NextRunsConfig(), 1
    )
    assert isinstance(found, Withheld)
    return found.reason


def test_next_runs__are_below_the_proposed_scale_with_gain_and_cost() -> None:
    found = made()
    assert len(found.runs) == 4
    assert {run.place.scale for run in found.runs} == {1.0}
    assert [line.cost for line in found.by_scale] == [1.0]
    assert {setting.parameter for setting in found.runs[0].settings} >= {"agitation", "temperature"}
    assert found == made()


def test_next_runs__more_runs_leave_less_doubt_and_gain_is_the_reduction_of_the_risk() -> None:
    found = made()
    doubts = [found.doubt, *(run.doubt_after for run in found.runs)]
    assert doubts == sorted(doubts, reverse=True)
    assert all(run.gain == pytest.approx(found.risk - run.risk_after, abs=2e-3) for run in found.runs)


def test_next_runs__name_the_chance_of_one_batch_as_in_the_answer_and_that_of_the_process_mean() -> None:
    found, final = made(), trained(MODEL)
    forecast = final.forecast(PROPOSED)
    in_answer = 1 - sum(final.beyond(forecast, (near_the_limit(), None)))
    assert found.batch_chance == pytest.approx(float(in_answer[0]), rel=1e-5)
    assert found.batch_chance is not None
    assert 1 > found.process_mean_chance > found.batch_chance > 0.5
    assert "chance that one batch meets all specifications" in found.caption
    assert "chance that the process mean meets all specifications" in found.caption
    assert "single batches scatter around the process mean" in found.caption


def test_next_runs__write_a_chance_of_one_batch_above_what_past_errors_support_as_the_answer_does() -> None:
    process, joint = pot(near_the_limit()), JointErrors.independent(["titre"])
    found = search_runs(process, PROPOSED, ROWS, {"titre": trained(MODEL)}, joint, NextRunsConfig(), 1)
    assert not isinstance(found, Withheld)
    assert found.batch.value > 2 / 3
    caption = summary(found, process, RunCost("bench runs", "example"), 0.001, 0.005, 2 / 3).caption
    assert "settings is above 66 %, as in the answer" in caption
    of_a_lot = summary(found, process, RunCost("bench runs", "example"), 0.001, 0.005, 2 / 3, mixed=True).caption
    assert "settings is above 66 %, for a lot as in the reference batches." in of_a_lot


def test_next_runs__files_that_call_the_chance_of_the_process_mean_chance_are_read() -> None:
    adapter = TypeAdapter(NextRuns)
    current = adapter.dump_python(made(), mode="json")
    former = {("chance" if key == "process_mean_chance" else key): value for key, value in current.items() if key != "error"}
    assert adapter.validate_python(former) == replace(made(), error=None)


def test_next_runs__no_number_has_more_digits_than_its_error_carries() -> None:
    found = made()
    numbers = [
        found.risk,
        found.doubt,
        *(value for run in found.runs for value in (run.risk_after, run.gain, run.doubt_after)),
    ]
    assert all(round(number, 3) == number for number in numbers)
    assert found.process_mean_chance == with_error(found.process_mean_chance, found.error or 0.0)


def test_next_runs__cost_follows_the_table_on_a_line_in_logarithms() -> None:
    assert made(table={"0.1 L": 1.0, "10 L": 100.0}).by_scale[0].cost == pytest.approx(10.0)


def test_next_runs__without_a_table_follow_the_rule_from_the_smallest_scale() -> None:
    assert made(exponent=0.6).by_scale[0].cost == pytest.approx(1.0)


def test_next_runs__say_when_none_is_needed() -> None:
    assert "No run is needed" in made(-50.0).caption


def test_next_runs__the_configuration_decides_how_many_and_from_what() -> None:
    two = made(config=NextRunsConfig(runs=2, candidates_per_scale=1))
    assert len(two.runs) == 2
    assert len({run.place.as_batch for run in two.runs}) == 1
    assert "No run is needed" in made(clear_risk=0.499).caption


def test_candidates__are_evenly_spaced_batches_of_each_smaller_scale_as_the_proposed_product() -> None:
    places = candidate_places(pot(), PROPOSED, ROWS, 7)
    assert places.height == 1 + 7
    assert places["product"].unique().to_list() == PROPOSED["product"].to_list()
    assert places[LEVEL].to_list() == [0.1, *[0.001] * 7]


def test_candidates__of_a_transfer_are_also_batches_of_the_same_scale_elsewhere() -> None:
    elsewhere = PROPOSED.with_columns(site=pl.lit("new"))
    places = candidate_places(pot(), elsewhere, ROWS, 7, "site")
    assert places[LEVEL].to_list() == [0.1, *[0.001] * 7, *[0.1] * 7]
    assert places["site"].to_list() == ["new", *["Here"] * 7, *["There"] * 7]
    assert places["product"].unique().to_list() == PROPOSED["product"].to_list()
    assert candidate_places(pot(), PROPOSED, ROWS, 7, "site").height == 1 + 7  # no run at the proposed site itself
    assert candidate_places(pot(), elsewhere, ROWS, 7, "devices").height == 1 + 7


def test_next_runs__of_a_transfer_name_the_sites_and_do_not_speak_of_a_scale() -> None:
    process, joint = pot(near_the_limit()), JointErrors.independent(["titre"])
    elsewhere = PROPOSED.with_columns(site=pl.lit("new"))
    found = search_runs(process, elsewhere, ROWS, {"titre": trained(MODEL)}, joint, NextRunsConfig(), 1, "site")
    assert not isinstance(found, Withheld)
    made_up = summary(found, process, RunCost("bench runs", "example"), 0.001, 0.005, None, "site")
    assert [one.place.site for one in made_up.by_scale] == ["Here", "There"]
    assert made_up.decision.endswith("at the proposed site and settings")
    assert "proposed scale" not in made_up.caption.replace("at another site or below the proposed scale", "")
    assert all(run.place.site is None for run in made().runs)


def test_config__is_part_of_the_decision_and_refuses_what_cannot_be() -> None:
    assert DecisionConfig().next_runs == NextRunsConfig(runs=4, candidates_per_scale=120, clear_risk=0.005)
    with pytest.raises(ScalebridgeError, match="runs"):
        parse(DecisionConfig, {"next_runs": {"runs": 0}}, "decision")


def test_next_runs__without_a_hierarchical_model_say_why_and_give_no_number() -> None:
    reason = withheld(CarryOver())
    assert reason.startswith("only a hierarchical model gives the correlation between runs at different places")
    assert reason.endswith("titre by the model 'carry_over'")
    assert not re.search(r"\d", reason)


def test_next_runs__with_a_companion_are_proposed_and_say_that_it_does_not_answer() -> None:
    final = trained(CarryOver())
    known = ROWS.join(TABLES.results.select("batch_id", "censoring", observed="value"), on="batch_id").sort("batch_id")
    known = known.with_columns(scale_level=scale_levels(known["scale"], 0.1))
    process, joint = pot(near_the_limit()), JointErrors.independent(["titre"])
    found = search_runs(process, PROPOSED, ROWS, {"titre": with_companion(final, known)}, joint, NextRunsConfig(), 1)
    assert not isinstance(found, Withheld)
    assert found.decision.belief.spread.shape[0] == found.places.height
    text = summary(found, process, RunCost("bench runs", "example"), 0.001, 0.005).caption
    assert text.endswith(
        "comes from a hierarchical model that does not answer, for titre (answered by the model 'carry_over')."
    )
    assert "does not answer" not in made().caption


def test_next_runs__without_specification_or_smaller_batch_say_so() -> None:
    assert withheld(rows=ROWS.filter(pl.col("scale") > 0.01)).startswith("no batch of history is smaller")
    assert withheld(targets=()) == "no specification is given"
