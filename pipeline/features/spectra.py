"""Pre-treatment of spectra, each spectrum by itself, as the process definition declares it."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from pipeline.domain.arrays import FloatArray
from pipeline.domain.attributes import Attribute
from pipeline.domain.batch_columns import lot_channels
from pipeline.domain.process.process import Process
from pipeline.domain.spectra import Binning, SavitzkyGolay, Snv, Treatment


def treated_spectra(process: Process, rows: pl.DataFrame) -> pl.DataFrame:
    """Return rows with each spectrum as one column of arrays after its pre-treatment; null where the spectrum is missing.

    rows: the spectra of batches as columns of arrays, those of lots as a column per channel, which then are removed.
    """
    for name, attribute in process.attributes.items():
        if attribute.channels is not None:
            rows = rows.with_columns(_treated(name, attribute, rows)).drop(lot_channels(name, attribute), strict=False)
    return rows


def _treated(name: str, attribute: Attribute, rows: pl.DataFrame) -> pl.Series:
    values = _values(name, attribute, rows)
    known = ~np.isnan(values).any(axis=1)
    out = np.full((rows.height, attribute.treated_channels), np.nan)
    if known.any():
        out[known] = treated(values[known], attribute.pre_treatment)
    array = pl.Series(name, out, dtype=pl.Array(pl.Float64, out.shape[1]))
    return pl.select(pl.when(pl.Series(known)).then(array).alias(name)).to_series()


def _values(name: str, attribute: Attribute, rows: pl.DataFrame) -> FloatArray:
    """Return the spectra as recorded, (rows, channels); NaN where a spectrum is missing."""
    channels = lot_channels(name, attribute)
    if channels[0] in rows.columns:
        return np.asarray(rows.select(pl.col(channels).cast(pl.Float64)).to_numpy(), dtype=np.float64)
    nothing = np.full((rows.height, len(channels)), np.nan)
    if name not in rows.columns or rows[name].null_count() == rows.height:
        return nothing
    nothing[rows[name].is_not_null().to_numpy()] = rows[name].drop_nulls().to_numpy()
    return nothing


def treated(values: FloatArray, treatments: Sequence[Treatment]) -> FloatArray:
    """Return spectra after the treatments in their order: (rows, channels) to (rows, channels that are left).

    >>> treated(np.array([[1.0, 2.0, 3.0, 10.0]]), [Binning("binning", 2)]).tolist()
    [[1.5, 6.5]]
    """
    for treatment in treatments:
        match treatment:
            case Snv():
                values = _snv(values)
            case SavitzkyGolay():
                from scipy.signal import savgol_filter  # imported here because it is slow to load and few processes need it

                values = savgol_filter(values, treatment.window, treatment.order, deriv=treatment.derivative, axis=1)
            case Binning():
                values = _binned(values, treatment.channels)
    return values


def _snv(values: FloatArray) -> FloatArray:
    """Return each spectrum minus its mean, divided by its standard deviation; a constant one becomes 0."""
    away = values - values.mean(axis=1, keepdims=True)
    spread = values.std(axis=1, ddof=1, keepdims=True)
    return np.asarray(away / np.where(spread > 0, spread, 1.0))


def _binned(values: FloatArray, width: int) -> FloatArray:
    starts = np.arange(0, values.shape[1], width)
    counts = np.diff(np.append(starts, values.shape[1]))
    return np.asarray(np.add.reduceat(values, starts, axis=1) / counts)
