"""Levels per product and scale as columns of a matrix."""

import numpy as np
import pytest

from pipeline.answers.equivalence.batches import Batches, Model


def two_products() -> Batches:
    """Two products with two and one batch at each scale; the last result is below 4 and at least 0."""
    product, large = np.array([0, 0, 0, 0, 1, 1.0]), np.array([0, 0, 1, 1, 0, 1.0])
    lowest, highest = np.array([1, 2, 3, 4, 5, 0.0]), np.array([1, 2, 3, 4, 5, 4.0])
    return Batches(product, large, lowest, highest, np.array([[1.0], [-1], [1], [-1], [0], [0]]))


def test_batches__cells_are_product_and_scale() -> None:
    assert two_products().cells.argmax(axis=1).tolist() == [0, 0, 1, 1, 2, 3]
    assert two_products().products == 2


def test_batches__a_censored_result_has_a_middle_and_a_half_range() -> None:
    assert two_products().middle.tolist() == [1, 2, 3, 4, 5, 2]
    assert two_products().half.tolist() == [0, 0, 0, 0, 0, 2]


def test_model__levels_are_means_of_the_cells_and_slopes_are_common() -> None:
    found = two_products().model
    assert found.freedom == 6 - 4 - 1
    assert found.solver @ two_products().middle == pytest.approx([1.5, 3.5, 5, 2, -0.5])
    assert found.residuals(two_products().middle) == pytest.approx(np.zeros(6))


def test_model__a_column_twice_counts_once() -> None:
    assert Model(np.ones((5, 2))).freedom == 4
