"""A Gaussian model that reads whole spectra: a slope on every channel, and smooth surfaces over a few latent components."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl
from pydantic import Field
from pydantic.dataclasses import dataclass as configuration

from pipeline.domain.arrays import BoolArray, FloatArray, IntArray
from pipeline.domain.strict_config import STRICT
from pipeline.models.base import Task
from pipeline.models.encoding import StandardEncoding, codes_of, fit_encoding
from pipeline.models.file_format import SavedSpectral
from pipeline.models.hierarchical.fitting import LOG_DECADES
from pipeline.models.hierarchical.variances import Variances, estimate, factor, solve
from pipeline.models.row_subset import spread_out
from pipeline.models.spectral.encoding import SpectrumEncoding, fit_spectra
from pipeline.models.spectral.kernel import divided, smooth, typical_square

NUMBERS_REACH = 2.0
"""Length scale of the surface over the numeric features, in typical distances of two rows. With 1 it ends soon beyond the training
range: tried on four made-up histories, errors at a new scale were 4 % larger and others the same."""
FAR = 2.0
"""A spectrum is too far away if its distance from the mean spectrum is more than this many times the largest in training. A
quantity may likewise lie outside its range by the width of the range."""


@configuration(config=STRICT, frozen=True)
class Spectral:
    """A Gaussian model over all channels of the spectra, the numeric features and the groupings.

    Rasmussen, Williams (2006), ch. 2 and 5. y = constant + an intercept per level of each grouping + slopes on the numeric features
    + slopes on all standardised channels + a smooth surface over the latent components of each spectrum + a smooth surface over
    all numeric features at once + noise. Slopes on all channels with one variance are ridge regression (Hoerl, Kennard 1970). Each
    component has one variance, which is estimated by marginal likelihood on the training rows.
    """

    kind: Literal["spectral"] = "spectral"
    components: int = Field(default=20, ge=1)
    """Latent components of a spectrum for its smooth surface."""
    most: int = Field(default=2000, ge=20)
    """The solution uses at most this number of batches, spread over products and scales: it needs a matrix of batches × batches."""
    rows: int = Field(default=300, ge=20)
    """Variances are estimated on at most this number of batches."""
    iterations: int = Field(default=20, ge=1)
    """Largest number of steps of the search for the variances."""


@dataclass(frozen=True)
class SpectralRows:
    """Rows in the form that the model reads."""

    codes: IntArray
    """(rows, groupings): code of the level of each grouping; -1 for an unknown one"""
    numbers: FloatArray
    """(rows, numeric features), standardised"""
    channels: tuple[FloatArray, ...]
    """(rows, channels) of each spectrum, standardised"""
    scores: tuple[FloatArray, ...]
    """(rows, components) of each spectrum"""

    def take(self, index: IntArray) -> "SpectralRows":
        """Return some of the rows."""
        return SpectralRows(
            self.codes[index],
            self.numbers[index],
            tuple(one[index] for one in self.channels),
            tuple(one[index] for one in self.scores),
        )


@dataclass(frozen=True)
class SpectralEncoding:
    """How rows are encoded, learned from training rows."""

    levels: Mapping[str, list[str]]
    """Grouping → its known levels."""
    numbers: StandardEncoding
    square: float
    """Squared length scale of the surface over the numeric features."""
    spectra: Mapping[str, SpectrumEncoding]

    def rows(self, rows: pl.DataFrame) -> SpectralRows:
        """Encode rows."""
        codes = [codes_of(rows[name], known) for name, known in self.levels.items()]
        count = len(self.numbers.numeric)
        channels = tuple(one.standardised(rows[name]) for name, one in self.spectra.items())
        return SpectralRows(
            np.column_stack(codes) if codes else np.zeros((rows.height, 0), dtype=np.int64),
            self.numbers.matrix(rows)[:, :count] if count else np.zeros((rows.height, 0)),
            channels,
            tuple(one @ encoding.axes for one, encoding in zip(channels, self.spectra.values(), strict=True)),
        )

    def kernels(self, rows: SpectralRows) -> list[FloatArray]:
        """Return the covariance of each component between training rows at variance 1: (n, n) each."""
        found = [np.ones((len(rows.codes),) * 2)]
        found += [np.asarray((code[:, None] == code) & (code >= 0), dtype=np.float64) for code in rows.codes.T]
        for channels, scores, one in zip(rows.channels, rows.scores, self.spectra.values(), strict=True):
            found += [channels @ channels.T / channels.shape[1], smooth(scores, scores, one.square)]
        if rows.numbers.shape[1]:
            found += [rows.numbers @ rows.numbers.T / rows.numbers.shape[1], smooth(rows.numbers, rows.numbers, self.square)]
        return found


@dataclass(frozen=True)
class FittedSpectral:
    """The solution of the model: slopes, and the training rows that the surfaces rest on. In units of the results' deviation."""

    encoding: SpectralEncoding
    constant: float
    effects: tuple[FloatArray, ...]
    """Of each grouping: the effect of each level, and 0 for an unknown one at the end."""
    slopes: FloatArray
    """(numeric features,)"""
    channel_slopes: tuple[FloatArray, ...]
    """(channels,) of each spectrum"""
    known_numbers: FloatArray
    """(n, numeric features): the training rows"""
    known_scores: tuple[FloatArray, ...]
    """(n, components) of each spectrum"""
    weights: tuple[FloatArray, ...]
    """(n,) of the surface of each spectrum, and of the surface of the numeric features, last"""
    variances: Variances
    mean: float
    deviation: float
    kind: Literal["spectral"] = "spectral"

    def predict(self, rows: pl.DataFrame) -> FloatArray:
        """Predict one value per row. A missing spectrum counts as the mean one of the training rows."""
        seen = self.encoding.rows(rows)
        total = (
            self.constant + self._effects(seen).sum(axis=1) + seen.numbers @ self.slopes + self._spectra(seen).sum(axis=1)
        )
        if len(self.slopes):
            total = total + smooth(seen.numbers, self.known_numbers, self.encoding.square) @ self.weights[-1]
        return np.asarray(self.mean + self.deviation * total)

    def contributions(self, rows: pl.DataFrame) -> tuple[FloatArray, pl.DataFrame]:
        """Return one contribution per grouping, numeric feature and spectrum. The model is their sum and a base."""
        seen = self.encoding.rows(rows)
        shares = [self._effects(seen)]
        base = np.full(rows.height, self.constant)
        if len(self.slopes):
            origin = np.zeros((1, len(self.slopes)))
            base = base + smooth(origin, self.known_numbers, self.encoding.square) @ self.weights[-1]
            surface = divided(seen.numbers, self.known_numbers, self.encoding.square, self.weights[-1])
            shares.append(seen.numbers * self.slopes + surface)
        shares.append(self._spectra(seen))
        table = self.deviation * np.column_stack(shares)
        return self.mean + self.deviation * base, pl.DataFrame(dict(zip(self.reads, table.T, strict=True)))

    @property
    def reads(self) -> tuple[str, ...]:
        """Groupings, numeric features and spectra."""
        return (*self.encoding.levels, *self.encoding.numbers.numeric, *self.encoding.spectra)

    def far_spectra(self, rows: pl.DataFrame) -> dict[str, BoolArray]:
        """Return spectrum → for each row whether it is too far from the training rows for a prediction, (rows,)."""
        return {name: one.distance(rows[name]) > FAR for name, one in self.encoding.spectra.items()}

    def _effects(self, seen: SpectralRows) -> FloatArray:
        columns = [effect[code] for effect, code in zip(self.effects, seen.codes.T, strict=True)]
        return np.column_stack(columns) if columns else np.zeros((len(seen.codes), 0))

    def _spectra(self, seen: SpectralRows) -> FloatArray:
        """Return the share of each spectrum: its slopes and its surface, (rows, spectra)."""
        columns = [
            channels @ slopes + smooth(scores, known, one.square) @ weights
            for channels, scores, slopes, known, one, weights in zip(
                seen.channels,
                seen.scores,
                self.channel_slopes,
                self.known_scores,
                self.encoding.spectra.values(),
                self.weights[: len(self.channel_slopes)],
                strict=True,
            )
        ]
        return np.column_stack(columns) if columns else np.zeros((len(seen.codes), 0))

    def to_dict(self) -> SavedSpectral:
        """Return the model in the form in which it is saved."""
        return {
            "kind": self.kind,
            "levels": dict(self.encoding.levels),
            "encoding": self.encoding.numbers.to_dict(),
            "square": self.encoding.square,
            "spectra": {name: one.to_dict() for name, one in self.encoding.spectra.items()},
            "constant": self.constant,
            "effects": [one.tolist() for one in self.effects],
            "slopes": self.slopes.tolist(),
            "channel_slopes": [one.tolist() for one in self.channel_slopes],
            "known_numbers": self.known_numbers.tolist(),
            "known_scores": [one.tolist() for one in self.known_scores],
            "weights": [one.tolist() for one in self.weights],
            "variances": {"parts": list(self.variances.components), "noise": self.variances.noise},
            "mean": self.mean,
            "deviation": self.deviation,
        }


