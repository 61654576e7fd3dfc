"""Units become lines to SI."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.units import quantity, same_dimension, unit


@pytest.mark.parametrize(
    ("label", "value", "si"),
    [("L", 2000, 2), ("rpm", 60, 1), ("degC", 36.5, 309.65), ("degF", 97.7, 309.65), ("%", 93.8, 0.938), ("g/L", 1, 1),
     ("kN", 1, 1000), ("MPa", 1, 1e6), ("m3/h", 3600, 1), ("m³", 1, 1), ("ng/mg", 1, 1e-6), ("mbar", 1, 100), ("", 3, 3)],
)  # fmt: skip
def test_unit__worked_examples(label: str, value: float, si: float) -> None:
    assert unit(label).to_si(value) == pytest.approx(si)


@given(st.sampled_from(["L", "degC", "degF", "rpm", "%", "g/L", "psi", "mOsm/kg", "Mcell/mL"]), st.floats(-1e6, 1e6))
def test_unit__there_and_back(label: str, value: float) -> None:
    assert unit(label).from_si(unit(label).to_si(value)) == pytest.approx(value, rel=1e-9, abs=1e-6)


def test_quantity__refuses_another_dimension() -> None:
    with pytest.raises(ScalebridgeError, match=r"'5 kg' has the unit 'kg', which cannot be converted to 'L'"):
        quantity("5 kg", "L")


def test_quantity__refuses_what_is_no_number() -> None:
    with pytest.raises(ScalebridgeError, match=r"'big' is not a number with a unit"):
        quantity("big", "L")


def test_same_dimension__turns_are_not_angles() -> None:
    assert same_dimension("rpm", "1/s")
