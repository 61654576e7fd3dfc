"""Lots that are used once and that a proposal does not describe: the next lot may be like any lot of the past.

The lot of the next patient is not the mean of those before. So the batch is planned once with each past lot in its place, and the
answer is the mixture of these forecasts.
"""

from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from pipeline.answers.case.new_lots import NEW_LOT
from pipeline.answers.case.past_lots import past_lots
from pipeline.domain.process.process import Process
from pipeline.domain.proposal import Proposal
from pipeline.history.tables import History

MOST_LOTS = 100
"""Largest number of past lots that are put in the place of the next one."""
LEAST_LOTS = 2
"""Smallest number of past lots that show a scatter."""


@dataclass(frozen=True)
class UnknownLot:
    """A material that is used once, and the past lots that stand for the lot of the proposed batch."""

    material: str
    lots: pl.DataFrame
    """One row per lot, at most `MOST_LOTS`, and a column per property (or channel) that the proposal does not state; SI."""
    known: int
    """Number of past lots that these were chosen from."""
    of_product: bool
    """Whether they are lots of the product alone."""
    partly: bool
    """Whether the proposal states other properties of the lot."""

    @property
    def attributes(self) -> tuple[str, ...]:
        """Return the properties that the proposal does not state."""
        return tuple(dict.fromkeys(map(_attribute, self.lots.columns)))


def unknown_lots(process: Process, proposal: Proposal, history: History, own_lots: int) -> tuple[UnknownLot, ...]:
    """Return the materials that are used once, of which the proposal neither names a lot nor states all properties.

    history: what is known at the time; own_lots: as `least` of `past_lots`. A material of which history does not describe at least
    `LEAST_LOTS` lots is left out. Of more than `MOST_LOTS` lots, every k-th one by name is taken.
    """
    found = (_unknown(process, proposal, history, name, own_lots) for name in process.used_once if name not in proposal.lots)
    return tuple(one for one in found if one is not None)


def _unknown(process: Process, proposal: Proposal, history: History, material: str, own_lots: int) -> UnknownLot | None:
    planned = {name for name, one in process.attributes.items() if one.material == material and one.horizon == "plan"}
    lots, of_product = past_lots(history, proposal.product, material, own_lots)
    names = [name for name in lots.columns if _attribute(name) in planned - set(proposal.settings)]
    known = lots.filter(pl.any_horizontal(pl.lit(False), *(pl.col(name).is_not_null() for name in names)))
    if known.height < LEAST_LOTS:
        return None
    even = np.unique(np.linspace(0, known.height - 1, min(known.height, MOST_LOTS)).round().astype(int))
    partly = any(name in proposal.settings for name in planned)
    return UnknownLot(material, known[even].select(names), known.height, of_product, partly)


def _attribute(column: str) -> str:
    """Return the attribute of a property; a channel belongs to its spectrum."""
    return column.split("[")[0]


def smallest_sample(unknown: tuple[UnknownLot, ...]) -> int:
    """Return the smallest number of past lots that stand for an unknown one; 1 where nothing is unknown."""
    return min((one.lots.height for one in unknown), default=1)


def properties_together(unknown: tuple[UnknownLot, ...]) -> pl.DataFrame:
    """Return the properties of the unknown lots of all materials, one row per possibility; no row where nothing is unknown.

    Lots of different materials are independent. Each is as frequent as any other: the lots of a material are repeated in turn up
    to the largest number, in an order that is drawn once.
    """
    most = max((one.lots.height for one in unknown), default=0)
    rng = np.random.default_rng(1)
    order = [np.arange(most) if at == 0 else rng.permutation(most) for at in range(len(unknown))]
    tables = [one.lots[turn % one.lots.height] for one, turn in zip(unknown, order, strict=True)]
    return pl.concat(tables, how="horizontal") if tables else pl.DataFrame()


def with_each_lot(planned: History, unknown: tuple[UnknownLot, ...], process: Process) -> History:
    """Return the planned batch once per possibility of `properties_together`, in its order.

    planned: tables of one batch, with the lots of history. What it states of a new lot stays. The lots of the other materials stay
    as well.
    """
    properties = properties_together(unknown)
    width = len(str(properties.height))
    ids = [f"{planned.batches['batch_id'][0]} {number:0{width}}" for number in range(properties.height)]
    each = pl.DataFrame({"batch_id": ids, "_lot": [f"{NEW_LOT} {number:0{width}}" for number in range(properties.height)]})
    materials = [one.material for one in unknown]
    others = planned.genealogy.filter(~pl.col("material").is_in(materials))
    uses = each.join(pl.DataFrame({"material": materials}), how="cross").select(
        "batch_id", "material", pl.col("_lot").alias("lot_id"), pl.lit(1.0).alias("fraction")
    )
    stated = planned.lots.filter((pl.col("lot_id") == NEW_LOT) & pl.col("material").is_in(materials)).filter(
        ~pl.col("attribute").is_in(properties.columns)
    )
    of_material = {name: process.attributes[_attribute(name)].material for name in properties.columns}
    drawn = (
        properties.with_columns(each["_lot"].alias("lot_id"))
        .unpivot(index="lot_id", variable_name="attribute", value_name="value")
        .drop_nulls("value")
        .with_columns(pl.col("attribute").replace_strict(of_material, return_dtype=pl.String).alias("material"))
    )
    lots = [planned.lots, drawn, stated.drop("lot_id").join(each.select(pl.col("_lot").alias("lot_id")), how="cross")]
    return replace(
        planned,
        batches=_repeated(planned.batches, each),
        genealogy=pl.concat([_repeated(others, each), uses.select(others.columns)]),
        results=_repeated(planned.results, each),
        lots=pl.concat([one.select(planned.lots.columns) for one in lots]),
    )


def _repeated(table: pl.DataFrame, each: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of a batch once for each of other batches."""
    made = each.select("batch_id").join(table.drop("batch_id"), how="cross", maintain_order="left_right")
    return made.select(table.columns)