def spectral_from_dict(saved: SavedSpectral) -> FittedSpectral:
    """Return the model that was saved."""
    spectra = {name: SpectrumEncoding.from_dict(one) for name, one in saved["spectra"].items()}
    numbers = StandardEncoding.from_dict(saved["encoding"])
    return FittedSpectral(
        SpectralEncoding(saved["levels"], numbers, saved["square"], spectra),
        saved["constant"],
        tuple(np.array(one) for one in saved["effects"]),
        np.array(saved["slopes"]),
        tuple(np.array(one) for one in saved["channel_slopes"]),
        np.array(saved["known_numbers"]).reshape(len(saved["known_numbers"]), len(numbers.numeric)),
        tuple(np.array(one) for one in saved["known_scores"]),
        tuple(np.array(one) for one in saved["weights"]),
        Variances(tuple(saved["variances"]["parts"]), saved["variances"]["noise"]),
        saved["mean"],
        saved["deviation"],
    )


def fit_spectral(
    config: Spectral, rows: pl.DataFrame, y: FloatArray, task: Task, start: Variances | None = None
) -> FittedSpectral:
    """Fit the model to results y, shape (n,).

    start: variances to begin the search with, such as those of a fit to nearly the same rows.
    """
    used = spread_out(rows, config.most)
    rows, y = rows[used], y[used]
    mean, deviation = float(y.mean()), float(y.std()) or 1.0
    scaled = (y - mean) / deviation
    encoding = _encoding(config, rows, task)
    seen = encoding.rows(rows)
    sample = spread_out(rows, config.rows)
    steps = -(-config.iterations // (1 if start is None else 3))
    variances = estimate(encoding.kernels(seen.take(sample)), scaled[sample], start, steps)
    covariance = sum(v * one for v, one in zip(variances.components, encoding.kernels(seen), strict=True))
    alpha = solve(factor(np.asarray(covariance), variances.noise), scaled)
    return _solution(encoding, seen, variances, alpha, mean, deviation)


def _encoding(config: Spectral, rows: pl.DataFrame, task: Task) -> SpectralEncoding:
    numbers = fit_encoding(rows, Task(task.target, task.numeric, ()), LOG_DECADES)
    values = numbers.matrix(rows)[:, : len(numbers.numeric)] if numbers.numeric else np.zeros((rows.height, 0))
    groups = [name for name in task.groups if rows[name].n_unique() > 1]
    levels = {name: rows[name].drop_nulls().unique().sort().to_list() for name in groups}
    square = NUMBERS_REACH**2 * typical_square(values)
    return SpectralEncoding(levels, numbers, square, fit_spectra(rows, task.spectra, config.components))


def _solution(
    encoding: SpectralEncoding, seen: SpectralRows, variances: Variances, alpha: FloatArray, mean: float, deviation: float
) -> FittedSpectral:
    """Sum up what is linear in a row, so that a prediction needs the training rows for the surfaces alone."""
    constant, *left = variances.components
    groups = len(encoding.levels)
    effects = tuple(
        variance * np.append(np.bincount(code[code >= 0], alpha[code >= 0], len(known)), 0.0)
        for variance, code, known in zip(left, seen.codes.T, encoding.levels.values(), strict=False)
    )
    slopes, surfaces = left[groups::2], left[groups + 1 :: 2]
    numeric = seen.numbers.shape[1]
    return FittedSpectral(
        encoding,
        constant * float(alpha.sum()),
        effects,
        slopes[-1] * seen.numbers.T @ alpha / numeric if numeric else np.zeros(0),
        tuple(v * one.T @ alpha / one.shape[1] for v, one in zip(slopes, seen.channels, strict=False)),
        seen.numbers,
        seen.scores,
        tuple(v * alpha for v in surfaces),
        variances,
        mean,
        deviation,
    )
