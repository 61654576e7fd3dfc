"""Amounts of lots that batches consumed, as the sum of their bookings.

A booking is one row of a genealogy: an amount of a lot, issued to a batch or taken back, in any unit.
"""

from collections.abc import Collection
from dataclasses import dataclass

import polars as pl

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.sources import GenealogyRows
from pipeline.domain.tables import Quarantine, empty
from pipeline.domain.units import Unit, unit
from pipeline.history.connectors.files import FILE, ROW
from pipeline.history.joined_rows import SOURCE
from pipeline.history.quarantine import orphaned, reject, reject_repeated

_USE = ("batch_id", "material", "lot_id")
_OF_MATERIAL = ("batch_id", "material")
_ROUNDING = 1e-9
_WRITTEN = "_written"
"""Column with the amount as the file has it."""
_WHY = "_why"
"""Column with the reason why the shares are not known, in the words of these two constants."""
_UNREAD, _NO_LOT = "cannot be read", "has no lot"
DIMENSION = "_dimension"
"""Column with the dimension of an amount, where the source states units: its amounts are in SI."""


@dataclass(frozen=True)
class UseWords:
    """How the reasons name what was used, in a batch."""

    amounts: str = "amounts of material '{}' in this batch"
    """The amounts of one material in one batch; `{}` stands for the name of the material."""
    other: str = "another amount of this material in this batch"
    of_lot: str = "the amounts of this lot in this batch"
    again: str = "another use of the lot"


USES_OF_LOTS = UseWords()


