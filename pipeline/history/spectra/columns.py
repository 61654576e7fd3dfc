"""Spectra of rows with a column per channel."""

from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from pipeline.domain.arrays import FloatArray
from pipeline.domain.attributes import Attribute, SourceColumn
from pipeline.domain.spectra import Channels
from pipeline.history.cells import cell_reading
from pipeline.history.connectors.raw_table import COMPANIONS
from pipeline.history.native_cells import with_native_problems

CELL = "cell"
PARTLY = "missing, while other channels of the spectrum have a value"


@dataclass(frozen=True)
class SpectraRead:
    """Spectra of some rows."""

    values: FloatArray
    """(rows, channels), SI; NaN where the spectrum is missing or cannot be read"""
    columns: list[str | None]
    """Column of the first channel that cannot be read; None where the spectrum can be read or is missing. So are the next two."""
    cells: list[str | None]
    reasons: list[str | None]


def spectra_in_columns(
    attribute: Attribute, column: SourceColumn, pattern: str, nulls: tuple[str, ...], decimal: str, raw: pl.DataFrame
) -> SpectraRead:
    """Read the spectra of rows with a column per channel."""
    assert attribute.channels is not None  # the validation of the process requires it
    own = column.channels or attribute.channels
    names, count = own.named(pattern), raw.height
    stacked = _stacked(raw, names)
    where = replace(column, column=CELL, channels=None, files=None)
    reading = cell_reading(one_channel(attribute), where, nulls, decimal, stacked.schema)
    cells = with_native_problems({CELL: reading}, {CELL: CELL}, stacked)[CELL]
    read = stacked.select(value=cells.value.cast(pl.Float64), why=cells.problem.cast(pl.String), cell=CELL)
    values = read["value"].to_numpy().reshape(len(names), count).T.copy()
    unread = read["why"].is_not_null().to_numpy().reshape(len(names), count).T
    blank = np.isnan(values)
    bad = unread | (blank & ~(blank | unread).all(axis=1, keepdims=True))
    first = np.where(bad.any(axis=1), bad.argmax(axis=1), -1)
    values[first >= 0] = np.nan
    at = [None if i < 0 else (i, i * count + row) for row, i in enumerate(first.tolist())]
    return SpectraRead(
        interpolated(values, own, attribute.channels),
        [None if place is None else names[place[0]] for place in at],
        [None if place is None else _text(read["cell"][place[1]]) for place in at],
        [None if place is None else read["why"][place[1]] or PARTLY for place in at],
    )


def _stacked(raw: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    """Return the cells of all channels as one column, channel after channel, with its companions where a cell has one.

    One column is read in a fraction of the time and memory of many.
    """
    kinds = {raw.schema[name] for name in names}
    kind = kinds.pop() if len(kinds) == 1 else pl.Float64() if all(one.is_numeric() for one in kinds) else pl.String()
    columns = {CELL: pl.concat([raw[name].cast(kind).alias(CELL) for name in names])}
    for ending in COMPANIONS:
        dtypes = [raw.schema[name + ending] for name in names if name + ending in raw.columns]
        if dtypes:
            nothing = pl.Series([None] * raw.height, dtype=dtypes[0])
            parts = (raw[name + ending] if name + ending in raw.columns else nothing for name in names)
            columns[CELL + ending] = pl.concat([part.alias(CELL + ending) for part in parts])
    return pl.DataFrame(columns)


def _text(cell: object) -> str | None:
    return None if cell is None else str(cell)


def interpolated(values: FloatArray, own: Channels, wanted: Channels) -> FloatArray:
    """Return values at the wanted positions, (rows, wanted channels), from values at own positions, (rows, own channels).

    Between two positions they are interpolated linearly.
    """
    if own.count == wanted.count and np.allclose(own.positions, wanted.positions, rtol=0, atol=1e-6 * own.step):
        return values
    return at_positions(values, own.positions, wanted.positions)


def at_positions(values: FloatArray, own: FloatArray, wanted: FloatArray) -> FloatArray:
    """Return values at wanted positions, (rows, wanted), from values at own positions, (rows, own); linear between two."""
    order = np.argsort(own)
    known, values = own[order], values[:, order]
    right = np.clip(np.searchsorted(known, wanted), 1, len(known) - 1)
    share = np.clip((wanted - known[right - 1]) / (known[right] - known[right - 1]), 0, 1)
    return np.asarray(values[:, right - 1] * (1 - share) + values[:, right] * share)


def one_channel(attribute: Attribute) -> Attribute:
    """Return a spectrum as the attribute that one of its channels is: a number in the same unit and range."""
    return replace(attribute, kind="number", role="context", channels=None, pre_treatment=())
