"""A Gaussian model with partial pooling: products, sites and other groupings share information as far as the data supports it."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import Field
from pydantic.dataclasses import dataclass as configuration

from pipeline.domain.arrays import FloatArray, IntArray
from pipeline.domain.strict_config import STRICT
from pipeline.models.encoding import StandardEncoding, codes_of
from pipeline.models.file_format import SavedGaussian, SavedHierarchical, SavedRows
from pipeline.models.hierarchical.fast_prediction import RowSums, row_sums
from pipeline.models.hierarchical.kernel import EncodedRows, KernelLayout
from pipeline.models.hierarchical.reduced import ReducedRows
from pipeline.models.hierarchical.uncertainty import ExplainsVariance, SolvedRows, combined
from pipeline.models.hierarchical.variances import Variances, factor, solve
from pipeline.models.packed import CODES, DOUBLE, SINGLE, packed, unpacked
from pipeline.models.row_subset import are_few, spread_out
from pipeline.models.target_scale import RECORDED, TargetScale, mean_slope, target_scale_from_dict

MATRICES = ("_factor", "_reduced")
"""Attributes with the matrices of a solution, which follow from the training rows and the variances."""


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
    target_scale: Literal["recorded", "transformed"] = "recorded"
    """Scale of the target: as recorded, or the logarithm or logit that `transformed_scale` finds."""


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
    """The training rows that the solution uses: all, or those of `solution_rows`."""
    alpha: FloatArray
    """(n,): weight of each training row."""
    mean: float
    """Mean of the results."""
    deviation: float
    """Standard deviation of the results. The model is fitted to results with mean 0 and deviation 1."""
    kind: Literal["hierarchical", "additive_table"] = "hierarchical"
    target_scale: TargetScale = RECORDED
    """Scale of the target. `mean`, `deviation` and all components belong to results on this scale."""

    def predict(self, rows: pl.DataFrame) -> FloatArray:
        """Predict one value per row: the median of a new result."""
        return self.target_scale.recorded(self._transformed(self.design_of(rows)))

    def spread(self, rows: pl.DataFrame) -> FloatArray:
        """Return the standard deviation of a new result of each row, noise included.

        It grows with the distance from the training rows. On a transformed scale of the target it is the deviation there times the
        slope of the target (delta method).
        """
        design = self.design_of(rows)
        prior = combined(self.variances.components, self.layout.diagonal(design))
        left = np.maximum(prior - self._solved.explained(design), 0)
        return np.asarray(self._unit(design) * np.sqrt(left + self.variances.noise))

    def covariance(self, rows: pl.DataFrame) -> FloatArray:
        """Return the posterior covariance of the process mean between rows, without noise, (rows, rows), in squared SI units.

        Rasmussen, Williams (2006), eq. 2.24. Rows with the same level of a grouping share its effect, also where training rows do
        not hold that level. A row without a level has an effect of its own.
        """
        levels = {name: [*known, *_new_levels(rows[name], known)] for name, known in self.levels.items()}
        design = replace(self, levels=levels).design_of(rows)
        prior = combined(self.variances.components, self.layout.kernels(design, design))
        np.fill_diagonal(prior, combined(self.variances.components, self.layout.diagonal(design)))
        unit = self._unit(design)
        return np.asarray(unit[:, None] * unit * (prior - self._solved.explained_between(design)))

    def noise(self, rows: pl.DataFrame) -> FloatArray:
        """Return the variance of the noise of each row, shape (rows,), in squared SI units."""
        return np.asarray(self._unit(self.design_of(rows)) ** 2 * self.variances.noise)

    def contributions(self, rows: pl.DataFrame) -> tuple[FloatArray, pl.DataFrame]:
        """Return the contribution of each grouping, of each quantity (slopes and curve) and of scale. The model is their sum.

        On a transformed scale of the target the sum is transformed back. Each contribution is its part of the change of the target
        along the straight line from the base (Aumann, Shapley 1974), which is the contribution times the mean slope.
        """
        start, shares = self.transformed_contributions(rows)
        slope = mean_slope(self.target_scale, start, shares.sum(axis=1))
        return self.target_scale.recorded(start), pl.DataFrame(slope[:, None] * shares, schema=list(self.reads))

    def transformed_contributions(self, rows: pl.DataFrame) -> tuple[FloatArray, FloatArray]:
        """Return base and contributions on the scale of the target, shapes (rows,) and (rows, features of `reads`)."""
        constant, shares = self._sums.contributions(self.design_of(rows))
        return np.full(rows.height, self.mean + self.deviation * constant), self.deviation * shares

    def _transformed(self, design: EncodedRows) -> FloatArray:
        """Return the predictions on the scale of the target, shape (rows,)."""
        constant, shares = self._sums.contributions(design)
        return np.asarray(self.mean + self.deviation * (constant + shares.sum(axis=1)))

    def _unit(self, design: EncodedRows) -> FloatArray:
        """Return the size of one standard deviation of the scaled results at each row, in SI, shape (rows,)."""
        if self.target_scale.kind == "recorded":
            return np.full(len(design.codes), self.deviation)
        return np.asarray(self.deviation * self.target_scale.slope(self._transformed(design)))

    def blocks_out(self, rows: pl.DataFrame, y: FloatArray, blocks: IntArray) -> FloatArray:
        """Return the residual of each training row with the whole block of the row left out, shape (n,).

        rows, y: the rows and results (SI) that the model was fitted to; blocks: number of the block of each row. One matrix inverse
        suffices (Rasmussen, Williams 2006, eq. 5.12). A row that the solution does not use is predicted by the rows of other
        blocks that it uses.
        """
        transformed = self.target_scale.transformed(y)
        if self._reduced is None:
            residuals = self._blocks_out(rows, transformed, blocks)
        else:
            residuals = self.deviation * self._reduced.blocks_out(self.alpha, blocks)
        return np.asarray(y - self.target_scale.recorded(transformed - residuals))

    def _blocks_out(self, rows: pl.DataFrame, transformed: FloatArray, blocks: IntArray) -> FloatArray:
        """Return the residuals of `blocks_out` on the scale of the target, from the inverse of the matrix between rows."""
        used = spread_out(rows, len(self.alpha))
        unused = np.setdiff1d(np.arange(rows.height), used)
        inverse = solve(self._factor, np.eye(len(used)))
        design = self.design_of(rows)
        residuals = transformed - self._transformed(design)
        for block in np.unique(blocks):
            own, others = np.flatnonzero(blocks[used] == block), unused[blocks[unused] == block]
            left_out = np.linalg.solve(inverse[np.ix_(own, own)], self.alpha[own])
            residuals[used[own]] = self.deviation * left_out
            if len(others):
                shared = combined(self.variances.components, self.layout.kernels(design.take(others), self.design))
                residuals[others] += self.deviation * (shared @ (inverse[:, own] @ left_out))
        return residuals

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

    def to_dict(self) -> SavedGaussian:
        """Return the model in the form in which it is saved."""
        rows = self._saved_rows()
        saved: SavedHierarchical = {
            "kind": self.kind,
            "encoding": self.encoding.to_dict(),
            "levels": self.levels,
            "layout": self.layout.to_dict(),
            "variances": {"parts": list(self.variances.components), "noise": self.variances.noise},
            "values": rows["values"],
            "codes": rows["codes"],
            "decades": rows["decades"],
            "alpha": rows["alpha"],
            "mean": self.mean,
            "deviation": self.deviation,
        }
        return saved if self.target_scale == RECORDED else {**saved, "target_scale": self.target_scale.to_dict()}

    def with_solution(self, **changes: Any) -> "FittedHierarchical":
        """Return the model with other values of fields on which the matrices of the solution do not depend, with these matrices."""
        changed = replace(self, **changes)
        changed.__dict__.update({name: self.__dict__[name] for name in MATRICES if name in self.__dict__})
        return changed

    def __getstate__(self) -> dict[str, object]:
        """Return the fields alone for another process: the matrices follow from them and are large."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def _saved_rows(self) -> SavedRows:
        """Return the training rows and their weights as they are saved; many rows are packed."""
        if are_few(len(self.alpha)):
            return {
                "values": self.design.values.tolist(),
                "codes": self.design.codes.tolist(),
                "decades": self.design.decades.tolist(),
                "alpha": self.alpha.tolist(),
            }
        return {
            "values": packed(self.design.values, SINGLE),
            "codes": packed(self.design.codes, CODES),
            "decades": packed(self.design.decades, SINGLE),
            "alpha": packed(self.alpha, DOUBLE),
        }

    def _covariance(self) -> FloatArray:
        """Return the covariance of the training rows, without noise: (n, n)."""
        return combined(self.variances.components, self.layout.kernels(self.design, self.design))

    @cached_property
    def _sums(self) -> RowSums:
        """Sums over the training rows for predictions; not saved, since they follow from the other fields."""
        if self._reduced is not None:
            return self._reduced.sums(self.alpha)
        return row_sums(self.layout, self.design, self.variances.components, self.alpha)

    @cached_property
    def _factor(self) -> FloatArray:
        """Cholesky factor of the covariance of the training rows; not saved, since it follows from the other fields."""
        return factor(self._covariance(), self.variances.noise)

    @cached_property
    def _reduced(self) -> ReducedRows | None:
        """The solution between columns, or None where the rows are few enough for one between rows; not saved, like the factor."""
        if are_few(len(self.design.codes)):
            return None
        return ReducedRows.of(self.layout, self.design, self.variances.components, self.variances.noise)

    @property
    def _solved(self) -> ExplainsVariance:
        return self._reduced or SolvedRows(self.layout, self.design, self.variances.components, self._factor)


