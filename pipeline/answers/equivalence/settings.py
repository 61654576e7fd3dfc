"""Which settings a comparison of two scales adjusts for.

A setting that is alike at both scales explains part of the noise, and its small difference between the scales is corrected for. A
setting that differs by more than its variation within a product and scale is part of the effect of the scale: the two effects can't
be separated.
"""

from collections.abc import Sequence

import numpy as np

from pipeline.answers.equivalence.batches import Batches
from pipeline.answers.equivalence.slopes import SPARE
from pipeline.domain.arrays import FloatArray

NOTHING = 1e-9
"""Variation of a setting, as a share of its largest value, that counts as none."""


def chosen_settings(batches: Batches, columns: FloatArray, names: Sequence[str], most: int) -> list[int]:
    """Return the numbers of the settings, those with the largest correlation with the value first.

    batches: without settings. columns: one per setting, no missing values. most: largest number. Variation and correlation are
    those within a product and scale. Some degrees of freedom remain for the comparison of slopes.
    """
    strength = _strength(batches.model.residuals(columns), batches.model.residuals(batches.middle))
    alike = candidates(batches, columns)
    room = (batches.model.freedom - SPARE) // 2
    ranked = sorted(alike, key=lambda one: (-strength[one], names[one]))
    return ranked[: max(0, min(most, room))]


def candidates(batches: Batches, columns: FloatArray) -> list[int]:
    """Return the numbers of the settings that are alike at both scales. Arguments as of `chosen_settings`."""
    within = batches.model.residuals(columns)
    return [int(one) for one in np.flatnonzero(_alike(batches, columns, within))]


def standard(columns: FloatArray) -> FloatArray:
    """Return settings in standard deviations from their means. SI values (cell density, pH) differ too much for one matrix."""
    return np.asarray((columns - columns.mean(axis=0)) / columns.std(axis=0))


def _alike(batches: Batches, columns: FloatArray, within: FloatArray) -> FloatArray:
    """Say of each setting whether it varies at both scales and differs by at most one standard deviation between them."""
    floor = NOTHING * np.abs(columns).max(axis=0, initial=0.0)
    varies = [np.abs(within[batches.large == scale]).max(axis=0, initial=0.0) > floor for scale in (0, 1)]
    levels = batches.model.solver @ columns
    apart = np.abs((levels[1::2] - levels[::2]).mean(axis=0))
    spread = np.sqrt((within**2).sum(axis=0) / max(1, batches.model.freedom))
    return np.asarray(varies[0] & varies[1] & (apart <= spread))


def _strength(within: FloatArray, residuals: FloatArray) -> FloatArray:
    """Return the absolute correlation of each setting with the value within products and scales; 0 without variation."""
    lengths = np.sqrt((within**2).sum(axis=0) * (residuals @ residuals))
    return np.asarray(np.abs(residuals @ within) / np.where(lengths > 0, lengths, np.inf))
