"""Declared properties of a substance convert between units of different dimensions."""

import pytest

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.units import Substance, conversion, gauge_offset, sum_problem

LACTATE, AIR = Substance(molar_mass=0.08907), Substance(density=1.2)


@pytest.mark.parametrize(
    ("written", "wanted", "substance", "value", "si"),
    [
        ("g/L", "mmol/L", LACTATE, 1.9, 1.9 / 0.08907),
        ("mmol/L", "g/L", LACTATE, 21.3316, 1.9),
        ("mg/L", "umol/L", LACTATE, 1900, 1.9 / 0.08907),
        ("m3/h", "kg/s", AIR, 3000, 1.0),
        ("kg", "L", Substance(density=1030.0), 1030, 1.0),
        ("% w/w", "g/L", Substance(density=1000.0), 5, 50),
        ("slpm", "L/min", Substance(gas_state=True), 60, 1e-3),
        ("L/min", "slpm", Substance(gas_state=True), 60, 1e-3),
        ("degF", "degC", Substance(), 97.7, 309.65),
        ("psig", "bara", Substance(), 0, 101_325),
    ],
)
def test_conversion__worked_examples(written: str, wanted: str, substance: Substance, value: float, si: float) -> None:
    assert conversion(written, wanted, substance).to_si(value) == pytest.approx(si, rel=1e-5)


@pytest.mark.parametrize(
    ("written", "wanted", "words"),
    [
        ("g/L", "mmol/L", "declare the `molar_mass` of the attribute"),
        ("m3/h", "kg/s", "declare the `density` of the attribute"),
        ("slpm", "L/min", "declare the `reference_state` of the attribute"),
        ("psig", "bar", "write barg or psig for a gauge pressure, bara or psia for an absolute one"),
        ("AU", "%", r"unit 'AU' \(absorbance\) cannot be converted to '%' \(share\)"),
        ("% v/v", "% w/w", "share of volume.*share of mass"),
        ("IU/mL", "1/mL", "international units/length"),
        ("CFU/mL", "cell/mL", "colonies"),
        ("pH", "%", "pH"),
        ("mPa", "MPa", "differs from 'MPa' by capital letters alone"),
        ("delta_degC", "degC", "temperature difference"),
        ("rpm", "vvm", r"\(turns/time\)"),
    ],
)
def test_conversion__what_is_missing_is_named(written: str, wanted: str, words: str) -> None:
    with pytest.raises(ScalebridgeError, match=words):
        conversion(written, wanted, Substance())


@pytest.mark.parametrize(
    ("written", "wanted"), [("1/s", "rpm"), ("1/mL", "cell/mL"), ("%", "% w/w"), ("mmol/kg", "mOsm/kg")]
)
def test_conversion__a_bare_number_stands_for_a_count_and_percent_for_any_share(written: str, wanted: str) -> None:
    assert conversion(written, wanted, Substance()).offset == 0


def test_gauge_offset__of_a_pressure_that_states_nothing_is_zero() -> None:
    assert [gauge_offset(label) for label in ("psig", "psia", "mbar")] == [101_325, 101_325, 0]


@pytest.mark.parametrize(
    ("label", "added", "subtracted", "problem"),
    [
        ("barg", ["barg"], ["mbar"], None),
        ("mbar", ["barg"], ["psig"], None),
        ("bar", ["bara"], ["bara"], None),
        ("degC", ["degC", "delta_degF"], [], None),
        ("delta_degC", ["degC"], ["degF"], None),
        ("%", ["% w/w", "% w/w"], [], None),
        ("1/s", ["rpm"], ["rpm"], None),
        (
            "bara",
            ["barg"],
            ["bara"],
            "the result is a difference, and 'bara' counts from a zero; write K, delta_degC or bar",
        ),
        ("K", ["degC", "K"], [], "the result counts from a zero, and 'K' is a difference; write degC, barg or bara"),
        ("degC", ["degC", "degC"], [], "values that count from a zero"),
        ("K", ["K"], ["degC"], "values that count from a zero"),
        ("rpm", ["rpm", "vvm"], [], "'vvm' cannot be converted to 'rpm'"),
        ("L/min", ["slpm"], ["L/min"], "'slpm' cannot be converted to 'L/min'"),
    ],
)
def test_sum_problem__knows_sizes_and_differences(
    label: str, added: list[str], subtracted: list[str], problem: str | None
) -> None:
    found = sum_problem(label, added, subtracted)
    assert found is None if problem is None else (found or "").startswith(problem)
