"""Lots that the history does not know: a proposal states their properties in `settings`.

The starting material of a patient is such a lot: it was measured, and it is used once. So is any lot that was just received. The
properties that are stated of one material form one lot, of which the whole of the material is taken.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from pipeline.answers.case.assumed import Assumed
from pipeline.answers.case.assumptions import in_reference
from pipeline.domain.errors import ScalebridgeError, listed
from pipeline.domain.process.process import Process
from pipeline.domain.proposal import Proposal
from pipeline.features.lots import lot_properties
from pipeline.history.tables import History

NEW_LOT = "new lot of the proposal"
"""Name of the lot whose properties a proposal states."""


@dataclass(frozen=True)
class NewLots:
    """The new lots of a proposal, as rows of the tables of lots and genealogy."""

    lots: pl.DataFrame
    genealogy: pl.DataFrame
    assumed: Mapping[str, Assumed]
    """Properties of the new lots that the proposal does not state."""


def lot_settings(process: Process) -> list[str]:
    """Return the properties of lots that a proposal may state: those that are numbers."""
    return [name for name, one in process.attributes.items() if one.material is not None and one.kind == "number"]


def new_materials(process: Process, proposal: Proposal) -> list[str]:
    """Return the materials of which the proposal states properties of a new lot, in the order of the definition.

    Raises ScalebridgeError if the proposal also names lots of such a material.
    """
    stated = {process.attributes[name].material: name for name in lot_settings(process) if name in proposal.settings}
    if both := [material for material in stated if material in proposal.lots]:
        names = [name for name in lot_settings(process) if name in proposal.settings]
        own = [name for name in names if process.attributes[name].material in both]
        raise ScalebridgeError(
            f"Proposal '{proposal.name}': `lots` names lots of {listed(map(repr, both))}, and `settings` states {listed(own)} of a "
            "new lot; remove one of the two"
        )
    return [name for name in process.materials if name in stated]


def new_lots(
    process: Process,
    proposal: Proposal,
    stated: Mapping[str, float | str],
    history: History,
    reference: pl.DataFrame,
    batch: str,
) -> NewLots:
    """Return the new lots of a proposal.

    stated: attribute → value, SI; reference: batches whose lots show the properties that are not stated, as their median. Without
    rows, such properties are unknown. batch: name of the proposed batch. Raises ScalebridgeError as `new_materials`.
    """
    materials, usual = new_materials(process, proposal), _usual(history, reference)
    values, assumed = [], dict[str, Assumed]()
    for name in lot_settings(process):
        material = process.attributes[name].material
        if material not in materials:
            continue
        if name not in stated and name in usual.columns and (known := usual[name].drop_nulls()).len():
            median = float(known.median())  # type: ignore[arg-type]
            assumed[name] = Assumed(median, "reference", f"as {in_reference(process, reference, known.len())}")
        value = stated.get(name, assumed[name].value if name in assumed else None)
        values.append({"material": material, "lot_id": NEW_LOT, "attribute": name, "value": value})
    uses = [{"batch_id": batch, "material": name, "lot_id": NEW_LOT, "fraction": 1.0} for name in materials]
    lots = pl.DataFrame(values, schema=history.lots.schema).drop_nulls("value")
    return NewLots(lots, pl.DataFrame(uses, schema=history.genealogy.schema), assumed)


def _usual(history: History, reference: pl.DataFrame) -> pl.DataFrame:
    """Return the properties of the lots in the reference batches, one row per batch."""
    used = history.genealogy.join(reference.select("batch_id"), on="batch_id", how="semi")
    return lot_properties(history.lots, used)
