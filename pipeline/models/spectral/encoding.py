"""A spectrum as a Gaussian model reads it: standardised channels, and scores of a few latent components."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.domain.arrays import FloatArray
from pipeline.models.file_format import SavedSpectrum
from pipeline.models.spectral.kernel import typical_square


@dataclass(frozen=True)
class SpectrumEncoding:
    """The encoding of one spectrum, learned from training rows."""

    means: FloatArray
    """(channels,)"""
    deviations: FloatArray
    """(channels,); 1 for a channel that is constant in training"""
    axes: FloatArray
    """(channels, components): the first principal axes of the standardised channels"""
    square: float
    """Typical squared distance of two training rows in their scores."""
    farthest: float
    """Largest distance of a training row from the mean spectrum: the root mean square of its standardised channels."""

    def standardised(self, spectra: pl.Series) -> FloatArray:
        """Return standardised channels, (rows, channels). A missing spectrum is the mean one: 0 in all channels."""
        out = np.zeros((len(spectra), len(self.means)))
        known = spectra.is_not_null().to_numpy()
        if known.any():
            out[known] = (spectra.drop_nulls().to_numpy() - self.means) / self.deviations
        return out

    def distance(self, spectra: pl.Series) -> FloatArray:
        """Return the distance of each spectrum from the mean one, divided by the largest of the training rows, (rows,)."""
        return np.asarray(np.sqrt((self.standardised(spectra) ** 2).mean(axis=1)) / self.farthest)

    def to_dict(self) -> SavedSpectrum:
        """Return the encoding in the form in which it is saved."""
        return {
            "means": self.means.tolist(),
            "deviations": self.deviations.tolist(),
            "axes": self.axes.tolist(),
            "square": self.square,
            "farthest": self.farthest,
        }

    @classmethod
    def from_dict(cls, saved: SavedSpectrum) -> "SpectrumEncoding":
        """Return the encoding that was saved."""
        means, deviations, axes = (np.array(one) for one in (saved["means"], saved["deviations"], saved["axes"]))
        return cls(means, deviations, axes, saved["square"], saved["farthest"])


def fit_spectrum(spectra: pl.Series, components: int) -> SpectrumEncoding | None:
    """Fit the encoding to the spectra of training rows; None where fewer than two are known, or all are equal.

    The principal axes come from the matrix of rows × rows, so that no matrix of channels × channels is made.
    """
    known = spectra.drop_nulls().to_numpy() if spectra.null_count() < len(spectra) else np.empty((0, 1))
    if len(known) < 2 or np.ptp(known, axis=0).max() == 0:
        return None
    deviations = known.std(axis=0)
    deviations = np.where(deviations > 1e-12 * np.abs(known).max(), deviations, 1.0)
    values = (known - known.mean(axis=0)) / deviations
    squares, rows = np.linalg.eigh(values @ values.T)
    largest = np.argsort(squares)[::-1][:components]
    largest = largest[squares[largest] > 1e-9 * squares.max()]
    axes = values.T @ rows[:, largest] / np.sqrt(squares[largest])
    farthest = float(np.sqrt((values**2).mean(axis=1)).max())
    return SpectrumEncoding(known.mean(axis=0), deviations, axes, typical_square(values @ axes), farthest)


def fit_spectra(rows: pl.DataFrame, names: tuple[str, ...], components: int) -> Mapping[str, SpectrumEncoding]:
    """Return the encodings of the spectra that training rows have."""
    found = {name: fit_spectrum(rows[name], components) for name in names}
    return {name: one for name, one in found.items() if one is not None}
