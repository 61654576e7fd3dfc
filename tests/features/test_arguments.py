"""What feeds a formula is converted to what the operation takes, before the formula is computed."""

import polars as pl
import pytest

from pipeline.features.arguments import arguments, arguments_over_time, input_of
from pipeline.features.catalogue import inputs_of, offered
from pipeline.operations.bioreactor import TRAJECTORY_FEATURES
from tests.conftest import process_of
from tests.support.definitions import Make, PlainData
from tests.support.operations import coater, reactor

VESSEL = {
    "vol": 2.0,
    "speed": 100 / 60,
    "di": 0.4,
    "np": 5.0,
    "ni": 1.0,
    "tank": 1.2,
    "gas": 40e-3 / 60,
    "do": 0.4,
    "head": 0.0,
}
"""A vessel of 2,000 L in SI: 100 rpm, 40 L/min."""


def value(definition: PlainData, quantity: str, row: dict[str, float]) -> float:
    process = process_of(definition)
    feature, operation = next((f, operation) for _, operation, f in offered(process) if f.name == quantity)
    return float(pl.DataFrame(row).select(feature.compute(*arguments(process, operation, feature))).item())


def written(definition: PlainData, name: str, number: float) -> float:
    """A number in the unit of an attribute, in SI."""
    return process_of(definition).attributes[name].si.to_si(number)


@pytest.mark.parametrize(("unit", "number"), [("rps", 1.6666667), ("turn/min", 100), ("rad/s", 10.4719755), ("U/min", 100)])
def test_arguments__one_speed_in_any_unit_gives_one_power(small: Make, unit: str, number: float) -> None:
    definition = reactor(small, speed={"unit": unit})
    power = value(definition, "power_per_volume", VESSEL | {"speed": written(definition, "speed", number)})
    assert power == pytest.approx(5 * 1000 * (100 / 60) ** 3 * 0.4**5 / 2, rel=1e-6)


def test_arguments__air_as_a_volume_with_its_density_is_the_same_as_a_mass(small: Make) -> None:
    row = {"spray": 0.005, "solids": 0.2, "tin": 333.15, "tout": 319.15}
    as_mass = value(coater(small), "drying_environment_factor", row | {"air": 1.0})
    definition = coater(small, air={"unit": "m3/h", "density": "1.2 kg/m3"})
    as_volume = value(definition, "drying_environment_factor", row | {"air": written(definition, "air", 3000)})
    assert as_volume == pytest.approx(as_mass)
    assert as_mass == pytest.approx(14 / (0.004 * 2.40e6 / 1006))


@pytest.mark.parametrize(
    ("unit", "number"), [("bar", 0.5), ("barg", 0.5), ("bara", 1.51325), ("psig", 7.2518869), ("kPa(a)", 151.325)]
)
def test_arguments__head_pressure_is_taken_above_the_atmosphere(small: Make, unit: str, number: float) -> None:
    definition = reactor(small, head={"unit": unit})
    process = process_of(definition)
    row = pl.DataFrame({"head": [written(definition, "head", number)]})
    assert row.select(input_of(process, process.operations["op"], "head_pressure")).item() == pytest.approx(0.5e5)


def test_arguments__standard_gas_acts_at_the_conditions_of_the_vessel(small: Make) -> None:
    """35.2 slpm stated at 0 °C are 40 L/min at 37 °C, both at 1 atm; stated at 20 °C, they are 37.3 L/min."""
    expected = value(reactor(small), "kla_coalescing", VESSEL)
    for celsius in (0, 20):
        definition = reactor(small, gas={"unit": "slpm", "reference_state": {"temperature": f"{celsius} degC"}})
        flow = written(definition, "gas", 40 * (273.15 + celsius) / 310.15)
        assert value(definition, "kla_coalescing", VESSEL | {"gas": flow}) == pytest.approx(expected)


def test_arguments__reference_pressure_of_one_bar_is_less_gas(small: Make) -> None:
    definition = reactor(small, gas={"reference_state": {"temperature": "37 degC", "pressure": "1 bar"}})
    ratio = value(definition, "superficial_gas_velocity", VESSEL) / value(reactor(small), "superficial_gas_velocity", VESSEL)
    assert ratio == pytest.approx(1e5 / 101_325)


def test_arguments__without_head_pressure_the_headspace_has_one_atmosphere(small: Make) -> None:
    definition = reactor(small)
    del definition["operations"]["op"]["inputs"]["head_pressure"]
    for name in ("kla_coalescing", "carbon_dioxide_stripping_rate", "oxygen_transfer_capacity"):
        assert value(definition, name, VESSEL) == value(reactor(small), name, VESSEL)


def test_arguments__temperature_of_the_broth_is_used_where_it_is_given(small: Make) -> None:
    definition = reactor(small)
    definition["operations"]["op"]["inputs"]["temperature"] = "temperature"
    at_30 = value(definition, "superficial_gas_velocity", VESSEL | {"temperature": 303.15})
    assert at_30 / value(reactor(small), "superficial_gas_velocity", VESSEL) == pytest.approx(303.15 / 310.15)


def test_inputs_of__names_optional_inputs_that_the_process_has(small: Make) -> None:
    process = process_of(reactor(small))
    feature = next(f for _, _, f in offered(process) if f.name == "superficial_gas_velocity")
    assert inputs_of(feature, process.operations["op"]) == ("gas", "tank", "vol", "head")


def test_arguments_over_time__lactate_in_grams_per_litre_is_shown_in_millimoles(small: Make) -> None:
    """1.9 g/L of lactate, 89.07 g/mol, are 21.3 mmol/L."""
    definition = reactor(small)
    lactate = {"role": "IPC", "horizon": "in_process", "description": "x", "unit": "g/L", "molar_mass": "89.07 g/mol"}
    definition["attributes"]["lactate"] = lactate | {"column": "batches.lactate"}
    definition["operations"]["op"]["tags"] = {"lactate": "lactate"}
    process = process_of(definition)
    feature = next(f for f in TRAJECTORY_FEATURES if f.name == "lactate_max")
    records = pl.DataFrame({"time": [0.0, 1.0], "lactate": [0.5, 1.9]})
    given = arguments_over_time(process, process.operations["op"], feature)
    assert records.select(feature.compute(*given)).item() == pytest.approx(21.33, abs=0.01)  # mol/m³ is mmol/L
