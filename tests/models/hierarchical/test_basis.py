"""Functions times coefficients are the covariance that the kernel computes."""

import numpy as np
import pytest

from pipeline.models.hierarchical.basis import Basis, kept_codes
from pipeline.models.hierarchical.kernel import EncodedRows, KernelLayout
from pipeline.models.hierarchical.uncertainty import combined


def _rows(rng: np.random.Generator, count: int) -> EncodedRows:
    values, codes = rng.normal(size=(count, 3)), rng.integers(-1, 4, size=(count, 2))
    return EncodedRows(values, codes, rng.choice([0.0, 1.0, 2.5], count))


@pytest.mark.parametrize("seed", range(3))
def test_basis__gives_the_covariance_of_the_kernel(seed: int) -> None:
    rng = np.random.default_rng(seed)
    layout = KernelLayout(("product", "site"), ("a", "b", "c"), (0, 2), 0, True, True)
    train, rows = _rows(rng, 30), _rows(rng, 20)
    variances = rng.uniform(0.1, 2.0, len(layout.components))
    basis = Basis.of(layout, train, (4, 4))
    found = basis.functions(rows) @ basis.coefficients(train, variances)
    assert np.allclose(found, combined(variances, layout.kernels(rows, train)), atol=1e-4)


def test_basis__without_groups_and_quantities_is_a_constant() -> None:
    layout = KernelLayout((), (), (), 0, False, False)
    none = EncodedRows(np.zeros((2, 0)), np.zeros((2, 0), dtype=np.int64), np.zeros(2))
    basis = Basis.of(layout, none, ())
    assert np.allclose(basis.functions(none) @ basis.coefficients(none, [0.7]), 0.7)


def test_kept_codes__numbers_levels_anew() -> None:
    codes = np.array([[0, 1], [2, 0], [-1, 1]])
    assert kept_codes(codes, [[2], [0, 1]]).tolist() == [[-1, 1], [0, 0], [-1, 1]]
