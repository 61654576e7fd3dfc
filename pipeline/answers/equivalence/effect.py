"""The effect of the scale and its interval, also with censored results.

Each product gives one difference between its scales, at equal settings. With two or more products, products are the evidence: the
interval is that of Student's t for the mean of their differences, with the number of products minus one degrees of freedom. It
stays valid if the differences have unequal variances, for up to 14 products at 5 % on each side (Bakirov, Székely 2006,
J. Math. Sci. 139, 6497; Ibragimov, Müller 2010, J. Bus. Econ. Stat. 28, 453). With one product, its batches are the evidence.

The slopes of the settings come from the batches. Their error moves all products together, so it is added, with the quantile for its
own degrees of freedom: √(t₁²·V₁ + t₂²·V₂) covers at least as often as promised (Banerjee 1960, Sankhyā 22, 357).
"""

from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy.special import stdtrit

from pipeline.answers.equivalence.batches import Batches
from pipeline.domain.arrays import FloatArray, IntArray

MOST_CORNERS = 10
"""Largest number of products with censored results for which all corners are tried. The others widen the interval by a bound."""


@dataclass(frozen=True)
class Effect:
    """The differences between the scales, larger minus smaller, in the unit of the values."""

    differences: FloatArray
    """Difference per product, with censored results in the middle of what they can be."""
    reaches: FloatArray
    """How far the difference of each product can lie from that, by its censored results."""
    shared: float
    """Variance of the mean difference that all products share: of the slopes of the settings; with one product, of its batches."""
    freedom: int
    """Degrees of freedom of the variance between batches, from which `shared` comes."""

    @property
    def mean(self) -> float:
        """Mean of the differences, each product counted once."""
        return float(self.differences.mean())

    @property
    def range(self) -> tuple[float, float]:
        """Smallest and largest mean difference that the censored results allow."""
        return self.mean - float(self.reaches.mean()), self.mean + float(self.reaches.mean())

    @property
    def error(self) -> float:
        """Standard error of the mean difference, with censored results in the middle."""
        return float(np.sqrt(_between(self.differences) + self.shared))

    def half_width(self, tail: float) -> float:
        """Return half the width of the interval with censored results in the middle. tail: probability beyond each end."""
        return float(self._half_widths(self.differences, tail))

    def ends(self, tail: float) -> tuple[float, float]:
        """Return the ends of the interval. It covers the interval of every value that the censored results can have.

        tail: probability beyond each end. The upper end is a convex function of the differences. So it is largest in a corner of
        the box in which they lie, and the lower end is smallest in one.
        """
        widest = np.argsort(-self.reaches, kind="stable")
        tried, others = widest[:MOST_CORNERS], widest[MOST_CORNERS:]
        corners = self.differences + _moves(self.reaches, tried)
        means, half = corners.mean(axis=1), self._half_widths(corners, tail) + self._bound(others, tail)
        return float((means - half).min()), float((means + half).max())

    def _half_widths(self, differences: FloatArray, tail: float) -> FloatArray:
        """Return the half width for each row of differences, each part of the variance with the quantile of its own freedom."""
        shared = _quantile(self.freedom, tail) ** 2 * self.shared
        between = _quantile(differences.shape[-1] - 1, tail) ** 2 * _between(differences)
        return np.asarray(np.sqrt(between + shared))

    def _bound(self, products: IntArray, tail: float) -> float:
        """Return how far these products can move an end, by the triangle inequality for mean and standard error."""
        moved, count = self.reaches[products], len(self.differences)
        spread = np.sqrt((moved**2).sum() / (count * max(count - 1, 1)))
        return float(moved.sum() / count + _quantile(count - 1, tail) * spread)


def scale_effect(batches: Batches) -> Effect:
    """Return the effect of the scale on batches of products that ran at both scales.

    Slopes of the settings are common to products and scales. Censored results enter the variance with their largest bound.
    """
    adjusted, plain = (_weights(one) for one in (batches, batches.without_settings()))
    mean, raw = adjusted.mean(axis=0), plain.mean(axis=0)
    alone = batches.products == 1
    weight = float(mean @ mean) - (0.0 if alone else float(raw @ raw))
    variance = (_variance_after_choice if alone else largest_variance)(batches) if weight > 0 else 0.0
    return Effect(
        adjusted @ batches.middle,
        np.abs(adjusted) @ batches.half,
        max(0.0, weight) * variance,
        batches.model.freedom,
    )


def largest_variance(batches: Batches) -> float:
    """Return the largest variance between batches of one product and scale that the censored results allow (a bound).

    0 without residual degrees of freedom. The norm of the residuals can't grow by more than that of the changed values.
    """
    if not batches.model.freedom:
        return 0.0
    norm = np.linalg.norm(batches.model.residuals(batches.middle)) + np.linalg.norm(batches.half)
    return float(norm**2 / batches.model.freedom)


def _variance_after_choice(batches: Batches) -> float:
    """Return the variance between batches of one product, whose settings were chosen by their correlation with the value.

    The choice makes the residuals too small (Freedman 1983, Am. Stat. 37, 152). So each candidate costs a degree of freedom, chosen
    or not, until the variance without settings is reached.
    """
    found, passed_over = largest_variance(batches), batches.candidates - batches.settings.shape[1]
    if passed_over <= 0 or not batches.settings.size:
        return found
    plain, left = largest_variance(batches.without_settings()), batches.model.freedom - passed_over
    charged = found * batches.model.freedom / left if left > 0 else plain
    return max(found, min(plain, charged))


def _weights(batches: Batches) -> FloatArray:
    """Return the weight of each batch (column) in the difference of each product (row)."""
    levels = batches.model.solver[: 2 * batches.products]
    return np.asarray(levels[1::2] - levels[::2])


def _quantile(freedom: int, tail: float) -> float:
    """Return the quantile of Student's t; 0 without degrees of freedom, where there is no such part of the variance."""
    return float(stdtrit(freedom, 1 - tail)) if freedom else 0.0


def _between(differences: FloatArray) -> FloatArray:
    """Return the variance of the mean of each row from the variation between products; 0 with one product."""
    count = differences.shape[-1]
    return np.asarray(differences.var(axis=-1, ddof=1) / count if count > 1 else np.zeros(differences.shape[:-1]))


def _moves(reaches: FloatArray, tried: IntArray) -> FloatArray:
    """Return the corners of the box: one row per choice of the one or the other end for each product that is tried."""
    moving = [index for index in tried if reaches[index] > 0]
    corners = np.array(list(product((-1.0, 1.0), repeat=len(moving)))).reshape(2 ** len(moving), len(moving))
    moves = np.zeros((len(corners), len(reaches)))
    moves[:, moving] = corners * reaches[moving]
    return moves
