"""The next runs of a proposal, in display units."""

from typing import Any

import numpy as np

from pipeline.answers.case.case import Case
from pipeline.answers.case.transfer_change import COLUMN
from pipeline.answers.next_runs.decision_risk import RunChoice
from pipeline.answers.next_runs.next_runs import LEVEL, RunSearch, search_runs
from pipeline.answers.result.next_runs import BestRun, ChosenRun, NextRuns, RunPlace, where_runs_are
from pipeline.answers.result.scenarios import SettingValue, Withheld
from pipeline.answers.scenarios.setup import ScenarioSetup
from pipeline.answers.trained_run import TrainedRun
from pipeline.domain.arrays import FloatArray
from pipeline.domain.display import chance, size, with_error
from pipeline.domain.process.axis_words import WORDS, Change, in_place
from pipeline.domain.process.process import Process
from pipeline.domain.run_cost import RunCost
from pipeline.domain.units import quantity

METHOD = (
    "The model that answers predicts the process mean. A hierarchical model, part of it or fitted beside it, gives the correlation "
    "between the process means of runs. Past forecast errors give the spread and the correlation of the attributes. On simulated "
    "plants the intervals of this belief covered the process mean a little too seldom over all attributes, and clearly too seldom "
    "for one of six. The look-ahead is a preposterior analysis (Raiffa, Schlaifer 1961; knowledge gradient, Frazier et al. 2009). "
    "Runs are chosen one after the other by the expected p (1 - p) that they leave, where p is the chance that the process mean "
    "meets all specifications"
)
DECISION = "go if the process mean meets all specifications {}"
"""With a place for the words of the proposed scale, site or device and settings."""


def next_runs_part(case: Case, run: TrainedRun, setup: ScenarioSetup, supported: float | None) -> NextRuns | Withheld:
    """Return the runs to make next, or why none is proposed. supported: the largest chance that past errors support."""
    joint, config = setup.forecaster.joint, run.decision.next_runs
    change = case.proposed.change
    found = search_runs(run.process, case.row, run.rows, run.model.finals, joint, config, run.seed, change)
    if isinstance(found, Withheld):
        return found
    smallest = float(run.rows["scale"].min())  # type: ignore[arg-type]
    return summary(
        found, run.process, run.cost, smallest, config.clear_risk, supported, change, mixed=bool(case.unknown_lots)
    )


def summary(
    found: RunSearch,
    process: Process,
    cost: RunCost,
    smallest_scale: float,
    clear_risk: float,
    supported: float | None = None,
    change: Change = "scale",
    *,
    mixed: bool = False,
) -> NextRuns:
    """Return the result of a search in display units. A risk, or a reduction of it, below `clear_risk` does not count.

    supported: the largest chance of one batch that past errors support. A chance above it is written as "above", as in the answer.
    change: what the transfer changes; mixed: the answer is a mixture over past lots, and the search is for one lot.
    """
    costs = costs_at(found.places[LEVEL].to_numpy(), process, cost, smallest_scale)
    chosen = tuple(_chosen(process, found, one, costs, change) for one in found.chosen)
    mean = found.decision.of_process_mean
    return NextRuns(
        decision=DECISION.format(WORDS[change].settings),
        of=found.attributes,
        batch_chance=with_error(found.batch.value, found.batch.error),
        process_mean_chance=with_error(mean.value, mean.error),
        risk=found.decision.risk,
        doubt=found.decision.doubt,
        runs=chosen,
        by_scale=tuple(_best(process, found, one, costs, change) for one in found.best),
        cost_unit=cost.unit,
        cost_note=cost_note(process, cost),
        method=METHOD,
        caption=_caption(found, chosen, process, cost, clear_risk, supported, change, mixed=mixed)
        + _companions(found, process),
        error=mean.error,
    )


def costs_at(scales: FloatArray, process: Process, cost: RunCost, smallest_scale: float) -> FloatArray:
    """Return the cost of a run at scales (SI): by the table where there is one, else by the rule from the smallest scale."""
    unit = process.attributes[process.scale.attribute].unit
    table = sorted((quantity(scale, unit), price) for scale, price in cost.table.items()) or [(smallest_scale, 1.0)]
    x, y = np.log([scale for scale, _ in table]), np.log([price for _, price in table])
    at = np.log(scales)
    beyond = cost.exponent * (np.maximum(at - x[-1], 0) + np.minimum(at - x[0], 0))
    return np.asarray(np.exp(np.interp(at, x, y) + beyond))


