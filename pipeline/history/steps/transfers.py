"""Transfers between steps: which share of a batch came from which batch of an earlier step.

A transfer is read like the use of a lot: the batch that took is the batch, the step that gave is the material, and the batch that
gave is the lot.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import polars as pl

from pipeline.domain.process.process import Process
from pipeline.domain.sources import GenealogyRows, TransferRows
from pipeline.domain.tables import Quarantine, Transfers, checked, empty
from pipeline.history.connectors.files import FILE, ROW
from pipeline.history.consumption import DIMENSION, UseWords, consumed
from pipeline.history.joined_rows import SOURCE
from pipeline.history.quarantine import NO_VALID_BATCH, reject
from pipeline.history.steps.placed_transfers import GAVE, INDEX, NAME, NOWHERE, TOOK, WHERE, with_steps

_WORDS = UseWords(
    amounts="amounts that this batch took from step '{}'",
    other="another amount that this batch took from this step",
    of_lot="the amounts that this batch took from that batch",
    again="another transfer",
)
_HARMLESS = ("repeats", "contradicts", "the amount is not above zero", _WORDS.of_lot)
"""Beginnings of the reasons of transfers without which the shares of the others are known all the same."""


OF_LEFT_OUT = {"from_step": pl.String, "from_batch": pl.String, "to_step": pl.String, "to_batch": pl.String}
"""Columns of what batches took from batches that are left out on purpose."""
_GAVE_NOTHING, _TOOK_NOTHING = "_gave_left_out", "_took_left_out"
"""Columns of rows: whether the batch that gave, or that took, is left out on purpose."""


def find_transfers(
    process: Process,
    typed: Mapping[str, pl.DataFrame],
    batches: Mapping[str, pl.Series],
    left_out: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Return the table of transfers, the quarantine of rows set aside, and what came from left-out batches (`OF_LEFT_OUT`).

    batches: step → names of its batches. left_out: step → names of its batches that are left out on purpose. They count where the
    steps of a transfer are found by names, so that leaving out a batch does not move a transfer to another step.

    A batch that has the name of a batch of the step before went on whole, unless a row names it as one that took. This does not
    hold for two steps which a source of transfers declares.
    """
    steps = list(process.steps)
    names = pl.concat(_named(own, steps.index(step)) for step, own in batches.items())
    apart = pl.concat(
        [names.clear(), *(_named(pl.Series(own, dtype=pl.String), steps.index(step)) for step, own in left_out.items())]
    )
    every = pl.concat([names, apart]).unique(maintain_order=True)
    parts, placed, records, lost = [_NO_AMOUNTS], [_NO_PLACES], [empty(Quarantine)], [_NO_PAIRS]
    for name, source in process.sources_that_give("transfers").items():
        assert isinstance(source, TransferRows)
        rows = _marked(with_steps(typed[name].with_columns(pl.lit(name).alias(SOURCE)), every, source, steps), apart)
        good, unknown = _known(rows, source, steps)
        amounts, found = consumed(_as_uses(good, steps), _as_genealogy(source), steps, names[NAME], _WORDS)
        parts.append(_as_transfers(amounts, steps))
        placed.append(rows.select(_NO_PLACES.columns))
        records += [unknown, found]
        lost.append(
            rows.filter(_GAVE_NOTHING).select(
                pl.col(GAVE).alias("from_step"), "from_batch", pl.col(TOOK).alias("to_step"), "to_batch"
            )
        )
    stated, bad = _of_all_sources(process, pl.concat(parts), pl.concat(placed), pl.concat(records))
    summed = stated.group_by(*_PAIR, "dimension", maintain_order=True).agg(pl.col("quantity").sum())
    links = pl.concat([summed, _gone_on_whole(process, names, pl.concat(placed)).select(summed.columns)])
    share = pl.col("quantity") / pl.col("quantity").sum().over("to_step", "to_batch", "from_step")
    named = links.with_columns(pl.col("from_step", "to_step").replace_strict(dict(enumerate(steps)), return_dtype=pl.String))
    table = named.with_columns(share.fill_null(1.0).alias("fraction")).select(Transfers.column_names())
    whole = checked(table.sort("to_step", "to_batch", "from_step", "from_batch"), Transfers, "transfers")
    lost.append(
        _gone_on_whole(process, every, pl.concat(placed))
        .select(_PAIR)
        .join(_giving(apart), on=["from_step", "from_batch"], how="semi")
    )
    from_apart = pl.concat(lost).join(
        _giving(apart), left_on=["to_step", "to_batch"], right_on=["from_step", "from_batch"], how="anti"
    )
    numbered = pl.col("from_step", "to_step").replace_strict(dict(enumerate(steps)), return_dtype=pl.String)
    return (
        whole,
        pl.concat([*records, bad]),
        from_apart.with_columns(numbered).select(*OF_LEFT_OUT).unique().sort(*OF_LEFT_OUT),
    )


