"""Spectra in a file per batch, whose name stands in a cell of the batch."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl

from pipeline.domain.arrays import FloatArray
from pipeline.domain.attributes import Attribute, SourceColumn
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.reading.folders import outside, pattern_problem
from pipeline.domain.sources import Source
from pipeline.domain.spectra import SpectrumFiles
from pipeline.history.cells import cell_reading, clean
from pipeline.history.connectors.files import read_file
from pipeline.history.connectors.raw_table import ColumnUse
from pipeline.history.native_cells import with_native_problems
from pipeline.history.spectra.columns import SpectraRead, at_positions, one_channel, spectra_in_columns


def spectra_in_files(
    attribute: Attribute, column: SourceColumn, source: Source, raw: pl.DataFrame, folder: Path, used: set[Path]
) -> SpectraRead:
    """Read the spectra of rows that name a file each. The files that were read are added to `used`."""
    assert attribute.channels is not None  # the validation of the process requires it
    assert column.files is not None
    named = raw.select(clean(column.column, (*source.nulls, *column.nulls))).to_series().to_list()
    spectra: dict[str, FloatArray | str] = {}
    for name in dict.fromkeys(name for name in named if name is not None):
        try:
            spectra[name] = _of_file(attribute, column, column.files, name, folder, used)
        except ScalebridgeError as error:
            spectra[name] = str(error)
    nothing = np.full(attribute.channels.count, np.nan)
    found = [nothing if name is None else spectra[name] for name in named]
    return SpectraRead(
        np.array([nothing if isinstance(one, str) else one for one in found]).reshape(len(found), -1),
        [column.column if isinstance(one, str) else None for one in found],
        [name if isinstance(one, str) else None for name, one in zip(named, found, strict=True)],
        [one if isinstance(one, str) else None for one in found],
    )


def _of_file(
    attribute: Attribute, column: SourceColumn, files: SpectrumFiles, name: str, folder: Path, used: set[Path]
) -> FloatArray:
    """Return the spectrum in a file, (channels,), SI. Raises ScalebridgeError with the reason if there is none that can be read."""
    place = f"{files.folder}/{name}" if files.folder else name
    path = folder / place
    if (problem := pattern_problem(place)) is not None or outside(path, folder) is not None:
        raise ScalebridgeError(f"the file is not below the folder of the raw files{f': {problem}' if problem else ''}")
    if not path.is_file():
        raise ScalebridgeError(f"there is no file {place}")
    used.add(path)
    assert attribute.channels is not None  # the validation of the process requires it
    wanted = (column.channels or attribute.channels).named(files.columns) if files.columns is not None else ()
    needed: Mapping[str, ColumnUse] = dict.fromkeys([n for n in (*wanted, files.position, files.value) if n], "number")
    table = read_file(path, files.format, needed, place)
    if not table.set_aside.is_empty():
        row, _, _, reason = table.set_aside.row(0)
        raise ScalebridgeError(f"{place}, row {row}: {reason}")
    nulls = column.nulls or ("",)
    if files.columns is not None:
        found = spectra_in_columns(attribute, column, files.columns, nulls, files.format.decimal, table.cells)
        if table.cells.height != 1:
            raise ScalebridgeError(f"{place} has {table.cells.height} rows; a spectrum with a column per channel has one")
        if found.reasons[0] is not None:
            raise ScalebridgeError(f"{place}, column '{found.columns[0]}': {found.reasons[0]}")
        values = found.values[0]
        if np.isnan(values).any():
            raise ScalebridgeError(f"{place} holds no value")
        return np.asarray(values)
    return _of_pairs(attribute, column, files, nulls, table.cells, table.rows, place)


def _of_pairs(
    attribute: Attribute,
    column: SourceColumn,
    files: SpectrumFiles,
    nulls: tuple[str, ...],
    cells: pl.DataFrame,
    rows: pl.Series,
    place: str,
) -> FloatArray:
    """Return the spectrum of a table with a row per channel, at the positions of the attribute."""
    assert attribute.channels is not None  # the validation of the process requires it
    assert files.position is not None
    assert files.value is not None
    one = one_channel(attribute)
    where = replace(one, unit="", between=None, molar_mass=None, density=None, reference_state=None)
    decimal = files.format.decimal
    readings = {
        "position": cell_reading(where, SourceColumn(column.source, files.position), nulls, decimal, cells.schema),
        "value": cell_reading(one, SourceColumn(column.source, files.value, column.unit), nulls, decimal, cells.schema),
    }
    columns = {"position": files.position, "value": files.value}
    readings = with_native_problems(readings, columns, cells)
    for name, reading in readings.items():
        missing = pl.when(reading.value.is_null()).then(pl.lit("missing"))
        why = cells.select(pl.coalesce(reading.problem, missing).alias("why"))["why"]
        if why.null_count() < len(why):
            at = int(why.is_not_null().arg_max() or 0)
            raise ScalebridgeError(f"{place}, row {rows[at]}, column '{columns[name]}': {why[at]}")
    pairs = cells.select(reading.value.cast(pl.Float64).alias(name) for name, reading in readings.items()).sort("position")
    known, values = pairs["position"].to_numpy(), pairs["value"].to_numpy()
    wanted = attribute.channels
    low, high = min(wanted.first, wanted.last), max(wanted.first, wanted.last)
    if len(np.unique(known)) < max(len(known), 2):
        raise ScalebridgeError(f"{place}: a position occurs twice, or there are less than two channels")
    slack = 1e-6 * wanted.step
    if known[0] > low + slack or known[-1] < high - slack:
        needs = f"the attribute needs {low:g} to {high:g} {wanted.unit}".strip()
        raise ScalebridgeError(f"{place} has channels from {known[0]:g} to {known[-1]:g}; {needs}")
    return np.asarray(at_positions(values[None, :], known, wanted.positions)[0])
