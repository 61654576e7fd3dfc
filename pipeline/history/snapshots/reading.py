"""Read a snapshot: the files that count, each as it was written, and the rows that later files replace."""

from collections.abc import Collection, Sequence
from functools import lru_cache
from pathlib import Path

import polars as pl

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.hashes import hash_of_file
from pipeline.history.snapshots.manifest import Manifest, SnapshotFile, require_manifest

FILE, ROW, BY = "file", "row", "by"
"""Columns of the table of replaced rows: the file, the row number in it, and the row that replaces it."""
REPLACED = {FILE: pl.String, ROW: pl.UInt32, BY: pl.String}
FIRST_ROW = 2
"""Number of the first row of a file, as the reader of Parquet files counts: row 1 holds the names of the columns."""


def snapshot_files(folder: Path) -> list[Path]:
    """Return the files of a snapshot that count, in the order in which they were added.

    Raises ScalebridgeError if the source was never pulled, or if a file is missing or is not as it was written.
    """
    manifest = require_manifest(folder)
    verify(folder, manifest)
    return [folder / one.file for one in manifest.counting]


def verify(folder: Path, manifest: Manifest) -> None:
    """Check the size and the hash of each file that counts. Raises ScalebridgeError for the first that is not as written."""
    for one in manifest.counting:
        _check(folder / one.file, one.sha256)
        if one.replaced is not None:
            _check(folder / one.replaced.file, one.replaced.sha256)


def _check(path: Path, sha256: str) -> None:
    mend = (
        f"`dvc checkout {path.parent.as_posix()}` brings it back; or delete the folder {path.parent} and pull again with "
        "`scalebridge snapshot`"
    )
    if not path.is_file():
        raise ScalebridgeError(f"{path} is missing, and the manifest of the snapshot names it; {mend}")
    state = path.stat()
    if (found := _hash(path, state.st_mtime_ns, state.st_size)) != sha256:
        raise ScalebridgeError(
            f"{path} was changed after it was pulled: its SHA-256 begins with {found[:12]}, and the manifest "
            f"says {sha256[:12]}; {mend}"
        )


@lru_cache(maxsize=100_000)
def _hash(path: Path, changed: int, size: int) -> str:
    """Hash of a file in one state, computed once per process, so that a watch does not read gigabytes at each look."""
    return hash_of_file(path)


def replaced_rows(folder: Path, files: Collection[str]) -> pl.DataFrame:
    """Return the rows of some files which another one of them replaces, with the columns of `REPLACED`.

    files: names of the files that were read. A pull that ended since then is not among them, and replaces nothing here.
    """
    manifest = require_manifest(folder)
    return _replaced(folder, [one for one in manifest.files if one.file in files])


def replaced_of(folder: Path, manifest: Manifest) -> pl.DataFrame:
    """Return the replaced rows of the files that count."""
    return _replaced(folder, manifest.counting)


def _replaced(folder: Path, files: Sequence[SnapshotFile]) -> pl.DataFrame:
    parts = [
        pl.read_parquet(folder / one.replaced.file).select(
            FILE, ROW, pl.format("row {} of {}", "by_row", pl.lit(one.file)).alias(BY)
        )
        for one in files
        if one.replaced is not None
    ]
    return pl.concat([pl.DataFrame(schema=REPLACED), *parts])