def _new_levels(words: pl.Series, known: list[str]) -> list[str]:
    """Return the levels of rows that training rows do not hold, sorted."""
    return sorted(set(words.drop_nulls().to_list()) - set(known))


def hierarchical_from_dict(saved: SavedHierarchical) -> FittedHierarchical:
    """Return the model that was saved."""
    values, codes, decades, alpha = (
        _array(saved["values"], SINGLE),
        _array(saved["codes"], CODES),
        _array(saved["decades"], SINGLE),
        _array(saved["alpha"], DOUBLE),
    )
    return FittedHierarchical(
        StandardEncoding.from_dict(saved["encoding"]),
        saved["levels"],
        KernelLayout.from_dict(saved["layout"]),
        Variances(tuple(saved["variances"]["parts"]), saved["variances"]["noise"]),
        EncodedRows(
            values.astype(np.float64).reshape(len(alpha), -1),
            codes.astype(np.int64).reshape(len(alpha), -1),
            decades.astype(np.float64),
        ),
        alpha,
        saved["mean"],
        saved["deviation"],
        saved["kind"],
        target_scale_from_dict(saved.get("target_scale")),
    )


def _array(saved: Sequence[object] | str, form: str) -> NDArray[Any]:
    """Return an array that was saved as a list or packed."""
    return unpacked(saved, form) if isinstance(saved, str) else np.array(saved)
