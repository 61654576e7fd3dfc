"""Which batches are compared: those with enough like them."""

import numpy as np

from pipeline.history.balances.peers import compared

ALL = np.log10(np.tile([5.0, 50, 500], 20))


def test_compared__a_product_with_two_batches_is_not_judged() -> None:
    products = np.array([0] * 20 + [1] * 2 + [2] * 3)
    assert sorted(compared(products, None).rows) == [*range(20), 22, 23, 24]


def test_compared__a_scale_that_ran_twice_is_not_judged() -> None:
    scales = np.log10(np.array([5.0] * 15 + [50.0] * 15 + [2000.0] * 2))
    found = compared(np.zeros(32, int), scales)
    assert sorted(found.rows) == [*range(30)]
    assert found.peers.trend is not None
    assert found.peers.trend.shape == (30, 1)


def test_compared__the_trend_has_as_many_terms_as_scales_and_batches_allow() -> None:
    def terms(scales: np.ndarray) -> int:
        trend = compared(np.zeros(len(scales), int), scales).peers.trend
        return 0 if trend is None else trend.shape[1]

    assert terms(ALL) == 2
    assert terms(ALL[:15]) == 1
    assert terms(np.log10(np.tile([5.0, 6.0], 30))) == 0
    assert terms(np.log10(np.tile([5.0, 60.0], 30))) == 1


def test_compared__the_scatter_changes_along_the_scale_from_forty_batches_on() -> None:
    assert compared(np.zeros(60, int), ALL).peers.spread is not None
    assert compared(np.zeros(39, int), ALL[:39]).peers.spread is None


def test_compared__batches_without_a_scale_are_not_judged_where_others_have_one() -> None:
    scales = ALL.copy()
    scales[4] = np.nan
    assert 4 not in compared(np.zeros(60, int), scales).rows


def test_compared__says_whether_the_batches_are_enough() -> None:
    assert not compared(np.zeros(8, int), None).enough
    assert compared(np.zeros(9, int), None).enough
    assert not compared(np.arange(30), None).enough
