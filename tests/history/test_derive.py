"""Derived attributes: computed in SI, in the order in which they need each other."""

import polars as pl
import pytest

from pipeline.history.derive import derive
from tests.conftest import process_of
from tests.support.definitions import Make, PlainData


def derived(small: Make, rows: pl.DataFrame, **attributes: PlainData) -> pl.DataFrame:
    """Derive attributes that are given as unit and derivation."""
    definition = small()
    plain = {"role": "CPP", "horizon": "plan", "description": "x"}
    definition["attributes"] |= {name: plain | given for name, given in attributes.items()}
    return derive(rows, process_of(definition))


def test_derive__a_product_multiplies_all(small: Make) -> None:
    rows = pl.DataFrame({"volume": [2.0, 3.0], "temperature": [300.0, None]})
    mass = {"unit": "L*kelvin", "derive": {"kind": "product", "of": ["volume", "temperature"]}}
    assert derived(small, rows, x=mass)["x"].to_list() == [600.0, None]


def test_derive__a_ratio_by_zero_is_missing(small: Make) -> None:
    rows = pl.DataFrame({"volume": [1.0, 1.0, 1.0], "temperature": [4.0, 0.0, None]})
    ratio = {"unit": "L/kelvin", "derive": {"kind": "ratio", "of": ["volume", "temperature"]}}
    assert derived(small, rows, x=ratio)["x"].to_list() == [0.25, None, None]


def test_derive__a_lookup_reads_the_unit_of_the_attribute(small: Make) -> None:
    rows = pl.DataFrame({"product": ["P", "Q", None]})
    lookup = {"unit": "L", "derive": {"kind": "lookup", "of": ["product"], "values": {"P": 500.0}}}
    assert derived(small, rows, x=lookup)["x"].to_list() == [pytest.approx(0.5), None, None]


def test_derive__a_constant_is_the_same_word_for_all(small: Make) -> None:
    constant = {"role": "context", "kind": "text", "derive": {"kind": "constant", "value": "Here"}}
    assert derived(small, pl.DataFrame({"product": ["P", "Q"]}), x=constant)["x"].to_list() == ["Here", "Here"]


def test_derive__what_is_made_from_a_derived_attribute_comes_after_it(small: Make) -> None:
    rows = pl.DataFrame({"volume": [2.0], "temperature": [10.0]})
    later = {"unit": "L*L*kelvin", "derive": {"kind": "product", "of": ["volume", "zz_first"]}}
    first = {"unit": "L*kelvin", "derive": {"kind": "product", "of": ["volume", "temperature"]}}
    found = derived(small, rows, aa_later=later, zz_first=first)
    assert (found["zz_first"].item(), found["aa_later"].item()) == (20.0, 40.0)


def test_derive__a_sum_and_a_difference_keep_missing_values(small: Make) -> None:
    """Values are in SI: 0.002 m³ and 0.001 m³ are 2 L and 1 L; 300 K and 290 K differ by 10 K, also where both are in degC."""
    litres = {"unit": "L", "derive": {"kind": "sum", "of": ["volume", "more", "volume"]}}
    kelvin = {"unit": "K", "derive": {"kind": "difference", "of": ["temperature", "jacket"]}}
    measured = {"column": "batches.x"}
    rows = pl.DataFrame(
        {"volume": [0.002, None], "more": [0.001, 0.001], "temperature": [300.0, 290], "jacket": [290.0, None]}
    )
    more, jacket = {"unit": "mL", **measured}, {"unit": "degC", **measured}
    found = derived(small, rows, more=more, jacket=jacket, total=litres, gap=kelvin)
    assert found["total"].to_list() == [pytest.approx(0.005), None]
    assert found["gap"].to_list() == [10.0, None]


def test_derive__a_logarithm_is_of_the_number_in_the_unit_of_its_attribute(small: Make) -> None:
    """1 m³ is 1000 L, and the attribute is in L: log10 is 3."""
    logarithm = {"unit": "", "derive": {"kind": "log10", "of": ["volume"]}}
    rows = pl.DataFrame({"volume": [1.0, 0.001, 0.0, -1.0, None]})
    assert derived(small, rows, x=logarithm)["x"].to_list() == [pytest.approx(3.0), pytest.approx(0.0), None, None, None]
