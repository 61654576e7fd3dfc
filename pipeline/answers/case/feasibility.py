"""Checks for proposals that no plant can run. They run before the prediction; an error names the field and the allowed range."""

from collections.abc import Sequence

import polars as pl

from pipeline.domain.display import digits, in_words
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.process.process import Process
from pipeline.domain.proposal import Proposal
from pipeline.domain.scale import larger_scale
from pipeline.features.catalogue import offered
from pipeline.operations.registry import unit_operation


def check_possible(
    process: Process, proposal: Proposal, proposed: pl.DataFrame, reference: pl.DataFrame, notes: Sequence[str] = ()
) -> None:
    """Refuse a scale below the reference and an impossible vessel.

    proposed: 1 feature row; reference: the batches compared with; notes: what is unusual about the vessel. Raises
    ScalebridgeError naming field, value and what is allowed.
    """
    _check_scale(process, proposal, float(proposed["scale"][0]), reference)
    for name, operation, feature in offered(process):
        allowed = unit_operation(operation.kind).possible.get(feature.name)
        value = proposed[f"{name}.{feature.name}"][0]
        if allowed is not None and value is not None and not allowed[0] <= value <= allowed[1]:
            made_of = ", ".join(operation.inputs[given] for given in feature.inputs)
            raise ScalebridgeError(
                f"Proposal '{proposal.name}': {in_words(feature.name)} is {digits(value)}, which no vessel has; it must lie "
                f"between {allowed[0]:g} and {allowed[1]:g} and follows from {made_of}"
                + "".join(f". {note.removesuffix('.')}" for note in notes)
            )


def _check_scale(process: Process, proposal: Proposal, scale: float, reference: pl.DataFrame) -> None:
    smallest = float(reference["scale"].min()) if reference.height else 0.0  # type: ignore[arg-type]
    if larger_scale(smallest, scale, process.scale.tolerance):
        unit = process.attributes[process.scale.attribute].si
        raise ScalebridgeError(
            f"Proposal '{proposal.name}': scale {proposal.scale} lies below the reference scale "
            f"{digits(unit.from_si(smallest))} {unit.label} of '{proposal.product}'; "
            f"a {'scale-up' if process.axis is None else 'transfer'} needs that scale or a larger one"
        )
