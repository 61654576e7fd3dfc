"""A smooth surface over several quantities at once: a Gaussian process with a product kernel and a linear part."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np
import polars as pl
from pydantic import Field
from pydantic.dataclasses import dataclass as configuration

from pipeline.domain.arrays import FloatArray
from pipeline.domain.strict_config import STRICT
from pipeline.models.base import Task
from pipeline.models.encoding import UNKNOWN_CODE, StandardEncoding, codes_of, fit_encoding
from pipeline.models.file_format import SavedSmoothSurface
from pipeline.models.hierarchical.fitting import LOG_DECADES
from pipeline.models.hierarchical.term_selection import selected
from pipeline.models.hierarchical.variances import factor, solve
from pipeline.models.row_subset import MOST_ROWS, spread_out
from pipeline.models.smooth.kernel import (
    SurfaceParameters,
    SurfaceRows,
    covariance,
    linear,
    matern,
    matern_slope,
    own_variance,
    same_level,
    squared_distance,
)
from pipeline.models.smooth.likelihood import estimate, start_of

BLOCK = 1024
"""Rows that are compared with all training rows at once."""
NODES = 12
"""Number of points at which the slope is taken along the line from the mean batch to a row."""


@configuration(config=STRICT, frozen=True)
class SmoothSurface:
    """A Gaussian process of several quantities at once (Rasmussen, Williams 2006, ch. 2, 4 and 5).

    y = constant + an intercept per level of each grouping + a linear part + a smooth surface over all quantities and groupings +
    noise. Each product has a linear part of its own beside the shared one. The surface has a length scale per quantity and per
    grouping (automatic relevance determination), so it holds interactions. Outside the training range it goes to zero and the
    linear parts remain. Variances and length scales are estimated by marginal likelihood.
    """

    kind: Literal["smooth_surface"] = "smooth_surface"
    from_rows: int = Field(default=500, ge=0)
    """Number of batches from which a blend uses this member. With fewer, a curve per quantity says as much."""
    terms: int = Field(default=20, ge=1)
    """Number of quantities at most. If there are more, those are kept that a linear model would select first."""
    rows: int = Field(default=MOST_ROWS, ge=20, le=MOST_ROWS)
    """Number of batches at most that the solution uses. They are spread evenly over products and scales."""
    logarithm: bool = False
    """Whether to fit logarithms of the results, if all are positive. Effects that multiply are then a sum."""
    searched: int = Field(default=300, ge=20)
    """Number of batches at most from which the parameters are estimated."""
    iterations: int = Field(default=40, ge=1)
    """Number of iterations in the search for the parameters, or a third of it where start values are given."""


@dataclass(frozen=True)
class FittedSmoothSurface:
    """The solution: encoded training rows and their weights."""

    encoding: StandardEncoding
    levels: dict[str, list[str]]
    """Grouping → its known levels."""
    parameters: SurfaceParameters
    train: SurfaceRows
    """The training rows of the solution."""
    alpha: FloatArray
    """(n,): weight of each of these rows."""
    mean: float
    """Mean of the results, or of their logarithms."""
    deviation: float
    """Standard deviation of the results, or of their logarithms. The model is fitted to values with mean 0 and deviation 1."""
    logarithm: bool
    """Whether the model is fitted to logarithms of the results. A prediction is then the median of the result."""
    kind: Literal["smooth_surface"] = "smooth_surface"

    def predict(self, rows: pl.DataFrame) -> FloatArray:
        """Predict one value per row."""
        return self._in_blocks(rows, self._heights)

    def spread(self, rows: pl.DataFrame) -> FloatArray:
        """Return the standard deviation of a new result of each row, noise included. It grows with the distance from training.

        Where the model is fitted to logarithms, it is the deviation of the logarithm times the prediction.
        """
        return self._in_blocks(rows, self._deviations)

    def contributions(self, rows: pl.DataFrame) -> tuple[FloatArray, pl.DataFrame]:
        """Return the contribution of each grouping and each quantity.

        The contribution of a quantity is the slope along the straight line from the mean training batch to the row, times the
        distance in that quantity (Aumann, Shapley 1974, Values of Non-Atomic Games; Sundararajan, Taly, Yan 2017, ICML 34).
        Along the line the level of a grouping turns from unknown to the level of the row. The slopes are taken at Gauss-Legendre
        points. The small rest that they leave is divided in proportion to the contributions.
        """
        quantities, groups = len(self.encoding.numeric), len(self.levels)
        origin = SurfaceRows(np.zeros((1, quantities)), np.full((1, groups), UNKNOWN_CODE))
        base = np.full(rows.height, self._heights(origin)[0])
        if not quantities + groups:
            return base, pl.DataFrame(height=rows.height)
        shares = self._in_blocks(rows, self._along_the_line)
        sizes = np.abs(shares) + np.finfo(float).tiny
        rest = self.predict(rows) - base - shares.sum(axis=1)
        shares = shares + sizes / sizes.sum(axis=1, keepdims=True) * rest[:, None]
        return base, pl.DataFrame(dict(zip(self.reads, shares.T, strict=True)))

    @property
    def reads(self) -> tuple[str, ...]:
        """Groupings and quantities."""
        return (*self.levels, *self.encoding.numeric)

    def encoded(self, rows: pl.DataFrame) -> SurfaceRows:
        """Encode rows. An unknown level has nothing in common with training rows."""
        codes = [codes_of(rows[name], known) for name, known in self.levels.items()]
        values = self.encoding.matrix(rows)[:, : len(self.encoding.numeric)] if self.encoding.numeric else None
        return SurfaceRows(
            np.zeros((rows.height, 0)) if values is None else values,
            np.column_stack(codes) if codes else np.zeros((rows.height, 0), dtype=np.int64),
        )

    def to_dict(self) -> SavedSmoothSurface:
        """Return the model in the form in which it is saved."""
        p = self.parameters
        return {
            "kind": self.kind,
            "encoding": self.encoding.to_dict(),
            "levels": self.levels,
            "parameters": {
                "levels": list(p.levels),
                "slopes": p.slopes,
                "own_slopes": p.own_slopes,
                "surface": p.surface,
                "noise": p.noise,
                "lengths": list(p.lengths),
                "level_lengths": list(p.level_lengths),
            },
            "values": self.train.values.tolist(),
            "codes": self.train.codes.tolist(),
            "alpha": self.alpha.tolist(),
            "mean": self.mean,
            "deviation": self.deviation,
            "logarithm": self.logarithm,
        }

    def _heights(self, rows: SurfaceRows) -> FloatArray:
        """Return the predictions of encoded rows."""
        values = self.mean + self.deviation * (covariance(self.parameters, rows, self.train) @ self.alpha)
        return np.exp(values) if self.logarithm else values

    def _deviations(self, rows: SurfaceRows) -> FloatArray:
        """Return the spread of encoded rows."""
        shared = covariance(self.parameters, rows, self.train)
        explained = (solve(self._factor, shared.T, half=True) ** 2).sum(axis=0)
        left = np.maximum(own_variance(self.parameters, rows) - explained, 0)
        spread = self.deviation * np.sqrt(left + self.parameters.noise)
        return np.asarray(spread * np.exp(self.mean + self.deviation * (shared @ self.alpha)) if self.logarithm else spread)

    def _along_the_line(self, rows: SurfaceRows) -> FloatArray:
        """Return the integral of the slopes along the line from the mean batch to each row, (rows, groupings + quantities)."""
        places, weights = np.polynomial.legendre.leggauss(NODES)
        parts = [self._slopes(rows, place) * weight for place, weight in zip((places + 1) / 2, weights / 2, strict=True)]
        return np.asarray(sum(parts))

    def _slopes(self, rows: SurfaceRows, place: float) -> FloatArray:
        """Return the slope of the prediction at a place on the line, times the whole distance: (rows, groupings + quantities).

        place: 0 at the mean batch with unknown levels, 1 at the row.
        """
        p, known, lengths = self.parameters, self.train.values, np.array(self.parameters.lengths)
        at = SurfaceRows(place * rows.values, rows.codes)
        same = [same_level(rows.codes[:, i], self.train.codes[:, i]) for i in range(len(p.levels))]
        apart, line = squared_distance(p, at, self.train, place), linear(at, self.train)
        pull = p.surface * matern_slope(apart) * self.alpha
        own = p.own_slopes * (same[0] if same else 0.0) * place * self.alpha
        towards = 2 * (at.values * pull.sum(axis=1)[:, None] - pull @ known) / lengths**2
        towards += (p.slopes * (self.alpha @ known) + np.broadcast_to(own, pull.shape) @ known) / max(known.shape[1], 1)
        groups = [
            (one * (variance * self.alpha - pull / length**2)).sum(axis=1)
            for one, variance, length in zip(same, p.levels, p.level_lengths, strict=True)
        ]
        if groups:
            groups[0] = groups[0] + p.own_slopes * (same[0] * line) @ self.alpha
        slopes = self.deviation * np.column_stack([*groups, towards * rows.values])
        if not self.logarithm:
            return slopes
        height = p.surface * matern(apart) + 1 + p.slopes * line
        height += sum(place * one * variance for one, variance in zip(same, p.levels, strict=True))
        height += p.own_slopes * place * same[0] * line if same else 0.0
        return np.asarray(slopes * np.exp(self.mean + self.deviation * (height @ self.alpha))[:, None])

    def _in_blocks(self, rows: pl.DataFrame, compute: Callable[[SurfaceRows], FloatArray]) -> FloatArray:
        """Return what `compute` gives for all rows, block by block, so that no matrix is large."""
        encoded = self.encoded(rows)
        count = max(rows.height, 1)
        return np.concatenate([compute(encoded.take(slice(at, at + BLOCK))) for at in range(0, count, BLOCK)])

    @cached_property
    def _factor(self) -> FloatArray:
        """Cholesky factor of the covariance of the training rows; not saved, since it follows from the other fields."""
        return factor(covariance(self.parameters, self.train, self.train), self.parameters.noise)


def smooth_surface_from_dict(saved: SavedSmoothSurface) -> FittedSmoothSurface:
    """Return the model that was saved."""
    rows, p = len(saved["alpha"]), saved["parameters"]
    return FittedSmoothSurface(
        StandardEncoding.from_dict(saved["encoding"]),
        saved["levels"],
        SurfaceParameters(
            tuple(p["levels"]),
            p["slopes"],
            p["own_slopes"],
            p["surface"],
            p["noise"],
            tuple(p["lengths"]),
            tuple(p["level_lengths"]),
        ),
        SurfaceRows(
            np.array(saved["values"], dtype=np.float64).reshape(rows, -1),
            np.array(saved["codes"], dtype=np.int64).reshape(rows, -1),
        ),
        np.array(saved["alpha"]),
        saved["mean"],
        saved["deviation"],
        saved["logarithm"],
    )


def fit_smooth_surface(
    config: SmoothSurface, rows: pl.DataFrame, y: FloatArray, task: Task, start: SurfaceParameters | None = None
) -> FittedSmoothSurface:
    """Fit the surface to results y, shape (n,).

    start: parameters to begin the search with, such as those of a fit to nearly the same rows.
    """
    logarithm = config.logarithm and float(y.min()) > 0
    values = np.log(y) if logarithm else y
    mean, deviation = float(values.mean()), float(values.std()) or 1.0
    scaled = (values - mean) / deviation
    names = task.numeric
    if len(names) > config.terms:
        names = selected(rows, scaled, task, config.terms, LOG_DECADES)
    encoding = fit_encoding(rows, Task(task.target, names, ()), LOG_DECADES)
    levels = {n: rows[n].drop_nulls().unique().sort().to_list() for n in _groupings(task) if rows[n].n_unique() > 1}
    no_rows = SurfaceRows(np.empty((0, 0)), np.empty((0, 0), dtype=np.int64))
    unsolved = FittedSmoothSurface(encoding, levels, start_of(0, 0), no_rows, y, mean, deviation, logarithm)
    encoded, used, few = unsolved.encoded(rows), spread_out(rows, config.rows), spread_out(rows, config.searched)
    steps = -(-config.iterations // (1 if start is None else 3))
    parameters = estimate(encoded.take(few), scaled[few], start, steps)
    train = encoded.take(used)
    alpha = solve(factor(covariance(parameters, train, train), parameters.noise), scaled[used])
    return replace(unsolved, parameters=parameters, train=train, alpha=alpha)


def _groupings(task: Task) -> list[str]:
    """Return the groupings, that of products or lineages first: its levels have slopes of their own."""
    return sorted(task.groups, key=lambda name: name not in ("lineage", "product"))
