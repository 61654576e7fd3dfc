"""Groupings whose levels determine the scale: what a person should know of them, in sentences."""

from pipeline.domain.determined_scale import ENOUGH_SCALES, scales_that_levels_determine
from pipeline.domain.process.process import Process
from pipeline.domain.scale import scale_levels
from pipeline.history.assemble import AssembledHistory


def determined_scale_notes(process: Process, history: AssembledHistory) -> list[str]:
    """Return one sentence for each grouping of the batches, other than the product, whose levels determine the scale."""
    level = scale_levels(history.batches["scale"], process.scale.tolerance)
    own = {process.product, process.lineage}
    columns = {
        name: column for name, column in zip(process.groupings, process.grouping_columns, strict=True) if name not in own
    }
    found = {
        name: scales
        for name, column in columns.items()
        if column in history.batches.columns
        and (scales := scales_that_levels_determine(history.batches[column], level)) is not None
    }
    return [_sentence(name, scales) for name, scales in found.items()]


def _sentence(grouping: str, scales: int) -> str:
    use = (
        f"With fewer than {ENOUGH_SCALES} scales, the hierarchical model does not use the grouping beside comparable quantities"
        if scales < ENOUGH_SCALES
        else "A new level at a new scale gets the effect 0, which can hide a part of the trend with scale"
    )
    return (
        f"Grouping '{grouping}' determines the scale: each level has one scale, and hardly any of the {scales} scales has two "
        f"levels, so an effect of the level cannot be told from an effect of scale. {use}; batches of two levels at one scale "
        "would tell them apart."
    )
