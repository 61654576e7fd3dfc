"""Compare rows that were pulled with those that were pulled before: which are the same, and which replace an earlier version."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipeline.domain.errors import ScalebridgeError
from pipeline.history.snapshots.manifest import Manifest
from pipeline.history.snapshots.reading import FILE, FIRST_ROW, ROW, replaced_of
from pipeline.history.snapshots.stream import added, content_of, read_stream

INDEX, BY_ROW = "__index", "by_row"
_FILE, _ROW, _OLD = "__file", "__row", "__old"


@dataclass(frozen=True)
class Changes:
    """What a pull changes."""

    same: pl.Series
    """Places of the pulled rows that were pulled before with the same values, or that the same pull holds in a newer version."""
    older: int
    """How many of these are older versions in the same pull."""
    replaced: pl.DataFrame
    """Rows of earlier files that have a newer version: `file`, `row`, and `by_row`, the row in the new file."""


def live_rows(folder: Path, manifest: Manifest) -> pl.LazyFrame:
    """Return the rows of a source as they are now, with their file and row number."""
    parts = [
        pl.scan_parquet(folder / one.file, row_index_name=_ROW, row_index_offset=FIRST_ROW).with_columns(
            pl.lit(one.file).alias(_FILE)
        )
        for one in manifest.counting
    ]
    gone = replaced_of(folder, manifest).select(pl.col(FILE).alias(_FILE), pl.col(ROW).alias(_ROW)).lazy()
    rows = pl.concat(parts).with_columns(pl.col(_ROW).cast(pl.UInt32))
    return rows.join(gone, on=[_FILE, _ROW], how="anti")


def live_content(folder: Path, manifest: Manifest) -> tuple[int, int]:
    """Return the sums of hashes of the rows of a source as they are now, file by file."""
    total = (0, 0)
    gone = replaced_of(folder, manifest)
    for one in manifest.counting:
        rows = gone.filter(pl.col(FILE) == one.file)[ROW].implode()
        first = FIRST_ROW
        for frame in read_stream(folder / one.file):
            numbers = pl.int_range(first, first + frame.height, dtype=pl.UInt32, eager=True)
            first += frame.height
            total = added(total, content_of(frame.filter(~numbers.is_in(rows))))
    return total


def changes(
    part: Path, key: Sequence[str], watermark: str, unique: bool, folder: Path, manifest: Manifest | None
) -> Changes:
    """Compare a pulled file with the rows of a source by their key.

    unique: whether no two pulled rows have the same key. manifest: None if nothing counts before. Raises ScalebridgeError if two
    rows of the pull have the same key and the same watermark, and different values.
    """
    pulled = pl.scan_parquet(part, row_index_name=INDEX)
    older = pl.Series(INDEX, [], dtype=pl.UInt32) if unique else _older(pulled, list(key), watermark)
    nothing = pl.DataFrame(schema={FILE: pl.String, ROW: pl.UInt32, BY_ROW: pl.UInt32})
    if manifest is None or not manifest.counting:
        return Changes(older, len(older), nothing)
    if len(older):
        pulled = pulled.join(older.to_frame().lazy(), on=INDEX, how="anti")
    on = list(key)
    stored = live_rows(folder, manifest).join(pulled.select(on), on=on, how="semi").collect(engine="streaming")
    again = pulled.join(stored.select(on).lazy(), on=on, how="semi").collect(engine="streaming")
    both = again.join(stored, on=on, how="inner", suffix=_OLD)
    values = [name for name in again.columns if name not in (*on, INDEX)]
    equal = pl.all_horizontal(pl.lit(True), *(pl.col(name).eq_missing(pl.col(name + _OLD)) for name in values))
    judged = both.select(INDEX, _FILE, _ROW, equal.alias("equal"))
    same = pl.concat([older, judged.filter("equal")[INDEX]]).sort()
    newer = judged.filter(~pl.col("equal"))
    before = same.search_sorted(newer[INDEX])
    rows = newer.select(
        pl.col(_FILE).alias(FILE),
        pl.col(_ROW).alias(ROW),
        (pl.col(INDEX) - before + FIRST_ROW).cast(pl.UInt32).alias(BY_ROW),
    )
    return Changes(same, len(older), rows.sort(FILE, ROW))


def _older(pulled: pl.LazyFrame, key: list[str], watermark: str) -> pl.Series:
    """Return the places of rows of which the same pull holds a newer version, or the same row again."""
    twice = pulled.select(key).group_by(key).len().filter(pl.col("len") > 1).drop("len")
    rows = pulled.join(twice, on=key, how="semi").collect(engine="streaming").sort(INDEX)
    newest = rows.filter(pl.col(watermark) == pl.col(watermark).max().over(key))
    values = [name for name in rows.columns if name not in (*key, INDEX)]
    if values:
        unlike = newest.select(*key, pl.struct(values).n_unique().over(key).alias("n")).filter(pl.col("n") > 1)
        if not unlike.is_empty():
            first = ", ".join(f"{name} {unlike[name][0]}" for name in key)
            raise ScalebridgeError(
                f"{unlike.height:,} rows have the same key and the same '{watermark}', and other values, such as those with "
                f"{first}; name in `key` all columns that identify a row"
            )
    kept = newest.unique(key, keep="first", maintain_order=True)[INDEX]
    return rows.filter(~pl.col(INDEX).is_in(kept.implode()))[INDEX]
