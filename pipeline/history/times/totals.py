"""Totals of counters that are reset."""

import polars as pl

from pipeline.history.times.window import SINCE

_BEFORE, _SERIES = "_before_start", ["batch_id", "tag"]
RESET_BELOW = 0.5
"""A counter was reset if its value falls below this share of the value before it. A smaller fall is noise of a scale."""


def with_totals(rows: pl.DataFrame, before: pl.DataFrame, totalisers: list[str]) -> pl.DataFrame:
    """Replace the values of counters by totals that continue over resets.

    `before` holds records before the start of the process: the total counts from the last of them. A first record without one
    before it counts in full.

    >>> counter = pl.DataFrame({"batch_id": "B1", "tag": "base", SINCE: range(5), "value": [1.0, 4.0, 0.5, 0.5, 2.0]})
    >>> with_totals(counter, counter.clear(), ["base"])["value"].to_list()
    [1.0, 4.0, 4.5, 4.5, 6.0]
    """
    if not totalisers:
        return rows
    counters = pl.col("tag").is_in(totalisers)
    own = rows.filter(counters)
    earlier = before.filter(counters).with_columns(pl.lit(True).alias(_BEFORE))
    both = pl.concat([earlier, own.with_columns(pl.lit(False).alias(_BEFORE))])
    ordered = both.sort(*_SERIES, SINCE, maintain_order=True)
    value, last = pl.col("value"), pl.col("value").shift().over(_SERIES)
    counted = pl.when(last.is_null() | (value < RESET_BELOW * last)).then(value).otherwise(value - last)
    inside = ordered.with_columns(counted.alias("value")).filter(~pl.col(_BEFORE)).drop(_BEFORE)
    return pl.concat([rows.filter(~counters), inside.with_columns(value.cum_sum().over(_SERIES))])
