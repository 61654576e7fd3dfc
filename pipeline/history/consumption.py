"""Amounts of lots that batches consumed, as the sum of their bookings.

A booking is one row of a genealogy: an amount of a lot, issued to a batch or taken back, in any unit.
"""

import polars as pl

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.process.process import Process
from pipeline.domain.sources import GenealogyRows
from pipeline.domain.units import Unit, unit
from pipeline.history.batches import SOURCE
from pipeline.history.connectors.files import FILE, ROW
from pipeline.history.quarantine import orphaned, reject, reject_repeated

_USE = ("batch_id", "material", "lot_id")
_OF_MATERIAL = ("batch_id", "material")
_ROUNDING = 1e-9


def consumed(
    rows: pl.DataFrame, source: GenealogyRows, process: Process, batches: pl.Series
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the bookings that count, with amounts in one unit per material, and the quarantine of rows set aside."""
    if source.materials:
        rows = rows.with_columns(pl.col("material").replace(dict(source.materials)))
    unknown = ~pl.col("material").is_in(list(process.materials))
    records = []
    for why, column in (
        (pl.when(unknown).then(pl.lit("the material is not declared in the process definition")), "material"),
        (orphaned(batches), "batch_id"),
    ):
        rows, found = reject(rows, pl.col(SOURCE), why, getattr(source, column.removesuffix("_id")), pl.col(column))
        records.append(found)
    for settle in (_bookings, _in_one_unit, _above_zero):
        rows, found = settle(rows, source)
        records.append(found)
    return rows, pl.concat(records)


def _bookings(rows: pl.DataFrame, source: GenealogyRows) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Keep each booking once."""
    unit_too = [] if source.unit is None else ["unit"]
    if source.booking is not None:
        key, what = ["batch_id", "material", "lot_id", "booking"], ["quantity", *unit_too]
        return reject_repeated(rows, pl.col(SOURCE), key, what, source.booking, pl.col("booking"))
    same = [*_USE, "quantity", *unit_too]
    first_file, first_row = pl.col(FILE).first().over(same), pl.col(ROW).first().over(same)
    again = pl.format(
        "repeats row {} of {}, an earlier file; if it is another use of the lot, declare `booking`", first_row, first_file
    )
    return reject(rows, pl.col(SOURCE), pl.when(pl.col(FILE) != first_file).then(again), source.lot, pl.col("lot_id"))


def _in_one_unit(rows: pl.DataFrame, source: GenealogyRows) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Convert the amounts to SI. Set aside amounts without a known unit, and materials with units of several dimensions."""
    if source.unit is None:
        return rows, reject(rows, pl.col(SOURCE), pl.lit(None, pl.String))[1]
    known = {text: found for text in rows["unit"].drop_nulls().unique() if (found := _unit(text)) is not None}
    missing = pl.when(pl.col("unit").is_null()).then(pl.lit("the amount has no unit"))
    strange = pl.when(~pl.col("unit").is_in(list(known))).then(pl.format("unit '{}' is not known", "unit"))
    rows, without = reject(rows, pl.col(SOURCE), pl.coalesce(missing, strange), source.unit, pl.col("unit"))
    dimensions = {text: one.dimension for text, one in known.items()}
    dimension = pl.col("unit").replace_strict(dimensions, default=None, return_dtype=pl.String)
    all_units = pl.col("unit").unique().sort().str.join(" and ").over(_OF_MATERIAL)
    mixed = pl.when(dimension.n_unique().over(_OF_MATERIAL) > 1).then(
        pl.format("amounts of material '{}' in this batch are in {}, which cannot be added", "material", all_units)
    )
    rows, several = reject(rows, pl.col(SOURCE), mixed, source.unit, pl.col("unit"))
    factors = {text: one.factor for text, one in known.items()}
    factor = pl.col("unit").replace_strict(factors, default=None, return_dtype=pl.Float64)
    return rows.with_columns(pl.col("quantity") * factor), pl.concat([without, several])


def _unit(text: str) -> Unit | None:
    try:
        return unit(text)
    except ScalebridgeError:
        return None


def _above_zero(rows: pl.DataFrame, source: GenealogyRows) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Set aside the bookings of a lot that add up to zero or less: it was given back, or a booking is missing."""
    total = pl.col("quantity").sum().over(_USE)
    nothing = total <= _ROUNDING * pl.col("quantity").abs().sum().over(_USE)
    rows_of_lot = pl.len().over(_USE)
    why = pl.when(nothing).then(
        pl.when(rows_of_lot == 1)
        .then(pl.lit("the amount is not above zero"))
        .when(total.abs() <= _ROUNDING * pl.col("quantity").abs().sum().over(_USE))
        .then(pl.lit("the amounts of this lot in this batch add up to zero: it was given back"))
        .otherwise(pl.lit("the amounts of this lot in this batch add up to less than zero"))
    )
    return reject(rows, pl.col(SOURCE), why, source.quantity, pl.col("quantity"))
