"""How many independent errors a set of grouped errors is worth."""

import numpy as np

from pipeline.domain.arrays import FloatArray, IntArray

PRIOR_GROUPS = 3.0
"""Weight, in groups, of equal mean squares. With few groups their spread is itself not well known."""
SHARE_OF_ONE_GROUP = 0.5
"""Least weight of the number of groups where there is one group, which cannot show how groups differ."""


def weights_of(group: IntArray) -> FloatArray:
    """Return the weight of each error, shape (n,); the weights sum to 1. A group of n errors has a weight proportional to √n.

    group: number of the group of each error, shape (n,). The errors of a group are neither one piece of evidence nor n pieces.
    """
    weights = 1 / np.sqrt(np.bincount(group)[group])
    return np.asarray(weights / weights.sum())


def effective_number(errors: FloatArray, group: IntArray, weights: FloatArray) -> float:
    """Return the number of independent normal errors whose mean square is as uncertain as that of these errors.

    errors: signed errors, shape (n,); group: number of the group of each, 0 to K − 1, shape (n,); weights: shape (n,), sum 1.

    The result lies between the number of groups, 1/Σ W², where W are the weights of the groups, and the number of errors,
    1/Σ w². Two estimates decide, the smaller one counts (Satterthwaite 1946, Biometrics Bull. 2, 110):

    - The intraclass correlation ρ of the errors (Fisher 1925). Squares of normal errors have the correlation ρ², so the inverse
      of the number is ρ² Σ W² + (1 − ρ²) Σ w².
    - The variance of the mean squares of the groups, which is larger where groups differ in the size of their errors. It is
      shrunk towards the first estimate.
    """
    of_groups, of_errors = float(np.bincount(group, weights) @ np.bincount(group, weights)), float(weights @ weights)
    largest = float(np.abs(errors).max())
    if of_groups <= of_errors or largest == 0:
        return 1 / of_groups
    errors = errors / largest  # squares of very small errors would be 0
    square = float(weights @ errors**2)
    correlated = _squared_correlation(errors, group, square)
    inverse = correlated * of_groups + (1 - correlated) * of_errors
    count = int(group.max()) + 1
    if count > 1:
        shrunk = (PRIOR_GROUPS * inverse + (count - 1) * _spread_of_groups(errors, group, weights, square)) / (
            PRIOR_GROUPS + count - 1
        )
        inverse = max(inverse, shrunk)
    return 1 / float(np.clip(inverse, of_errors, of_groups))


def _squared_correlation(errors: FloatArray, group: IntArray, square: float) -> float:
    """Return ρ², from the variance within groups and the mean square of all errors."""
    counts = np.bincount(group)
    within = errors - (np.bincount(group, errors) / counts)[group]
    share = 1 - float(within @ within) / (len(errors) - len(counts)) / square
    least = SHARE_OF_ONE_GROUP if len(counts) == 1 else 0.0
    return max(least, float(np.clip(share, 0, 1)) ** 2)


def _spread_of_groups(errors: FloatArray, group: IntArray, weights: FloatArray, square: float) -> float:
    """Return the variance of the mean square over 2 · square², from the mean squares of the groups; 1/number where normal."""
    of_group = np.bincount(group, weights)
    mean_squares = np.bincount(group, weights * errors**2) / of_group
    count = len(of_group)
    variance = count / (count - 1) * float(of_group**2 @ (mean_squares - square) ** 2)
    return variance / (2 * square**2)
