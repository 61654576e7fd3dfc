"""What a proposed transfer changes, and the batches of the product at the place that it is transferred from."""

from collections.abc import Mapping

import polars as pl

from pipeline.domain.process.axis_words import Change
from pipeline.domain.process.process import Process
from pipeline.domain.proposal import Proposal
from pipeline.domain.scale import larger_scale, same_scale, scale_levels

COLUMN: Mapping[Change, str] = {"site": "site", "device": "equipment"}
"""What changes at the same scale → column of the batches that holds it."""
_LEVEL = "_level"


def transfer_change(process: Process, proposal: Proposal, own: pl.DataFrame, scale: float) -> Change:
    """Return what the proposed batch changes.

    own: batches of the product, or of its lineage where the product is new; scale: the proposed one, SI. Above all scales of the
    product, it is the scale, or the number of devices where the scale counts them. At a scale up to its largest, it is the first of
    site and device that is declared as an axis and new to the product. If the place is known, it is `scale` where this is declared.
    Without declared axes, and for a product without batches where `scale` is declared, it is `scale`.
    """
    axes = process.axes
    if axes.declared is None:
        return "scale"
    if own.is_empty():
        return "scale" if "scale" in axes.declared else axes.declared[0]
    there = _at_scale(process, own, scale)
    if there.is_empty():
        return "devices" if axes.counts_devices else "scale"
    places = [change for change in COLUMN if change in axes.declared]
    new = [change for change in places if _is_new(own, change, _place(proposal, change))]
    if new:
        return new[0]
    if "scale" in axes.declared:
        return "scale"
    several = [change for change in places if _elsewhere(there, change, _place(proposal, change)).height]
    return several[0] if several else axes.declared[0]


def site_changes_too(process: Process, proposal: Proposal, own: pl.DataFrame, change: Change) -> bool:
    """Return whether a transfer to another scale, or to more devices, also leads to a site that is new to the product.

    own: batches of the product. Only a site counts that the process declares as an axis. A device does not count: a larger scale
    nearly always has equipment of its own.
    """
    return change not in COLUMN and "site" in (process.axes.declared or ()) and _is_new(own, "site", proposal.site)


def sending_batches(process: Process, proposal: Proposal, own: pl.DataFrame, change: Change, scale: float) -> pl.DataFrame:
    """Return the batches of the product at its other sites, or on its other devices, at the largest scale up to the proposed one.

    If it ran at the proposed place alone, its batches there are returned. There are none if the transfer changes the scale.
    """
    there = _at_scale(process, own, scale)
    if change not in COLUMN:
        return there.clear()
    elsewhere = _elsewhere(there, change, _place(proposal, change))
    return elsewhere if elsewhere.height else there


def _at_scale(process: Process, own: pl.DataFrame, scale: float) -> pl.DataFrame:
    """Return the batches at the largest scale up to the proposed one; none where the proposed one is above or below all."""
    tolerance, size = process.scale.tolerance, pl.col("scale")
    if own.filter(~larger_scale(scale, size, tolerance)).is_empty():
        return own.clear()
    same = own.filter(same_scale(size, scale, tolerance))
    if same.height:
        return same
    smaller = own.filter(larger_scale(scale, size, tolerance))
    levels = smaller.with_columns(scale_levels(smaller["scale"], tolerance).alias(_LEVEL))
    return levels.filter(pl.col(_LEVEL) == pl.col(_LEVEL).max()).drop(_LEVEL)


def _place(proposal: Proposal, change: Change) -> str | None:
    return proposal.site if change == "site" else proposal.equipment


def _is_new(own: pl.DataFrame, change: Change, place: str | None) -> bool:
    stated = own[COLUMN[change]].drop_nulls()
    return place is not None and len(stated) > 0 and place not in stated


def _elsewhere(batches: pl.DataFrame, change: Change, place: str | None) -> pl.DataFrame:
    column = pl.col(COLUMN[change])
    return batches.filter(column.is_not_null() & (pl.lit(place is None) | (column != (place or ""))))
