"""What to run next: the runs below the proposed scale that most reduce the risk of the decision."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from pipeline.answers.next_runs.belief import believe, chances_beyond, hierarchical_member, scores_of
from pipeline.answers.next_runs.config import NextRunsConfig
from pipeline.answers.next_runs.decision_risk import ChosenRun, GoDecision, choose
from pipeline.answers.next_runs.joint_belief import JointBelief
from pipeline.domain.arrays import FloatArray
from pipeline.domain.display import chance_in_words as chance
from pipeline.domain.display import in_words, size
from pipeline.domain.display_old import number, shown
from pipeline.domain.process.process import Process
from pipeline.domain.run_cost import RunCost
from pipeline.domain.scale import scale_levels
from pipeline.domain.specification_limits import limits_of
from pipeline.domain.units import quantity
from pipeline.forecasting.forecaster import CalibratedModel
from pipeline.forecasting.joint_chance import JointErrors, chance_together
from pipeline.models.hierarchical.model import FittedHierarchical

METHOD = (
    "The model that answers predicts the process mean. Its hierarchical part says how the process means of two runs correlate. "
    "The spread is that of past forecast errors, and attributes correlate as these errors did. The look-ahead is a preposterior "
    "analysis (Raiffa, Schlaifer 1961; knowledge gradient, Frazier et al. 2009). Runs are chosen one after the other by the "
    "expected p (1 - p) that they leave, where p is the chance that the process mean meets all specifications"
)
DECISION = "go if the process mean meets all specifications at the proposed scale and settings"


def next_runs(
    process: Process,
    proposed: pl.DataFrame,
    rows: pl.DataFrame,
    finals: Mapping[str, CalibratedModel],
    joint: JointErrors,
    cost: RunCost,
    config: NextRunsConfig,
    seed: int,
) -> dict[str, Any]:
    """Look for the runs whose results are expected to reduce the risk of the decision on the proposed batch the most.

    proposed: its feature row; rows: those of history; finals: the trained model of each attribute; joint: how errors of the
    attributes with a specification go together. A candidate is the proposed product made as some batch of history below the
    proposed scale was made: these settings are known to be possible on equipment that exists. Returns plain data in display units.
    Where no run can be proposed, `withheld` is the reason and there is no number.
    """
    limits = limits_of(process, joint.targets)
    places = _candidates(process, proposed, rows, config.candidates_per_scale)
    empty: dict[str, Any] = {"decision": DECISION, "of": list(limits), "runs": [], "by_scale": [], "cost": cost.note}
    members = {name: hierarchical_member(finals[name].model) for name in limits}
    if reason := _why_none(finals, members, places):
        numbers = dict.fromkeys(("batch_chance", "chance", "risk", "doubt"))
        return empty | numbers | {"withheld": reason, "caption": f"No run can be proposed. {reason}"}
    beliefs = [believe(finals[name], member, places) for name, member in members.items() if member is not None]
    beyond = np.array(
        [chances_beyond(finals[name], b.said, ends) for b, (name, ends) in zip(beliefs, limits.items(), strict=True)]
    )
    decision = GoDecision(JointBelief.of(beliefs, joint.correlation), [scores_of(*chances) for chances in beyond], seed)
    found = empty | {
        "withheld": None,
        "batch_chance": number(float(chance_together(beyond[:, 0][None], beyond[:, 1][None], joint.correlation)[0])),
        "chance": number(decision.chance),
        "risk": number(decision.risk),
        "doubt": number(decision.doubt),
        "cost_unit": cost.unit,
        **_found_runs(process, places, decision, config.runs, _costs(process, places, rows, cost)),
        "method": METHOD,
    }
    return found | {"caption": _caption(found, config.clear_risk)}


def _found_runs(
    process: Process, places: pl.DataFrame, decision: GoDecision, runs: int, costs: FloatArray
) -> dict[str, list[dict[str, Any]]]:
    """The chosen runs, and the best single run at each scale."""
    chosen = choose(decision, range(1, places.height), runs)
    return {
        "runs": [_run(process, places, one, decision.risk, costs) for one in chosen],
        "by_scale": _by_scale(process, places, decision, costs),
    }


def _why_none(
    finals: Mapping[str, CalibratedModel], members: Mapping[str, FittedHierarchical | None], places: pl.DataFrame
) -> str | None:
    """Why no run can be proposed, or None. `members` are those of the attributes with a specification."""
    if not members:
        return "No specification is given."
    if places.height < 2:
        return "No batch of history is smaller than the proposed scale."
    for name in members:
        if refused := finals[name].reasons(places.head(1))[0]:
            return f"{in_words(name)} is not answered: {refused}."
    lacking = [name for name, member in members.items() if member is None]
    if lacking:
        answered = "; ".join(f"{in_words(name)} is answered by the model '{finals[name].model.kind}'" for name in lacking)
        return f"Only a hierarchical model says what a run at one place tells about another place, and {answered}."
    return None


def _candidates(process: Process, proposed: pl.DataFrame, rows: pl.DataFrame, most: int) -> pl.DataFrame:
    """Return the proposed row, then rows of the same product made as batches of history below the proposed scale."""
    below = rows.filter(pl.col("scale") < float(proposed["scale"][0]) * (1 - process.scale.tolerance))
    level = scale_levels(below["scale"], process.scale.tolerance).alias("_level")
    spaced = (
        below.with_columns(level)
        .sort("_level", "batch_id")
        .with_columns(_n=pl.len().over("_level"), _i=pl.int_range(pl.len()).over("_level"))
        .filter((pl.col("_i") * most // pl.col("_n")) != ((pl.col("_i") - 1) * most // pl.col("_n")))
    )
    ours = [proposed[name][0] for name in ("product", "lineage")]
    placed = spaced.with_columns(pl.lit(ours[0]).alias("product"), pl.lit(ours[1]).alias("lineage")).drop("_n", "_i")
    own = proposed.with_columns(pl.col("scale").alias("_level"))
    return pl.concat([own, placed], how="diagonal_relaxed")


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
        "scale": shown(process, name, row["_level"]),
        "unit": process.attributes[name].unit,
        "equipment": row["equipment"],
        "as_batch": row["batch_id"],
    }


def _settings(process: Process, row: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"parameter": name, "unit": attribute.unit, "value": shown(process, name, row[name])}
        for name, attribute in process.attributes.items()
        if attribute.role == "CPP"
        and attribute.kind == "number"
        and attribute.horizon == "plan"
        and row.get(name) is not None
    ]


def _by_scale(process: Process, places: pl.DataFrame, decision: GoDecision, costs: FloatArray) -> list[dict[str, Any]]:
    """The best single run at each scale, so that its gain can be compared with its cost."""
    levels = places["_level"].to_numpy()
    doubt = decision.doubt_after_one
    at_level = [np.flatnonzero((levels == level) & (np.arange(len(levels)) > 0)) for level in np.unique(levels[1:])]
    best = np.array([there[doubt[there].argmin()] for there in at_level])
    lines = []
    for run, risk in zip(best.tolist(), decision.risk_after(decision.belief, best).tolist(), strict=True):
        gain, price = max(decision.risk - risk, 0.0), float(costs[run])
        place = _place(process, places.row(run, named=True))
        seen = {"gain": number(gain), "doubt_after": number(float(doubt[run]))}
        lines.append(place | seen | {"cost": number(price), "gain_per_cost": number(gain / price)})
    return lines


def _caption(found: dict[str, Any], clear: float) -> str:
    start = (
        f"One batch at the proposed scale and settings meets all specifications with a chance of {chance(found['batch_chance'])}. "
        f"The process mean there meets them with a chance of {chance(found['chance'])}. These are two numbers because "
        "single batches scatter around the process mean. The decision is about the process mean: go or no-go would be wrong with a "
        f"chance of {chance(found['risk'])}. "
    )
    if found["risk"] < clear:
        return start + "No run is needed for this decision."
    first, last = found["runs"][0], found["runs"][-1]
    if found["risk"] - last["risk_after"] < clear:
        return start + f"Not even {len(found['runs'])} runs below the proposed scale are expected to reduce it noticeably."
    return (
        f"{start}One run at {size(first['scale'])} {first['unit']} is expected to reduce it to {chance(first['risk_after'])}, "
        f"{len(found['runs'])} runs to {chance(last['risk_after'])}. Costs: {found['cost']}."
    )
