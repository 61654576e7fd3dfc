"""The table of laboratory results: tests become attributes, units become SI, the newest revision counts."""

from collections.abc import Mapping

import polars as pl

from pipeline.domain.attributes import Attribute
from pipeline.domain.batch_columns import AVAILABLE
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.process.parts import LABORATORY
from pipeline.domain.process.process import Process
from pipeline.domain.sources import LongResults
from pipeline.domain.tables import Quarantine, Results, empty
from pipeline.history.cells import LIMIT, at_limit, censored, not_a_number, number, out_of_range, without_unit
from pipeline.history.connectors.files import FILE, ROW
from pipeline.history.joined_rows import SOURCE
from pipeline.history.quarantine import orphaned, reject, reject_repeated
from pipeline.history.replicates import DEVIATION, REPLICATES, last_of, means, scatter, without_mean
from pipeline.history.revisions import why_not_newest

_RESULT = ("batch_id", "attribute")


def long_results(process: Process, name: str, rows: pl.DataFrame, batches: pl.Series) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Read a source with one result per row. Return the results, and the quarantine of rows set aside."""
    source = process.sources[name]
    assert isinstance(source, LongResults)
    rows = with_column(rows, AVAILABLE, pl.Datetime("us")).with_columns(
        pl.lit(name).alias(SOURCE), pl.col("test").replace_strict(dict(source.names), default=None).alias("attribute")
    )
    rows = with_column(with_column(rows, "unit", pl.String()), LABORATORY, pl.String())
    records, undeclared = [empty(Quarantine)], "the test is not declared in the process definition"
    for why, column, file_column in (
        (pl.when(pl.col("attribute").is_null()).then(pl.lit(undeclared)), "test", source.test),
        (orphaned(batches), "batch_id", source.batch),
        (_unit_problem(rows, process), "unit", source.unit),
    ):
        rows, found = reject(rows, pl.col(SOURCE), why, file_column, pl.col(column))
        records.append(found)
    for settle in (_newest_revision, _last_replicate, _values, _one_per_batch):
        rows, found = settle(rows, process, source)
        records.append(found)
    return rows, pl.concat(records)


def with_column(rows: pl.DataFrame, name: str, dtype: pl.DataType) -> pl.DataFrame:
    """Add a column without values if the rows do not have it."""
    return rows if name in rows.columns else rows.with_columns(pl.lit(None, dtype=dtype).alias(name))


def _unit_problem(rows: pl.DataFrame, process: Process) -> pl.Expr:
    """Give a reason if the unit of a result cannot be converted to the unit of its attribute."""
    pairs = rows.select("attribute", "unit").drop_nulls().unique()
    why = {f"{a}\x00{u}": _unreadable(process.attributes[a], u) for a, u in pairs.iter_rows()}
    table = {key: reason for key, reason in why.items() if reason is not None}
    key = pl.concat_str("attribute", "unit", separator="\x00")
    return key.replace_strict(table, default=None, return_dtype=pl.String) if table else pl.lit(None, dtype=pl.String)


def _unreadable(attribute: Attribute, written: str) -> str | None:
    """Say why a unit cannot be converted to the unit of its attribute; None if it can."""
    try:
        attribute.written_in(written)
    except ScalebridgeError as error:
        return str(error)
    return None


def _values(rows: pl.DataFrame, process: Process, source: LongResults) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Read the values in their units, attribute by attribute."""
    parts = [
        _of_attribute(part, process.attributes[str(name)], source)
        for (name,), part in rows.group_by("attribute", maintain_order=True)
    ]
    if not parts:
        return rows.with_columns(pl.lit(None, pl.Float64).alias("value"), pl.lit("none").alias("censoring")), (
            empty(Quarantine)
        )
    return pl.concat([good for good, _ in parts]), pl.concat([bad for _, bad in parts])


