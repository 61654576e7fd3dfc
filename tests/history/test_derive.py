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
