"""A Gaussian model that pools partially over crossed groupings: what one product taught helps the next as far as it should."""

from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np
import polars as pl
from pydantic import Field
from pydantic.dataclasses import dataclass as configuration

from pipeline.domain.strict import STRICT
from pipeline.models.censoring import agreeing
from pipeline.models.encoding import Standard, standard
from pipeline.models.marginal import Variances, estimate, factor, solve
from pipeline.models.selection import selected
from pipeline.models.task import FloatArray, IntArray, Task

AGREEMENTS = 10
"""How often censored results are adapted anew to a model that was fitted to the last adaptation."""
UNKNOWN = -1
"""Code of a level that training did not hold: it shares nothing with any batch."""
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
class Design:
    """Rows as the kernel sees them."""

    values: FloatArray
    """(rows, quantities), standardised"""
    codes: IntArray
    """(rows, groupings), level numbers"""
    decades: FloatArray
    """(rows,), logarithm of the scale"""

    def take(self, index: IntArray) -> "Design":
        """Some of the rows."""
        return Design(self.values[index], self.codes[index], self.decades[index])


NOTHING = Design(np.empty((0, 0)), np.empty((0, 0), dtype=np.int64), np.empty(0))


@dataclass(frozen=True)
class Layout:
    """Which parts the model has, in the order of their variances."""

    groups: tuple[str, ...]
    quantities: tuple[str, ...]
    own: tuple[int, ...]
    """Places of the quantities on which lines of batches have slopes of their own."""
    line: int
    """Place of the grouping whose levels have them."""
    smooth: bool
    steps: bool
    """Lines of batches drift with scale."""

    @property
    def parts(self) -> tuple[str, ...]:
        """Names of the parts."""
        shared = ("shared slopes",) if self.quantities else ()
        own = ("own slopes",) if self.own else ()
        curves = ("curves",) if self.smooth and self.quantities else ()
        drift = ("drift with scale",) if self.steps else ()
        return ("constant", *self.groups, *shared, *own, *curves, *drift)

    def kernels(self, a: Design, b: Design) -> list[FloatArray]:
        """Covariance of each part at variance 1 between rows a and b: (rows a, rows b) each."""
        found = [np.ones((len(a.codes), len(b.codes)))]
        found += [self._same(a, b, place) for place in range(len(self.groups))]
        if self.quantities:
            found.append(a.values @ b.values.T / len(self.quantities))
        if self.own:
            own = list(self.own)
            found.append(self._same(a, b, self.line) * (a.values[:, own] @ b.values[:, own].T / len(own)))
        if self.smooth and self.quantities:
            curves = [self.curve(a, b, place) for place in range(len(self.quantities))]
            found.append(np.mean(curves, axis=0))
        if self.steps:
            found.append(self._same(a, b, self.line) * self.drift(a, b))
        return found

    def drift(self, a: Design, b: Design) -> FloatArray:
        """A walk along the decades of scale: what a line showed at its nearest scale carries over, and fades with distance."""
        return np.asarray(np.exp(-np.abs(a.decades[:, None] - b.decades[None, :])))

    def diagonal(self, a: Design) -> list[FloatArray]:
        """Covariance of each row of a with itself, part by part."""
        found = [np.ones(len(a.codes)), *(np.ones(len(a.codes)) for _ in self.groups)]
        if self.quantities:
            found.append((a.values**2).sum(axis=1) / len(self.quantities))
        if self.own:
            found.append((a.values[:, list(self.own)] ** 2).sum(axis=1) / len(self.own))
        if self.smooth and self.quantities:
            found.append(np.ones(len(a.codes)))
        if self.steps:
            found.append(np.ones(len(a.codes)))
        return found

    def curve(self, a: Design, b: Design, place: int) -> FloatArray:
        """A smooth curve of one quantity, of the width of its standard deviation."""
        return np.asarray(np.exp(-0.5 * (a.values[:, place, None] - b.values[None, :, place]) ** 2))

    def _same(self, a: Design, b: Design, place: int) -> FloatArray:
        one, other = a.codes[:, place, None], b.codes[None, :, place]
        return np.asarray((one == other) & (one != UNKNOWN), dtype=np.float64)


