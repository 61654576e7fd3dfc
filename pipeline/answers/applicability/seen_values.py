"""What history has seen: the values of each variable, and the batches as points. It is computed once per run, when it is needed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import numpy as np
import polars as pl

from pipeline.answers.applicability.neighbours import Neighbours
from pipeline.answers.limits import DomainConfig
from pipeline.domain.arrays import FloatArray
from pipeline.domain.process.process import Process
from pipeline.features.catalogue import CatalogueEntry, catalogue
from pipeline.features.uninformative import uninformative

KEPT = 16
"""Sets of variables whose points are kept. Proposals differ in the variables that they have."""
RADII_FROM = 200
"""Largest number of distinct values around which batches are counted: enough for a quantile."""


@dataclass(frozen=True)
class SeenNumber:
    """The values of a number in history."""

    smallest: float
    largest: float
    decades: bool
    """It spans a decade, and is compared on a logarithmic scale."""
    known: FloatArray
    """Sorted; logarithms if `decades`."""
    around: FloatArray
    """Distances of each value to the n-th nearest batch with another value, sorted; empty where too few batches have one."""

    @classmethod
    def of(cls, values: pl.Series, nearest: int) -> "SeenNumber":
        """Return the values. nearest: the n of `around`."""
        known = np.sort(values.drop_nulls().to_numpy().astype(float))
        smallest, largest = float(known[0]), float(known[-1])
        decades = bool(known[0] > 0 and known[-1] >= 10 * known[0])
        known = np.log(known) if decades else known
        around = np.sort(radii(known, nearest)) if len(known) > nearest else np.zeros(0)
        return cls(smallest, largest, decades, known, around)


@dataclass(frozen=True)
class SeenValues:
    """The feature rows of history, and what is derived from them."""

    process: Process = field(repr=False)
    rows: pl.DataFrame
    config: DomainConfig = field(default_factory=DomainConfig)
    _numbers: dict[str, SeenNumber] = field(default_factory=dict, init=False, repr=False, compare=False)

    def number(self, name: str) -> SeenNumber:
        """Return the values of a number that at least one batch has."""
        if name not in self._numbers:
            self._numbers[name] = SeenNumber.of(self.rows[name], self.config.nearest)
        return self._numbers[name]

    def neighbours(self, names: tuple[str, ...]) -> Neighbours:
        """Return the batches as points of some variables, each of which at least one batch has."""
        return self._neighbours(names)

    def uninformative(self, names: tuple[str, ...]) -> Mapping[str, str | None]:
        """Return the features among some that say nothing in history: feature → its twin, or None if it is constant."""
        return self._uninformative(names)

    def has(self, name: str) -> bool:
        """Return whether a batch has a value."""
        return bool(self._counts[name])

    @cached_property
    def entries(self) -> Mapping[str, CatalogueEntry]:
        """Return feature → its entry in the catalogue."""
        return {entry.feature: entry for entry in catalogue(self.process)}

    @cached_property
    def _counts(self) -> Mapping[str, int]:
        return self.rows.select(pl.all().count()).row(0, named=True)

    @cached_property
    def _neighbours(self) -> Callable[[tuple[str, ...]], Neighbours]:
        return lru_cache(maxsize=KEPT)(lambda names: Neighbours.of(self.rows.select(names).to_numpy().astype(float)))

    @cached_property
    def _uninformative(self) -> Callable[[tuple[str, ...]], Mapping[str, str | None]]:
        return lru_cache(maxsize=KEPT)(lambda names: uninformative([self.entries[name] for name in names], self.rows))


def radii(known: FloatArray, nearest: int) -> FloatArray:
    """Return for each distinct value the distance to the `nearest`-th batch with another value; known: one value per batch.

    Batches with the same value, such as those of one lot, are hidden together, since they count as one observation.

    >>> radii(np.array([0.0, 0.0, 1.0, 2.0, 4.0]), 2).tolist()
    [2.0, 1.0, 2.0, 3.0]
    """
    values = np.unique(known)
    chosen = np.unique(np.linspace(0, len(values) - 1, min(len(values), RADII_FROM)).astype(int))
    away = np.abs(known[None, :] - values[chosen, None])
    others = np.where(away > 0, away, np.inf)
    return np.asarray(np.partition(others, nearest - 1, axis=1)[:, nearest - 1])
