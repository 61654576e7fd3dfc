"""Records of feeds as rows of a snapshot: no blank in a part of the key, and records of one tag and time told apart."""

from collections.abc import Iterable, Iterator

import polars as pl

from pipeline.history.live.record import RECORDS, Record, frame_of

NTH = "nth"


def numbered(records: Iterable[Record]) -> pl.DataFrame:
    """Return records as rows, each once."""
    return with_numbers(frame_of(records))


def with_numbers(rows: pl.DataFrame) -> pl.DataFrame:
    """Return rows with the columns of `RECORDS`, each once, with `nth`: 0 for the first record of a tag and a time."""
    filled = rows.select(*RECORDS).with_columns(pl.col("equipment", "batch").fill_null(""))
    once = filled.unique(maintain_order=True)
    place = pl.int_range(pl.len(), dtype=pl.UInt32).over("tag", "equipment", "batch", "time")
    return once.with_columns(place.alias(NTH))


def no_rows() -> pl.DataFrame:
    """Return the columns without a row."""
    return numbered(())


def numbered_pages(pages: Iterable[Iterable[Record]]) -> Iterator[pl.DataFrame]:
    """Yield pages as rows. Records of one tag and one time are counted over the end of a page; each tag comes in order of time."""
    key, at = ["tag", "equipment", "batch"], "time"
    last = no_rows().select(*key, at, pl.col(NTH).alias("before"))
    for page in pages:
        rows = numbered(page).join(last, on=[*key, at], how="left", maintain_order="left")
        found = rows.with_columns((pl.col(NTH) + pl.col("before").fill_null(0)).cast(pl.UInt32)).drop("before")
        ends = (
            found.filter(pl.col(at) == pl.col(at).max().over(key))
            .group_by(*key, at)
            .agg((pl.col(NTH).max() + 1).alias("before"))
        )
        last = pl.concat([last.join(ends, on=key, how="anti"), ends])
        yield found
