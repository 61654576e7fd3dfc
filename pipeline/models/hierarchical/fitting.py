"""Fitting of a Gaussian model: the scale of the target, its quantities, its variances, and the weights of the training rows."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import polars as pl

from pipeline.domain.arrays import FloatArray, IntArray
from pipeline.domain.determined_scale import hides_the_trend
from pipeline.models.base import Task
from pipeline.models.censoring import working_results
from pipeline.models.encoding import fit_encoding
from pipeline.models.hierarchical.kernel import NO_ROWS, EncodedRows, KernelLayout
from pipeline.models.hierarchical.model import AdditiveTable, FittedHierarchical, Hierarchical
from pipeline.models.hierarchical.reduced import is_small
from pipeline.models.hierarchical.term_selection import selected
from pipeline.models.hierarchical.variances import Variances, estimate, factor, solve
from pipeline.models.row_subset import are_few, spread_out
from pipeline.models.target_scale import RECORDED, transformed_scale

CENSORING_ROUNDS = 10
"""Number of times that the working results of censored results are updated and the model is fitted to them."""
Step = Callable[[FloatArray], FloatArray]
LOG_DECADES = 0.3
"""A positive quantity that spans more than this many decades (a factor of two) enters as its logarithm."""


def fit_hierarchical(
    config: Hierarchical | AdditiveTable, rows: pl.DataFrame, y: FloatArray, task: Task, start: Variances | None = None
) -> FittedHierarchical:
    """Fit the model to results y, shape (n,).

    start: variances to begin the search with, such as those of a fit to nearly the same rows. If `rows` has the column
    `censoring`, a censored result only draws the prediction to its side of the limit. Up to `MOST_ROWS` rows the solution is
    exact. Above, it uses all rows by columns (`basis.py`). If these are too many, it uses the rows of `solution_rows`. Quantities,
    encoding, levels, mean and deviation come from all rows.
    """
    model = config.model if isinstance(config, AdditiveTable) else config
    scale = transformed_scale(y, task) if model.target_scale == "transformed" else RECORDED
    transformed = scale.transformed(y)
    fitted = _fit(model, rows, transformed, task, start).with_solution(kind=config.kind, target_scale=scale)
    if "censoring" in rows.columns and (rows["censoring"] != "none").any():
        used = spread_out(rows, len(fitted.alpha))
        return _refitted_to_censored(fitted, rows["censoring"][used], transformed[used], task)
    return fitted


def _refitted_to_censored(fitted: FittedHierarchical, censoring: pl.Series, y: FloatArray, task: Task) -> FittedHierarchical:
    """Return the model with weights for working results, which follow from its own predictions.

    y: results on the scale of the target, shape (n,).
    """
    predict, weigh, scale = *_by_rows_or_columns(fitted), fitted.target_scale
    ends = (-np.inf if task.lowest is None else task.lowest, np.inf if task.highest is None else task.highest)
    least, most = scale.transformed(np.array(ends))
    for _ in range(CENSORING_ROUNDS):
        predicted = fitted.mean + fitted.deviation * predict(fitted.alpha)
        scaled = (working_results(y, censoring, np.clip(predicted, least, most)) - fitted.mean) / fitted.deviation
        fitted = fitted.with_solution(alpha=weigh(scaled))
    return fitted


def _by_rows_or_columns(fitted: FittedHierarchical) -> tuple[Step, Step]:
    """Return two functions of the training rows: weights → scaled predictions, and scaled results → weights; shapes (n,)."""
    reduced = fitted._reduced
    if reduced is not None:
        return reduced.predicted, reduced.weights_of_rows
    kernel = fitted._covariance()
    lower = factor(kernel, fitted.variances.noise)
    return lambda alpha: np.asarray(kernel @ alpha), lambda scaled: solve(lower, scaled)


def _fit(model: Hierarchical, rows: pl.DataFrame, y: FloatArray, task: Task, start: Variances | None) -> FittedHierarchical:
    """Fit the model to results on the scale of the target, shape (n,), as if none were censored."""
    mean, deviation = float(y.mean()), float(y.std()) or 1.0
    scaled = (y - mean) / deviation
    names = selected(rows, scaled, task, model.terms, LOG_DECADES)
    groups = _pooled(rows, task, bool(names))
    encoding = fit_encoding(rows, Task(task.target, names, ()), LOG_DECADES)
    layout = _layout(model, encoding.numeric, groups, task)
    levels = {name: rows[name].drop_nulls().unique().sort().to_list() for name in groups}
    unsolved = FittedHierarchical(encoding, levels, layout, Variances((), 1.0), NO_ROWS, y, mean, deviation)
    design = unsolved.design_of(rows)
    sample = spread_out(rows, model.rows)
    some = design.take(sample)
    variances = estimate(
        list(layout.kernels(some, some)), scaled[sample], start, -(-model.iterations // (1 if start is None else 3))
    )
    used = solution_rows(rows, design, layout, variances)
    own = design.take(used)
    fitted = replace(unsolved, design=own if are_few(len(used)) else own.rounded, variances=variances)
    reduced = fitted._reduced
    if reduced is None:
        return fitted.with_solution(alpha=solve(fitted._factor, scaled[used]))
    return fitted.with_solution(alpha=reduced.weights_of_rows(scaled[used]))


def solution_rows(rows: pl.DataFrame, design: EncodedRows, layout: KernelLayout, variances: Variances) -> IntArray:
    """Return the numbers of the rows that the solution uses, sorted: all rows, unless their levels are too many for columns.

    Then they are `MOST_ROWS` rows that are spread evenly over products and scales. design: the rows as the kernel reads them.
    """
    if are_few(rows.height) or is_small(layout, design, variances.components):
        return np.arange(rows.height)
    return spread_out(rows)


def _pooled(rows: pl.DataFrame, task: Task, has_quantities: bool) -> tuple[str, ...]:
    """Return the groupings with more than one level, without those that hide the trend with scale.

    The levels of such a grouping would explain what the quantities explain, and a new level has the effect 0. Product and lineage
    always stay. All groupings stay in a model without quantities.
    """
    several = tuple(name for name in task.groups if rows[name].n_unique() > 1)
    if not has_quantities:
        return several
    return tuple(
        name for name in several if name in ("product", "lineage") or not hides_the_trend(rows[name], rows["scale_level"])
    )


def _layout(model: Hierarchical, names: tuple[str, ...], groups: tuple[str, ...], task: Task) -> KernelLayout:
    """Return the components for the selected quantities and for the groupings with more than one level."""
    comparable = tuple(i for i, name in enumerate(names) if name in task.comparable)
    lineage = next((i for i, name in enumerate(groups) if name in ("lineage", "product")), None)
    own_slopes = comparable if model.slopes and lineage is not None else ()
    return KernelLayout(groups, names, own_slopes, lineage or 0, model.smooth, model.steps and lineage is not None)
