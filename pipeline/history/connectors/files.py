"""Read the files of a source, or those of its snapshot, and stack them. Each row keeps its file and row number."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from pipeline.domain.errors import ScalebridgeError, listed
from pipeline.domain.file_formats import Csv, Excel, Format, Parquet
from pipeline.domain.hashes import hash_of_file
from pipeline.domain.reading.folders import outside
from pipeline.domain.sources import DeviationRows, Source, TrajectoryRows
from pipeline.domain.tables import Quarantine, empty
from pipeline.history.clock import zoned_times_to_utc
from pipeline.history.connectors.csv import read_csv
from pipeline.history.connectors.excel import read_excel
from pipeline.history.connectors.joined import with_joined, with_parts
from pipeline.history.connectors.parquet import read_parquet
from pipeline.history.connectors.raw_table import COMPANIONS, Needed, OnlyRows, RawTable
from pipeline.history.connectors.row_rules import with_row_rules
from pipeline.history.snapshots import reading as snapshots

FILE, ROW = "_file", "_row"
"""Columns with the file of a row and its row number in the file."""
_NO_DATA = ("~$", "._")
"""Beginnings of the names of files that programs leave beside the data: locks of Excel, and the second halves of files of macOS."""


@dataclass(frozen=True)
class RawRows:
    """The rows of a source as its files hold them."""

    rows: pl.DataFrame
    """Needed columns with their companions, `_file` and `_row`."""
    set_aside: pl.DataFrame
    """Quarantine of the rows that cannot be told apart into cells, or that the filter of the source leaves out."""
    files: tuple[Path, ...] = ()
    """The files that were read. A pull that ends meanwhile may add others."""


def folder_of(name: str, source: Source, folder: Path, pulled: Path | None) -> Path:
    """Return the folder of a source: its snapshot if it is pulled, else that of the raw files.

    folder: the raw files of the process. pulled: the snapshots of the process. Raises ScalebridgeError if there are none.
    """
    if source.pull is None:
        return folder
    if pulled is None:
        raise ScalebridgeError(f"Source '{name}' is pulled, and no folder of snapshots was given")
    return pulled / name


def fingerprints(files: Sequence[Path], folder: Path) -> pl.DataFrame:
    """SHA-256 of each file that was read, so that a result can be traced to its raw data."""
    names = [path.relative_to(folder).as_posix() for path in files]
    sums = [hash_of_file(path) for path in files]
    return pl.DataFrame({"file": names, "sha256": sums}, schema={"file": pl.String, "sha256": pl.String})


def files_of(source: Source, folder: Path) -> list[Path]:
    """Return the files of a source, sorted by name. One that is a link out of the folder is refused."""
    return _files(source, folder)


def _files(source: Source, folder: Path) -> list[Path]:
    """Files of a source, sorted by name; a file that several patterns match occurs once.

    The exact name of a file comes before its meaning as a pattern: `batches [2024].csv` is a file if it exists. Of a pulled source
    these are the files of its snapshot that count, in their order.
    """
    if source.pull is not None:
        return snapshots.snapshot_files(folder)
    found = {path for pattern in source.files for path in _matches(folder, pattern)}
    for path in found:
        _check_inside(path, folder)
    return sorted(found, key=lambda path: path.relative_to(folder).as_posix())


def _check_inside(path: Path, folder: Path) -> None:
    """Refuse a link that leads out of the folder of the raw files: what is learned from must lie in the project."""
    if target := outside(path, folder):
        raise ScalebridgeError(f"{path} is a link to {target}, outside of {folder}; copy the file into the folder instead")


def _matches(folder: Path, pattern: str) -> list[Path]:
    if (folder / pattern).is_file():
        return [folder / pattern]
    return [path for path in folder.glob(pattern) if path.is_file() and not path.name.startswith(_NO_DATA)]


def read_source(name: str, source: Source, folder: Path, needed: Needed, only: OnlyRows | None = None) -> RawRows:
    """Stack the files of a source, sorted by name: the needed columns as written, with `_file` and `_row`.

    only: rows that are wanted; a reader that can leaves out the others, so that they take no memory. Raises ScalebridgeError if no
    file matches, a file cannot be read, a needed column is missing, or a column has different types in different files.
    """
    _refuse_unknown_columns(name, source, needed)
    files = _files(source, folder)
    if not files and isinstance(source, DeviationRows) and source.optional:
        return RawRows(
            pl.DataFrame(schema={FILE: pl.String, ROW: pl.UInt32, **dict.fromkeys(needed, pl.String)}), empty(Quarantine)
        )
    if not files:
        there = listed(sorted(path.name for path in folder.iterdir())) if folder.is_dir() else "nothing, it does not exist"
        raise ScalebridgeError(f"Source '{name}': no file matches {listed(source.files)} in {folder}; it holds {there}")
    tables = [(path.relative_to(folder).as_posix(), _rows(path, name, source, folder, needed, only)) for path in files]
    try:
        rows = pl.concat([_placed(table, place) for place, table in tables], how="diagonal_relaxed", rechunk=True)
    except pl.exceptions.SchemaError as error:
        raise ScalebridgeError(f"Source '{name}': a column has different types in different files: {error}") from None
    set_aside = pl.concat([empty(Quarantine), *(_records(table, name, place) for place, table in tables)])
    read = RawRows(rows, set_aside, tuple(files))
    return read if source.pull is None else without_replaced(read, name, folder)


def read_one_file(
    path: Path, name: str, source: Source, folder: Path, needed: Needed, only: OnlyRows | None = None
) -> RawRows:
    """Read one file of a source, as `read_source` reads all. Rows that a later file of a snapshot replaces are still among them."""
    _refuse_unknown_columns(name, source, needed)
    place = path.relative_to(folder).as_posix()
    table = _rows(path, name, source, folder, needed, only)
    return RawRows(_placed(table, place), pl.concat([empty(Quarantine), _records(table, name, place)]))


def without_replaced(read: RawRows, name: str, folder: Path) -> RawRows:
    """Set aside the rows of a snapshot of which a later file holds a newer version. folder: that of the snapshot."""
    gone = snapshots.replaced_rows(folder, {path.name for path in read.files})
    if gone.is_empty():
        return read
    at = [snapshots.FILE, snapshots.ROW]
    found = read.rows.select(pl.col(FILE).alias(snapshots.FILE), pl.col(ROW).alias(snapshots.ROW))
    records = found.join(gone, on=at, how="inner", maintain_order="left").select(
        pl.lit(name).alias("source"),
        *at,
        pl.lit(None, pl.String).alias("column"),
        pl.lit(None, pl.String).alias("value"),
        pl.format("replaced by a newer version of the same key: {}", snapshots.BY).alias("reason"),
    )
    rows = read.rows.join(gone, left_on=[FILE, ROW], right_on=at, how="anti", maintain_order="left")
    others = read.set_aside.join(gone, on=at, how="anti", maintain_order="left")
    return RawRows(rows, pl.concat([others, records]), read.files)


def _refuse_unknown_columns(name: str, source: Source, needed: Needed) -> None:
    """Refuse a rule for a column that nothing reads: its name is probably misspelled."""
    rules = {
        "columns_in_path": source.columns_in_path,
        "columns_in_preamble": source.columns_in_preamble,
        "columns_joined": source.columns_joined,
        "fill_down": source.fill_down,
        "fold": source.fold,
    }
    for rule, columns in rules.items():
        if unknown := [column for column in columns if column not in needed]:
            raise ScalebridgeError(
                f"Source '{name}': `{rule}` names the column {listed(map(repr, unknown))}, which nothing reads; "
                f"the definition reads {listed(needed, 60)}"
            )


def _rows(path: Path, name: str, source: Source, folder: Path, needed: Needed, only: OnlyRows | None = None) -> RawTable:
    """Read one file by the rules of its source."""
    place, form = path.relative_to(folder).as_posix(), _form(source)
    elsewhere = {*source.columns_in_path, *source.columns_in_preamble}
    if only is not None and only.column in {*source.columns_joined, *source.fill_down, *source.fold}:
        only = None  # a text is known only after the rules were applied
    try:
        in_file = with_parts(
            {column: use for column, use in needed.items() if column not in elsewhere}, source.columns_joined
        )
        table = read_file(path, form, in_file, place, only)
        if source.columns_joined:
            table = replace(table, cells=with_joined(table.cells, source.columns_joined, needed))
        table = with_row_rules(table, source, needed, place)
    except ScalebridgeError as error:
        raise ScalebridgeError(f"Source '{name}': {error}") from None
    except Exception as error:
        raise ScalebridgeError(f"Source '{name}': {place} cannot be read as {form.kind}: {error}") from None
    if isinstance(source, TrajectoryRows):
        cells = zoned_times_to_utc(table.cells, source, f"{place} (source '{name}')")
        return RawTable(cells, table.rows, table.set_aside, table.preamble)
    return table


def _form(source: Source) -> Format:
    return source.format if source.pull is None else Parquet("parquet")


def _placed(table: RawTable, place: str) -> pl.DataFrame:
    """The rows of a table with their file and row number."""
    return table.cells.select(pl.lit(place).alias(FILE), table.rows.alias(ROW), pl.all())


def _records(table: RawTable, source: str, place: str) -> pl.DataFrame:
    """Quarantine records of the rows of a table that are set aside."""
    return table.set_aside.select(pl.lit(source).alias("source"), pl.lit(place).alias("file"), pl.all())


def read_file(path: Path, form: Format, needed: Needed | None, place: str, only: OnlyRows | None = None) -> RawTable:
    """Read a file. CSV and Excel are read as text: a reader that infers types replaces unreadable cells by null."""
    if isinstance(form, Csv):
        return read_csv(path, form, needed, place)
    if isinstance(form, Excel):
        return read_excel(path, form, needed, place)
    return read_parquet(path, needed, place, only)


def columns_of(path: Path, form: Format) -> pl.DataFrame:
    """Read a file for the draft of a process definition."""
    cells = read_file(path, form, None, path.name).cells
    return cells.select(name for name in cells.columns if not name.endswith(COMPANIONS))
