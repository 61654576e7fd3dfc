"""How many products would decide."""

import numpy as np
import pytest

from pipeline.answers.equivalence.judgement import SAME
from pipeline.answers.equivalence.needed import needed
from tests.support.two_scales import Plan, judged, share


def test_needed__with_so_many_products_eighty_percent_are_decided() -> None:
    """Variance of a product's difference: 1 between products, and 2/8 of its batches. The difference is 0.3, the margin 1.5."""
    count = needed((0.3, 0.3), float(np.sqrt(1.25)), 1.5, 0.05)
    assert count == 8
    assert share(judged(Plan((8,) * count, (8,) * count, difference=0.3, between=1.0), 400), SAME) == pytest.approx(
        0.8, abs=0.08
    )


def test_needed__a_large_difference_needs_few_and_one_on_the_margin_is_a_difference() -> None:
    assert needed((9.0, 9.0), 1.0, 1.5, 0.05) == 3
    assert needed((1.5, 1.5), 1.0, 1.5, 0.05) == 6


def test_needed__wide_ranges_of_censored_results_never_decide() -> None:
    assert needed((-2.0, 2.0), 1.0, 1.5, 0.05) is None


def test_needed__batches_have_more_degrees_of_freedom() -> None:
    assert needed((0.0, 0.0), 2.0, 1.5, 0.05, batches=True) < needed((0.0, 0.0), 2.0, 1.5, 0.05)  # type: ignore[operator]