def _giving(batches: pl.DataFrame) -> pl.DataFrame:
    """Return names of batches as the batches that gave."""
    return batches.select(pl.col(INDEX).alias("from_step"), pl.col(NAME).alias("from_batch"))


def _marked(rows: pl.DataFrame, left_out: pl.DataFrame) -> pl.DataFrame:
    """Add whether the batch that gave, and the one that took, is left out on purpose."""
    for batch, step, mark in (("from_batch", GAVE, _GAVE_NOTHING), ("to_batch", TOOK, _TOOK_NOTHING)):
        own = left_out.select(pl.col(NAME).alias(batch), pl.col(INDEX).alias(step), pl.lit(True).alias(mark))
        rows = rows.join(own, on=[batch, step], how="left", maintain_order="left").with_columns(
            pl.col(mark).fill_null(False)
        )
    return rows


def _named(batches: pl.Series, step: int) -> pl.DataFrame:
    """Return the names of the batches of a step, with its place in the order of manufacture."""
    return batches.cast(pl.String).alias(NAME).to_frame().with_columns(pl.lit(step, pl.Int32).alias(INDEX))


def _known(rows: pl.DataFrame, source: TransferRows, steps: Sequence[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Set aside transfers that have no place, and the other transfers to the same batch: their shares are not known.

    A batch that gave to itself says nothing about its origin, so that the others are known.
    """
    one = pl.col(SOURCE)
    absent = NO_VALID_BATCH + " name"
    orphan = pl.when(~pl.col("_known_to_batch")).then(pl.lit(absent + _in_step(source.to_step)))
    not_taken = pl.when(_TOOK_NOTHING).then(_said("took", pl.col("to_batch"), TOOK, steps))
    rows, orphans = reject(rows, one, pl.coalesce(orphan, not_taken), source.to_batch, pl.col("to_batch"))
    itself = pl.when((pl.col("from_batch") == pl.col("to_batch")) & pl.col(GAVE).is_null() & pl.col(WHERE).is_null()).then(
        pl.lit("the batch that gave and the batch that took are the same")
    )
    rows, selves = reject(rows, one, itself, source.from_batch, pl.col("from_batch"))
    blank = pl.col("from_batch").is_null()
    why = pl.coalesce(
        pl.when(~pl.col("_known_from_batch")).then(pl.lit(absent + _in_step(source.from_step))),
        pl.when(_GAVE_NOTHING).then(_said("gave", pl.col("from_batch"), GAVE, steps)),
        NOWHERE,
    )
    gone = blank | why.is_not_null()
    gap = pl.when(gone).then(pl.format("row {} of {}", ROW, FILE)).drop_nulls().first().over("to_batch")
    incomplete = pl.format("the shares are not known: another transfer to this batch cannot be used, {}", gap)
    why = pl.when(~blank).then(pl.coalesce(why, incomplete))  # a blank name has a reason of its own
    good, aside = reject(rows, one, why, source.from_batch, pl.col("from_batch"))
    return good.filter(pl.col("from_batch").is_not_null()), pl.concat([orphans, selves, aside])


def _said(what: str, batch: pl.Expr, step: str, steps: Sequence[str]) -> pl.Expr:
    """Say that a batch of a transfer is left out on purpose."""
    name = pl.col(step).replace_strict(dict(enumerate(steps)), return_dtype=pl.String)
    return pl.format(f"the batch that {what}, '{{}}' of step '{{}}', is left out on purpose", batch, name)


def _in_step(step: str | None) -> str:
    return "" if step is None else f" in step '{step}'"


def _as_uses(rows: pl.DataFrame, steps: Sequence[str]) -> pl.DataFrame:
    """Return transfers in the form of uses of lots."""
    gave = pl.col(GAVE).replace_strict(dict(enumerate(steps)), return_dtype=pl.String)
    uses = rows.with_columns(
        pl.col("to_batch").alias("batch_id"), gave.alias("material"), pl.col("from_batch").alias("lot_id")
    )
    return uses.drop(
        "to_batch", "from_batch", GAVE, WHERE, "_known_from_batch", "_known_to_batch", _GAVE_NOTHING, _TOOK_NOTHING
    )


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
        booking=source.booking,
    )


_PAIR = ("from_step", "from_batch", "to_step", "to_batch")
_NO_AMOUNTS = pl.DataFrame(
    schema={"from_step": pl.Int32, "from_batch": pl.String, "to_step": pl.Int32, "to_batch": pl.String}
    | {"quantity": pl.Float64, "dimension": pl.String, SOURCE: pl.String, FILE: pl.String, ROW: pl.UInt32}
)
_NO_PAIRS = _NO_AMOUNTS.select(_PAIR)
_NO_PLACES = pl.DataFrame(
    schema={"from_batch": pl.String, "to_batch": pl.String, TOOK: pl.Int32}
    | {SOURCE: pl.String, FILE: pl.String, ROW: pl.UInt32}
)


def _as_transfers(amounts: pl.DataFrame, steps: Sequence[str]) -> pl.DataFrame:
    """Return uses of lots in the form of transfers between numbered steps."""
    gave = pl.col("material").replace_strict({name: i for i, name in enumerate(steps)}, return_dtype=pl.Int32)
    dimension = pl.col(DIMENSION) if DIMENSION in amounts.columns else pl.lit(None, pl.String)
    named = amounts.with_columns(
        gave.alias("from_step"),
        pl.col("lot_id").alias("from_batch"),
        pl.col(TOOK).alias("to_step"),
        pl.col("batch_id").alias("to_batch"),
        dimension.alias("dimension"),
    )
    return named.select(_NO_AMOUNTS.columns).cast(_NO_AMOUNTS.schema)


def _of_all_sources(
    process: Process, stated: pl.DataFrame, placed: pl.DataFrame, records: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Set aside transfers to a batch of which another source has transfers that cannot be used, or of another dimension."""
    columns = {name: source.from_batch for name, source in process.sources.items() if isinstance(source, TransferRows)}
    column = pl.col(SOURCE).replace_strict(columns, return_dtype=pl.String)
    harmless = records.filter(pl.any_horizontal(pl.col("reason").str.starts_with(one) for one in _HARMLESS))
    lost = (
        placed.join(stated, on=[SOURCE, FILE, ROW], how="anti")
        .join(harmless, left_on=[SOURCE, FILE, ROW], right_on=["source", "file", "row"], how="anti")
        .filter(pl.col("from_batch").is_null() | (pl.col("from_batch") != pl.col("to_batch")))
    )
    gap = pl.format("row {} of {}", pl.col(ROW), pl.col(FILE)).first().alias("_gap")
    placed_gaps = lost.group_by("to_batch", pl.col(TOOK).alias("to_step"), maintain_order=True).agg(gap)
    other_gaps = lost.filter(pl.col(TOOK).is_null()).group_by("to_batch", maintain_order=True).agg(gap)
    marked = stated.join(placed_gaps, on=["to_batch", "to_step"], how="left", maintain_order="left").join(
        other_gaps, on="to_batch", how="left", maintain_order="left", suffix="_of_any"
    )
    one = pl.col("dimension").fill_null("").n_unique().over("to_step", "to_batch", "from_step") == 1
    why = pl.coalesce(
        pl.format(
            "the shares are not known: another transfer to this batch cannot be used, {}", pl.coalesce("_gap", "_gap_of_any")
        ),
        pl.when(~one).then(
            pl.lit("several sources state what this batch took from this step, in units that cannot be added")
        ),
    )
    good, bad = reject(marked, pl.col(SOURCE), why, column, pl.col("from_batch"))
    return good.select(stated.columns), bad


def _gone_on_whole(process: Process, names: pl.DataFrame, placed: pl.DataFrame) -> pl.DataFrame:
    """Return the transfers that follow from a name which two consecutive steps have. Their amount is not known.

    placed: all rows that were read, also those set aside. A batch that one of them names as the one that took is left out.
    """
    steps, pairs = list(process.steps), []
    for source in process.sources_that_give("transfers").values():
        assert isinstance(source, TransferRows)
        if source.from_step is not None and source.to_step is not None:
            pairs.append((steps.index(source.from_step), steps.index(source.to_step)))
    declared = pl.DataFrame(pairs, schema={"from_step": pl.Int32, "to_step": pl.Int32}, orient="row")
    took = names.with_columns((pl.col(INDEX) - 1).alias("_before"))
    both = took.join(names, left_on=[NAME, "_before"], right_on=[NAME, INDEX], how="semi").select(
        pl.col("_before").cast(pl.Int32).alias("from_step"),
        pl.col(NAME).alias("from_batch"),
        pl.col(INDEX).cast(pl.Int32).alias("to_step"),
        pl.col(NAME).alias("to_batch"),
        pl.lit(None, pl.Float64).alias("quantity"),
        pl.lit(None, pl.String).alias("dimension"),
    )
    unplaced = placed.filter(pl.col(TOOK).is_null() & (pl.col("from_batch") != pl.col("to_batch")).fill_null(True))
    return (
        both.join(declared, on=["from_step", "to_step"], how="anti")
        .join(placed, left_on=["to_step", "to_batch"], right_on=[TOOK, "to_batch"], how="anti")
        .join(unplaced, on="to_batch", how="anti")
    )
