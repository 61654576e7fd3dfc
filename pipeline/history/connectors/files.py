"""Read one source's files as text, each row with the place where it stands."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from pipeline.domain.errors import ScalebridgeError, listed
from pipeline.domain.hashes import hash_of_file
from pipeline.domain.sources import Csv, Excel, Parquet, Source, TrajectoryRows
from pipeline.history.clock import zoned_times_to_utc

FILE, ROW = "_file", "_row"


def fingerprints(source: Source, folder: Path) -> pl.DataFrame:
    """The SHA-256 of each file of a source, so that a result can be traced to the bytes that it came from."""
    files = _files(source, folder)
    names = [path.relative_to(folder).as_posix() for path in files]
    sums = [hash_of_file(path) for path in files]
    return pl.DataFrame({"file": names, "sha256": sums}, schema={"file": pl.String, "sha256": pl.String})


def _files(source: Source, folder: Path) -> list[Path]:
    """The files of a source, each once, in the order of their names."""
    found = {path for pattern in source.files for path in folder.glob(pattern) if path.is_file()}
    return sorted(found, key=lambda path: path.relative_to(folder).as_posix())


def read_source(name: str, source: Source, folder: Path, needed: Sequence[str]) -> pl.DataFrame:
    """Stack all files of a source in the order of their names: the needed columns as written, plus `_file` and `_row`.

    Raises ScalebridgeError where no file matches, a file cannot be read, a needed column is not there, or files do not fit
    together.
    """
    files = _files(source, folder)
    if not files:
        there = listed(sorted(path.name for path in folder.iterdir())) if folder.is_dir() else "no such folder"
        raise ScalebridgeError(f"Source '{name}': no file matches {listed(source.files)} in {folder}; there is {there}")
    frames = [_rows(path, name, source, folder, needed) for path in files]
    try:
        return pl.concat(frames, how="vertical_relaxed", rechunk=True)
    except pl.exceptions.SchemaError as error:
        raise ScalebridgeError(f"Source '{name}': a column is not of one type in all of its files: {error}") from None


def _rows(path: Path, name: str, source: Source, folder: Path, needed: Sequence[str]) -> pl.DataFrame:
    """Read one file and say in which row of it each record stands; the header being row 1, as in an editor."""
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
    """Read a file: text formats as text alone, since a reader that infers types turns what it cannot read into null."""
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
    """The file as text, for a person to look at."""
    return _read(path, form)
