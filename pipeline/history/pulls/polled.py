"""Poll a database while a batch runs: the rows that are newer than the snapshot of a source, in one file beside it.

The snapshot stays as it is: runs learn from snapshots, and `scalebridge snapshot` alone adds to them.
"""

from pathlib import Path

import polars as pl

from pipeline.domain.pulls import SqlPull
from pipeline.domain.whole_files import PART, write_by
from pipeline.history.pulls.pulling import opened_source, start_of
from pipeline.history.snapshots.changes import INDEX, changes
from pipeline.history.snapshots.manifest import Manifest, read_manifest
from pipeline.history.snapshots.reading import FILE, ROW

POLLED, GONE = "polled.parquet", "replaced.parquet"
"""The rows that are newer than the snapshot, and the rows of the snapshot that they replace."""


def poll(pull: SqlPull, snapshot: Path, folder: Path, root: Path) -> int:
    """Ask for the rows since the snapshot, and write them to the disk. Return how many rows are new since the last poll.

    snapshot: folder of the snapshot of the source. folder: `data/received/<process>/<source>`. root: folder of the project. Raises
    ScalebridgeError if the database cannot be read; the files are then as before.
    """
    manifest = read_manifest(snapshot)
    start = start_of(pull, manifest)
    with opened_source(pull, root, None, None) as opened:
        frames: list[pl.DataFrame] = list(opened.frames(pull, start))
    rows = pl.concat(frames)
    folder.mkdir(parents=True, exist_ok=True)
    gone = pl.DataFrame(schema={FILE: pl.String, ROW: pl.UInt32})
    if start is not None and manifest is not None:
        rows, gone = _newer(rows, pull, folder, snapshot, manifest)
    before = pl.read_parquet(folder / POLLED) if (folder / POLLED).is_file() else rows.clear()
    if before.equals(rows) and (folder / POLLED).is_file():
        return 0
    write_by(folder / GONE, gone.write_parquet)
    write_by(folder / POLLED, rows.write_parquet)
    return max(rows.height - before.height, 1 if rows.height else 0)


def _newer(
    rows: pl.DataFrame, pull: SqlPull, folder: Path, snapshot: Path, manifest: Manifest
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the rows that the snapshot does not hold, and those of the snapshot that they replace."""
    assert pull.watermark is not None  # without one, all rows are asked for
    part = folder / f".poll{PART}"
    rows.write_parquet(part)
    try:
        found = changes(part, pull.key, pull.watermark, False, snapshot, manifest)
    finally:
        part.unlink(missing_ok=True)
    kept = rows.with_row_index(INDEX).filter(~pl.col(INDEX).is_in(found.same.implode())).drop(INDEX)
    return kept, found.replaced.select(FILE, ROW)


def is_whole(pull: SqlPull, snapshot: Path) -> bool:
    """Tell whether a poll gives all rows of a source, so that its file takes the place of the snapshot."""
    return start_of(pull, read_manifest(snapshot)) is None
