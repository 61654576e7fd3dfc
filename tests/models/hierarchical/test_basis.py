"""The columns of a Gaussian model: their products are the covariance that they stand for."""

import numpy as np
import pytest

from pipeline.models.hierarchical.basis import MOST_SCALES, MOST_SCALES_OF_ALL, Basis, parts_of
from pipeline.models.hierarchical.kernel import EncodedRows, KernelLayout
from pipeline.models.hierarchical.uncertainty import combined

LAYOUT = KernelLayout(("product", "site"), ("x", "z"), (1,), 0, curves=True, drift=True)
VARIANCES = (0.3, 0.5, 0.1, 0.4, 0.2, 0.6, 0.3)


def _rows(count: int, scales: int = 4, seed: int = 1) -> EncodedRows:
    """Rows of six products at two sites. Some have no known product."""
    rng = np.random.default_rng(seed)
    codes = np.column_stack([rng.integers(-1, 6, count), rng.integers(0, 2, count)])
    return EncodedRows(rng.normal(size=(count, 2)), codes, rng.integers(0, scales, count) / 3 - 2.0)


def _products(basis: Basis, a: EncodedRows, b: EncodedRows) -> np.ndarray:
    one, other = basis.columns(a), basis.columns(b)
    same = one.lineage[:, None] == other.lineage
    return one.shared @ other.shared.T + same * (one.own @ other.own.T)


@pytest.mark.parametrize("width", [1.0, 30.0], ids=["near", "with gaps between the rows"])
def test_columns__have_the_covariance_as_their_products(width: float) -> None:
    rows = _rows(200)
    rows = EncodedRows(width * rows.values, rows.codes, rows.decades)
    basis = Basis.of(LAYOUT, VARIANCES, rows)
    expected = combined(VARIANCES, LAYOUT.kernels(rows, rows))
    assert np.abs(_products(basis, rows, rows) - expected).max() < 1e-6


def test_columns__of_other_rows_have_their_covariance_with_training_rows() -> None:
    """Other rows lie outside the training range, have levels that no training row has, and scales between."""
    train, other = _rows(200), _rows(50, scales=7, seed=2)
    other = EncodedRows(3 * other.values, other.codes + 2, other.decades)
    basis = Basis.of(LAYOUT, VARIANCES, train)
    known = EncodedRows(other.values, np.where(other.codes < [6, 2], other.codes, -1), other.decades)
    found = _products(basis, other, train)
    assert np.abs(found - combined(VARIANCES, LAYOUT.kernels(known, train))).max() < 1e-4


def test_columns__do_not_grow_with_the_number_of_rows_or_of_different_scales() -> None:
    def basis(count: int) -> Basis:
        rows = _rows(count)
        return Basis.of(LAYOUT, VARIANCES, EncodedRows(np.clip(rows.values, -3, 3), rows.codes, np.linspace(-3, 1, count)))

    few, many = basis(500), basis(8_000)
    assert many.shared_width < few.shared_width + 3 < 60
    assert many.own_width <= 2 + MOST_SCALES


def test_columns__of_many_lineages_with_scales_of_their_own_do_not_grow_with_the_square() -> None:
    rng = np.random.default_rng(1)
    codes = np.column_stack([np.arange(3_000) // 3, np.zeros(3_000, dtype=np.int64)])
    basis = Basis.of(LAYOUT, VARIANCES, EncodedRows(rng.normal(size=(3_000, 2)), codes, rng.uniform(-3, 1, 3_000)))
    assert len(basis.scales) <= MOST_SCALES_OF_ALL
    assert basis.own_width == 2 + 3


def test_columns__of_a_lineage_with_many_scales_nearly_have_the_covariance() -> None:
    """Scales that scatter around three sizes, as working volumes do."""
    rows = _rows(300)
    decades = np.round(rows.decades * 3) / 3 + 0.02 * np.random.default_rng(3).normal(size=300)
    rows = EncodedRows(rows.values, rows.codes, decades)
    basis = Basis.of(LAYOUT, VARIANCES, rows)
    expected = combined(VARIANCES, LAYOUT.kernels(rows, rows))
    assert np.abs(_products(basis, rows, rows) - expected).max() < 0.1 * VARIANCES[-1]


def test_parts_of__are_the_rows_of_each_level() -> None:
    assert [part.tolist() for part in parts_of(np.array([2, 0, 2, 1]))] == [[1], [3], [0, 2]]
    assert parts_of(np.array([], dtype=np.int64)) == []