def cost_note(process: Process, cost: RunCost) -> str:
    """Return where the costs come from. Without batch sizes no rule applies, and all runs cost the same."""
    return cost.note if process.states_scale else "every run costs the same, because no batch size is stated"


def _chosen(process: Process, found: RunSearch, one: RunChoice, costs: FloatArray, change: Change) -> ChosenRun:
    row = found.places.row(one.candidate, named=True)
    return ChosenRun(
        place=_place(process, row, change),
        settings=_settings(process, row),
        risk_after=one.risk,
        gain=found.decision.risk - one.risk,
        doubt_after=one.doubt,
        cost=float(costs[one.candidate]),
    )


def _best(process: Process, found: RunSearch, one: RunChoice, costs: FloatArray, change: Change) -> BestRun:
    gain, price = round(found.decision.risk - one.risk, 3), float(costs[one.candidate])
    place = _place(process, found.places.row(one.candidate, named=True), change)
    return BestRun(place=place, gain=gain, doubt_after=one.doubt, cost=price, gain_per_cost=gain / price)


def _place(process: Process, row: dict[str, Any], change: Change) -> RunPlace:
    scale = process.attributes[process.scale.attribute]
    site = row["site"] if change in COLUMN else None
    return RunPlace(scale.si.from_si(row[LEVEL]), scale.unit, row["equipment"], row["batch_id"], site)


def _settings(process: Process, row: dict[str, Any]) -> tuple[SettingValue, ...]:
    """Return the settings of a run that are known at the time of planning."""
    return tuple(
        SettingValue(name, attribute.unit, attribute.si.from_si(float(row[name])))
        for name, attribute in process.attributes.items()
        if attribute.role == "CPP"
        and attribute.kind == "number"
        and attribute.horizon == "plan"
        and row.get(name) is not None
    )


def _companions(found: RunSearch, process: Process) -> str:
    """Name the attributes whose correlation between runs comes from a model that does not answer; nothing where there is none."""
    named = "; ".join(
        f"{process.display_name(name)} (answered by the model '{kind}')" for name, kind in found.companions.items()
    )
    return (
        f" The correlation between runs comes from a hierarchical model that does not answer, for {named}." if named else ""
    )


def _caption(
    found: RunSearch,
    runs: tuple[ChosenRun, ...],
    process: Process,
    cost: RunCost,
    clear_risk: float,
    supported: float | None,
    change: Change,
    *,
    mixed: bool,
) -> str:
    """Return the result in words. It names the chance of one batch and that of the process mean, and why there are two."""
    risk, batch = found.decision.risk, chance(found.batch.value, supported)
    like = "for a lot as in the reference batches" if mixed else "as in the answer"
    start = (
        f"The chance that one batch meets all specifications {WORDS[change].settings} is {batch}, "
        f"{like}. The chance that the process mean meets all specifications there is {chance(found.decision.chance)}. "
        "These are two numbers, because single batches scatter around the process mean. In both, attributes correlate as their "
        "past errors did. The decision is about the process mean: go or no-go would be wrong with a chance of "
        f"{chance(risk)}. "
    )
    if risk < clear_risk:
        return start + "No run is needed for this decision."
    if risk - runs[-1].risk_after < clear_risk:
        where = where_runs_are(change, sized=process.states_scale)
        return f"{start}Not even {len(runs)} runs {where} are expected to reduce this risk noticeably."
    first = runs[0].place
    at = f"at {size(first.scale)} {first.unit}"
    if change in COLUMN:
        place = first.site or first.equipment if change == "site" else first.equipment or first.as_batch
        at = in_place(change, place).strip()
    return (
        f"{start}One run {at} is expected to reduce this risk to "
        f"{chance(runs[0].risk_after)}, {len(runs)} runs to {chance(runs[-1].risk_after)}. Costs: {cost_note(process, cost)}."
    )
