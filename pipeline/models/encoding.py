"""Encodings of features as numbers. Whatever an encoding needs is learned from the training rows alone."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial

import numpy as np
import polars as pl

from pipeline.domain.arrays import BoolArray, FloatArray, IntArray
from pipeline.models.base import Task
from pipeline.models.file_format import SavedEncoding

DECADES = 1.0
"""A positive quantity that spans more than this many decades in training enters a linear model as its logarithm."""
UNKNOWN_CODE = -1
"""Code of a category that no training row has."""
MANY_ROWS = 2_500
"""Number of rows from which polars finds codes faster than a loop."""


def categories_of(rows: pl.DataFrame, task: Task) -> dict[str, list[str]]:
    """Return the categories of each text feature, sorted."""
    return {name: rows[name].drop_nulls().unique().sort().to_list() for name in task.categorical}


def numeric_matrix(rows: pl.DataFrame, names: Sequence[str]) -> FloatArray:
    """Return numeric columns as an array, (rows, names), with NaN for a gap.

    The columns are copied one by one: for few rows one polars query takes longer than everything else in a prediction.
    """
    out = np.empty((rows.height, len(names)), order="F")
    for i, name in enumerate(names):
        out[:, i] = _numeric(rows, name)
    return out


def codes_of(values: pl.Series, categories: Sequence[str]) -> IntArray:
    """Return the index of each value among the categories, shape (n,); −1 for an unknown value and for a gap."""
    code = dict(zip(categories, range(len(categories)), strict=True))
    if len(values) < MANY_ROWS:
        return np.array([code.get(value, UNKNOWN_CODE) for value in values.to_list()], dtype=np.int64)
    if values.eq_missing(values[0]).all():
        return np.full(len(values), code.get(values[0], UNKNOWN_CODE))
    physical = values.cast(pl.Enum(categories), strict=False).to_physical()
    return np.asarray(physical.cast(pl.Int64).fill_null(UNKNOWN_CODE).to_numpy(), dtype=np.int64)


def columns_for_trees(
    rows: pl.DataFrame, task: Task, categories: Mapping[str, Sequence[str]], *, indicators: bool
) -> list[Callable[[], FloatArray]]:
    """Return the columns that trees read, as functions, so that a column is made only when it is needed.

    A numeric feature is one column of its values. A text feature is one column of codes, in which an unknown category and a
    gap are NaN. With `indicators` it is one column of 0 and 1 per category instead, in which a gap is NaN and an unknown
    category is 0 everywhere.
    """
    columns: list[Callable[[], FloatArray]] = [partial(_numeric, rows, name) for name in task.numeric]
    for name, known in categories.items():
        codes = cache(partial(codes_of, rows[name], known))
        if indicators:
            gaps = rows[name].is_null().to_numpy() if rows[name].null_count() else None
            columns += [partial(_indicator, codes, code, gaps) for code in range(len(known))]
        else:
            columns.append(partial(_code_or_gap, codes))
    return columns


def matrix_for_trees(
    rows: pl.DataFrame, task: Task, categories: Mapping[str, Sequence[str]], *, indicators: bool
) -> FloatArray:
    """Return the columns of `columns_for_trees` as one array, (rows, columns), as LightGBM takes them."""
    return np.column_stack([column() for column in columns_for_trees(rows, task, categories, indicators=indicators)])


def _numeric(rows: pl.DataFrame, name: str) -> FloatArray:
    column = rows.get_column(name)
    return np.asarray((column if column.dtype == pl.Float64 else column.cast(pl.Float64)).to_numpy(), dtype=np.float64)


def _code_or_gap(codes: Callable[[], IntArray]) -> FloatArray:
    return np.where(codes() == UNKNOWN_CODE, np.nan, codes())


def _indicator(codes: Callable[[], IntArray], code: int, gaps: BoolArray | None) -> FloatArray:
    equal = np.asarray(codes() == code, dtype=np.float64)
    return equal if gaps is None else np.where(gaps, np.nan, equal)


@dataclass(frozen=True)
class StandardEncoding:
    """The encoding for a linear model: numeric features standardised, each category an indicator column.

    A quantity that spans decades enters as its logarithm. A gap becomes the median and is marked in a column of its own.
    """

    numeric: tuple[str, ...]
    """Numeric features. The next six fields hold a value for each, after the logarithm where it is taken."""
    logs: tuple[bool, ...]
    """Whether the feature enters as its logarithm."""
    medians: tuple[float, ...]
    means: tuple[float, ...]
    deviations: tuple[float, ...]
    lows: tuple[float, ...]
    """Smallest value in training."""
    highs: tuple[float, ...]
    """Largest value in training."""
    gaps: tuple[str, ...]
    """Numeric features with gaps in training. Each has a column that marks its gaps."""
    categories: dict[str, list[str]]
    """Text feature → its categories."""

    @property
    def names(self) -> list[str]:
        """The feature that each column of the matrix belongs to."""
        texts = [name for name, known in self.categories.items() for _ in known]
        return [*self.numeric, *self.gaps, *texts]

    def matrix(self, rows: pl.DataFrame) -> FloatArray:
        """Return the encoded rows, (rows, columns). An unknown category is 0 in all its columns."""
        values = numeric_matrix(rows, self.numeric)
        missing = np.isnan(values)
        with np.errstate(divide="ignore", invalid="ignore"):
            values = np.where(self.logs, np.log(values), values)
        values = np.where(
            np.isnan(values), -np.inf, values
        )  # a negative number has no logarithm: it becomes the lower limit
        filled = np.where(missing, self.medians, np.clip(values, *self._limits()))
        standardised = (filled - np.array(self.means)) / np.array(self.deviations)
        marks = missing[:, [self.numeric.index(name) for name in self.gaps]].astype(float)
        indicators = [
            (rows[name] == category).fill_null(False).cast(pl.Float64).to_numpy()
            for name, known in self.categories.items()
            for category in known
        ]
        return np.column_stack([standardised, marks, *indicators])

    def _limits(self) -> tuple[FloatArray, FloatArray]:
        """Return the smallest and largest value that enters: the training range, wider by its own width on either side."""
        low, high = np.array(self.lows), np.array(self.highs)
        return 2 * low - high, 2 * high - low

    def to_dict(self) -> SavedEncoding:
        """Return the encoding in the form in which it is saved."""
        return {
            "numeric": list(self.numeric),
            "logs": list(self.logs),
            "medians": list(self.medians),
            "means": list(self.means),
            "deviations": list(self.deviations),
            "lows": list(self.lows),
            "highs": list(self.highs),
            "gaps": list(self.gaps),
            "categories": self.categories,
        }

    @classmethod
    def from_dict(cls, saved: SavedEncoding) -> "StandardEncoding":
        """Return the encoding that was saved."""
        return cls(
            tuple(saved["numeric"]),
            tuple(saved["logs"]),
            tuple(saved["medians"]),
            tuple(saved["means"]),
            tuple(saved["deviations"]),
            tuple(saved["lows"]),
            tuple(saved["highs"]),
            tuple(saved["gaps"]),
            saved["categories"],
        )


def fit_encoding(rows: pl.DataFrame, task: Task, decades: float = DECADES) -> StandardEncoding:
    """Fit the encoding to training rows. A numeric feature that is constant or absent there is left out.

    A positive quantity that spans more than `decades` decades enters as its logarithm.
    """
    values = {name: rows[name].cast(pl.Float64).drop_nulls().to_numpy() for name in task.numeric}
    numeric = tuple(name for name, known in values.items() if len(known) and known.min() < known.max())
    logs = tuple(_spans(values[name], decades) for name in numeric)
    scaled = {n: np.log(values[n]) if log else values[n] for n, log in zip(numeric, logs, strict=True)}
    return StandardEncoding(
        numeric,
        logs,
        tuple(float(np.median(scaled[n])) for n in numeric),
        tuple(float(scaled[n].mean()) for n in numeric),
        tuple(float(scaled[n].std()) or 1.0 for n in numeric),
        tuple(float(scaled[n].min()) for n in numeric),
        tuple(float(scaled[n].max()) for n in numeric),
        tuple(n for n in numeric if len(values[n]) < rows.height),
        categories_of(rows, task),
    )


def _spans(known: FloatArray, decades: float) -> bool:
    return bool(known.min() > 0 and np.log10(known.max() / known.min()) > decades)
