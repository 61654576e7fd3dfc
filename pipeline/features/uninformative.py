"""Comparable quantities that say nothing in a table of batches: constant ones, and those equal to another one.

A correlation may end at a limit: the gassed power ratio is at most 1, and is 1 in every batch with little gas. Such a
quantity cannot explain a difference between batches. The power under gas then equals the ungassed power, and would count
twice.
"""

from collections.abc import Iterable, Mapping

import numpy as np
import polars as pl

from pipeline.domain.arrays import FloatArray
from pipeline.domain.attributes import HORIZONS
from pipeline.features.catalogue import CatalogueEntry

ALIKE = 1e-9
"""Relative difference below which two values are the same: rounding of the same product in another order."""


def uninformative(entries: Iterable[CatalogueEntry], rows: pl.DataFrame) -> dict[str, str | None]:
    """Return the quantities that say nothing in the rows: quantity → the other quantity that it equals, or None if it is constant.

    entries: features that may be used, in the order of the catalogue; rows: a column per entry. Of equal quantities the first
    stays, unless it is known later. Attributes always stay: they are what was set or measured. A quantity without any value stays
    too. A quantity that is constant wherever it is known is left out: its inputs say where it is unknown.
    """
    numbers = [entry for entry in entries if entry.kind == "number"]
    values = {entry.feature: rows[entry.feature].cast(pl.Float64).to_numpy() for entry in numbers}
    found: dict[str, str | None] = {}
    for at, entry in enumerate(numbers):
        own = values[entry.feature]
        if entry.role != "similarity" or np.isnan(own).all():
            continue
        if _constant(own):
            found[entry.feature] = None
        elif twin := _twin(entry, [one for one in numbers[:at] if one.feature not in found], values):
            found[entry.feature] = twin
    return found


def _constant(values: FloatArray) -> bool:
    low, high = np.nanmin(values), np.nanmax(values)
    return bool(high - low <= ALIKE * max(abs(low), abs(high)))


def _twin(entry: CatalogueEntry, before: list[CatalogueEntry], values: Mapping[str, FloatArray]) -> str | None:
    """Return the first of the earlier quantities that has the same values and is known no later; None if there is none."""
    own = values[entry.feature]
    soon = (one.feature for one in before if HORIZONS.index(one.horizon) <= HORIZONS.index(entry.horizon))
    return next((name for name in soon if _same(values[name], own)), None)


def _same(first: FloatArray, second: FloatArray) -> bool:
    """Compare the first row alone before all rows: nearly all pairs differ there already."""
    return all(np.allclose(first[rows], second[rows], ALIKE, 0, equal_nan=True) for rows in (slice(1), slice(None)))
