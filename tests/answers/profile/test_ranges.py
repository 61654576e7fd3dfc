"""The ranges that history supports, and sliders around them."""

import polars as pl
import pytest

from pipeline.answers.case.setting_history import Place, SettingHistory
from pipeline.answers.profile.ranges import is_whole, ran_ranges, slider, supported_range
from pipeline.answers.result.profile import RanRange
from pipeline.domain.attributes import Attribute
from tests.support.pot import history, pot

BATCHES = history(24).batches
SPEED = Attribute("CPP", "plan", "speed", unit="rpm", between=(0, 3000))


def _ran(low: float, high: float) -> RanRange:
    return RanRange("vessel", low, high, 9, "x")


def test_ranges__count_the_batches_of_the_vessel_the_product_and_history() -> None:
    ran = ran_ranges(pot(), "agitation", BATCHES, "P", "B")
    in_b = BATCHES.filter(pl.col("equipment") == "B")
    assert [one.by for one in ran] == ["vessel", "product", "history"]
    assert (ran[0].batches, ran[2].batches) == (in_b.height, 24)
    assert ran[0].high == pytest.approx(60 * float(in_b["agitation"].max()), rel=1e-5)  # type: ignore[arg-type]
    assert ran[0].sentence.startswith("B has run ")
    assert ran[0].sentence.endswith(f" rpm in {in_b.height} batches")


def test_ranges__a_stirrer_speed_is_supported_by_the_vessel_and_a_temperature_by_the_product() -> None:
    past, place = SettingHistory(pot(), BATCHES), Place("P", 0.1, "B")
    speed, warmth = (supported_range(past, name, place) for name in ("agitation", "temperature"))
    assert speed is not None
    assert warmth is not None
    assert speed.sentence.startswith("B has run ")
    assert warmth.sentence.startswith("P has run ")
    in_b, *_ = ran_ranges(pot(), "agitation", BATCHES, "new", "B")
    assert (speed.low, speed.high, speed.batches) == (in_b.low, in_b.high, in_b.batches)


def test_slider__covers_the_supported_range_and_the_default_with_a_margin_and_nothing_impossible() -> None:
    supported = _ran(40.0, 60.0)
    made = slider(SPEED, supported, (supported,), 50.0)
    assert made is not None
    assert (made.low, made.high, made.step) == (25.0, 75.0, 0.2)
    further = slider(SPEED, supported, (supported,), 80.0)
    assert further is not None
    assert further.high > 80.0
    near_the_end = slider(SPEED, _ran(2000.0, 2990.0), (), 2500.0)
    assert near_the_end is not None
    assert near_the_end.high == 3000.0


def test_slider__of_a_single_value_takes_the_width_of_history() -> None:
    made = slider(SPEED, _ran(50.0, 50.0), (_ran(50.0, 50.0), _ran(40.0, 80.0)), 50.0)
    assert made is not None
    assert made.low < 40.0
    assert made.high > 80.0


def test_slider__of_values_over_decades_is_logarithmic_and_stays_positive() -> None:
    made = slider(SPEED, _ran(1.0, 400.0), (), 20.0)
    assert made is not None
    assert made.logarithmic
    assert 0 < made.low <= 0.5


def test_slider__of_whole_numbers_has_whole_steps() -> None:
    counted = pl.Series([1.0, 2.0, 3.0])
    made = slider(Attribute("CPP", "plan", "x"), _ran(1.0, 3.0), (), 2.0, whole=is_whole(counted))
    assert made is not None
    assert made.step == 1.0
    assert not is_whole(pl.Series([1.5, 2.0]))


def test_slider__covers_all_of_history_where_no_range_is_supported() -> None:
    made = slider(SPEED, None, (_ran(40.0, 80.0),), None)
    assert made is not None
    assert made.low < 40.0 < 80.0 < made.high


def test_slider__is_missing_where_history_has_no_value() -> None:
    assert slider(SPEED, None, (), 1.0) is None
