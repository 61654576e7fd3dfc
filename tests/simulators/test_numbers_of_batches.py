"""Batches are distributed over products and scales, and none is lost."""

from collections.abc import Callable

import numpy as np
import pytest

from pipeline.simulators.antibody_train.campaigns import furthest as of_antibodies
from pipeline.simulators.numbers_of_batches import numbers_of_batches
from pipeline.simulators.tablet_train.campaigns import furthest as of_tablets
from pipeline.simulators.virtual_plant.campaigns import furthest as of_plant


def test_numbers__sum_to_the_wanted_ones_with_at_least_two_each() -> None:
    found = numbers_of_batches("plant", "batches", 101, [2, 1, 0], [5.0, 3.0, 1.0], np.array([1.0, 1.5, 0.5]))
    assert sum(count for _, _, count in found) == 101
    assert [(product, stage) for product, stage, _ in found] == [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (2, 0)]
    assert min(count for _, _, count in found) >= 2


@pytest.mark.parametrize("furthest", [of_antibodies, of_tablets, of_plant])
def test_furthest__gives_every_product_a_scale(furthest: Callable[[int], list[int]]) -> None:
    assert [len(furthest(products)) for products in range(4, 100)] == list(range(4, 100))
