"""A Gaussian model without its training rows: it predicts the same, from sums over these rows."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from pipeline.domain.arrays import FloatArray
from pipeline.domain.errors import ScalebridgeError
from pipeline.models.encoding import StandardEncoding
from pipeline.models.file_format import SavedGaussian, SavedSealed, SavedSpread, SavedSums
from pipeline.models.hierarchical.basis import Basis, kept_codes
from pipeline.models.hierarchical.fast_prediction import RowSums, TabulatedCurve, row_sums
from pipeline.models.hierarchical.kernel import NO_ROWS, EncodedRows, KernelLayout
from pipeline.models.hierarchical.model import FittedHierarchical, hierarchical_from_dict
from pipeline.models.hierarchical.uncertainty import ExplainsVariance
from pipeline.models.hierarchical.variances import Variances, solve
from pipeline.models.target_scale import target_scale_from_dict

Keep = Callable[[str, str], bool]
"""Tells whether a level of a grouping is kept."""
NEGLIGIBLE = 1e-9
"""Share of the largest direction of the explained variance below which a direction is left out."""


@dataclass(frozen=True)
class Explained:
    """The variance that the training rows explain, as a quadratic form of basis functions."""

    basis: Basis
    root: FloatArray
    """(functions, directions)"""

    def explained(self, rows: EncodedRows) -> FloatArray:
        """Return the variance of each row that the training rows explain, shape (rows,)."""
        return np.asarray(((self.basis.functions(rows) @ self.root) ** 2).sum(axis=1))


@dataclass(frozen=True)
class SealedHierarchical(FittedHierarchical):
    """A hierarchical model without its training rows. It gives predictions, contributions and spreads, and no covariance."""

    sums: RowSums | None = None
    """Sums over the training rows, from which predictions follow."""
    spreading: Explained | None = None
    """What spreads follow from; None for a member of a blend that gives no spread."""

    def covariance(self, rows: pl.DataFrame) -> FloatArray:
        """Refuse: the covariance between rows needs the training rows.

        Raises ScalebridgeError always.
        """
        raise ScalebridgeError(_WITHOUT_ROWS.format("the covariance between runs"))

    def to_dict(self) -> SavedGaussian:
        """Return the model in the form in which it is saved."""
        saved: SavedSealed = {
            "kind": "sealed",
            "of": self.kind,
            "encoding": self.encoding.to_dict(),
            "levels": self.levels,
            "layout": self.layout.to_dict(),
            "variances": {"parts": list(self.variances.components), "noise": self.variances.noise},
            "mean": self.mean,
            "deviation": self.deviation,
            "sums": _saved_sums(self._sums),
            "spread": None if self.spreading is None else _saved_spread(self.spreading),
            "target_scale": self.target_scale.to_dict(),
        }
        return saved

    @cached_property
    def _sums(self) -> RowSums:
        assert self.sums is not None
        return self.sums

    @property
    def _solved(self) -> ExplainsVariance:
        if self.spreading is None:
            raise ScalebridgeError(_WITHOUT_ROWS.format("the spread of this member"))
        return self.spreading


_WITHOUT_ROWS = (
    "This model was exported without its training rows, so {} is not known. Use the run that it was exported from"
)


def sealed(model: FittedHierarchical, keep: Keep, *, spread: bool) -> SealedHierarchical:
    """Return a model without its training rows.

    keep: which levels of which grouping the model may know. A row of another level is predicted as one of an unknown level; rows of
    kept levels are predicted as before. spread: whether the model gives spreads, which need much space.
    """
    if isinstance(model, SealedHierarchical):
        return model
    groups = model.layout.groups
    kept = [[code for code, level in enumerate(model.levels[name]) if keep(name, level)] for name in groups]
    levels = {name: [model.levels[name][code] for code in codes] for name, codes in zip(groups, kept, strict=True)}
    rows = EncodedRows(model.design.values, kept_codes(model.design.codes, kept), model.design.decades)
    components = model.variances.components
    return SealedHierarchical(
        model.encoding,
        levels,
        model.layout,
        model.variances,
        NO_ROWS,
        np.empty(0),
        model.mean,
        model.deviation,
        model.kind,
        model.target_scale,
        row_sums(model.layout, rows, components, model.alpha),
        _explained(model, rows, tuple(map(len, kept))) if spread else None,
    )


def _explained(model: FittedHierarchical, rows: EncodedRows, counts: tuple[int, ...]) -> Explained:
    """Return the explained variance as a quadratic form: C K⁻¹ Cᵀ, by its directions. C: coefficients of the training rows."""
    basis = Basis.of(model.layout, rows, counts)
    half = solve(model._factor, basis.coefficients(rows, model.variances.components).T, half=True)
    sizes, directions = np.linalg.eigh(half.T @ half)
    use = sizes > NEGLIGIBLE * sizes[-1]
    return Explained(basis, directions[:, use] * np.sqrt(sizes[use]))


def any_hierarchical_from_dict(saved: SavedGaussian) -> FittedHierarchical:
    """Return the hierarchical model that was saved, with or without its training rows."""
    return sealed_from_dict(saved) if saved["kind"] == "sealed" else hierarchical_from_dict(saved)


def sealed_from_dict(saved: SavedSealed) -> SealedHierarchical:
    """Return the model without training rows that was saved."""
    layout, spread = KernelLayout.from_dict(saved["layout"]), saved["spread"]
    explained = None
    if spread is not None:
        ends = (np.array(spread[name], dtype=np.float64) for name in ("lows", "highs", "decades"))
        explained = Explained(Basis(layout, tuple(spread["counts"]), *ends), np.array(spread["root"], dtype=np.float64))
    return SealedHierarchical(
        StandardEncoding.from_dict(saved["encoding"]),
        saved["levels"],
        layout,
        Variances(tuple(saved["variances"]["parts"]), saved["variances"]["noise"]),
        NO_ROWS,
        np.empty(0),
        saved["mean"],
        saved["deviation"],
        saved["of"],
        target_scale_from_dict(saved["target_scale"]),
        _sums_from(saved["sums"], layout),
        explained,
    )


def _saved_spread(spread: Explained) -> SavedSpread:
    basis = spread.basis
    return {
        "counts": list(basis.counts),
        "lows": basis.lows.tolist(),
        "highs": basis.highs.tolist(),
        "decades": basis.decades.tolist(),
        "root": [[float(f"{value:.9g}") for value in row] for row in spread.root.tolist()],
    }


def _saved_sums(sums: RowSums) -> SavedSums:
    return {
        "constant": sums.constant,
        "levels": [table.tolist() for table in sums.levels],
        "slopes": sums.slopes.tolist(),
        "own_slopes": sums.own_slopes.tolist(),
        "curves": [
            {"first": curve.first, "heights": curve.heights.tolist(), "slopes": curve.slopes.tolist()}
            for curve in sums.curves
        ],
        "decades": sums.decades.tolist(),
        "drift": sums.drift.tolist(),
    }


def _sums_from(saved: SavedSums, layout: KernelLayout) -> RowSums:
    quantities, scales = len(layout.quantities), len(saved["decades"])
    return RowSums(
        saved["constant"],
        tuple(np.array(table) for table in saved["levels"]),
        np.array(saved["slopes"]),
        np.array(saved["own_slopes"]).reshape(len(saved["own_slopes"]), quantities),
        tuple(TabulatedCurve(one["first"], np.array(one["heights"]), np.array(one["slopes"])) for one in saved["curves"]),
        np.array(saved["decades"]),
        np.array(saved["drift"]).reshape(len(saved["drift"]), scales),
        layout.lineage,
    )
