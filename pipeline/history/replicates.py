"""Several results of one thing: their mean and how far they scatter, or the last of them."""

from collections.abc import Sequence
from functools import partial

import polars as pl

from pipeline.domain.tables import Quarantine, Replicates, checked, empty
from pipeline.history.connectors.files import FILE, ROW
from pipeline.history.quarantine import reject

REPLICATES, DEVIATION = "replicates", "deviation"
"""Columns of a mean: the number of results that it is made of, and their standard deviation, SI. Null where they do not count."""
_OF_ATTRIBUTE = "{}__{}"
"""Name of these columns in a row with several attributes."""
NO_MEAN = "a mean of results with < and with > is not known; keep the results apart, or declare `replicates: last`"


def last_of(
    rows: pl.DataFrame, key: Sequence[str], source: pl.Expr, column: pl.Expr | str, value: pl.Expr
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Keep the last row of each key, in the order of files and rows. Set the earlier ones aside."""
    place = pl.format("row {} of {}", pl.col(ROW), pl.col(FILE)).last().over(key)
    earlier = pl.int_range(pl.len()).over(key) < pl.len().over(key) - 1
    why = pl.when(earlier).then(pl.format("a later result replaces it: {}", place))
    return reject(rows, source, why, column, value)


def without_mean(key: Sequence[str], censoring: str) -> pl.Expr:
    """Give a reason if results of a key lie below one limit and above another."""
    return pl.when(_any_with("left", key, censoring) & _any_with("right", key, censoring)).then(pl.lit(NO_MEAN))


def means(key: Sequence[str], value: str, censoring: str) -> list[pl.Expr]:
    """The mean of the results of each key, and whether it is a limit.

    A result such as `<0.05` lies below its limit. If a key has such results, its mean lies below the mean of the written numbers,
    so it is left-censored there. The same holds for `>`. Neither the limit nor half of it is taken for a measured value.

    >>> rows = pl.DataFrame({"batch": ["B1", "B1", "B2"], "x": [0.25, 0.75, 1.0], "sign": ["left", "none", "none"]})
    >>> rows.with_columns(means(["batch"], "x", "sign")).rows()
    [('B1', 0.5, 'left'), ('B1', 0.5, 'left'), ('B2', 1.0, 'none')]
    """
    signs = [pl.when(_any_with(sign, key, censoring)).then(pl.lit(sign)) for sign in ("left", "right")]
    return [pl.col(value).mean().over(key).alias(value), pl.coalesce(*signs, pl.lit("none")).alias(censoring)]


def scatter(key: Sequence[str], value: str, censoring: str) -> list[pl.Expr]:
    """The number of results of each key, and their standard deviation with n − 1; null for a single result.

    A key with a result such as `<0.05` has none: the results above the limit alone scatter less than all of them.

    >>> rows = pl.DataFrame({"batch": ["B1", "B1", "B2"], "x": [0.0, 2.0, 1.0], "sign": ["none"] * 3})
    >>> rows.select(scatter(["batch"], "x", "sign")).rows()
    [(2, 1.4142135623730951), (2, 1.4142135623730951), (None, None)]
    """
    count = pl.col(value).is_not_null().sum().over(key)
    several = (count > 1) & (pl.col(censoring) == "none").all().over(key)
    found = {REPLICATES: count.cast(pl.UInt32), DEVIATION: pl.col(value).std().over(key)}
    return [pl.when(several).then(expression).alias(name) for name, expression in found.items()]


def scatter_of(attribute: str, columns: Sequence[str]) -> list[pl.Expr]:
    """The columns of `scatter` of one attribute of a row with several; null where the row has none."""
    names = {name: _OF_ATTRIBUTE.format(attribute, name) for name in (REPLICATES, DEVIATION)}
    types = {REPLICATES: pl.UInt32(), DEVIATION: pl.Float64()}
    return [(pl.col(own) if own in columns else pl.lit(None, types[name])).alias(name) for name, own in names.items()]


def replicate_table(results: pl.DataFrame) -> pl.DataFrame:
    """Return the results that are means, with the number and the standard deviation of what they are made of."""
    several = results.filter(pl.col(REPLICATES).is_not_null())
    return checked(several.select("batch_id", "attribute", REPLICATES, DEVIATION), Replicates, "replicates")


def _any_with(sign: str, key: Sequence[str], censoring: str) -> pl.Expr:
    return (pl.col(censoring) == sign).any().over(key)


def _mean_spectrum(name: str, channels: int, key: Sequence[str]) -> pl.Expr:
    """The mean of the spectra of each key, channel by channel; null where it has none."""
    means = [pl.col(name).arr.get(i).mean().over(key) for i in range(channels)]
    mean = pl.concat_list(means).cast(pl.Array(pl.Float64, channels))
    return pl.when(pl.col(name).is_not_null().any().over(key)).then(mean).alias(name)


def mean_rows(
    rows: pl.DataFrame, key: Sequence[str], source: pl.Expr, censored: Sequence[tuple[str, str]], place: Sequence[str]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Make one row of the rows of each key: numbers become their mean. Rows whose texts or dates differ are set aside.

    `censored` pairs a laboratory result with its column of censoring, `place` names the columns that say where a row comes from.
    The row has the columns of `scatter` of each laboratory result.
    """
    kinds = rows.drop(*key, *place, *(sign for _, sign in censored)).schema
    spectra = {name: dtype.size for name, dtype in kinds.items() if isinstance(dtype, pl.Array)}
    words = [name for name, dtype in kinds.items() if not dtype.is_numeric() and name not in spectra]
    numbers = [name for name, dtype in kinds.items() if dtype.is_numeric() and name not in {n for n, _ in censored}]
    records = [empty(Quarantine)]
    for name in words:
        differ = pl.when(pl.col(name).n_unique().over(key) > 1).then(pl.lit(f"rows of one {' and '.join(key)} differ here"))
        rows, found = reject(rows, source, differ, name, pl.col(name))
        records.append(found)
    for name, sign in censored:
        rows, found = reject(rows, source, without_mean(key, sign), name, pl.col(name))
        records.append(found)
    mean = rows.with_columns(
        *(pl.col(name).mean().over(key) for name in numbers),
        *(_mean_spectrum(name, size, key) for name, size in spectra.items()),
        *(e for n, s in censored for e in means(key, n, s)),
        *(e.name.map(partial(_OF_ATTRIBUTE.format, n)) for n, s in censored for e in scatter(key, n, s)),
    )
    return mean.unique(key, keep="first", maintain_order=True), pl.concat(records)
