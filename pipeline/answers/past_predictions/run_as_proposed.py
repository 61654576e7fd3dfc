"""Which batches were run as a proposal says, and how the others differ."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from pipeline.answers.case.tolerances import tolerance
from pipeline.answers.past_predictions.on_record import AskedBefore
from pipeline.domain.display import shown
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.process.process import Process
from pipeline.domain.proposal import Proposal
from pipeline.domain.scale import same_scale
from pipeline.domain.units import quantity


@dataclass(frozen=True)
class LaterBatches:
    """Batches of the product, scale and equipment of a proposal that the answer did not know."""

    as_proposed: tuple[str, ...]
    """In order of start."""
    different: Mapping[str, str]
    """Batch → the first setting that differs, in words."""


def later_batches(asked: AskedBefore, process: Process, batches: pl.DataFrame, share: float) -> LaterBatches:
    """Return the batches that can score an answer.

    The answer did not know them, and their product, scale and equipment are those of its proposal.

    batches: all batches of today's history, SI. A setting with a tolerance may differ by the half width, or by two standard
    deviations. A setting without one may differ by `share` times the range that history has run.
    """
    proposal = asked.proposal
    found = batches.filter(~pl.col("batch_id").is_in(list(asked.given.known)))
    if process.states_product:
        found = found.filter(pl.col("product") == proposal.product)
    if process.states_scale:
        scale = quantity(proposal.scale, process.attributes[process.scale.attribute].unit)
        found = found.filter(same_scale(pl.col("scale"), scale, process.scale.tolerance))
    if proposal.equipment is not None:
        found = found.filter(pl.col("equipment") == proposal.equipment)
    stated = _stated(process, proposal, batches, share)
    as_proposed, different = [], {}
    for row in found.sort("started_at", "batch_id", nulls_last=True).iter_rows(named=True):
        if difference := _difference(row, stated, process):
            different[str(row["batch_id"])] = difference
        else:
            as_proposed.append(str(row["batch_id"]))
    return LaterBatches(tuple(as_proposed), different)


def _stated(process: Process, proposal: Proposal, batches: pl.DataFrame, share: float) -> dict[str, tuple[float, float]]:
    """Return setting → proposed value and largest difference, SI, of the numeric settings that batches record."""
    found = {}
    for name, given in proposal.settings.items():
        attribute = process.attributes.get(name)
        if attribute is None or attribute.kind != "number" or attribute.role != "CPP" or name not in batches.columns:
            continue
        try:
            value, stated = quantity(given, attribute.unit), tolerance(process, proposal, name)
        except ScalebridgeError:  # the definition has changed since: the setting cannot be compared
            continue
        if stated is not None:
            width, shape = stated
            found[name] = (value, width if shape == "uniform" else 2 * width)
            continue
        low, high = batches[name].min(), batches[name].max()
        if low is not None and high is not None:
            found[name] = (value, share * (float(high) - float(low)))  # type: ignore[arg-type]
    return found


def _difference(row: Mapping[str, object], stated: Mapping[str, tuple[float, float]], process: Process) -> str:
    """Return the first setting that differs by more than it may, in words; empty if none does. An unknown value does not differ."""
    for name, (value, most) in stated.items():
        run = row[name]
        if isinstance(run, float) and abs(run - value) > most * (1 + 1e-9):
            unit = process.attributes[name].si
            return f"{process.display_name(name)} {shown(run, unit)} instead of {shown(value, unit)}"
    return ""
