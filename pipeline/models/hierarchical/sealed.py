"""A Gaussian model without its training rows: it predicts the same, from sums over these rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from pipeline.domain.arrays import FloatArray, IntArray
from pipeline.domain.errors import ScalebridgeError
from pipeline.models.encoding import StandardEncoding
from pipeline.models.file_format import SavedGaussian, SavedSealed, SavedSpread, SavedSums
from pipeline.models.hierarchical.basis import NO_DRIFT, Basis, Knots, side_by_side
from pipeline.models.hierarchical.fast_prediction import RowSums, TabulatedCurve, row_sums
from pipeline.models.hierarchical.kernel import NO_ROWS, EncodedRows, KernelLayout
from pipeline.models.hierarchical.model import FittedHierarchical, hierarchical_from_dict
from pipeline.models.hierarchical.reduced import ReducedRows
from pipeline.models.hierarchical.uncertainty import ExplainsVariance
from pipeline.models.hierarchical.variances import Variances
from pipeline.models.target_scale import target_scale_from_dict

Keep = Callable[[str, str], bool]
"""Tells whether a level of a grouping is kept."""
NEGLIGIBLE = 1e-9
"""Share of the largest direction of the explained variance below which a direction is left out."""


@dataclass(frozen=True)
class Explained:
    """The variance that the training rows explain, as a quadratic form of the columns of kept levels."""

    basis: Basis
    root: FloatArray
    """(columns, directions)"""

    def explained(self, rows: EncodedRows) -> FloatArray:
        """Return the variance of each row that the training rows explain, shape (rows,)."""
        return np.asarray((self._directions(rows) ** 2).sum(axis=1))

    def explained_between(self, rows: EncodedRows) -> FloatArray:
        """Return the covariance between rows that the training rows explain, (rows, rows)."""
        directions = self._directions(rows)
        return np.asarray(directions @ directions.T)

    def _directions(self, rows: EncodedRows) -> FloatArray:
        return np.asarray(side_by_side(self.basis.columns(rows)) @ self.root)


@dataclass(frozen=True)
class SealedHierarchical(FittedHierarchical):
    """A hierarchical model without its training rows. It gives predictions, contributions and spreads."""

    sums: RowSums | None = None
    """Sums over the training rows, from which predictions follow."""
    spreading: Explained | None = None
    """What spreads follow from; None for a member of a blend that gives no spread."""

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
        _explained(model, kept) if spread else None,
    )


def _explained(model: FittedHierarchical, kept: Sequence[Sequence[int]]) -> Explained:
    """Return the explained variance of rows of kept levels: I − noise · A⁻¹ between their columns, by its directions.

    To leave the other columns out of the inverse is to say nothing about their levels. The columns describe a model that is solved
    with a matrix between rows as well.
    """
    variances, layout = model.variances, model.layout
    solved = ReducedRows.of(layout, model.design, variances.components, variances.noise)
    lineages = kept[layout.lineage] if kept else []
    drift = solved.basis.drift[[*lineages, -1]] if layout.drift else solved.basis.drift
    basis = replace(solved.basis, levels=tuple(map(len, kept)), drift=drift)
    inverse = solved.inverse_between(lineages, _kept_shared(solved.basis, kept))
    sizes, directions = np.linalg.eigh(np.eye(len(inverse)) - variances.noise * inverse)
    use = sizes > NEGLIGIBLE * sizes[-1]
    return Explained(basis, directions[:, use] * np.sqrt(sizes[use]))


def _kept_shared(basis: Basis, kept: Sequence[Sequence[int]]) -> IntArray:
    """Return the indices of the shared columns that do not belong to a level which is left out."""
    first = basis.shared_width - sum(count for group, count in enumerate(basis.levels) if group != basis.layout.lineage)
    parts = [np.arange(first)]
    for group, count in enumerate(basis.levels):
        if group != basis.layout.lineage:
            parts.append(first + np.array([code for code in kept[group] if code < count], dtype=np.int64))
            first += count
    return np.concatenate(parts)


def kept_codes(codes: IntArray, kept: Sequence[Sequence[int]]) -> IntArray:
    """Return codes in which the levels of each grouping are numbered anew: `kept` has the old codes. Others are unknown, −1."""
    found = np.full_like(codes, -1)
    for group, old in enumerate(kept):
        for new, code in enumerate(old):
            found[codes[:, group] == code, group] = new
    return found


def any_hierarchical_from_dict(saved: SavedGaussian) -> FittedHierarchical:
    """Return the hierarchical model that was saved, with or without its training rows."""
    return sealed_from_dict(saved) if saved["kind"] == "sealed" else hierarchical_from_dict(saved)


def sealed_from_dict(saved: SavedSealed) -> SealedHierarchical:
    """Return the model without training rows that was saved."""
    layout, spread = KernelLayout.from_dict(saved["layout"]), saved["spread"]
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
        None if spread is None else _explained_from(spread, layout, saved["variances"]["parts"]),
    )


def _saved_spread(spread: Explained) -> SavedSpread:
    basis = spread.basis
    return {
        "counts": list(basis.levels),
        "curves": [{"places": one.places.tolist(), "whitened": _rounded(one.whitened)} for one in basis.curves],
        "scales": basis.scales.tolist(),
        "drift": [_rounded(one) for one in basis.drift],
        "root": _rounded(spread.root),
    }


def _explained_from(saved: SavedSpread, layout: KernelLayout, variances: Sequence[float]) -> Explained:
    curves = tuple(Knots(np.array(one["places"]), np.array(one["whitened"])) for one in saved["curves"])
    scales, drift = np.array(saved["scales"]), np.array(saved["drift"])
    variance = dict(zip(layout.components, variances, strict=True))
    shaped = drift.reshape(len(saved["drift"]), len(scales), -1) if drift.size else NO_DRIFT[1]
    return Explained(Basis(layout, variance, tuple(saved["counts"]), curves, scales, shaped), np.array(saved["root"]))


def _rounded(table: FloatArray) -> list[list[float]]:
    """Return a table with nine digits, which are enough for a spread."""
    return [[float(f"{value:.9g}") for value in row] for row in table.tolist()]


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