def consumed(
    rows: pl.DataFrame,
    source: GenealogyRows,
    materials: Collection[str],
    batches: pl.Series,
    words: UseWords = USES_OF_LOTS,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the bookings that count, with amounts in one unit per material, and the quarantine of rows set aside.

    materials: those that the process declares; batches: names of the valid ones. If the source states units, the amounts are in
    SI and the column `DIMENSION` says of what.
    """
    if source.materials:
        rows = rows.with_columns(pl.col("material").replace(dict(source.materials)))
    rows = rows.with_columns(pl.col("quantity").alias(_WRITTEN))
    rows, unread = _with_lot_and_amount(rows)
    unknown = ~pl.col("material").is_in(list(materials))
    records = []
    for why, column in (
        (pl.when(unknown).then(pl.lit("the material is not declared in the process definition")), "material"),
        (orphaned(batches), "batch_id"),
    ):
        rows, found = reject(rows, pl.col(SOURCE), why, getattr(source, column.removesuffix("_id")), pl.col(column))
        records.append(found)
    bookings, found = _bookings(rows, source, words)
    rows, without_unit = _with_known_unit(bookings, source)
    lost = bookings.join(rows, on=[FILE, ROW], how="anti").with_columns(pl.lit(_UNREAD).alias(_WHY))
    unread = pl.concat([unread, lost])
    rows, mixed = _in_one_unit(rows, source, words)
    rows, incomplete = _whole(rows, unread, source, words)
    rows, nothing = _above_zero(rows, source, words)
    return rows.drop(_WRITTEN), pl.concat([*records, found, without_unit, mixed, incomplete, nothing])


def _with_lot_and_amount(rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Split rows: those with a lot and a readable amount, and the others with the reason. Nothing used of no lot is no row."""
    unread, no_lot = pl.col("quantity").is_null(), pl.col("lot_id").is_null()
    nothing = (no_lot & (pl.col("quantity") == 0)).fill_null(False)
    why = pl.when(no_lot).then(pl.lit(_NO_LOT)).otherwise(pl.lit(_UNREAD)).alias(_WHY)
    return rows.filter(~unread & ~no_lot), rows.filter((unread | no_lot) & ~nothing).with_columns(why)


def _whole(
    rows: pl.DataFrame, unread: pl.DataFrame, source: GenealogyRows, words: UseWords
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Set aside the amounts of a material in a batch of which another amount cannot be read or has no lot: no share is known."""
    place = pl.format("row {} of {}", pl.col(ROW), pl.col(FILE)).first().alias("_unread")
    gaps = unread.group_by(_OF_MATERIAL, maintain_order=True).agg(place, pl.col(_WHY).first())
    marked = rows.join(gaps, on=_OF_MATERIAL, how="left", maintain_order="left")
    why = pl.format(f"the shares are not known: {words.other} {{}}, {{}}", _WHY, "_unread")
    good, found = reject(marked, pl.col(SOURCE), why, source.quantity, pl.col(_WRITTEN))
    return good.drop("_unread", _WHY), found


def _bookings(rows: pl.DataFrame, source: GenealogyRows, words: UseWords) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Keep each booking once."""
    unit_too = [] if source.unit is None else ["unit"]
    if source.booking is not None:
        key, what = ["batch_id", "material", "lot_id", "booking"], ["quantity", *unit_too]
        return reject_repeated(rows, pl.col(SOURCE), key, what, source.booking, pl.col("booking"))
    same = [*_USE, "quantity", *unit_too]
    first_file, first_row = pl.col(FILE).first().over(same), pl.col(ROW).first().over(same)
    again = pl.format(
        f"repeats row {{}} of {{}}, an earlier file; if it is {words.again}, declare `booking`", first_row, first_file
    )
    return reject(rows, pl.col(SOURCE), pl.when(pl.col(FILE) != first_file).then(again), source.lot, pl.col("lot_id"))


def _known_units(rows: pl.DataFrame) -> dict[str, Unit]:
    return {text: found for text in rows["unit"].drop_nulls().unique() if (found := _unit(text)) is not None}


def _with_known_unit(rows: pl.DataFrame, source: GenealogyRows) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Set aside amounts without a known unit."""
    if source.unit is None:
        return rows, empty(Quarantine)
    missing = pl.when(pl.col("unit").is_null()).then(pl.lit("the amount has no unit"))
    strange = pl.when(~pl.col("unit").is_in(list(_known_units(rows)))).then(pl.format("unit '{}' is not known", "unit"))
    return reject(rows, pl.col(SOURCE), pl.coalesce(missing, strange), source.unit, pl.col("unit"))


def _in_one_unit(rows: pl.DataFrame, source: GenealogyRows, words: UseWords) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Convert the amounts to SI. Set aside materials with units of several dimensions."""
    if source.unit is None:
        return rows, empty(Quarantine)
    known = _known_units(rows)
    dimensions = {text: one.dimension for text, one in known.items()}
    dimension = pl.col("unit").replace_strict(dimensions, default=None, return_dtype=pl.String)
    all_units = pl.col("unit").unique().sort().str.join(" and ").over(_OF_MATERIAL)
    mixed = pl.when(dimension.n_unique().over(_OF_MATERIAL) > 1).then(
        pl.format(words.amounts + " are in {}, which cannot be added", "material", all_units)
    )
    rows, several = reject(rows, pl.col(SOURCE), mixed, source.unit, pl.col("unit"))
    factors = {text: one.factor for text, one in known.items()}
    factor = pl.col("unit").replace_strict(factors, default=None, return_dtype=pl.Float64)
    return rows.with_columns(pl.col("quantity") * factor, dimension.alias(DIMENSION)), several


def _unit(text: str) -> Unit | None:
    try:
        return unit(text)
    except ScalebridgeError:
        return None


def _above_zero(rows: pl.DataFrame, source: GenealogyRows, words: UseWords) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Set aside the bookings of a lot that add up to zero or less: it was given back, or a booking is missing."""
    total = pl.col("quantity").sum().over(_USE)
    nothing = total <= _ROUNDING * pl.col("quantity").abs().sum().over(_USE)
    rows_of_lot = pl.len().over(_USE)
    why = pl.when(nothing).then(
        pl.when(rows_of_lot == 1)
        .then(pl.lit("the amount is not above zero"))
        .when(total.abs() <= _ROUNDING * pl.col("quantity").abs().sum().over(_USE))
        .then(pl.lit(f"{words.of_lot} add up to zero: it was given back"))
        .otherwise(pl.lit(f"{words.of_lot} add up to less than zero"))
    )
    return reject(rows, pl.col(SOURCE), why, source.quantity, pl.col(_WRITTEN))
