"""The next runs of a proposal, in display units."""

from typing import Any

from pipeline.answers.case.case import Case
from pipeline.answers.next_runs.next_runs import next_runs
from pipeline.answers.result.next_runs import BestRun, ChosenRun, NextRuns, RunPlace
from pipeline.answers.result.scenarios import SettingValue, Withheld
from pipeline.answers.scenarios.setup import ScenarioSetup
from pipeline.answers.trained_run import TrainedRun


def next_runs_part(case: Case, run: TrainedRun, setup: ScenarioSetup) -> NextRuns | Withheld:
    """Return the runs to make next, or why none is proposed."""
    row = setup.rows(setup.batch.select(run.process.scale.attribute))
    found = next_runs(run.process, row, run.rows, run.history.results, run.model.inputs, run.cost, run.seed)
    if found["chance"] is None:
        return Withheld(found["caption"])
    return NextRuns(
        found["decision"],
        tuple(found["of"]),
        found["chance"],
        found["risk"],
        found["doubt"],
        tuple(_chosen(line) for line in found["runs"]),
        tuple(_best(line) for line in found["by_scale"]),
        found["cost_unit"],
        found["cost"],
        found["method"],
        found["caption"],
    )


def _place(line: dict[str, Any]) -> RunPlace:
    return RunPlace(line["scale"], line["unit"], line["equipment"], line["as_batch"])


def _chosen(line: dict[str, Any]) -> ChosenRun:
    settings = tuple(SettingValue(one["parameter"], one["unit"], one["value"]) for one in line["settings"])
    return ChosenRun(_place(line), settings, line["risk_after"], line["gain"], line["doubt_after"], line["cost"])


def _best(line: dict[str, Any]) -> BestRun:
    return BestRun(_place(line), line["gain"], line["doubt_after"], line["cost"], line["gain_per_cost"])
