"""Tables of material lots and of genealogy, from their own files or from columns of the batch rows."""

from collections.abc import Mapping

import polars as pl

from pipeline.domain.batch_columns import lot_channels
from pipeline.domain.process.process import Process
from pipeline.domain.sources import GenealogyRows, LotRows
from pipeline.domain.tables import Genealogy, Lots, Quarantine, checked, empty
from pipeline.history.consumption import consumed
from pipeline.history.joined_rows import SOURCE
from pipeline.history.lots_used_once import reject_reused
from pipeline.history.quarantine import reject_repeated
from pipeline.history.steps.step_history import StepHistory

_LOTS = {"material": pl.String, "lot_id": pl.String, "attribute": pl.String, "value": pl.Float64}
_GENEALOGY = {"batch_id": pl.String, "material": pl.String, "lot_id": pl.String, "fraction": pl.Float64}


def properties(process: Process, material: str) -> list[str]:
    """Properties of the lots of a material: its attributes, a spectrum as one property per channel."""
    own = {name: attribute for name, attribute in process.attributes.items() if attribute.material == material}
    return [name for key, one in own.items() for name in (lot_channels(key, one) if one.kind == "spectrum" else [key])]


def with_lot_channels(rows: pl.DataFrame, process: Process) -> pl.DataFrame:
    """Replace each spectrum of lots by a column per channel, so that lots are mixed channel by channel as other properties are."""
    for name, attribute in process.attributes.items():
        if attribute.kind == "spectrum" and attribute.material is not None and name in rows.columns:
            channels = enumerate(lot_channels(name, attribute))
            rows = rows.with_columns(pl.col(name).arr.get(i).alias(channel) for i, channel in channels).drop(name)
    return rows


def find_lots(process: Process, typed: Mapping[str, pl.DataFrame], rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Make the table of lots, and the quarantine of rows set aside."""
    parts, records = [pl.DataFrame(schema=_LOTS)], [empty(Quarantine)]
    for name, source in process.sources_that_give("lots").items():
        assert isinstance(source, LotRows)
        own = with_lot_channels(typed[name], process)
        names = [n for n in properties(process, source.material) if n in own.columns]
        marked = own.with_columns(pl.lit(name).alias(SOURCE))
        good, found = reject_repeated(marked, pl.col(SOURCE), ["lot_id"], names, source.lot, pl.col("lot_id"))
        parts.append(_long(good, names, source.material))
        records.append(found)
    rows = with_lot_channels(rows, process)
    for material, key in _lots_in_batch_rows(process).items():
        names = [n for n in properties(process, material) if n in rows.columns]
        parts.append(_long(_with_lot_names(rows, key, names).unique(["lot_id"], maintain_order=True), names, material))
    table = pl.concat(parts).sort("material", "lot_id", "attribute")
    return checked(table, Lots, "lots"), pl.concat(records)


def find_genealogy(
    process: Process, typed: Mapping[str, pl.DataFrame], rows: pl.DataFrame, steps: StepHistory
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Make the table of genealogy, and the quarantine of rows set aside.

    rows: joined batch rows. Lots that an earlier step consumed are shared out to the batches that its batches went into.
    """
    batches, rows = rows[process.batch], with_lot_channels(rows, process)
    bookings, records = dict[str, pl.DataFrame](), [empty(Quarantine)]
    for name, source in process.sources_that_give("genealogy").items():
        assert isinstance(source, GenealogyRows)
        named = steps.names(process, name, batches)
        good, found = consumed(typed[name].with_columns(pl.lit(name).alias(SOURCE)), source, process.materials, named)
        bookings[name] = good
        records.append(found)
    bookings, found = reject_reused(process, bookings)
    records.append(found)
    shares = [steps.uses(process, name, _shares(good), batches) for name, good in bookings.items()]
    parts = [pl.DataFrame(schema=_GENEALOGY), *shares]
    for material, key in _lots_in_batch_rows(process).items():
        names = [n for n in properties(process, material) if n in rows.columns]
        parts.append(
            _with_lot_names(rows, key, names).select(
                pl.col(process.batch).alias("batch_id"),
                pl.lit(material).alias("material"),
                "lot_id",
                pl.lit(1.0).alias("fraction"),
            )
        )
    table = pl.concat(parts).sort("batch_id", "material", "lot_id")
    return checked(table, Genealogy, "genealogy"), pl.concat(records)


def _lots_in_batch_rows(process: Process) -> dict[str, list[str]]:
    """Material → attributes that together name a lot, for materials whose lots are in the batch rows."""
    return {name: list(material.lot) for name, material in process.materials.items() if material.lot}


def _with_lot_names(rows: pl.DataFrame, key: list[str], names: list[str]) -> pl.DataFrame:
    """Add the name of the lot to each row: the values of its key, joined by `/`.

    A lot may be recorded with different properties in different rows, after a second analysis or by mistake. The software
    does not choose: each set of properties becomes a lot of its own, such as `A/17` and `A/17 (2)`.
    """
    known = rows.filter(pl.all_horizontal(pl.col(k).is_not_null() for k in key))
    lot = pl.concat_str([pl.col(k) for k in key], separator="/")
    records = (
        known.select(*key, *names)
        .unique(maintain_order=True)
        .with_columns(pl.int_range(1, pl.len() + 1).over(key).alias("_record"))
    )
    numbered = known.join(records, on=[*key, *names], how="left", nulls_equal=True, maintain_order="left")
    suffix = pl.when(pl.col("_record") > 1).then(pl.format(" ({})", pl.col("_record"))).otherwise(pl.lit(""))
    return numbered.with_columns((lot + suffix).alias("lot_id"))


def _long(rows: pl.DataFrame, names: list[str], material: str) -> pl.DataFrame:
    long = rows.unpivot(names, index="lot_id", variable_name="attribute", value_name="value")
    return long.drop_nulls("value").select(pl.lit(material).alias("material"), "lot_id", "attribute", "value")


def _shares(rows: pl.DataFrame) -> pl.DataFrame:
    """The share of each lot in the amount of its material that a batch consumed."""
    used = rows.group_by("batch_id", "material", "lot_id", maintain_order=True).agg(pl.col("quantity").sum())
    share = pl.col("quantity") / pl.col("quantity").sum().over("batch_id", "material")
    return used.select("batch_id", "material", "lot_id", share.alias("fraction"))