@dataclass(frozen=True)
class FittedHierarchical:
    """The solution: training rows as the kernel sees them, and their weights."""

    encoding: Standard
    levels: dict[str, list[str]]
    layout: Layout
    variances: Variances
    design: Design
    alpha: FloatArray
    mean: float
    deviation: float
    kind: str = "hierarchical"

    def predict(self, rows: pl.DataFrame) -> FloatArray:
        """Predict one value per row."""
        kernel = self._combined(self.layout.kernels(self.design_of(rows), self.design))
        return np.asarray(self.mean + self.deviation * (kernel @ self.alpha))

    def spread(self, rows: pl.DataFrame) -> FloatArray:
        """Standard deviation of a new result of each row, noise included: it grows away from the evidence."""
        design = self.design_of(rows)
        kernel = self._combined(self.layout.kernels(design, self.design))
        prior = sum(v * d for v, d in zip(self.variances.parts, self.layout.diagonal(design), strict=True))
        known = (solve(self._factor, kernel.T, half=True) ** 2).sum(axis=0)
        return np.asarray(self.deviation * np.sqrt(np.maximum(prior - known, 0) + self.variances.noise))

    def contributions(self, rows: pl.DataFrame) -> tuple[FloatArray, pl.DataFrame]:
        """Share of each quantity (line, own line and curve) and of each grouping; exact, the model being a sum."""
        design, layout, own = self.design_of(rows), self.layout, set(self.layout.own)
        variance = dict(zip(layout.parts, self.variances.parts, strict=True))
        constant, *same = layout.kernels(design, self.design)[: 1 + len(layout.groups)]
        shares = {g: variance[g] * k @ self.alpha for g, k in zip(layout.groups, same, strict=True)}
        for place, name in enumerate(layout.quantities):
            product = design.values[:, place, None] * self.design.values[None, :, place]
            kernel = variance["shared slopes"] / len(layout.quantities) * product
            if place in own:
                kernel = kernel + variance["own slopes"] / len(own) * same[layout.line] * product
            if layout.smooth:
                kernel = kernel + variance["curves"] / len(layout.quantities) * layout.curve(design, self.design, place)
            shares[name] = kernel @ self.alpha
        if layout.steps:
            walk = variance["drift with scale"] * same[layout.line] * layout.drift(design, self.design)
            shares["scale"] = walk @ self.alpha
        base = self.mean + self.deviation * variance["constant"] * (constant @ self.alpha)
        return base, pl.DataFrame({name: self.deviation * share for name, share in shares.items()})

    def blocks_out(self, y: FloatArray, blocks: IntArray) -> FloatArray:
        """Residual of each training row had its whole block been hidden, by one inverse (Rasmussen, Williams 2006, eq. 5.12)."""
        inverse = solve(self._factor, np.eye(len(y)))
        left = np.empty(len(y))
        for block in np.unique(blocks):
            own = np.flatnonzero(blocks == block)
            left[own] = np.linalg.solve(inverse[np.ix_(own, own)], self.alpha[own])
        return self.deviation * left

    def design_of(self, rows: pl.DataFrame) -> Design:
        """Encode rows; a level that training did not hold shares nothing."""
        values = self.encoding.matrix(rows)[:, : len(self.layout.quantities)] if self.layout.quantities else None
        codes = [_codes(rows[name], self.levels[name]) for name in self.layout.groups]
        return Design(
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

    def _combined(self, kernels: list[FloatArray]) -> FloatArray:
        return np.asarray(sum(v * k for v, k in zip(self.variances.parts, kernels, strict=True)))

    @cached_property
    def _factor(self) -> FloatArray:
        """Cholesky factor of the covariance of the training rows; not saved, since it follows from the rest."""
        return factor(self._combined(self.layout.kernels(self.design, self.design)), self.variances.noise)


def hierarchical_from_dict(data: dict[str, Any]) -> FittedHierarchical:
    """Make a fitted model of plain data."""
    encoding: dict[str, Any] = {k: v if isinstance(v, dict) else tuple(v) for k, v in data["encoding"].items()}
    layout: dict[str, Any] = {k: tuple(v) if isinstance(v, list | tuple) else v for k, v in data["layout"].items()}
    rows = len(data["alpha"])
    return FittedHierarchical(
        Standard(**encoding),
        data["levels"],
        Layout(**layout),
        Variances(tuple(data["variances"]["parts"]), data["variances"]["noise"]),
        Design(
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
    kernel, lower = fitted._combined(fitted.layout.kernels(fitted.design, fitted.design)), fitted._factor
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


def _layout(model: Hierarchical, names: tuple[str, ...], groups: tuple[str, ...], task: Task) -> Layout:
    own = tuple(i for i, name in enumerate(names) if name in task.comparable)
    line = next((i for i, name in enumerate(groups) if name in ("lineage", "product")), None)
    slopes = own if model.slopes and line is not None else ()
    return Layout(groups, names, slopes, line or 0, model.smooth, model.steps and line is not None)


def _codes(words: pl.Series, levels: list[str]) -> IntArray:
    if not levels:
        return np.full(len(words), UNKNOWN)
    numbers = words.replace_strict(
        dict(zip(levels, range(len(levels)), strict=True)), default=UNKNOWN, return_dtype=pl.Int64
    )
    return numbers.fill_null(UNKNOWN).to_numpy()


def _sample(rows: pl.DataFrame, most: int) -> IntArray:
    """Row numbers spread evenly over products and scales."""
    order = rows.select(pl.arg_sort_by("product", "scale_level", "batch_id")).to_series().to_numpy()
    return np.sort(order[np.unique(np.linspace(0, len(order) - 1, min(most, len(order))).astype(int))]).astype(np.int64)
