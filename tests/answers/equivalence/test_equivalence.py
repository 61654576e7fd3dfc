"""Simulated batches of two scales, one case per verdict."""

import numpy as np
import polars as pl
import pytest

from pipeline.answers.equivalence.equivalence import DIFFERENT, OFFSET, SAME, SLOPE, UNKNOWN, compare_scales
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
    return pl.DataFrame({"value": value, "product": product.astype(str), "large": large, "x": x, "idle": idle, "fixed": 1.0})


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


def test_scales__a_difference_between_products_is_none_between_scales() -> None:
    """More batches of a high product at the large scale do not make the scale look high."""
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
