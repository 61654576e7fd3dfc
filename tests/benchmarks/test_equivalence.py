"""The benchmark of equivalence reproduces what the former method did."""

from dataclasses import replace

import pytest
from equivalence import KNOWN, MARGIN, Plan, equal, formerly, found


def test_formerly__products_that_vary_make_a_difference_on_the_margin_the_same() -> None:
    """20 % with 4 products × 8 batches; 5 % where products do not vary."""
    varied = replace(equal(4, 8), between=1.0)
    assert formerly(varied, KNOWN, 400).same == pytest.approx(0.20, abs=0.06)
    assert formerly(equal(4, 8), KNOWN, 400).same == pytest.approx(0.05, abs=0.033)


def test_formerly__dropped_censored_results_move_the_difference_towards_zero() -> None:
    plan = replace(equal(1, 20), difference=1.3, limit=0.0, lowest=-5.0)
    assert formerly(plan, KNOWN, 200).estimate < 0.8


def test_found__adjusts_for_settings_without_an_effect() -> None:
    one = found(replace(equal(4, 8), shift=0.8), KNOWN, 100)
    assert one.same <= 0.12
    assert one.estimate == pytest.approx(MARGIN, abs=0.1)


def test_plan__is_named_by_its_numbers() -> None:
    assert (equal(4, 8).name, Plan((20, 3), (5, 3)).name) == ("4 × 8", "2: 20+5, 3+3")
