"""Write frames to one Parquet file as they arrive, so that a pull never lies in memory as a whole."""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import polars as pl

from pipeline.domain.errors import ScalebridgeError, listed

Mark = str | int
"""A watermark as the manifest holds it: a whole number, or a time in ISO 8601."""
FUTURE = timedelta(days=1)
"""How far a watermark may lie ahead of the clock of this machine."""
HALF = 2**32
PIECE = 500_000
"""Rows that are read at once."""


@dataclass(frozen=True)
class Written:
    """What was written to a file."""

    rows: int
    columns: dict[str, str]
    """Column → type."""
    lowest: Mark | None
    highest: Mark | None
    unique: bool
    """Whether no two rows have the same key. True where no key was asked for."""
    content: tuple[int, int]
    """Sums of hashes of the rows: equal for equal rows in any order."""


def write_stream(frames: Iterable[pl.DataFrame], path: Path, key: Sequence[str], watermark: str | None) -> Written:
    """Write frames with the same columns to a file, and return what was written.

    Raises ScalebridgeError if there is no frame, if a row has no key or no watermark, or if a column has a type that is not kept.
    """
    import pyarrow.parquet as pq

    rows, missing, keys = 0, dict.fromkeys([*key, *([watermark] if watermark else [])], 0), []
    columns: dict[str, str] = {}
    content, marks = (0, 0), list[object]()
    writer = None
    try:
        for frame in frames:
            if writer is None:
                columns = _columns(frame, missing)
                texts = [name for name, dtype in frame.schema.items() if dtype == pl.String]
                schema = frame.clear().to_arrow(compat_level=pl.CompatLevel.oldest()).schema
                writer = pq.ParquetWriter(path, schema, compression="zstd", use_dictionary=texts)
            rows += frame.height
            for name in missing:
                missing[name] += frame[name].null_count()
            if watermark is not None and frame.height:
                marks += [frame[watermark].min(), frame[watermark].max()]
                keys.append(hashes(frame, key, 0))
            content = added(content, content_of(frame))
            writer.write_table(frame.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(writer.schema))
        if writer is None:
            raise ScalebridgeError("The pull gave no table at all")
    finally:
        if writer is not None:
            writer.close()
    _refuse_missing(missing, rows, watermark)
    known = [mark for mark in marks if mark is not None]
    _flush(path)
    return Written(
        rows,
        columns,
        mark_of(min(known)) if known else None,  # type: ignore[type-var]
        _not_ahead(max(known), watermark) if known else None,  # type: ignore[type-var]
        not keys or int(pl.concat(keys).n_unique()) == rows,
        content,
    )


def read_stream(path: Path) -> Iterator[pl.DataFrame]:
    """Read a file that `write_stream` wrote, piece by piece, as polars reads it."""
    for index in range(0, (rows := pl.scan_parquet(path).select(pl.len()).collect().item()), PIECE):
        yield pl.scan_parquet(path).slice(index, min(PIECE, rows - index)).collect()


def content_of(frame: pl.DataFrame) -> tuple[int, int]:
    """Return the sums of both halves of the hashes of the rows. They are equal for the same rows in any order."""
    hashed = hashes(frame, frame.columns, 1)
    return int((hashed % HALF).sum()), int((hashed // HALF).sum())


def added(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    """Return the sums of the rows of two frames."""
    return one[0] + other[0], one[1] + other[1]


def hashes(frame: pl.DataFrame, columns: Sequence[str], seed: int) -> pl.Series:
    """Return one hash per row over some columns."""
    return frame.select(columns).hash_rows(seed=seed)


def _columns(frame: pl.DataFrame, needed: Iterable[str]) -> dict[str, str]:
    """Column → type, after a check that each column can be kept."""
    if absent := [name for name in needed if name not in frame.columns]:
        raise ScalebridgeError(
            f"The pull has no column {listed(map(repr, absent))}; its columns are {listed(frame.columns, 30)}"
        )
    for name, dtype in frame.schema.items():
        if dtype.is_nested() or dtype in (pl.Object, pl.Unknown):
            raise ScalebridgeError(
                f"Column '{name}' holds lists or groups of values ({dtype}), which no rule reads; leave it out of the query, or "
                "write each value into a row or a column of its own"
            )
    return {name: str(dtype) for name, dtype in frame.schema.items()}


def _refuse_missing(missing: dict[str, int], rows: int, watermark: str | None) -> None:
    for name, count in missing.items():
        if count:
            what = "the watermark" if name == watermark else "a part of the key"
            why = "a later pull could miss them" if name == watermark else "a changed row could not be found"
            raise ScalebridgeError(
                f"{count:,} of {rows:,} rows have no value of '{name}', {what}: {why}. Fill the column in the database, or leave "
                "these rows out by the query"
            )


def mark_of(value: object) -> Mark:
    """Return a watermark as the manifest holds it. Raises ScalebridgeError for a type that is no watermark.

    >>> mark_of(datetime(2024, 3, 1, 6, tzinfo=UTC)), mark_of(17)
    ('2024-03-01T06:00:00.000000+00:00', 17)
    """
    if isinstance(value, datetime):
        return (value if value.tzinfo is None else value.astimezone(UTC)).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, Decimal) and value == int(value):
        return int(value)
    raise ScalebridgeError(
        f"A watermark is a time, a date or a whole number, and this one is {type(value).__name__} {str(value)[:40]!r}; name "
        "another column as `watermark`"
    )


def _not_ahead(value: object, watermark: str | None) -> Mark:
    """Refuse a watermark in the future: the next pull would ask only for rows after it."""
    now = datetime.now(UTC)
    zoned = isinstance(value, datetime) and value.tzinfo is not None
    if isinstance(value, date):
        limit: date = now + FUTURE if zoned else (now + FUTURE).replace(tzinfo=None)
        if not isinstance(value, datetime):
            limit = (now + FUTURE).date()
        if value > limit:
            raise ScalebridgeError(
                f"The highest '{watermark}' is {mark_of(value)}, more than a day ahead of the clock of this machine. Rows that "
                "are added from now on would not be read by the next pull. Correct the row in the database, or leave it out"
            )
    return mark_of(value)


def _flush(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())
