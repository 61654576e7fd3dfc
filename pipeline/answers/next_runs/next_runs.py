"""What to run next: the one to four runs, below the proposed scale, that most reduce the risk of the decision."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from pipeline.answers.next_runs.belief import Belief, ProductGaussian, Surrogate
from pipeline.answers.next_runs.decision_risk import AttributeLimits, ChosenRun, Outlook, choose, outlook, risk_now
from pipeline.domain.arrays import FloatArray
from pipeline.domain.display import number, size
from pipeline.domain.process.process import Process
from pipeline.domain.run_cost import RunCost
from pipeline.domain.scale import larger_scale, scale_levels
from pipeline.domain.specification_limits import limits_of
from pipeline.domain.units import quantity

RUNS = 4
MOST = 120
"""Candidates per scale: evenly spaced batches of history."""
CLEAR = 0.005
"""A risk below this needs no run."""
METHOD = (
    "a Gaussian process on history (shared trend, smooth part, offset and trend of each product) believes; preposterior analysis "
    "(Raiffa, Schlaifer 1961; knowledge gradient, Frazier et al. 2009) looks ahead; runs are chosen one after the other by the "
    "expected p (1 - p) that they leave, p being the belief that all specifications are met"
)
DECISION = "go if the process meets all specifications at the proposed scale and settings"


def next_runs(
    process: Process,
    proposed: pl.DataFrame,
    rows: pl.DataFrame,
    results: pl.DataFrame,
    inputs: Sequence[str],
    cost: RunCost,
    seed: int,
    surrogate: Surrogate | None = None,
) -> dict[str, Any]:
    """Look for the runs whose results are expected to make the decision on the proposed batch surest.

    proposed: its row of features; rows: those of history; results: batch_id, attribute, value; inputs: features to learn from.
    A candidate is the proposed product made as some batch of history below the proposed scale was made: settings that are known
    to be possible on equipment that exists. Returns plain data in display units.
    """
    limits = _limits(process)
    places = _candidates(process, proposed, rows)
    empty: dict[str, Any] = {"decision": DECISION, "runs": [], "by_scale": [], "cost": cost.note}
    if not limits or places.height < 2:
        reason = "no specification is given" if not limits else "no batch of history is smaller than the proposed scale"
        return empty | {"chance": None, "risk": None, "caption": f"No run can be proposed: {reason}."}
    numeric = tuple(n for n in inputs if n in rows.columns and rows.schema[n].is_numeric())
    believes = surrogate or ProductGaussian(numeric)
    beliefs = [_belief(believes, name, rows, results, places) for name in limits]
    ends = list(limits.values())
    chance, risk = risk_now(beliefs, 0, ends)
    costs = _costs(process, places, rows, cost)
    chosen = choose(beliefs, 0, ends, range(1, places.height), RUNS, seed)
    single = outlook(beliefs, 0, ends, np.zeros(len(ends)), seed)
    found = empty | {
        "of": list(limits),
        "chance": number(chance),
        "risk": number(risk),
        "doubt": number(chance * (1 - chance)),
        "cost_unit": cost.unit,
        "runs": [_run(process, places, c, risk, costs) for c in chosen],
        "by_scale": _by_scale(process, places, single, risk, costs),
        "method": METHOD,
    }
    return found | {"caption": _caption(found)}


def _limits(process: Process) -> dict[str, AttributeLimits]:
    given = limits_of(process, process.targets)
    return {
        name: AttributeLimits(-np.inf if low is None else low, np.inf if high is None else high)
        for name, (low, high) in given.items()
    }


def _candidates(process: Process, proposed: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """The proposed row first, then the product in the place of others' batches below its scale."""
    below = rows.filter(larger_scale(float(proposed["scale"][0]), pl.col("scale"), process.scale.tolerance))
    level = scale_levels(below["scale"], process.scale.tolerance).alias("_level")
    spaced = (
        below.with_columns(level)
        .sort("_level", "batch_id")
        .with_columns(_n=pl.len().over("_level"), _i=pl.int_range(pl.len()).over("_level"))
        .filter((pl.col("_i") * MOST // pl.col("_n")) != ((pl.col("_i") - 1) * MOST // pl.col("_n")))
    )
    ours = [proposed[name][0] for name in ("product", "lineage")]
    placed = spaced.with_columns(pl.lit(ours[0]).alias("product"), pl.lit(ours[1]).alias("lineage")).drop("_n", "_i")
    own = proposed.with_columns(pl.col("scale").alias("_level"))
    return pl.concat([own, placed], how="diagonal_relaxed")


def _belief(surrogate: Surrogate, name: str, rows: pl.DataFrame, results: pl.DataFrame, places: pl.DataFrame) -> Belief:
    known = rows.join(
        results.filter(pl.col("attribute") == name).select("batch_id", "value"), on="batch_id", maintain_order="left"
    )
    return surrogate.believe(known.drop("value"), known["value"].to_numpy(), places)


def _costs(process: Process, places: pl.DataFrame, rows: pl.DataFrame, cost: RunCost) -> FloatArray:
    """Cost of a run at each place: by the table where there is one, else by the rule from the smallest scale of history."""
    scales = places["_level"].to_numpy()
    unit = process.attributes[process.scale.attribute].unit
    smallest = float(rows["scale"].min())  # type: ignore[arg-type]
    table = sorted((quantity(scale, unit), price) for scale, price in cost.table.items()) or [(smallest, 1.0)]
    x, y = np.log([scale for scale, _ in table]), np.log([price for _, price in table])
    at = np.log(scales)
    beyond = cost.exponent * (np.maximum(at - x[-1], 0) + np.minimum(at - x[0], 0))
    return np.asarray(np.exp(np.interp(at, x, y) + beyond))


def _run(process: Process, places: pl.DataFrame, chosen: ChosenRun, risk: float, costs: FloatArray) -> dict[str, Any]:
    """One chosen run; risk and gain are those of all runs up to it."""
    row = places.row(chosen.candidate, named=True)
    return {
        **_place(process, row),
        "settings": _settings(process, row),
        "risk_after": number(chosen.risk),
        "gain": number(max(risk - chosen.risk, 0)),
        "doubt_after": number(chosen.doubt),
        "cost": number(float(costs[chosen.candidate])),
    }


def _place(process: Process, row: dict[str, Any]) -> dict[str, Any]:
    name = process.scale.attribute
    return {
        "scale": process.attributes[name].si.from_si(row["_level"]),
        "unit": process.attributes[name].unit,
        "equipment": row["equipment"],
        "as_batch": row["batch_id"],
    }


def _settings(process: Process, row: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"parameter": name, "unit": attribute.unit, "value": process.attributes[name].si.from_si(float(row[name]))}
        for name, attribute in process.attributes.items()
        if attribute.role == "CPP"
        and attribute.kind == "number"
        and attribute.horizon == "plan"
        and row.get(name) is not None
    ]


def _by_scale(
    process: Process, places: pl.DataFrame, single: Outlook, risk: float, costs: FloatArray
) -> list[dict[str, Any]]:
    """The best single run at each scale, so that its gain can be held against its cost."""
    levels = places["_level"].to_numpy()[1:]
    lines = []
    for level in np.unique(levels):
        there = 1 + np.flatnonzero(levels == level)
        best = int(there[single.doubt[there].argmin()])
        gain, price = max(risk - float(single.risk[best]), 0.0), float(costs[best])
        place = _place(process, places.row(best, named=True))
        seen = {"gain": number(gain), "doubt_after": number(float(single.doubt[best]))}
        lines.append(place | seen | {"cost": number(price), "gain_per_cost": number(gain / price)})
    return lines


def _caption(found: dict[str, Any]) -> str:
    start = (
        f"Judged by a simple model of history alone, P(the process meets all specifications there) is {found['chance']:.2f}: "
        f"go or no-go would be wrong with probability {found['risk']:.2f}. "
    )
    if found["risk"] < CLEAR:
        return start + "No run is needed for this decision."
    first, last = found["runs"][0], found["runs"][-1]
    if found["risk"] - last["risk_after"] < CLEAR:
        return start + f"Not even {len(found['runs'])} runs below the proposed scale are expected to change that."
    return (
        f"{start}One run at {size(first['scale'])} {first['unit']} is expected to bring that to {first['risk_after']:.2f}, "
        f"{len(found['runs'])} runs to {last['risk_after']:.2f}. Costs: {found['cost']}."
    )
