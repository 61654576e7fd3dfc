"""Materials whose lots are used in one batch each, such as the cells of one patient: a lot that several batches name."""

from collections.abc import Mapping

import polars as pl

from pipeline.domain.errors import listed
from pipeline.domain.process.process import Process
from pipeline.domain.sources import GenealogyRows
from pipeline.domain.tables import Quarantine, empty
from pipeline.history.joined_rows import SOURCE
from pipeline.history.quarantine import reject

LEAST_LOTS = 20
"""Number of lots of a material from which on a repeated lot is called unusual."""
MOST_REPEATED = 0.05
"""Largest share of repeated lots that is called unusual."""
SHOWN = 4
"""Largest number of names in a sentence."""
_KEY = ["material", "lot_id"]
_OF_BATCH = ["batch_id", "material"]


def reject_reused(process: Process, bookings: Mapping[str, pl.DataFrame]) -> tuple[dict[str, pl.DataFrame], pl.DataFrame]:
    """Return the bookings of each source without those of reused lots, and the quarantine of rows set aside.

    bookings: source → rows as `consumed` returns them. A reused lot is named by several batches, and its material is used once. It
    cannot be told which batch used it, so none counts. Other lots of the material in such a batch are set aside too, because
    their shares are not known.
    """
    names = ["batch_id", *_KEY]
    every = pl.concat(
        [pl.DataFrame(schema=dict.fromkeys(names, pl.String)), *(rows.select(names) for rows in bookings.values())]
    )
    uses = every.filter(pl.col("material").is_in(process.used_once)).unique()
    repeated = _repeated(uses)
    if repeated.is_empty():
        return dict(bookings), empty(Quarantine)
    why = pl.format(
        "lot '{}' of '{}' is named by {} batches ({}), and each of its lots is used once",
        "lot_id",
        "material",
        "number",
        pl.col("batches").list.head(SHOWN).list.join(", "),
    )
    of_batch = uses.join(repeated, on=_KEY).sort(names).rechunk().with_columns(why.alias("_why"))
    first = of_batch.group_by(_OF_BATCH, maintain_order=True).agg(pl.col("_why").first())
    kept, records = dict[str, pl.DataFrame](), [empty(Quarantine)]
    for name, rows in bookings.items():
        source = process.sources[name]
        assert isinstance(source, GenealogyRows)
        marked = rows.join(first, on=_OF_BATCH, how="left", maintain_order="left")
        good, found = reject(marked, pl.col(SOURCE), pl.col("_why"), source.lot, pl.col("lot_id"))
        kept[name] = good.drop("_why")
        records.append(found)
    return kept, pl.concat(records)


def repeated_lot_findings(process: Process, genealogy: pl.DataFrame) -> list[str]:
    """Return a sentence for each material of which a few lots are used in several batches, and all others in one.

    genealogy: batch_id, material, lot_id. A material that is declared as used once has such lots only if they stand in batch rows.
    """
    return [
        _sentence(str(material), own, declared=process.materials[str(material)].used_once)
        for (material,), own in genealogy.sort("material").group_by("material", maintain_order=True)
        if _is_unusual(own, declared=process.materials[str(material)].used_once)
    ]


def _is_unusual(uses: pl.DataFrame, *, declared: bool) -> bool:
    lots, repeated = uses["lot_id"].n_unique(), _repeated(uses).height
    return repeated > 0 and (declared or (lots >= LEAST_LOTS and repeated <= MOST_REPEATED * lots))


def _sentence(material: str, uses: pl.DataFrame, *, declared: bool) -> str:
    found, lots = _repeated(uses).sort("lot_id"), uses["lot_id"].n_unique()
    named = listed(
        (f"{lot} ({listed(batches, SHOWN)})" for lot, batches in found.select("lot_id", "batches").iter_rows()), SHOWN
    )
    verb = "is" if found.height == 1 else "are"
    start = f"Material '{material}': {found.height} of {lots} lots {verb} named by several batches: {named}."
    if declared:
        return f"{start} Each lot is declared as used once; correct the names."
    advice = "If no lot can be used twice, as with cells of a patient, declare `used_once: true`."
    return f"{start} All others are named by one batch. {advice}"


def _repeated(uses: pl.DataFrame) -> pl.DataFrame:
    """Return the lots that several batches name: material, lot_id, batches (sorted), number."""
    batches = pl.col("batch_id").unique().sort().alias("batches")
    found = uses.group_by(_KEY, maintain_order=True).agg(batches).with_columns(pl.col("batches").list.len().alias("number"))
    return found.filter(pl.col("number") > 1)
