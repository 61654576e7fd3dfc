"""Read the files of a source as text. Each row keeps its file and row number."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from pipeline.domain.errors import ScalebridgeError, listed
from pipeline.domain.hashes import hash_of_file
from pipeline.domain.reading.folders import outside
from pipeline.domain.sources import Csv, Excel, Parquet, Source, TrajectoryRows
from pipeline.history.clock import zoned_times_to_utc

FILE, ROW = "_file", "_row"
"""Columns with the file of a row and its row number in the file."""


def fingerprints(source: Source, folder: Path) -> pl.DataFrame:
    """SHA-256 of each file of a source, so that a result can be traced to its raw data."""
    files = _files(source, folder)
    names = [path.relative_to(folder).as_posix() for path in files]
    sums = [hash_of_file(path) for path in files]
    return pl.DataFrame({"file": names, "sha256": sums}, schema={"file": pl.String, "sha256": pl.String})


def _files(source: Source, folder: Path) -> list[Path]:
    """Files of a source, sorted by name; a file that several patterns match occurs once."""
    found = {path for pattern in source.files for path in folder.glob(pattern) if path.is_file()}
    for path in found:
        _check_inside(path, folder)
    return sorted(found, key=lambda path: path.relative_to(folder).as_posix())


def _check_inside(path: Path, folder: Path) -> None:
    """Refuse a link that leads out of the folder of the raw files: what is learned from must lie in the project."""
    if target := outside(path, folder):
        raise ScalebridgeError(f"{path} is a link to {target}, outside of {folder}; copy the file into the folder instead")


def read_source(name: str, source: Source, folder: Path, needed: Sequence[str]) -> pl.DataFrame:
    """Stack the files of a source, sorted by name: the needed columns as written, with `_file` and `_row`.

    Raises ScalebridgeError if no file matches, a file cannot be read, a needed column is missing, or a column has different
    types in different files.
    """
    files = _files(source, folder)
    if not files:
        there = listed(sorted(path.name for path in folder.iterdir())) if folder.is_dir() else "nothing, it does not exist"
        raise ScalebridgeError(f"Source '{name}': no file matches {listed(source.files)} in {folder}; it holds {there}")
    frames = [_rows(path, name, source, folder, needed) for path in files]
    try:
        return pl.concat(frames, how="vertical_relaxed", rechunk=True)
    except pl.exceptions.SchemaError as error:
        raise ScalebridgeError(f"Source '{name}': a column has different types in different files: {error}") from None


def _rows(path: Path, name: str, source: Source, folder: Path, needed: Sequence[str]) -> pl.DataFrame:
    """Read one file, with the row number of each record. The header is row 1, as in an editor."""
    place = path.relative_to(folder).as_posix()
    try:
        frame = _read(path, source.format)
    except ScalebridgeError:
        raise
    except Exception as error:
        raise ScalebridgeError(f"Source '{name}': {place} cannot be read as {source.format.kind}: {error}") from None
    if missing := [column for column in needed if column not in frame.columns]:
        raise ScalebridgeError(
            f"Source '{name}': {place} has no column {listed(map(repr, missing))}; it has {listed(frame.columns, 60)}"
        )
    if isinstance(source, TrajectoryRows):
        frame = zoned_times_to_utc(frame, source, f"{place} (source '{name}')")
    first = source.format.header_row + 1 if isinstance(source.format, Excel) else 2
    row = pl.int_range(first, first + pl.len(), dtype=pl.UInt32)
    return frame.select(pl.lit(place).alias(FILE), row.alias(ROW), *needed)


def _read(path: Path, form: Csv | Excel | Parquet) -> pl.DataFrame:
    """Read a file. CSV and Excel are read as text: a reader that infers types replaces unreadable cells by null."""
    if isinstance(form, Csv):
        return pl.read_csv(path, separator=form.separator, encoding=form.encoding, infer_schema=False)
    if isinstance(form, Parquet):
        return pl.read_parquet(path)
    import fastexcel

    book = fastexcel.read_excel(path)
    if form.sheet is not None and form.sheet not in book.sheet_names:
        raise ScalebridgeError(f"{path.name} has no sheet '{form.sheet}'; it has {listed(book.sheet_names)}")
    sheet = book.load_sheet(form.sheet or 0, header_row=form.header_row - 1, dtypes="string")
    return sheet.to_polars()


def columns_of(path: Path, form: Csv | Excel | Parquet) -> pl.DataFrame:
    """Read a file for the draft of a process definition."""
    return _read(path, form)
