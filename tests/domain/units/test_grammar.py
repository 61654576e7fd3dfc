"""The grammar of units: what plants write is read, what has two meanings is refused with what to write."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.units import unit
from pipeline.domain.units.grammar import LONGEST, read

ALIKE = {
    "rpm": ["RPM", "Rpm", "rev/min", "U/min", "turn/min", "turns/min", "1/min", "min-1", "min^-1", "min⁻¹", "/min", "MIN-1"],
    "rps": ["rev/s", "1/s", "s-1", "Hz", "turn/s"],
    "degC": ["°C", "ºC", "℃", "deg C", "degrees C", "° C", "°\u00a0C", "celsius"],
    "degF": ["°F", "℉", "deg F"],
    "1/h": ["h-1", "h^-1", "hr-1", "/h", "1/hr", "h⁻¹"],
    "psig": ["psi(g)", "psi g", "PSIG"],
    "barg": ["bar(g)", "bar g", "bar (g)"],
    "bara": ["bar(a)", "bar a", "bar abs"],
    "L/min": ["LPM", "lpm", "l/min", "ltr/min", "L min-1", "L·min⁻¹", "L/Min", "L.min-1"],
    "Mcell/mL": ["10^6 cells/mL", "1e6 cells/mL", "1E6 cells/mL", "10⁶ cells/mL", "x10^6 cells/mL", "×10⁶ cells/mL",
                 "10**6 cells/mL", "10*6 cells/mL", "E6 cells/mL", "million cells/mL", "Mcells/mL", "cells/nL", "1e+06 cells/mL"],
    "mOsm/kg": ["mOsmol/kg", "mosmol/kg", "mOsm·kg⁻¹", "mOsm/kg H2O", "mOsmol kg-1"],
    "um": ["µm", "μm", "micron"],
    "m3/h": ["m³/h", "m^3/h", "m**3/h", "m3 h-1", "m³·h⁻¹"],
    "mmol/(L*h)": ["mmol/(L·h)", "mmol/(L h)", "mmol/L/h", "mmol L-1 h-1", "mmol L⁻¹ h⁻¹"],
    "mPa*s": ["mPa·s", "mPa.s", "mPa s", "mPas", "cP"],
    "%": ["percent", "pct", "％", "% LC", "% label claim"],
    "% w/w": ["%w/w", "% (w/w)", "% m/m", "wt%", "wt.-%"],
    "% v/v": ["%v/v", "vol%", "% vol"],
    "g/L": ["[g/L]", "(g/L)", "g per L", "mg/mL", "g / L", "g\u202f/\u202fL", "g/l", "kg/m3", "kg m-3"],
    "mol/L": ["M", "mol/l", "mmol/mL"],
    "kg": ["Kg", "KG", "kilogram"],
    "kPa": ["KPa", "kpA"],
    "d": ["day", "days", "Day"],
    "m/s2": ["m/s^2", "m/s²", "m s-2"],
    "Nm3/h": ["Nm³/h", "Nm^3/h"],
    "slpm": ["SLPM", "slm", "NL/min"],
    "kN": ["KN", "Kn"],
}  # fmt: skip


@pytest.mark.parametrize(("usual", "other"), [(usual, other) for usual, others in ALIKE.items() for other in others])
def test_read__other_spellings_are_the_same_unit(usual: str, other: str) -> None:
    first, second = unit(usual), unit(other)
    assert (second.factor, second.offset, second.dimension) == (first.factor, first.offset, first.dimension)


@pytest.mark.parametrize(
    ("label", "value", "si"),
    [("turn/min", 52, 52 / 60), ("rad/s", 5.4, 51.566 / 60), ("rps", 1.6667, 1.6667), ("psig", 0, 101_325), ("barg", 0.5, 151_325),
     ("g/100 mL", 1, 10), ("% w/v", 1, 10), ("CFU/100 mL", 1, 1e4), ("ppb", 1, 1e-9), ("mg/dL", 1, 0.01), ("sccm", 60e6, 1),
     ("vvm", 60, 1), ("kp", 1, 9.80665), ("mS/cm", 1, 0.1), ("MΩ·cm", 18.2, 182_000), ("mcg/mL", 1, 1e-3), ("x g", 1, 9.80665),
     ("delta_degF", 9, 5), ("degC/min", 60, 1), ("cfu/mL", 1, 1e6), ("LMH", 3.6e6, 1), ("kWh", 1, 3.6e6), ("mmH2O", 1, 9.80665)],
)  # fmt: skip
def test_read__worked_examples(label: str, value: float, si: float) -> None:
    assert unit(label).to_si(value) == pytest.approx(si, rel=1e-4)


@pytest.mark.parametrize(
    ("label", "advice"),
    [
        ("C", "degrees Celsius or coulomb; write degC"),
        ("F", "degrees Fahrenheit or farad; write degF"),
        ("°", "write degC, degF or angle_deg"),
        ("gr", "gram or grain; write g or grain"),
        ("U/mL", "enzyme unit or a turn"),
        ("cfm", "standard or at vessel conditions; write ft3/min, or scfm"),
        ("gal", "US or the UK gallon"),
        ("ML", "'ML' differs from mL and ml by capital letters, and these can change the meaning; write mL or ml"),
        ("Mg", "write mg"),
        ("Mmol/L", "write mmol"),
        ("MMOL", "write mmol"),
        ("MBAR", "write mbar"),
        ("MPA", "write mPa or MPa"),
        ("UM", "write um or uM"),
        ("mcell", "write Mcell"),
        ("10E6 cells/mL", r"'10E6' may mean 10\^6 or 10 times 10\^6; write 10\^6 or 1e6"),
        ("J/kg*K", "below the line; write brackets"),
        ("kg/m s", "below the line; write brackets"),
        ("mL min", "side by side"),
        ("5 mL", "a number before a unit must be a power of ten"),
        ("celcius", "no word 'celcius'; near it are celsius"),
        ("furlong", "no word 'furlong'; write a unit such as g/L"),
        ("г/л", "no word of a unit"),
        ("100", "no word of a unit"),
        ("L/min (std)", "no word 'std'"),
    ],
)
def test_read__what_is_not_clear_is_refused_with_what_to_write(label: str, advice: str) -> None:
    with pytest.raises(ScalebridgeError, match=advice):
        unit(label)


@pytest.mark.parametrize(
    "label",
    ["9**9**9", "9**9**9 g", "g**9**9", "__import__('os')", "lambda: 0", "g//L", "(g", "g)", "()", "*", "/", "g/", "g^", "g^^2",
     "m^10", "m^-", "1..5 g", "1/0 g", "0 g", "10^99 cells", "1e999 cells", "{}", "${x}", "g;L", "g-m", "Â°C", "%s", "\x00",
     "g\x00", "(" * 30 + "g" + ")" * 29, "g" * (LONGEST + 1), "9" * 5000, "nan", "None", "m.2.g"],
)  # fmt: skip
def test_read__nonsense_is_a_sentence_and_never_evaluated(label: str) -> None:
    start = time.perf_counter()
    with pytest.raises(ScalebridgeError, match="is not known: "):
        unit(label)
    assert time.perf_counter() - start < 1.0


@given(st.text(st.sampled_from("gLmhs10^*/()-. µ°%²⁻eEMk"), max_size=LONGEST + 5))
def test_read__any_text_is_a_unit_or_a_sentence(label: str) -> None:
    try:
        found = read(label)
    except ScalebridgeError:
        return
    assert found.factor > 0


@given(st.text(max_size=20))
def test_read__any_characters_are_a_unit_or_a_sentence(label: str) -> None:
    try:
        found = read(label)
    except ScalebridgeError:
        return
    assert found.factor > 0


def test_read__a_message_is_one_line_without_control_signs() -> None:
    with pytest.raises(ScalebridgeError) as raised:
        unit("foo\n\x1b[31m")
    assert str(raised.value).isprintable()
