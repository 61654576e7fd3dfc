"""Read the spectra of a source: its channel columns, or the file that a cell names, become one column with an array per row."""

from pathlib import Path

import numpy as np
import polars as pl

from pipeline.domain.attributes import Attribute, SourceColumn
from pipeline.domain.hashes import hash_of_file
from pipeline.domain.process.process import Process
from pipeline.history.cells import CellReading
from pipeline.history.connectors.raw_table import ColumnUse
from pipeline.history.spectra.columns import SpectraRead, spectra_in_columns
from pipeline.history.spectra.files import spectra_in_files

SPECTRUM, CHANNEL, CELL, WHY = "__spectrum", "__channel", "__cell", "__why"
"""Endings of the columns of a spectrum: its values [SI], and the first channel that cannot be read: its column, cell and reason."""


def channel_columns(attribute: Attribute, column: SourceColumn) -> dict[str, ColumnUse]:
    """Return the columns of a source that a spectrum is read from → what their cells are read as."""
    if column.files is not None:
        return {column.column: "text"}
    assert attribute.channels is not None  # the validation of the process requires it
    return dict.fromkeys((column.channels or attribute.channels).named(column.column), "number")


def spectra_of(process: Process, source: str) -> dict[str, tuple[Attribute, SourceColumn]]:
    """Return the spectra that are read from a source."""
    return {name: one for name, one in process.written_in(source).items() if one[0].kind == "spectrum"}


def with_spectra(name: str, process: Process, raw: pl.DataFrame, folder: Path) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the rows of a source with the columns of each spectrum, and the ledger of the files that cells name: file, sha256.

    folder: folder of the raw files. A spectrum without any value is missing. One in which only some channels have a value cannot be
    read.
    """
    source, used = process.sources[name], set[Path]()
    for attribute, (definition, column) in spectra_of(process, name).items():
        if column.files is None:
            found = spectra_in_columns(definition, column, column.column, source.nulls, source.decimal, raw)
        else:
            found = spectra_in_files(definition, column, source, raw, folder, used)
        raw = raw.with_columns(_series(attribute, found))
    files = sorted(used)
    names = [path.relative_to(folder).as_posix() for path in files]
    sums = [hash_of_file(path) for path in files]
    return raw, pl.DataFrame({"file": names, "sha256": sums}, schema={"file": pl.String, "sha256": pl.String})


def spectrum_reading(attribute: str) -> CellReading:
    """Return the reading of a spectrum, over rows that `with_spectra` made."""
    return CellReading(pl.col(attribute + CELL), pl.col(attribute + SPECTRUM), pl.lit("none"), pl.col(attribute + WHY))


def _series(attribute: str, found: SpectraRead) -> list[pl.Series]:
    array = pl.Series(attribute + SPECTRUM, found.values, dtype=pl.Array(pl.Float64, found.values.shape[1]))
    known = pl.Series(~np.isnan(found.values).any(axis=1))
    texts = {CHANNEL: found.columns, CELL: found.cells, WHY: found.reasons}
    return [
        pl.select(pl.when(known).then(array).alias(array.name)).to_series(),
        *(pl.Series(attribute + ending, values, dtype=pl.String) for ending, values in texts.items()),
    ]
