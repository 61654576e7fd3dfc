"""Size and power of the verdict, by simulation. Standard error of a share of 5 % in 1,000 histories: 0.7 %."""

import numpy as np
import pytest

from pipeline.answers.equivalence.judgement import OFFSET, SAME, UNKNOWN
from tests.support.two_scales import MARGIN, WIDTH, Plan, judged, share

ERROR = 0.05 + 3 * (0.05 * 0.95 / 1000) ** 0.5


@pytest.mark.parametrize(("products", "each"), [(4, 8), (3, 15)])
def test_judge__a_difference_on_the_margin_is_same_in_at_most_alpha_if_products_vary(products: int, each: int) -> None:
    """Products vary in their difference by one standard deviation between batches. Counting batches, 20 and 29 % were the same."""
    plan = Plan((each,) * products, (each,) * products, between=1.0)
    assert share(judged(plan, 1000), SAME) < ERROR


def test_judge__a_margin_in_standard_deviations_is_an_estimate_and_the_size_holds() -> None:
    """Without an allowance for the error of the margin, 7 % of these are the same."""
    assert share(judged(Plan((3,) * 6, (3,) * 6), 1000, (None, None)), SAME) < ERROR


def test_judge__unequal_numbers_of_batches() -> None:
    assert share(judged(Plan((20, 10, 3), (3, 3, 3), between=0.5), 1000), SAME) < ERROR


def test_judge__equal_scales_are_found_to_be_the_same() -> None:
    """Four products with eight batches: a power of 99 % if products do not vary, 87 % if they vary by half a deviation."""
    assert share(judged(Plan((8,) * 4, (8,) * 4, difference=0.0), 200), SAME) > 0.95
    assert share(judged(Plan((8,) * 4, (8,) * 4, difference=0.0, between=0.5), 200), SAME) > 0.75


def test_judge__no_difference_is_called_one_in_at_most_alpha() -> None:
    """The margin is narrow here, so that no difference can be the same."""
    found = judged(Plan((4,) * 4, (4,) * 4, difference=0.0, between=1.0), 1000, (0.0, 0.1))
    assert share(found, OFFSET) < ERROR


def test_judge__a_censored_shift_beyond_the_margin_is_not_the_same() -> None:
    """Half of the results at the small scale are below the limit; dropping them, 20 % of these shifts were the same."""
    found = judged(Plan((20,), (20,), difference=1.8, limit=0.0), 400)
    assert share(found, SAME) <= 0.06


def test_judge__the_interval_holds_a_censored_shift() -> None:
    """True shift 1.3; dropping the censored results it was estimated as 0.5."""
    found = judged(Plan((20,), (20,), difference=1.3, limit=0.0), 300)
    assert np.mean([one.lower <= 1.3 <= one.upper for one in found]) >= 0.9


def test_judge__few_censored_results_leave_a_verdict() -> None:
    """One batch in forty is censored, within half a deviation: the scales are the same for all values it can have."""
    found = judged(Plan((8,) * 4, (8,) * 4, difference=0.0, limit=-2.0, lowest=-2.5), 100)
    assert share(found, SAME) > 0.9


def test_judge__says_if_the_censored_results_decide() -> None:
    found = judged(Plan((20,) * 3, (20,) * 3, difference=2.0, limit=0.0, lowest=-20.0), 20)
    assert all(one.verdict == UNKNOWN for one in found)
    assert any(one.censored_decide for one in found)


def test_margin_of_the_simulations__is_that_of_the_configuration() -> None:
    assert judged(Plan((8,), (8,)), 1)[0].margin == pytest.approx(MARGIN)
    assert WIDTH == (0.0, 10.0)
