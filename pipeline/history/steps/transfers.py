"""Transfers between steps: which share of a batch came from which batch of an earlier step.

A transfer is read like the use of a lot: the batch that took is the batch, the step that gave is the material, and the batch that
gave is the lot.
"""

from collections.abc import Mapping, Sequence

import polars as pl

from pipeline.domain.process.process import Process
from pipeline.domain.sources import GenealogyRows, TransferRows
from pipeline.domain.tables import Quarantine, Transfers, checked, empty
from pipeline.history.connectors.files import FILE, ROW
from pipeline.history.consumption import consumed
from pipeline.history.joined_rows import SOURCE
from pipeline.history.quarantine import NO_VALID_BATCH, reject

_INDEX, _NAME, _GAVE, _TOOK, _NUMBER = "_index", "_name", "_gave", "_took", "_number"


def find_transfers(
    process: Process, typed: Mapping[str, pl.DataFrame], batches: Mapping[str, pl.Series]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the table of transfers, and the quarantine of rows set aside. batches: step → names of its batches.

    A batch that has the name of a batch of the step before went on whole, unless a row says from where it took.
    """
    steps = list(process.steps)
    names = pl.concat(_named(own, steps.index(step)) for step, own in batches.items())
    parts, records = [_no_amounts()], [empty(Quarantine)]
    for name, source in process.sources_that_give("transfers").items():
        assert isinstance(source, TransferRows)
        placed = _with_steps(typed[name].with_columns(pl.lit(name).alias(SOURCE)), names)
        good, unknown = _known(placed, source)
        amounts, found = consumed(_as_uses(good, steps), _as_genealogy(source), steps, names[_NAME])
        parts.append(_summed(amounts, steps))
        records += [unknown, found]
    stated = pl.concat(parts)
    links = pl.concat([stated, _gone_on_whole(names, stated)])
    share = pl.col("quantity") / pl.col("quantity").sum().over("to_step", "to_batch", "from_step")
    named = links.with_columns(pl.col("from_step", "to_step").replace_strict(dict(enumerate(steps)), return_dtype=pl.String))
    table = named.with_columns(share.fill_null(1.0).alias("fraction"))
    return checked(table.sort("to_step", "to_batch", "from_step", "from_batch"), Transfers, "transfers"), pl.concat(records)


def _named(batches: pl.Series, step: int) -> pl.DataFrame:
    """Return the names of the batches of a step, with its place in the order of manufacture."""
    return batches.cast(pl.String).alias(_NAME).to_frame().with_columns(pl.lit(step, pl.Int32).alias(_INDEX))


def _with_steps(rows: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """Add the steps of both batches of a transfer, null where no step has such a batch, or none before that of the other.

    Several steps may have batches of one name. The two steps that are nearest to each other count, of these the earliest.
    """
    numbered = rows.with_row_index(_NUMBER)
    gave = names.select(pl.col(_NAME).alias("from_batch"), pl.col(_INDEX).alias(_GAVE))
    took = names.select(pl.col(_NAME).alias("to_batch"), pl.col(_INDEX).alias(_TOOK))
    pairs = numbered.select(_NUMBER, "from_batch", "to_batch").join(gave, on="from_batch").join(took, on="to_batch")
    forward = pairs.filter(pl.col(_GAVE) < pl.col(_TOOK)).sort(_NUMBER, pl.col(_TOOK) - pl.col(_GAVE), _TOOK)
    nearest = forward.unique(_NUMBER, keep="first", maintain_order=True).select(_NUMBER, _GAVE, _TOOK)
    known = [pl.col(end).is_in(names[_NAME].implode()).alias(f"_known_{end}") for end in ("from_batch", "to_batch")]
    placed = numbered.join(nearest, on=_NUMBER, how="left", maintain_order="left")
    return placed.drop(_NUMBER).with_columns(known)


def _known(rows: pl.DataFrame, source: TransferRows) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Set aside transfers of batches that no step has, and the other transfers to the same batch: their shares are not known."""
    one = pl.col(SOURCE)
    rows, orphans = reject(
        rows,
        one,
        pl.when(~pl.col("_known_to_batch")).then(pl.lit(f"{NO_VALID_BATCH} name")),
        source.to_batch,
        pl.col("to_batch"),
    )
    absent = pl.when(~pl.col("_known_from_batch")).then(pl.lit(f"{NO_VALID_BATCH} name"))
    backwards = pl.when(pl.col(_GAVE).is_null()).then(
        pl.format("'{}' is no batch of a step before that of '{}'", "from_batch", "to_batch")
    )
    why = pl.coalesce(absent, backwards)
    gap = pl.when(why.is_not_null()).then(pl.format("row {} of {}", ROW, FILE)).drop_nulls().first().over("to_batch")
    incomplete = pl.format("the shares are not known: another transfer to this batch cannot be used, {}", gap)
    good, aside = reject(rows, one, pl.coalesce(why, incomplete), source.from_batch, pl.col("from_batch"))
    return good, pl.concat([orphans, aside])


def _as_uses(rows: pl.DataFrame, steps: Sequence[str]) -> pl.DataFrame:
    """Return transfers in the form of uses of lots."""
    gave = pl.col(_GAVE).replace_strict(dict(enumerate(steps)), return_dtype=pl.String)
    uses = rows.with_columns(
        pl.col("to_batch").alias("batch_id"), gave.alias("material"), pl.col("from_batch").alias("lot_id")
    )
    return uses.drop("to_batch", "from_batch", _GAVE, "_known_from_batch", "_known_to_batch")


def _as_genealogy(source: TransferRows) -> GenealogyRows:
    return GenealogyRows(
        gives="genealogy",
        files=source.files,
        pull=source.pull,
        format=source.format,
        batch=source.to_batch,
        material=source.from_batch,
        lot=source.from_batch,
        quantity=source.quantity,
        unit=source.unit,
    )


def _summed(amounts: pl.DataFrame, steps: Sequence[str]) -> pl.DataFrame:
    """Add up the amounts of each pair of batches."""
    gave = pl.col("material").replace_strict({name: i for i, name in enumerate(steps)}, return_dtype=pl.Int32)
    pair = [pl.col("batch_id").alias("to_batch"), pl.col(_TOOK).alias("to_step"), pl.col("lot_id").alias("from_batch")]
    summed = amounts.group_by(*pair, gave.alias("from_step"), maintain_order=True).agg(pl.col("quantity").sum())
    return summed.select(_no_amounts().columns).cast({"to_step": pl.Int32})


def _gone_on_whole(names: pl.DataFrame, stated: pl.DataFrame) -> pl.DataFrame:
    """Return the transfers that follow from a name which two consecutive steps have. Their amount is not known."""
    took = names.with_columns((pl.col(_INDEX) - 1).alias("_before"))
    both = took.join(names, left_on=[_NAME, "_before"], right_on=[_NAME, _INDEX], how="semi").select(
        pl.col("_before").cast(pl.Int32).alias("from_step"),
        pl.col(_NAME).alias("from_batch"),
        pl.col(_INDEX).cast(pl.Int32).alias("to_step"),
        pl.col(_NAME).alias("to_batch"),
        pl.lit(None, pl.Float64).alias("quantity"),
    )
    return both.join(stated, on=["from_step", "to_step", "to_batch"], how="anti")


def _no_amounts() -> pl.DataFrame:
    text, number = pl.String, pl.Int32
    return pl.DataFrame(
        schema={"from_step": number, "from_batch": text, "to_step": number, "to_batch": text, "quantity": pl.Float64}
    )
