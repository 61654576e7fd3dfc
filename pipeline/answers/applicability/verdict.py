"""The applicability domain of an answer: one status, one sentence, and the nearest batches with their results."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import polars as pl

from pipeline.answers.applicability.evidence import OUTSIDE, THIN, UNSEEN, Evidence
from pipeline.answers.result.domain import Domain, NearestBatch, VariableStatus
from pipeline.domain.display import digits
from pipeline.domain.process.process import Process
from pipeline.forecasting.calibrated_model import CalibratedModel, far_reason
from pipeline.models.base import far_spectra

HEADS = {
    "inside": "Inside what history has seen",
    "edge": "At the edge of what history has seen",
    "refused": "Refused, outside the range that the model accepts",
}
CAUTION = "Read the intervals as a lower bound of the uncertainty."
Names = Mapping[str, str]
"""Attribute or feature → display name."""
Results = Mapping[str, Mapping[str, float]]
"""Batch → quality attribute → result, SI."""


def refused_variables(finals: Mapping[str, CalibratedModel], row: pl.DataFrame) -> dict[str, str]:
    """Return variable → reason, for each variable that alone is enough for a model to refuse the row."""
    found: dict[str, str] = {}
    for final in finals.values():
        if final.reasons(row)[0] is None:
            continue
        found |= {name: far_reason(name) for name, far in far_spectra(final.model, row).items() if far[0]}
        known = final.extent
        alone = {name: replace(known, levels={name: given}, ranges={}) for name, given in known.levels.items()}
        alone |= {name: replace(known, levels={}, ranges={name: ends}) for name, ends in known.ranges.items()}
        reasons = row.select(one.reasons().alias(name) for name, one in alone.items()).row(0, named=True)
        found |= {name: reason for name, reason in reasons.items() if reason is not None}
    return found


def domain(process: Process, found: Evidence, targets: Sequence[str], results: Results, names: Names) -> Domain:
    """Return the domain of an answer in display units. results: of all batches, see `results_of`."""
    unit = process.attributes[process.scale.attribute].si
    return Domain(
        found.status,
        _sentence(found.status, found.variables, found.distance, names),
        found.distance,
        found.variables,
        tuple(
            NearestBatch(batch, product, unit.from_si(scale), distance, _measured(process, batch, targets, results))
            for batch, product, scale, distance in found.nearest.iter_rows()
        ),
    )


def results_of(results: pl.DataFrame) -> Results:
    """Return batch → quality attribute → result, SI. results: batch_id, attribute, value of all batches."""
    found: dict[str, dict[str, float]] = {}
    for batch, attribute, value in results.select("batch_id", "attribute", "value").iter_rows():
        found.setdefault(batch, {})[attribute] = value
    return found


def _measured(process: Process, batch: str, targets: Sequence[str], results: Results) -> dict[str, float | None]:
    values = results.get(batch, {})
    return {t: process.attributes[t].si.from_si(values[t]) if t in values else None for t in targets}


def _sentence(status: str, variables: Sequence[VariableStatus], distance: float, names: Names) -> str:
    if status == "inside":
        return f"{HEADS[status]}: all {len(variables)} variables compared lie among its batches."
    parts = [f"{why}: {', '.join(given)}" for why, given in _by_reason(variables, names).items()]
    if distance > 1:
        parts.append(
            f"the nearest batch is {digits(distance)} times as far away as the nearest neighbour of 95 % of the batches"
        )
    return f"{HEADS[status]}: {'; '.join(parts)}. {CAUTION if status == 'edge' else ''}".strip()


def _by_reason(variables: Sequence[VariableStatus], names: Names) -> dict[str, list[str]]:
    """Return reason → display names. Refusals come first, each with the reason that the model gives."""
    by_reason: dict[str, list[str]] = {}
    for one in variables:
        if one.status == "refused":
            by_reason.setdefault("no answer because of", []).append(f"{_named(one, names)} ({one.why})")
    for why in (OUTSIDE, UNSEEN, THIN):
        found = [_named(one, names) for one in variables if one.status == "edge" and one.why == why]
        if found:
            by_reason[why] = found
    return by_reason


def _named(one: VariableStatus, names: Names) -> str:
    return names.get(one.variable, one.variable)
