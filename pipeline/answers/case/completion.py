"""Product and scale of a proposal about a process that states none."""

from dataclasses import replace

import polars as pl

from pipeline.domain.errors import ScalebridgeError, listed
from pipeline.domain.process.process import Process
from pipeline.domain.proposal import Proposal

ONLY_SCALE = 1.0
"""The scale of every batch of a process that states no scale."""


def completed(process: Process, proposal: Proposal, batches: pl.DataFrame) -> Proposal:
    """Return the proposal with its product and its scale.

    Raises ScalebridgeError if one of them is missing, or stated although the process does not state it.
    """
    return replace(proposal, product=_product(process, proposal, batches), scale=_scale(process, proposal))


def _product(process: Process, proposal: Proposal, batches: pl.DataFrame) -> str:
    if process.states_product:
        if not proposal.product.strip():
            known = listed(batches["product"].unique().sort(), 8)
            raise ScalebridgeError(f"Proposal '{proposal.name}' has no `product`; products in history are {known}")
        return proposal.product
    if proposal.product not in ("", process.name):
        raise ScalebridgeError(
            f"Proposal '{proposal.name}': the product is '{proposal.product}', but process '{process.name}' states no `product`, "
            "so history does not show which batches are of it; leave `product` out of the proposal, or state the attribute "
            "`product` in the process definition"
        )
    return process.name


def _scale(process: Process, proposal: Proposal) -> str | float:
    if process.states_scale:
        if proposal.scale == "":
            unit = process.attributes[process.scale.attribute].unit
            raise ScalebridgeError(
                f"Proposal '{proposal.name}' has no `scale`; write a number with its unit, such as 2000 {unit}"
            )
        return proposal.scale
    stated = {"scale": proposal.scale, "reference_scale": proposal.reference_scale}
    for key, value in stated.items():
        if value not in ("", None, ONLY_SCALE):
            raise ScalebridgeError(
                f"Proposal '{proposal.name}': `{key}` is {value}, but process '{process.name}' states no `scale`, so history "
                "shows no effect of the batch size and nothing can be said about a scale-up (the protocols largest_scale_out and "
                f"past_scale_ups do not apply); leave `{key}` out of the proposal, or state `scale` in the process definition"
            )
    return ONLY_SCALE
