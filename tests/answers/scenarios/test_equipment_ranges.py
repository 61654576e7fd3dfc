"""Ranges of the stirred pot: stated, seen on its vessel, or seen with its product."""

from dataclasses import replace

import polars as pl
import pytest

from pipeline.answers.case.setting_history import SettingHistory
from pipeline.answers.scenarios.equipment_ranges import explored_ranges, parameter_ranges
from pipeline.answers.scenarios.setup import ScenarioSetup
from pipeline.domain.errors import ScalebridgeError
from tests.support.pot import history, pot, ready

OF_P = history().batches.filter(pl.col("product") == "P")


def _with_history(made: ScenarioSetup, **columns: pl.Expr) -> ScenarioSetup:
    """The setup with other columns in its history."""
    return replace(made, settings=SettingHistory(pot(), made.history.batches.with_columns(**columns)))


def test_explored__is_what_is_stated_or_what_the_product_has_run() -> None:
    found = {m.parameter: m for m in parameter_ranges(ready(limits={"agitation": ["30 rpm", "90 rpm"]}))}
    assert (found["agitation"].low, found["agitation"].high) == pytest.approx((0.5, 1.5))
    assert found["agitation"].source == "limits stated in the proposal"
    warm = found["temperature"]
    assert (warm.low, warm.high) == (OF_P["temperature"].min(), OF_P["temperature"].max())
    assert warm.source.startswith("P has run ")
    assert warm.source.endswith(f" in {OF_P.height} batches")


def test_explored__of_what_follows_the_vessel_is_what_the_vessel_has_run() -> None:
    found = {m.parameter: m for m in parameter_ranges(ready())}["agitation"]
    in_b = history().batches.filter(pl.col("equipment") == "B")["agitation"]
    assert (found.low, found.high) == (in_b.min(), in_b.max())
    assert found.source.startswith("B has run ")


def test_explored__is_extended_to_the_set_point_and_says_so() -> None:
    found = {m.parameter: m for m in parameter_ranges(ready(settings={"agitation": "80 rpm"}))}["agitation"]
    assert found.high == pytest.approx(80 / 60)
    assert found.source.endswith("; the set-point 80 rpm lies outside of it")


def test_explored__never_leaves_the_possible_range() -> None:
    found = {m.parameter: m for m in parameter_ranges(_with_history(ready(), temperature=pl.col("temperature") * 2))}
    assert found["temperature"].high == pytest.approx(60 + 273.15)


def test_explored__one_value_or_none_is_fixed_and_says_why() -> None:
    fixed = explored_ranges(_with_history(ready(), temperature=pl.lit(310.15))).fixed
    assert [(one.parameter, one.reason) for one in fixed] == [
        ("temperature", f"P has run only 37 °C in {OF_P.height} batches")
    ]
    known_once = pl.when(pl.col("batch_id") == "B000").then(pl.col("temperature"))
    [one] = explored_ranges(_with_history(ready(), temperature=known_once)).fixed
    assert one.reason == "fewer than two batches show what else it can be here"
    [one] = explored_ranges(ready(settings={"agitation": "60 rpm"}, limits={"agitation": ["60 rpm", "60 rpm"]})).fixed
    assert one.reason == "its limits in the proposal are one value"


def test_explored__a_set_point_outside_of_the_limits_is_a_sentence() -> None:
    with pytest.raises(ScalebridgeError, match="set-point 60 rpm"):
        parameter_ranges(ready(limits={"agitation": ["70 rpm", "90 rpm"]}))
