"""Units become lines to SI."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.units.conversion import difference, quantity, same_dimension, unit


@pytest.mark.parametrize(
    ("label", "value", "si"),
    [("L", 2000, 2), ("rpm", 60, 1), ("degC", 36.5, 309.65), ("degF", 97.7, 309.65), ("%", 93.8, 0.938), ("g/L", 1, 1),
     ("kN", 1, 1000), ("MPa", 1, 1e6), ("m3/h", 3600, 1), ("m³", 1, 1), ("ng/mg", 1, 1e-6), ("mbar", 1, 100), ("", 3, 3)],
)  # fmt: skip
def test_unit__worked_examples(label: str, value: float, si: float) -> None:
    assert unit(label).to_si(value) == pytest.approx(si)


@given(st.sampled_from(["L", "degC", "degF", "rpm", "%", "g/L", "psi", "psig", "mOsm/kg", "Mcell/mL"]), st.floats(-1e6, 1e6))
def test_unit__there_and_back(label: str, value: float) -> None:
    assert unit(label).from_si(unit(label).to_si(value)) == pytest.approx(value, rel=1e-9, abs=1e-6)


def test_quantity__refuses_another_dimension() -> None:
    with pytest.raises(ScalebridgeError, match=r"'5 kg' has the unit 'kg', which cannot be converted to 'L'"):
        quantity("5 kg", "L")


@pytest.mark.parametrize(
    "text", ["big", "inf", "nan", "1_0", "", "1e999 L", "0x10", "1,5 L", True, float("inf"), float("nan")]
)
def test_quantity__refuses_what_is_no_number(text: str | float) -> None:
    with pytest.raises(ScalebridgeError, match=r"is not a number with a unit"):
        quantity(text, "L")


def test_quantity__refuses_a_slip_of_a_capital_letter() -> None:
    with pytest.raises(ScalebridgeError, match=r"differs from 'MPa' by capital letters alone"):
        quantity("2 mPa", "MPa")


def test_quantity__reads_a_unit_behind_any_blank() -> None:
    assert quantity("37\u00a0°C", "degC") == pytest.approx(310.15)
    assert quantity(" 33\tU/min ", "rpm") == pytest.approx(0.55)


def test_difference__leaves_out_the_offset() -> None:
    assert difference("0.1 barg", "barg") == pytest.approx(1e4)
    assert difference("9 degF", "degC") == pytest.approx(5)


def test_same_dimension__turns_are_not_angles() -> None:
    assert same_dimension("rpm", "1/s")
