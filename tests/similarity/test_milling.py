"""Milling: the definition of the work index."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import similarity as s
from tests.support.values import lit, value


def test_bond_energy__from_very_large_to_100_micrometres_is_the_work_index() -> None:
    assert value(s.bond_energy(*lit(5e4, 1e9, 1e-4))) == pytest.approx(5e4, rel=1e-5)


@given(feed=st.floats(1e-3, 1e-2), middle=st.floats(3e-4, 9e-4), product=st.floats(5e-5, 2e-4))
def test_bond_energy__of_two_steps_is_that_of_one(feed: float, middle: float, product: float) -> None:
    steps = value(s.bond_energy(*lit(5e4, feed, middle))) + value(s.bond_energy(*lit(5e4, middle, product)))
    assert steps == pytest.approx(value(s.bond_energy(*lit(5e4, feed, product))))


@given(energy=st.floats(1e2, 1e5), feed=st.floats(1e-3, 1e-2), product=st.floats(5e-5, 5e-4))
def test_bond_work_index__undoes_the_energy(energy: float, feed: float, product: float) -> None:
    index = s.bond_work_index(*lit(energy, feed, product))
    assert value(s.bond_energy(index, *lit(feed, product))) == pytest.approx(energy)


def test_specific_milling_energy__is_shared_by_the_mass() -> None:
    assert value(s.specific_milling_energy(*lit(500, 0.1))) == pytest.approx(5000)
