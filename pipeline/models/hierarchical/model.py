"""A Gaussian model that pools partially over crossed groupings: what one product taught helps the next as far as it should."""

from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np
import polars as pl
from pydantic import Field
from pydantic.dataclasses import dataclass as configuration

from pipeline.domain.arrays import FloatArray, IntArray
from pipeline.domain.strict_config import STRICT
from pipeline.models.base import Task
from pipeline.models.censoring import agreeing
from pipeline.models.encoding import Standard, places, standard
from pipeline.models.hierarchical.fast_prediction import RowSums, sums
from pipeline.models.hierarchical.kernel import NOTHING, EncodedRows, KernelLayout
from pipeline.models.hierarchical.term_selection import selected
from pipeline.models.hierarchical.uncertainty import SolvedRows, combined
from pipeline.models.hierarchical.variances import Variances, estimate, factor, solve

AGREEMENTS = 10
"""How often censored results are adapted anew to a model that was fitted to the last adaptation."""
RATIOS = 0.3
"""Positive quantities that span more than this many decades act by their ratio: a factor of two already."""


@configuration(config=STRICT, frozen=True)
class Hierarchical:
    """Linear mixed model and Gaussian process in one (Rasmussen, Williams 2006, ch. 2 and 5; Gelman, Hill 2007, ch. 13).

    y = constant + slopes shared by all + an intercept per level of each grouping + own slopes of each line of batches on the
    comparable quantities + a smooth curve per quantity + noise. Every part has one variance, found by marginal likelihood,
    that says how much it is trusted.
    """

    kind: Literal["hierarchical"] = "hierarchical"
    terms: int = Field(default=15, ge=0)
    """At most so many quantities; more extrapolate badly."""
    slopes: bool = True
    """Lines of batches have slopes of their own, shrunken to the shared ones."""
    smooth: bool = True
    """Curves beside the lines, which fade outside the range of training."""
    steps: bool = True
    """Lines of batches drift with scale: the carry-over mean, as far as history supports it."""
    rows: int = Field(default=300, ge=20)
    """Variances are found on at most so many batches; the solution itself uses all."""
    iterations: int = Field(default=20, ge=1)
    """Of the search for the variances; a third where it begins with those of nearly the same rows."""


@configuration(config=STRICT, frozen=True)
class AdditiveTable:
    """The informed carry-over: a shrunken additive table over the groupings, without any quantity."""

    kind: Literal["additive_table"] = "additive_table"
    rows: int = Field(default=300, ge=20)
    iterations: int = Field(default=15, ge=1)

    @property
    def model(self) -> Hierarchical:
        """The same as a hierarchical model without quantities."""
        return Hierarchical(terms=0, slopes=False, smooth=False, steps=False, rows=self.rows, iterations=self.iterations)


