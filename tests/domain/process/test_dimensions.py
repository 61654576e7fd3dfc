"""The check of a definition compares units: of what feeds an operation, of columns, and of derived attributes."""

import pytest

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.process.dimensions import dimension_problems
from tests.conftest import process_of
from tests.support.definitions import Make, PlainData
from tests.support.operations import coater, fed, reactor


def refused(definition: PlainData, words: str) -> None:
    with pytest.raises(ScalebridgeError, match=words):
        process_of(definition)


def test_check__usual_units_fit(small: Make) -> None:
    assert dimension_problems(process_of(reactor(small))) == []
    assert dimension_problems(process_of(coater(small))) == []


@pytest.mark.parametrize(
    ("name", "unit"),
    [("speed", "rps"), ("speed", "turn/min"), ("speed", "1/s"), ("speed", "rad/s"), ("speed", "U/min"),
     ("vol", "m3"), ("gas", "LPM"),
     ("gas", "m3/h"), ("do", "% sat"), ("do", ""), ("head", "psig"), ("head", "bara"), ("head", "mbar"), ("np", "1"),
     ("di", "inch")],
)  # fmt: skip
def test_check__other_units_of_the_dimension_fit(small: Make, name: str, unit: str) -> None:
    assert process_of(reactor(small, **{name: {"unit": unit}})).attributes[name].unit == unit


@pytest.mark.parametrize(
    ("name", "unit", "words"),
    [
        ("gas", "vvm", r"inputs.gas_flow .* takes a number such as L/min, but 'gas' does not fit: unit 'vvm' .*"
                       r"derive: \{kind: product, of: \[gas, vol\]\}"),
        ("gas", "slpm", "declare the `reference_state`"),
        ("gas", "kg/h", "declare the `density`"),
        ("gas", "L", r"\(length\^3\) cannot be converted to 'L/min'"),
        ("speed", "m/s", r"inputs.agitation .* unit 'm/s' \(length/time\) cannot be converted to 'rpm' \(turns/time\)"),
        ("speed", "vvm", "cannot be converted to 'rpm'"),
        ("speed", "%", "cannot be converted to 'rpm'"),
        ("vol", "kg", "declare the `density`"),
        ("vol", "", r"unit '' \(dimensionless\) cannot be converted to 'L'"),
        ("do", "mg/L", "cannot be converted to '% sat'"),
        ("do", "mol", "cannot be converted to '% sat'"),
        ("do", "% v/v", r"share of volume\) cannot be converted to '% sat' \(share of saturation"),
        ("do", "pH", "cannot be converted to '% sat'"),
        ("np", "degC", "takes a number without a unit"),
        ("head", "m", "cannot be converted to 'bar'"),
    ],
)  # fmt: skip
def test_check__a_unit_of_another_dimension_is_refused(small: Make, name: str, unit: str, words: str) -> None:
    refused(reactor(small, **{name: {"unit": unit}}), words)


@pytest.mark.parametrize(
    ("name", "unit", "words"),
    [
        ("air", "m3/h", r"inputs.air_flow .*'kg/s' \(mass/time\); if it is the same quantity, declare the `density`"),
        ("tin", "C", "'C' may be degrees Celsius or coulomb; write degC"),
        ("tin", "%", "inputs.inlet_temperature"),
        ("tin", "delta_degC", "temperature difference"),
        ("solids", "degC", "inputs.solids_fraction"),
        ("solids", "g/L", "inputs.solids_fraction"),
        ("solids", "% v/v", "share of volume"),
    ],
)
def test_check__a_coating_with_another_dimension_is_refused(small: Make, name: str, unit: str, words: str) -> None:
    refused(coater(small, **{name: {"unit": unit}}), words)


def test_check__declared_properties_convert(small: Make) -> None:
    process_of(coater(small, air={"unit": "m3/h", "density": "1.2 kg/m3"}))
    process_of(reactor(small, vol={"unit": "kg", "density": "1030 kg/m3"}))
    process_of(reactor(small, gas={"unit": "Nm3/h", "reference_state": {"temperature": "0 degC"}}))


def test_check__gas_per_liquid_volume_is_a_flow_by_a_derived_attribute(small: Make) -> None:
    definition = reactor(small, gas={"unit": "vvm"})
    flow = {
        "role": "CPP",
        "horizon": "plan",
        "description": "x",
        "unit": "L/min",
        "derive": {"kind": "product", "of": ["gas", "vol"]},
    }
    definition["attributes"]["flow"] = flow
    definition["operations"]["op"]["inputs"] |= {"gas_flow": "flow"}
    assert process_of(definition).attributes["flow"].unit == "L/min"


def test_check__a_text_and_an_unknown_input_are_refused(small: Make) -> None:
    refused(reactor(small, np={"kind": "text", "unit": ""}), "inputs.power_number is fed by 'np', which is of kind 'text'")
    definition = reactor(small)
    definition["operations"]["op"]["inputs"]["agitaton"] = "speed"
    refused(definition, "operations.op.inputs names 'agitaton', which is not among the inputs of a bioreactor: agitation, ")


