"""The history of the benchmark of growth is of any size, and its comparison tells a good solution from a bad one."""

import numpy as np
import pytest
from growth import Comparison
from growth_history import ATTRIBUTES, growth_history

from pipeline.models.registry import Hierarchical


def test_history__has_six_attributes_with_noise_around_a_truth() -> None:
    found, again = growth_history(3_000), growth_history(3_000)
    assert found.rows.equals(again.rows)
    assert found.results.equals(again.results)
    assert [task.target for task in found.tasks] == list(ATTRIBUTES)
    assert found.rows["product"].n_unique() == 15
    assert found.rows["scale_level"].n_unique() == 6
    for name in ATTRIBUTES:
        noise = found.observed(name)["observed"].to_numpy() - found.truth[name]
        assert 0.4 < noise.std() / found.truth[name].std() < 0.6


@pytest.mark.long
def test_comparison__shows_that_columns_are_exact_and_a_subset_is_not() -> None:
    lines = {str(line[0]): line for line in Comparison.of(2_100).lines(("exact", "columns", "subset"))}
    errors = {name: float(str(line[2])) for name, line in lines.items() if name.startswith("hierarchical")}
    assert errors["hierarchical, exact"] == 0
    assert errors["hierarchical, all rows by columns"] < 1e-5
    assert errors["hierarchical, 2,000 rows"] > 1e-3


def test_solved__is_exact_again_after_a_comparison() -> None:
    comparison = Comparison.of(200)
    one, other = (comparison.solved(Hierarchical(), way) for way in ("exact", "columns"))
    assert np.array_equal(one.predicted, other.predicted)