@dataclass(frozen=True)
class FittedHierarchical:
    """The solution: training rows as the kernel sees them, and their weights."""

    encoding: Standard
    levels: dict[str, list[str]]
    layout: KernelLayout
    variances: Variances
    design: EncodedRows
    alpha: FloatArray
    mean: float
    deviation: float
    kind: str = "hierarchical"

    def predict(self, rows: pl.DataFrame) -> FloatArray:
        """Predict one value per row."""
        constant, shares = self._sums.shares(self.design_of(rows))
        return np.asarray(self.mean + self.deviation * (constant + shares.sum(axis=1)))

    def spread(self, rows: pl.DataFrame) -> FloatArray:
        """Standard deviation of a new result of each row, noise included: it grows away from the evidence."""
        design = self.design_of(rows)
        prior = combined(self.variances.parts, self.layout.diagonal(design))
        left = np.maximum(prior - self._evidence.explained(design), 0)
        return np.asarray(self.deviation * np.sqrt(left + self.variances.noise))

    def covariance(self, rows: pl.DataFrame) -> FloatArray:
        """Posterior covariance of the process mean between rows, without batch noise: (rows, rows), in squared SI units.

        Rasmussen, Williams (2006), eq. 2.24. Rows that state the same level of a grouping share its effect, also where training
        did not hold that level. A row without a level has an effect of its own.
        """
        levels = {name: [*known, *_new_levels(rows[name], known)] for name, known in self.levels.items()}
        asked = replace(self, levels=levels).design_of(rows)
        prior = combined(self.variances.parts, self.layout.kernels(asked, asked))
        np.fill_diagonal(prior, combined(self.variances.parts, self.layout.diagonal(asked)))
        shared = combined(self.variances.parts, self.layout.kernels(self.design, asked))
        half = solve(self._factor, shared, half=True)
        return np.asarray(self.deviation**2 * (prior - half.T @ half))

    def contributions(self, rows: pl.DataFrame) -> tuple[FloatArray, pl.DataFrame]:
        """Share of each quantity (line, own line and curve) and of each grouping; exact, the model being a sum."""
        constant, shares = self._sums.shares(self.design_of(rows))
        base = np.full(rows.height, self.mean + self.deviation * constant)
        return base, pl.DataFrame({name: self.deviation * shares[:, i] for i, name in enumerate(self.reads)})

    def blocks_out(self, y: FloatArray, blocks: IntArray) -> FloatArray:
        """Residual of each training row had its whole block been hidden, by one inverse (Rasmussen, Williams 2006, eq. 5.12)."""
        inverse = solve(self._factor, np.eye(len(y)))
        left = np.empty(len(y))
        for block in np.unique(blocks):
            own = np.flatnonzero(blocks == block)
            left[own] = np.linalg.solve(inverse[np.ix_(own, own)], self.alpha[own])
        return self.deviation * left

    @property
    def reads(self) -> tuple[str, ...]:
        """Groupings, quantities and, where lines drift with it, the scale."""
        return (*self.layout.groups, *self.layout.quantities, *(("scale",) if self.layout.steps else ()))

    def design_of(self, rows: pl.DataFrame) -> EncodedRows:
        """Encode rows; a level that training did not hold shares nothing."""
        values = self.encoding.matrix(rows)[:, : len(self.layout.quantities)] if self.layout.quantities else None
        codes = [places(rows[name], self.levels[name]) for name in self.layout.groups]
        return EncodedRows(
            np.zeros((rows.height, 0)) if values is None else values,
            np.column_stack(codes) if codes else np.zeros((rows.height, 0), dtype=np.int64),
            np.log10(rows["scale"].to_numpy()) if self.layout.steps else np.zeros(rows.height),
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "kind": self.kind,
            "encoding": asdict(self.encoding),
            "levels": self.levels,
            "layout": asdict(self.layout),
            "variances": asdict(self.variances),
            "values": self.design.values.tolist(),
            "codes": self.design.codes.tolist(),
            "decades": self.design.decades.tolist(),
            "alpha": self.alpha.tolist(),
            "mean": self.mean,
            "deviation": self.deviation,
        }

    def _covariance(self) -> FloatArray:
        """Of the training rows with each other, without noise."""
        return combined(self.variances.parts, self.layout.kernels(self.design, self.design))

    @cached_property
    def _sums(self) -> RowSums:
        """What predictions need of the training rows; not saved, since it follows from the rest."""
        return sums(self.layout, self.design, self.variances.parts, self.alpha)

    @cached_property
    def _factor(self) -> FloatArray:
        """Cholesky factor of the covariance of the training rows; not saved, since it follows from the rest."""
        return factor(self._covariance(), self.variances.noise)

    @property
    def _evidence(self) -> SolvedRows:
        return SolvedRows(self.layout, self.design, self.variances.parts, self._factor)


def _new_levels(words: pl.Series, known: list[str]) -> list[str]:
    """Levels that rows state and training did not hold, sorted."""
    return sorted(set(words.drop_nulls().to_list()) - set(known))