def _of_attribute(rows: pl.DataFrame, attribute: Attribute, source: LongResults) -> tuple[pl.DataFrame, pl.DataFrame]:
    units = {u: attribute.written_in(u) for u in rows["unit"].unique() if u is not None}
    factor = pl.col("unit").replace_strict({u: one.factor for u, one in units.items()}, default=attribute.si.factor)
    offset = pl.col("unit").replace_strict({u: one.offset for u, one in units.items()}, default=attribute.si.offset)
    text = pl.col("text")
    plain = text.str.replace(LIMIT, "")
    for label in units:  # a cell may repeat the unit of its row, as in `95 %`
        plain = pl.when(pl.col("unit") == label).then(without_unit(plain, label)).otherwise(plain)
    plain = pl.when(pl.col("unit").is_null()).then(without_unit(plain, attribute.unit)).otherwise(plain)
    read = rows.with_columns((number(plain, source.decimal) * factor + offset).alias("value"))
    unreadable = pl.when(pl.col("value").is_null()).then(pl.lit(not_a_number(source.decimal)))
    why = pl.coalesce(unreadable, out_of_range(pl.col("value"), attribute))
    good, bad = reject(read, pl.col(SOURCE), why, source.value, text)
    marked = good.with_columns(censored(text, pl.col("value"), attribute).alias("censoring"))
    return marked.with_columns(at_limit(pl.col("value"), pl.col("censoring"), attribute).alias("value")), bad


def _newest_revision(rows: pl.DataFrame, process: Process, source: LongResults) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Keep the newest revision of a result, even if its value cannot be read: older revisions were withdrawn."""
    if source.revision is None or rows.is_empty():
        return rows, empty(Quarantine)
    why = why_not_newest(rows, ["batch_id", "attribute"])
    return reject(rows, pl.col(SOURCE), why, source.revision, pl.col("revision"))


def _one_per_batch(rows: pl.DataFrame, process: Process, source: LongResults) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Settle several results of one test and batch as the source declares it."""
    if source.replicates == "mean":
        rows, found = reject(rows, pl.col(SOURCE), without_mean(_RESULT, "censoring"), source.test, pl.col("test"))
        known = pl.col(AVAILABLE).max().over(_RESULT)  # a mean is known when the last of its results is
        one = pl.col(LABORATORY).n_unique().over(_RESULT) == 1  # a mean of several laboratories is of none of them
        of = pl.when(one).then(pl.col(LABORATORY)).alias(LABORATORY)
        mean = (*means(_RESULT, "value", "censoring"), *scatter(_RESULT, "value", "censoring"))
        return rows.with_columns(*mean, known, of), found
    key, what = ["batch_id", "attribute"], ["value", "censoring"]
    rows = rows.with_columns(pl.col(AVAILABLE).min().over(_RESULT))  # a result that is reported again was known before
    return reject_repeated(rows, pl.col(SOURCE), key, what, source.test, pl.col("test"))


def _last_replicate(rows: pl.DataFrame, process: Process, source: LongResults) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Keep the last row of each test and batch if the source says so, even if its value cannot be read: it was measured again."""
    if source.replicates != "last":
        return rows, empty(Quarantine)
    return last_of(rows, _RESULT, pl.col(SOURCE), source.test, pl.col("test"))


def result_table(wide: pl.DataFrame, long: list[pl.DataFrame]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Stack results from batch rows and from result files. `available_at` holds the dates that result files give.

    If two of them give the same result, the first counts (batch rows come first) and the other is set aside. Besides the columns of
    `Results` the rows have the laboratory, and `replicates` and `deviation`, which are null where a result is not a mean.
    """
    further = {AVAILABLE: pl.Datetime("us"), LABORATORY: pl.String(), REPLICATES: pl.UInt32(), DEVIATION: pl.Float64()}
    columns = ["batch_id", "attribute", "value", "censoring", *further]
    key = ["batch_id", "attribute"]
    rows, records = _with_columns(wide, further).select(columns), [empty(Quarantine)]
    for given in long:
        part = _with_columns(given, further)
        doubled = part.join(rows.select(key), on=key, how="semi").select(FILE, ROW).with_columns(pl.lit(True).alias("_both"))
        marked = part.join(doubled, on=[FILE, ROW], how="left", maintain_order="left")
        why = pl.when(pl.col("_both")).then(pl.lit("another source gives this result already"))
        good, found = reject(marked, pl.col(SOURCE), why, "attribute", pl.col("attribute"))
        once = good.select(columns).unique(key, keep="first", maintain_order=True)  # replicates have their mean in each row
        rows, records = pl.concat([rows, once]), [*records, found]
    typed = rows.with_columns(pl.col("censoring").cast(Results.censoring.dtype)).sort(key)
    return typed, pl.concat(records)


def _with_columns(rows: pl.DataFrame, further: Mapping[str, pl.DataType]) -> pl.DataFrame:
    for name, dtype in further.items():
        rows = with_column(rows, name, dtype)
    return rows
