"""Quantities that say nothing are found; settings and measurements stay."""

from dataclasses import replace

import polars as pl

from pipeline.features.catalogue import CatalogueEntry
from pipeline.features.uninformative import uninformative

QUANTITY = CatalogueEntry("q", "s", "plan", "number", "similarity", ("a",), "A quantity", "definition")


def named(*names: str, **other: str) -> list[CatalogueEntry]:
    return [replace(QUANTITY, feature=name, **other) for name in names]


def test_uninformative__a_constant_and_the_second_of_two_equal_quantities() -> None:
    rows = pl.DataFrame({"a": [1.0, 2.0], "b": [3.0, 3.0], "c": [1.0, 2.0], "d": [2.0, 1.0]})
    assert uninformative(named("a", "b", "c", "d"), rows) == {"b": None, "c": "a"}


def test_uninformative__differences_by_rounding_are_none_and_small_ones_are_differences() -> None:
    a = pl.Series([0.1, 0.2, 0.3])
    rows = pl.DataFrame({"a": a, "b": a * 3 / 3, "c": a * (1 + 1e-6), "d": [1.0, 1.0 + 1e-12, 1.0], "e": [1.0, 1.0001, 1.0]})
    assert uninformative(named("a", "b", "c", "d", "e"), rows) == {"b": "a", "d": None}


def test_uninformative__settings_and_measurements_stay() -> None:
    rows = pl.DataFrame({"ph": [7.0, 7.0], "gas": [7.0, 7.0], "q": [1.0, 2.0]})
    assert uninformative([*named("ph", "gas", role="CPP"), QUANTITY], rows) == {}


def test_uninformative__a_quantity_that_equals_a_setting_is_left_out() -> None:
    rows = pl.DataFrame({"ph": [7.0, 7.1], "q": [7.0, 7.1]})
    assert uninformative([*named("ph", role="CPP"), QUANTITY], rows) == {"q": "ph"}


def test_uninformative__the_one_that_is_known_sooner_stays() -> None:
    rows = pl.DataFrame({"late": [1.0, 2.0], "q": [1.0, 2.0]})
    assert uninformative([*named("late", horizon="in_process"), QUANTITY], rows) == {}


def test_uninformative__unknown_values() -> None:
    """A constant stays one where it is unknown. A quantity without any value is not known to be constant."""
    rows = pl.DataFrame(
        {"a": [1.0, 2.0, None], "b": [1.0, 2.0, 3.0], "c": [4.0, None, 4.0], "d": [None, None, None]},
        schema_overrides={"d": pl.Float64},
    )
    assert uninformative(named("a", "b", "c", "d"), rows) == {"c": None}
    assert uninformative(named("a", "e"), rows.with_columns(e="a")) == {"e": "a"}