def hierarchical_from_dict(data: dict[str, Any]) -> FittedHierarchical:
    """Make a fitted model of plain data."""
    encoding: dict[str, Any] = {k: v if isinstance(v, dict) else tuple(v) for k, v in data["encoding"].items()}
    layout: dict[str, Any] = {k: tuple(v) if isinstance(v, list | tuple) else v for k, v in data["layout"].items()}
    rows = len(data["alpha"])
    return FittedHierarchical(
        Standard(**encoding),
        data["levels"],
        KernelLayout(**layout),
        Variances(tuple(data["variances"]["parts"]), data["variances"]["noise"]),
        EncodedRows(
            np.array(data["values"], dtype=np.float64).reshape(rows, -1),
            np.array(data["codes"], dtype=np.int64).reshape(rows, -1),
            np.array(data["decades"]),
        ),
        np.array(data["alpha"]),
        data["mean"],
        data["deviation"],
        data["kind"],
    )


def fit_hierarchical(
    config: Hierarchical | AdditiveTable, rows: pl.DataFrame, y: FloatArray, task: Task, start: Variances | None = None
) -> FittedHierarchical:
    """Fit; `start` are variances to begin the search with, such as those of nearly the same rows.

    Where `rows` say in the column `censoring` that results are censored, forecasts on their side of the limit agree with them.
    """
    model = config.model if isinstance(config, AdditiveTable) else config
    fitted = _fit(model, rows, y, task, start)
    if "censoring" in rows.columns and (rows["censoring"] != "none").any():
        fitted = _agreed(fitted, rows["censoring"], y, task)
    return replace(fitted, kind=config.kind)


def _agreed(fitted: FittedHierarchical, censoring: pl.Series, y: FloatArray, task: Task) -> FittedHierarchical:
    kernel = fitted._covariance()
    lower = factor(kernel, fitted.variances.noise)
    for _ in range(AGREEMENTS):
        said = task.clipped(fitted.mean + fitted.deviation * (kernel @ fitted.alpha))
        scaled = (agreeing(y, censoring, said) - fitted.mean) / fitted.deviation
        fitted = replace(fitted, alpha=solve(lower, scaled))
    return fitted


def uncensored(fitted: FittedHierarchical, rows: pl.DataFrame, y: FloatArray, task: Task) -> FloatArray:
    """Results, shape (n,), with each censored one as the model has it where that agrees with the limit."""
    return agreeing(y, rows["censoring"], task.clipped(fitted.predict(rows)))


def _fit(model: Hierarchical, rows: pl.DataFrame, y: FloatArray, task: Task, start: Variances | None) -> FittedHierarchical:
    mean, deviation = float(y.mean()), float(y.std()) or 1.0
    groups = tuple(name for name in task.groups if rows[name].n_unique() > 1)
    names = selected(rows, (y - mean) / deviation, task, model.terms, RATIOS)
    encoding = standard(rows, Task(task.target, names, ()), RATIOS)
    layout = _layout(model, encoding.numeric, groups, task)
    levels = {name: rows[name].drop_nulls().unique().sort().to_list() for name in groups}
    blank = FittedHierarchical(encoding, levels, layout, Variances((), 1.0), NOTHING, y, mean, deviation)
    design = blank.design_of(rows)
    sample = _sample(rows, model.rows)
    scaled = (y - mean) / deviation
    part = design.take(sample)
    variances = estimate(
        layout.kernels(part, part), scaled[sample], start, -(-model.iterations // (1 if start is None else 3))
    )
    fitted = replace(blank, design=design, variances=variances)
    return replace(fitted, alpha=solve(fitted._factor, scaled))


def _layout(model: Hierarchical, names: tuple[str, ...], groups: tuple[str, ...], task: Task) -> KernelLayout:
    own = tuple(i for i, name in enumerate(names) if name in task.comparable)
    line = next((i for i, name in enumerate(groups) if name in ("lineage", "product")), None)
    slopes = own if model.slopes and line is not None else ()
    return KernelLayout(groups, names, slopes, line or 0, model.smooth, model.steps and line is not None)


def _sample(rows: pl.DataFrame, most: int) -> IntArray:
    """Row numbers spread evenly over products and scales."""
    order = rows.select(pl.arg_sort_by("product", "scale_level", "batch_id")).to_series().to_numpy()
    return np.sort(order[np.unique(np.linspace(0, len(order) - 1, min(most, len(order))).astype(int))]).astype(np.int64)