def test_check__a_tag_has_a_dimension(small: Make) -> None:
    definition = reactor(small)
    definition["operations"]["op"]["tags"] = {"lactate": "lactate"}
    lactate = {"role": "IPC", "horizon": "in_process", "description": "x", "unit": "g/L", "column": "batches.lactate"}
    definition["attributes"]["lactate"] = lactate
    refused(definition, r"tags.lactate .* declare the `molar_mass`")
    definition["attributes"]["lactate"] = lactate | {"molar_mass": "89.07 g/mol"}
    process_of(definition)


@pytest.mark.parametrize(
    ("unit", "derive", "fits"),
    [
        ("L/min", {"kind": "ratio", "of": ["vol", "time"]}, True),
        ("L", {"kind": "ratio", "of": ["vol", "time"]}, False),
        ("", {"kind": "ratio", "of": ["vol", "vol"]}, True),
        ("L*h", {"kind": "product", "of": ["vol", "time"]}, True),
        ("kg", {"kind": "product", "of": ["vol", "time"]}, False),
    ],
)
def test_check__a_derived_attribute_has_the_unit_of_its_formula(
    small: Make, unit: str, derive: PlainData, fits: bool
) -> None:
    definition = fed(small, "bioreactor", {"vol": "L", "time": "h"}, {"working_volume": "vol"})
    definition["attributes"]["made"] = {"role": "CPP", "horizon": "plan", "description": "x", "unit": unit, "derive": derive}
    if fits:
        process_of(definition)
    else:
        refused(definition, f"'made' has the unit '{unit}', which is not that of its `derive`, vol \\[L\\] .* time \\[h\\]")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"molar_mass": "89 g/L"}, "molar_mass: '89 g/L' has the unit 'g/L', which cannot be converted to 'g/mol'"),
        ({"density": "-1 kg/m3"}, "density is '-1 kg/m3'; it must be above zero"),
        ({"density": "heavy water"}, "density: 'heavy water' is not a number with a unit"),
        ({"density": "1.2"}, "density is '1.2'; write a number and its unit, such as '1 kg/m3'"),
        ({"molar_mass": True}, "molar_mass"),
        ({"molar_mass": 89.07}, "molar_mass"),
        ({"reference_state": {"temperature": "0"}}, "temperature is '0'; write a number and its unit"),
        ({"reference_state": {"temperature": "-300 degC"}}, "temperature is '-300 degC'; it must be above zero"),
        ({"reference_state": {"temperature": "0 C"}}, "'C' may be degrees Celsius"),
        ({"reference_state": {"temperature": "0 degC", "pressure": "0 barg"}}, "pressure: '0 barg' has the unit 'barg'"),
        ({"reference_state": {}}, "temperature"),
    ],
)
def test_check__an_impossible_property_is_refused(small: Make, given: PlainData, words: str) -> None:
    refused(reactor(small, gas=given), words)


@pytest.mark.parametrize(
    ("unit", "derive", "problem"),
    [
        ("mL", {"kind": "sum", "of": ["vol", "vol"]}, None),
        ("kg", {"kind": "sum", "of": ["vol", "vol"]}, r"vol \[L\] \+ vol \[L\]: 'L' cannot be converted to 'kg'"),
        ("L", {"kind": "difference", "of": ["vol", "time"]}, r"vol \[L\] − time \[h\]: 'h' cannot be converted to 'L'"),
        ("K", {"kind": "difference", "of": ["temperature", "temperature"]}, None),
        (
            "degC",
            {"kind": "difference", "of": ["temperature", "temperature"]},
            "the result is a difference, and 'degC' counts",
        ),
        ("degC", {"kind": "sum", "of": ["temperature", "temperature"]}, "can only be subtracted from each other"),
        ("", {"kind": "log10", "of": ["vol"]}, None),
        ("L", {"kind": "log10", "of": ["vol"]}, "'made' has the unit 'L'; a log10 has no unit, so leave `unit` out"),
        ("%", {"kind": "log10", "of": ["vol"]}, "'made' has the unit '%'; a log10 has no unit"),
        (
            "",
            {"kind": "log10", "of": ["temperature"]},
            "log10 of 'temperature' in degC, whose zero is not the zero of the quantity",
        ),
    ],
)
def test_check__a_sum_a_difference_and_a_logarithm_have_units_that_fit(
    small: Make, unit: str, derive: PlainData, problem: str | None
) -> None:
    definition = fed(small, "bioreactor", {"vol": "L", "time": "h"}, {"working_volume": "vol"})
    definition["attributes"]["made"] = {"role": "CPP", "horizon": "plan", "description": "x", "unit": unit, "derive": derive}
    if problem is None:
        process_of(definition)
    else:
        refused(definition, problem)
