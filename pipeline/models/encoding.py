"""Features to numbers, with everything that has to be learned for it learned from the training rows alone."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial

import numpy as np
import polars as pl

from pipeline.domain.arrays import BoolArray, FloatArray, IntArray
from pipeline.models.base import Task

DECADES = 1.0
"""A positive quantity that spans more than this many factors of ten acts by its ratio, so a linear model sees its logarithm."""
UNKNOWN = -1
"""Place of a word that training did not hold."""
MANY = 2_500
"""Rows from which polars numbers words faster than a loop."""


def categories_of(rows: pl.DataFrame, task: Task) -> dict[str, list[str]]:
    """The words of each categorical feature, sorted."""
    return {name: rows[name].drop_nulls().unique().sort().to_list() for name in task.categorical}


def numbers(rows: pl.DataFrame, names: Sequence[str]) -> FloatArray:
    """Columns as (n, names), a gap as NaN; column by column, since a query for few rows takes longer than all the rest."""
    out = np.empty((rows.height, len(names)), order="F")
    for place, name in enumerate(names):
        out[:, place] = _number(rows, name)
    return out


def places(words: pl.Series, known: Sequence[str]) -> IntArray:
    """Place of each word in the list, shape (n,); −1 for an unknown one and for a gap."""
    numbered = dict(zip(known, range(len(known)), strict=True))
    if len(words) < MANY:
        return np.array([numbered.get(word, UNKNOWN) for word in words.to_list()], dtype=np.int64)
    if words.eq_missing(words[0]).all():
        return np.full(len(words), numbered.get(words[0], UNKNOWN))
    found = words.cast(pl.Enum(known), strict=False).to_physical()
    return np.asarray(found.cast(pl.Int64).fill_null(UNKNOWN).to_numpy(), dtype=np.int64)


def columns_for_trees(
    rows: pl.DataFrame, task: Task, categories: Mapping[str, Sequence[str]], *, apart: bool
) -> list[Callable[[], FloatArray]]:
    """Columns as trees see them, each made when it is asked for: numbers as they are; words as their place in the list.

    Where words stand `apart`, each known one is a column of 0 and 1. Unknown words and gaps are NaN, unknown ones apart all 0.
    """
    found: list[Callable[[], FloatArray]] = [partial(_number, rows, name) for name in task.numeric]
    for name, known in categories.items():
        place = cache(partial(places, rows[name], known))
        if apart:
            gaps = rows[name].is_null().to_numpy() if rows[name].null_count() else None
            found += [partial(_is_word, place, one, gaps) for one in range(len(known))]
        else:
            found.append(partial(_place, place))
    return found


def matrix_for_trees(rows: pl.DataFrame, task: Task, categories: Mapping[str, Sequence[str]], *, apart: bool) -> FloatArray:
    """The same as one array, (n, columns), which LightGBM itself takes."""
    return np.column_stack([column() for column in columns_for_trees(rows, task, categories, apart=apart)])


def _number(rows: pl.DataFrame, name: str) -> FloatArray:
    column = rows.get_column(name)
    return np.asarray((column if column.dtype == pl.Float64 else column.cast(pl.Float64)).to_numpy(), dtype=np.float64)


def _place(place: Callable[[], IntArray]) -> FloatArray:
    return np.where(place() == UNKNOWN, np.nan, place())


def _is_word(place: Callable[[], IntArray], one: int, gaps: BoolArray | None) -> FloatArray:
    found = np.asarray(place() == one, dtype=np.float64)
    return found if gaps is None else np.where(gaps, np.nan, found)


@dataclass(frozen=True)
class Standard:
    """Numbers for a linear model: logarithms where ratios count, gaps filled by the median and marked, unit variance."""

    numeric: tuple[str, ...]
    logs: tuple[bool, ...]
    medians: tuple[float, ...]
    means: tuple[float, ...]
    deviations: tuple[float, ...]
    lows: tuple[float, ...]
    highs: tuple[float, ...]
    gaps: tuple[str, ...]
    """Features with gaps in training, each with a column that marks them."""
    categories: dict[str, list[str]]

    @property
    def names(self) -> list[str]:
        """The feature behind each column of the matrix."""
        words = [name for name, found in self.categories.items() for _ in found]
        return [*self.numeric, *self.gaps, *words]

    def matrix(self, rows: pl.DataFrame) -> FloatArray:
        """Encode rows: (rows, columns). A word unknown to training is all zeros."""
        values = numbers(rows, self.numeric)
        missing = np.isnan(values)
        with np.errstate(divide="ignore", invalid="ignore"):
            values = np.where(self.logs, np.log(values), values)
        values = np.where(np.isnan(values), -np.inf, values)  # the logarithm of a negative number: as low as it goes
        filled = np.where(missing, self.medians, np.clip(values, *self._reach()))
        standard = (filled - np.array(self.means)) / np.array(self.deviations)
        marks = missing[:, [self.numeric.index(name) for name in self.gaps]].astype(float)
        words = [
            (rows[name] == word).fill_null(False).cast(pl.Float64).to_numpy()
            for name, found in self.categories.items()
            for word in found
        ]
        return np.column_stack([standard, marks, *words])

    def _reach(self) -> tuple[FloatArray, FloatArray]:
        """How far a line may be carried: beyond the training range by at most the width of that range."""
        low, high = np.array(self.lows), np.array(self.highs)
        return 2 * low - high, 2 * high - low


def standard(rows: pl.DataFrame, task: Task, decades: float = DECADES) -> Standard:
    """Learn the encoding; a feature that is constant or absent in training is left out.

    A positive quantity that spans more than `decades` enters as its logarithm.
    """
    values = {name: rows[name].cast(pl.Float64).drop_nulls().to_numpy() for name in task.numeric}
    numeric = tuple(name for name, known in values.items() if len(known) and known.min() < known.max())
    logs = tuple(_spans(values[name], decades) for name in numeric)
    seen = {n: np.log(values[n]) if log else values[n] for n, log in zip(numeric, logs, strict=True)}
    return Standard(
        numeric,
        logs,
        tuple(float(np.median(seen[n])) for n in numeric),
        tuple(float(seen[n].mean()) for n in numeric),
        tuple(float(seen[n].std()) or 1.0 for n in numeric),
        tuple(float(seen[n].min()) for n in numeric),
        tuple(float(seen[n].max()) for n in numeric),
        tuple(n for n in numeric if len(values[n]) < rows.height),
        categories_of(rows, task),
    )


def _spans(known: FloatArray, decades: float) -> bool:
    return bool(known.min() > 0 and np.log10(known.max() / known.min()) > decades)
