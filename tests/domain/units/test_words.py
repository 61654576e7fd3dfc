"""Every word of the units has the factor and the dimension that the library pint gives it."""

import math

import pytest
from pint import UnitRegistry

from pipeline.domain.units.grammar import spellings
from pipeline.domain.units.words import AMBIGUOUS, PREFIXES, WORDS, Word

PINT = UnitRegistry()
BASE = ("meter", "kilogram", "second", "kelvin", "mole", "ampere")
AS_PINT_WRITES_IT = {
    "gal_US": "gallon", "gal_UK": "imperial_gallon", "mcg": "microgram", "d": "day", "wk": "week", "degC": "degC", "degF": "degF",
    "Osm": "mole", "turn": "dimensionless", "rpm": "1/minute", "rps": "1/second",
    "rad": f"{0.5 / math.pi} dimensionless", "angle_deg": f"{1 / 360} dimensionless",
    "kgf": "kilogram_force", "lbf": "pound_force", "mmWC": "mm_H2O", "cmWC": "centimeter_H2O", "inWC": "inch_H2O",
    "barg": "bar", "bara": "bar", "psig": "psi", "psia": "psi", "Pag": "Pa", "Paa": "Pa", "Pas": "Pa*s", "Nm": "newton*meter",
    "gravity": "standard_gravity", "LPM": "liter/minute", "LPH": "liter/hour", "ccpm": "cm^3/minute", "LMH": "liter/meter^2/hour",
    "slpm": "liter/minute", "sccm": "cm^3/minute", "scfm": "foot^3/minute", "scfh": "foot^3/hour",
    "cubic_metre_of_gas": "meter^3", "NL": "liter", "vvm": "1/minute", "percent": "percent", "percent_mass": "percent",
    "percent_volume": "percent", "percent_amount": "percent", "percent_saturation": "percent", "percent_humidity": "percent",
    "percent_area": "percent", "percent_mass_per_volume": "0.01 gram/mL",
    "ppm": "1e-6 dimensionless", "ppb": "1e-9 dimensionless", "M": "molar",
    "cal": "thermochemical_calorie", "Wh": "watt_hour", "cc": "cm^3", "t": "metric_ton", "Torr": "torr", "mmHg": "mmHg",
}  # fmt: skip
"""First spelling → unit of pint, with a number before it where needed, where they differ."""
GAUGE = {"barg", "psig", "Pag"}
COUNTED = {word.spellings[0] for word in WORDS if not any(word.dimension) and word.factor == 1} - {"turn"}


def first(word: Word) -> str:
    return word.spellings[0]


@pytest.mark.parametrize("word", [word for word in WORDS if first(word) not in COUNTED], ids=first)
def test_word__has_the_factor_offset_and_dimension_of_pint(word: Word) -> None:
    scale, _, unit = AS_PINT_WRITES_IT.get(first(word), first(word)).rpartition(" ")
    zero, one = (PINT.Quantity(value * float(scale or 1), unit) for value in (0.0, 1.0))
    low, high = zero.to_base_units(), one.to_base_units()
    assert high.magnitude - low.magnitude == pytest.approx(float(word.factor), rel=1e-9)
    assert low.magnitude + (101_325 if first(word) in GAUGE else 0) == pytest.approx(float(word.offset), rel=1e-9)
    dimension = PINT.Quantity(1, "dimensionless")
    for base, power in zip(BASE, word.dimension, strict=True):
        dimension = dimension * PINT.Quantity(1, base) ** power
    assert high.dimensionality == dimension.dimensionality


def test_words__that_count_are_numbers() -> None:
    assert {"cell", "tablet", "IU", "CFU", "AU", "NTU", "pH", "EU"} <= COUNTED


@pytest.mark.parametrize("prefix", [p for p in PREFIXES if p])
def test_prefix__has_the_factor_of_pint(prefix: str) -> None:
    assert PINT.Quantity(1.0, f"{prefix}{'meter' if len(prefix) > 1 else 'm'}").to("m").magnitude == pytest.approx(
        float(PREFIXES[prefix])
    )


def test_spellings__are_read_in_one_way() -> None:
    written = [prefix + spelling for word in WORDS for spelling in word.spellings for prefix in ("", *word.prefixes)]
    doubled = {name for name in written if written.count(name) > 1}
    assert doubled == set()
    assert AMBIGUOUS.keys().isdisjoint(spellings())


def test_spellings__no_m_prefix_differs_from_an_m_word_by_case_alone() -> None:
    """Both prefixes are known for words where both are in use, such as mPa (viscosity) and MPa (pressure)."""
    both = {first(word) for word in WORDS if "m" in word.prefixes and "M" in word.prefixes}
    assert both == {"Pa", "J", "W", "IU"}
