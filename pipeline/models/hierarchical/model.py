"""A Gaussian model with partial pooling: products, sites and other groupings share information as far as the data supports it."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np
import polars as pl
from pydantic import Field
from pydantic.dataclasses import dataclass as configuration

from pipeline.domain.arrays import FloatArray, IntArray
from pipeline.domain.strict_config import STRICT
from pipeline.models.base import Task
from pipeline.models.censoring import working_results
from pipeline.models.encoding import StandardEncoding, codes_of, fit_encoding
from pipeline.models.file_format import SavedHierarchical
from pipeline.models.hierarchical.fast_prediction import RowSums, row_sums
from pipeline.models.hierarchical.kernel import NO_ROWS, EncodedRows, KernelLayout
from pipeline.models.hierarchical.term_selection import selected
from pipeline.models.hierarchical.uncertainty import SolvedRows, combined
from pipeline.models.hierarchical.variances import Variances, estimate, factor, solve
from pipeline.models.sampling import evenly_spread

CENSORING_ROUNDS = 10
"""Number of times that the working results of censored results are updated and the model is fitted to them."""
LOG_DECADES = 0.3
"""A positive quantity that spans more than this many decades (a factor of two) enters as its logarithm."""


@configuration(config=STRICT, frozen=True)
class Hierarchical:
    """A linear mixed model and a Gaussian process in one model.

    Rasmussen, Williams (2006), ch. 2 and 5; Gelman, Hill (2007), ch. 13.

    y = constant + an intercept per level of each grouping + shared slopes + own slopes of each lineage on the comparable
    quantities + a smooth curve per quantity + a drift of each lineage with scale + noise. Each component has one variance,
    which is estimated by marginal likelihood and decides how strongly the component is used.
    """

    kind: Literal["hierarchical"] = "hierarchical"
    terms: int = Field(default=15, ge=0)
    """Number of quantities at most. Models with more quantities extrapolate badly."""
    slopes: bool = True
    """Whether each lineage has slopes of its own, shrunk towards the shared slopes."""
    smooth: bool = True
    """Whether each quantity has a smooth curve beside its slope. The curve goes to zero outside the training range."""
    steps: bool = True
    """Whether each lineage drifts with scale, so that its results at the nearest scale carry over as far as history supports it."""
    rows: int = Field(default=300, ge=20)
    """Number of batches at most from which the variances are estimated. The solution itself uses all batches."""
    iterations: int = Field(default=20, ge=1)
    """Number of iterations in the search for the variances, or a third of it where start values are given."""


@configuration(config=STRICT, frozen=True)
class AdditiveTable:
    """A shrunk additive table over product, site, equipment and lots, without any quantity: an informed carry-over mean."""

    kind: Literal["additive_table"] = "additive_table"
    rows: int = Field(default=300, ge=20)
    """Variances are estimated on at most this number of batches; the solution uses all batches."""
    iterations: int = Field(default=15, ge=1)
    """Largest number of steps of the search for the variances."""

    @property
    def model(self) -> Hierarchical:
        """The hierarchical model without quantities, which is the same model."""
        return Hierarchical(terms=0, slopes=False, smooth=False, steps=False, rows=self.rows, iterations=self.iterations)


@dataclass(frozen=True)
class FittedHierarchical:
    """The solution of the model: encoded training rows and their weights."""

    encoding: StandardEncoding
    levels: dict[str, list[str]]
    """Grouping → its known levels."""
    layout: KernelLayout
    variances: Variances
    design: EncodedRows
    """The training rows."""
    alpha: FloatArray
    """(n,): weight of each training row."""
    mean: float
    """Mean of the results."""
    deviation: float
    """Standard deviation of the results. The model is fitted to results with mean 0 and deviation 1."""
    kind: Literal["hierarchical", "additive_table"] = "hierarchical"

    def predict(self, rows: pl.DataFrame) -> FloatArray:
        """Predict one value per row."""
        constant, shares = self._sums.contributions(self.design_of(rows))
        return np.asarray(self.mean + self.deviation * (constant + shares.sum(axis=1)))

    def spread(self, rows: pl.DataFrame) -> FloatArray:
        """Return the standard deviation of a new result of each row, noise included.

        It grows with the distance from the training rows.
        """
        design = self.design_of(rows)
        prior = combined(self.variances.components, self.layout.diagonal(design))
        left = np.maximum(prior - self._solved.explained(design), 0)
        return np.asarray(self.deviation * np.sqrt(left + self.variances.noise))

    def covariance(self, rows: pl.DataFrame) -> FloatArray:
        """Return the posterior covariance of the process mean between rows, without noise, (rows, rows), in squared SI units.

        Rasmussen, Williams (2006), eq. 2.24. Rows with the same level of a grouping share its effect, also where training rows do
        not hold that level. A row without a level has an effect of its own.
        """
        levels = {name: [*known, *_new_levels(rows[name], known)] for name, known in self.levels.items()}
        design = replace(self, levels=levels).design_of(rows)
        prior = combined(self.variances.components, self.layout.kernels(design, design))
        np.fill_diagonal(prior, combined(self.variances.components, self.layout.diagonal(design)))
        shared = combined(self.variances.components, self.layout.kernels(self.design, design))
        half = solve(self._factor, shared, half=True)
        return np.asarray(self.deviation**2 * (prior - half.T @ half))

    def contributions(self, rows: pl.DataFrame) -> tuple[FloatArray, pl.DataFrame]:
        """Return the contribution of each grouping, of each quantity (slopes and curve) and of scale. The model is their sum."""
        constant, shares = self._sums.contributions(self.design_of(rows))
        base = np.full(rows.height, self.mean + self.deviation * constant)
        return base, pl.DataFrame({name: self.deviation * shares[:, i] for i, name in enumerate(self.reads)})

    def blocks_out(self, y: FloatArray, blocks: IntArray) -> FloatArray:
        """Return the residual of each training row with the whole block of the row left out, shape (n,).

        y: results; blocks: number of the block of each row. One matrix inverse suffices (Rasmussen, Williams 2006, eq.
        5.12).
        """
        inverse = solve(self._factor, np.eye(len(y)))
        residuals = np.empty(len(y))
        for block in np.unique(blocks):
            own = np.flatnonzero(blocks == block)
            residuals[own] = np.linalg.solve(inverse[np.ix_(own, own)], self.alpha[own])
        return self.deviation * residuals

    @property
    def reads(self) -> tuple[str, ...]:
        """Groupings, quantities and, where lineages drift with scale, the scale."""
        return (*self.layout.groups, *self.layout.quantities, *(("scale",) if self.layout.drift else ()))

    def design_of(self, rows: pl.DataFrame) -> EncodedRows:
        """Encode rows. An unknown level has nothing in common with training rows."""
        values = self.encoding.matrix(rows)[:, : len(self.layout.quantities)] if self.layout.quantities else None
        codes = [codes_of(rows[name], self.levels[name]) for name in self.layout.groups]
        return EncodedRows(
            np.zeros((rows.height, 0)) if values is None else values,
            np.column_stack(codes) if codes else np.zeros((rows.height, 0), dtype=np.int64),
            np.log10(rows["scale"].to_numpy()) if self.layout.drift else np.zeros(rows.height),
        )

    def to_dict(self) -> SavedHierarchical:
        """Return the model in the form in which it is saved."""
        return {
            "kind": self.kind,
            "encoding": self.encoding.to_dict(),
            "levels": self.levels,
            "layout": self.layout.to_dict(),
            "variances": {"parts": list(self.variances.components), "noise": self.variances.noise},
            "values": self.design.values.tolist(),
            "codes": self.design.codes.tolist(),
            "decades": self.design.decades.tolist(),
            "alpha": self.alpha.tolist(),
            "mean": self.mean,
            "deviation": self.deviation,
        }

    def _covariance(self) -> FloatArray:
        """Return the covariance of the training rows, without noise: (n, n)."""
        return combined(self.variances.components, self.layout.kernels(self.design, self.design))

    @cached_property
    def _sums(self) -> RowSums:
        """Sums over the training rows for predictions; not saved, since they follow from the other fields."""
        return row_sums(self.layout, self.design, self.variances.components, self.alpha)

    @cached_property
    def _factor(self) -> FloatArray:
        """Cholesky factor of the covariance of the training rows; not saved, since it follows from the other fields."""
        return factor(self._covariance(), self.variances.noise)

    @property
    def _solved(self) -> SolvedRows:
        return SolvedRows(self.layout, self.design, self.variances.components, self._factor)


def _new_levels(words: pl.Series, known: list[str]) -> list[str]:
    """Return the levels of rows that training rows do not hold, sorted."""
    return sorted(set(words.drop_nulls().to_list()) - set(known))


def hierarchical_from_dict(saved: SavedHierarchical) -> FittedHierarchical:
    """Return the model that was saved."""
    rows = len(saved["alpha"])
    return FittedHierarchical(
        StandardEncoding.from_dict(saved["encoding"]),
        saved["levels"],
        KernelLayout.from_dict(saved["layout"]),
        Variances(tuple(saved["variances"]["parts"]), saved["variances"]["noise"]),
        EncodedRows(
            np.array(saved["values"], dtype=np.float64).reshape(rows, -1),
            np.array(saved["codes"], dtype=np.int64).reshape(rows, -1),
            np.array(saved["decades"]),
        ),
        np.array(saved["alpha"]),
        saved["mean"],
        saved["deviation"],
        saved["kind"],
    )


def fit_hierarchical(
    config: Hierarchical | AdditiveTable, rows: pl.DataFrame, y: FloatArray, task: Task, start: Variances | None = None
) -> FittedHierarchical:
    """Fit the model to results y, shape (n,).

    start: variances to begin the search with, such as those of a fit to nearly the same rows. If `rows` has the column
    `censoring`, a censored result only draws the prediction to its side of the limit.
    """
    model = config.model if isinstance(config, AdditiveTable) else config
    fitted = _fit(model, rows, y, task, start)
    if "censoring" in rows.columns and (rows["censoring"] != "none").any():
        fitted = _refitted_to_censored(fitted, rows["censoring"], y, task)
    return replace(fitted, kind=config.kind)


def _refitted_to_censored(fitted: FittedHierarchical, censoring: pl.Series, y: FloatArray, task: Task) -> FittedHierarchical:
    """Return the model with weights for working results, which follow from its own predictions."""
    kernel = fitted._covariance()
    lower = factor(kernel, fitted.variances.noise)
    for _ in range(CENSORING_ROUNDS):
        predicted = task.clipped(fitted.mean + fitted.deviation * (kernel @ fitted.alpha))
        scaled = (working_results(y, censoring, predicted) - fitted.mean) / fitted.deviation
        fitted = replace(fitted, alpha=solve(lower, scaled))
    return fitted


def _fit(model: Hierarchical, rows: pl.DataFrame, y: FloatArray, task: Task, start: Variances | None) -> FittedHierarchical:
    """Fit the model to results as if none were censored."""
    mean, deviation = float(y.mean()), float(y.std()) or 1.0
    groups = tuple(name for name in task.groups if rows[name].n_unique() > 1)
    names = selected(rows, (y - mean) / deviation, task, model.terms, LOG_DECADES)
    encoding = fit_encoding(rows, Task(task.target, names, ()), LOG_DECADES)
    layout = _layout(model, encoding.numeric, groups, task)
    levels = {name: rows[name].drop_nulls().unique().sort().to_list() for name in groups}
    unsolved = FittedHierarchical(encoding, levels, layout, Variances((), 1.0), NO_ROWS, y, mean, deviation)
    design = unsolved.design_of(rows)
    sample = evenly_spread(rows, model.rows)
    scaled = (y - mean) / deviation
    some = design.take(sample)
    variances = estimate(
        layout.kernels(some, some), scaled[sample], start, -(-model.iterations // (1 if start is None else 3))
    )
    fitted = replace(unsolved, design=design, variances=variances)
    return replace(fitted, alpha=solve(fitted._factor, scaled))


def _layout(model: Hierarchical, names: tuple[str, ...], groups: tuple[str, ...], task: Task) -> KernelLayout:
    """Return the components for the selected quantities and for the groupings with more than one level."""
    comparable = tuple(i for i, name in enumerate(names) if name in task.comparable)
    lineage = next((i for i, name in enumerate(groups) if name in ("lineage", "product")), None)
    own_slopes = comparable if model.slopes and lineage is not None else ()
    return KernelLayout(groups, names, own_slopes, lineage or 0, model.smooth, model.steps and lineage is not None)
