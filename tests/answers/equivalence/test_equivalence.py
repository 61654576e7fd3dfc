"""Simulated batches of two scales, one case per verdict."""

import numpy as np
import polars as pl
import pytest
from scipy.stats import t, ttest_ind

from pipeline.answers.equivalence.equivalence import compare_scales
from pipeline.answers.equivalence.judgement import DIFFERENT, OFFSET, SAME, SLOPE, UNKNOWN
from pipeline.answers.limits import EquivalenceConfig

CONFIG = EquivalenceConfig()
LIMITS = (10.0, 30.0)
"""A margin of 15 % of 20, which is 3."""


def batches(each: int, *, offset: float = 0.0, slope: float = 0.0, noise: float = 1.0, seed: int = 1) -> pl.DataFrame:
    """Three products, `each` batches at both scales; the value rises by 2 per unit of a setting in −1 to 1, at the large scale by
    `slope` more."""
    rng = np.random.default_rng(seed)
    n = 6 * each
    product, large = np.repeat([0, 1, 2], 2 * each), np.tile(np.repeat([False, True], each), 3)
    x, idle = rng.uniform(-1, 1, size=(2, n))
    value = 20 + 3 * product + 2 * x + large * (offset + slope * x) + noise * rng.normal(size=n)
    return pl.DataFrame(
        {
            "lowest": value,
            "highest": value,
            "product": product.astype(str),
            "large": large,
            "x": x,
            "idle": idle,
            "fixed": 1.0,
        }
    )


@pytest.mark.parametrize(
    ("case", "verdict"),
    [
        ({"offset": 0.0}, SAME),
        ({"offset": 5.0}, OFFSET),
        ({"slope": 8.0}, SLOPE),
        ({"offset": 6.0, "slope": 8.0}, DIFFERENT),
        ({"offset": 2.0, "noise": 9.0}, UNKNOWN),
    ],
)
def test_scales__verdict_of_each_case(case: dict[str, float], verdict: str) -> None:
    found = [compare_scales(batches(12, seed=s, **case), ["x", "idle", "fixed"], LIMITS, CONFIG) for s in range(12)]  # type: ignore[arg-type]
    assert sum(one.verdict == verdict for one in found) >= 10
    assert found[0].margin == pytest.approx(3)
    assert found[0].batches == (36, 36)


def test_scales__falsely_equivalent_at_the_margin_in_at_most_alpha() -> None:
    """The size of the two one-sided tests: a true difference as large as the margin passes in 5 % of cases."""
    found = [compare_scales(batches(4, offset=3.0, seed=s), ["x"], LIMITS, CONFIG).verdict for s in range(300)]
    assert found.count(SAME) / 300 <= 0.05 + 3 * (0.05 * 0.95 / 300) ** 0.5


def test_scales__too_few_batches_or_no_common_product() -> None:
    few = compare_scales(batches(1), ["x"], LIMITS, CONFIG)
    assert (few.verdict, few.difference) == (UNKNOWN, None)
    assert few.reason == "3 and 3 batches; at least 4 at each scale are needed"
    apart = batches(8).filter((pl.col("product") == "0") == pl.col("large"))
    assert compare_scales(apart, ["x"], LIMITS, CONFIG).batches == (0, 0)


def test_scales__one_limit_counts_in_standard_deviations() -> None:
    found = compare_scales(batches(20, noise=2.0), ["x"], (None, 30.0), CONFIG)
    assert found.margin == pytest.approx(1.5 * 2.0, rel=0.2)


def test_scales__without_repeats_standard_deviations_are_not_known() -> None:
    """One batch per product and scale: products still give an interval, but not the standard deviation of the margin."""
    found, known = (compare_scales(one_each(), [], limits, CONFIG) for limits in ((None, 30.0), LIMITS))
    assert (found.verdict, found.margin) == (UNKNOWN, None)
    assert "standard deviations between batches" in found.reason
    assert (found.lower, found.upper) == (known.lower, known.upper)
    assert known.verdict == SAME


def one_each() -> pl.DataFrame:
    """Five products with one batch at each scale."""
    value = [10.0, 10.2, 11.0, 10.9, 12.0, 12.1, 13.0, 13.4, 14.0, 14.3]
    numbers = pl.int_range(10, eager=True)
    return pl.DataFrame(
        {"lowest": value, "highest": value, "product": (numbers // 2).cast(pl.String), "large": numbers % 2 == 1}
    )


def test_scales__a_difference_between_products_is_none_between_scales() -> None:
    """More batches of a high product at the large scale do not make the scale look high: each product counts once."""
    rows = pl.concat([batches(8), batches(30, seed=2).filter(pl.col("large") & (pl.col("product") == "2"))])
    assert compare_scales(rows, ["x"], LIMITS, CONFIG).verdict == SAME


def test_scales__the_unit_of_a_setting_does_not_matter() -> None:
    rows = batches(12, slope=8.0)
    plain, large = (compare_scales(rows.with_columns(pl.col("x") * by), ["x", "idle"], LIMITS, CONFIG) for by in (1.0, 1e12))
    assert plain.upper is not None
    assert plain.slope_effect is not None
    assert (large.lower, large.upper) == pytest.approx((plain.lower, plain.upper))
    assert large.slope_effect == pytest.approx(plain.slope_effect)


def test_scales__slopes_are_told_with_their_setting() -> None:
    found = compare_scales(batches(12, slope=8.0), ["x", "idle"], LIMITS, CONFIG)
    assert found.slope_setting == "x"
    assert found.slope_p is not None
    assert found.slope_p < 0.01


def test_scales__balanced_the_interval_is_the_t_interval_of_the_product_differences() -> None:
    """The textbook: three differences of means, Student's t with two degrees of freedom."""
    rows = batches(6, offset=1.0)
    means = rows.group_by("product", "large").agg(pl.col("lowest").mean()).sort("product", "large")["lowest"].to_numpy()
    differences = means[1::2] - means[::2]
    expected = t.interval(0.9, 2, differences.mean(), differences.std(ddof=1) / 3**0.5)
    found = compare_scales(rows, [], LIMITS, CONFIG)
    assert (found.lower, found.upper) == pytest.approx(expected)
    assert found.differences == pytest.approx(dict(zip("012", differences, strict=True)))


def test_scales__one_product_the_interval_is_the_t_interval_of_its_batches() -> None:
    rows = batches(6, offset=1.0).filter(pl.col("product") == "1")
    small, large = (rows.filter(pl.col("large") == scale)["lowest"].to_numpy() for scale in (False, True))
    expected = ttest_ind(large, small).confidence_interval(0.9)
    found = compare_scales(rows, [], LIMITS, CONFIG)
    assert (found.lower, found.upper) == pytest.approx((expected.low, expected.high))
    assert "one product: its batches are the evidence" in found.reason


def test_scales__reason_names_products_their_variation_and_what_is_missing() -> None:
    found = compare_scales(batches(6, offset=2.5, noise=3.0, seed=3), [], LIMITS, CONFIG)
    assert found.verdict == UNKNOWN
    assert "3 products differ between the scales by" in found.reason
    assert f"about {found.needed} products at both scales" in found.reason


def test_scales__nothing_bounds_a_censored_result() -> None:
    rows = batches(6).with_columns(pl.when(pl.int_range(pl.len()) == 0).then(-np.inf).otherwise("lowest").alias("lowest"))
    found = compare_scales(rows, ["x"], LIMITS, CONFIG)
    assert (found.verdict, found.difference, found.censored) == (UNKNOWN, None, (1, 0))
    assert "censored results: 1 at the smaller and 0 at the larger scale, and nothing bounds" in found.reason
