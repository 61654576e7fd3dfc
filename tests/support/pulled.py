"""Snapshots made from frames, as a pull makes them."""

from collections.abc import Iterable
from pathlib import Path

import polars as pl

from pipeline.history.snapshots.manifest import Manifest, Pulled
from pipeline.history.snapshots.reading import replaced_of
from pipeline.history.snapshots.store import Added, Rule, Unchanged, add_snapshot, open_snapshot

BY_CHANGE = Rule(key=("id",), watermark="changed", whole=False)
"""The rule of a table with a key and a watermark."""


ALL = Rule()
"""The rule of a pull of all rows."""


def pulled_from(what: str = "table lab") -> Pulled:
    """Where the rows of a test came from."""
    return Pulled(kind="sql", connection="plant", what=what, at="2026-11-28T06:00:00+00:00")


def add(
    folder: Path, frames: pl.DataFrame | Iterable[pl.DataFrame], rule: Rule = ALL, what: str = "table lab"
) -> Added | Unchanged:
    """Add frames to the snapshot in a folder."""
    with open_snapshot(folder) as snapshot:
        return add_snapshot(snapshot, [frames] if isinstance(frames, pl.DataFrame) else frames, pulled_from(what), rule)[1]


def live(folder: Path, manifest: Manifest) -> pl.DataFrame:
    """The rows of a snapshot as a reader gets them: all files that count, without replaced rows."""
    parts = [
        pl.read_parquet(folder / one.file).with_columns(file=pl.lit(one.file)).with_row_index("row", 2)
        for one in manifest.counting
    ]
    gone = replaced_of(folder, manifest)
    return pl.concat(parts).join(gone, on=["file", "row"], how="anti").drop("file", "row")
