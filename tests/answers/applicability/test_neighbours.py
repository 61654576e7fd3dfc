"""Distances between batches, some of whose values are missing."""

import numpy as np
import pytest

from pipeline.answers.applicability.neighbours import Neighbours

RNG = np.random.default_rng(4)
POINTS = RNG.normal(size=(200, 8))


def test_distances__of_complete_batches_are_the_root_mean_square_in_ranges() -> None:
    near = Neighbours.of(POINTS)
    low, high = np.percentile(POINTS, [5, 95], axis=0)
    by_hand = np.sqrt((((POINTS - POINTS[0]) / (high - low)) ** 2).mean(axis=1))
    assert near.distances(POINTS[0]) * near.usual == pytest.approx(by_hand)


def test_distances__the_usual_one_is_that_of_95_percent_to_their_nearest_neighbour() -> None:
    near = Neighbours.of(POINTS)
    nearest = [np.partition(near.distances(point), 1)[1] for point in POINTS]
    assert np.percentile(nearest, 95) == pytest.approx(1.0)


def test_distances__a_missing_value_counts_with_its_expected_square() -> None:
    values = POINTS.copy()
    values[7, 2] = np.nan
    near, point = Neighbours.of(values), values[0]
    known = np.isfinite(values[:, 2])
    missing = ((values[known, 2] - point[2]) ** 2).mean() / near.width[2] ** 2
    rest = (((values[7] - point) / near.width)[[0, 1, 3, 4, 5, 6, 7]] ** 2).sum()
    assert near.distances(point)[7] * near.usual == pytest.approx(np.sqrt((rest + missing) / 8))


def test_distances__a_batch_with_half_of_its_values_is_not_nearest_to_a_complete_near_one() -> None:
    """The values that the incomplete batch has are those of the proposal; a mean over these alone would put it at distance 0."""
    values = POINTS.copy()
    point = np.zeros(8)
    values[1] = 0.2
    values[0] = np.where(np.arange(8) < 4, 0.0, np.nan)
    found = Neighbours.of(values).distances(point)
    assert found.argmin() == 1
    assert found[0] > 2 * found[1]


def test_distances__of_missing_values_are_right_on_average() -> None:
    """Over batches whose values are hidden at random, the squares are neither too small nor too large."""
    hidden = POINTS.copy()
    hidden[RNG.uniform(size=hidden.shape) < 0.3] = np.nan
    near, full = Neighbours.of(hidden), Neighbours.of(POINTS)
    point = np.full(8, 0.5)
    complete = (full.distances(point) * full.usual) ** 2
    estimated = (near.distances(point) * near.usual) ** 2
    assert estimated.mean() == pytest.approx(complete.mean(), rel=0.1)


def test_distances__to_a_batch_without_any_value_are_infinite() -> None:
    values = POINTS.copy()
    values[3] = np.nan
    assert np.isinf(Neighbours.of(values).distances(POINTS[0])[3])


@pytest.mark.parametrize("rows", [1, 2, 5])
def test_distances__where_no_variable_differs_are_infinite(rows: int) -> None:
    assert np.isinf(Neighbours.of(np.ones((rows, 3))).distances(np.ones(3))).all()
