"""Features of the bioreactor: their values by hand, and the directions in which they change."""

import math

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.operations.bioreactor import DENSITY, FEATURES, TRAJECTORY_FEATURES

PRODUCTION = {  # a 2,000 L vessel, all SI
    "agitation": 1.5,
    "impeller_diameter": 0.55,
    "impeller_count": 2.0,
    "power_number": 1.5,
    "vessel_diameter": 1.2,
    "working_volume": 2.0,
    "gas_flow": 2.0 * 0.01 / 60,
    "dissolved_oxygen": 0.4,
    "head_pressure": 0.2e5,
}
BENCH = PRODUCTION | {"agitation": 4.0, "impeller_diameter": 0.075, "vessel_diameter": 0.16, "working_volume": 4e-3}


def value(name: str, vessel: dict[str, float]) -> float:
    feature = next(feature for feature in FEATURES if feature.name == name)
    needed = [pl.lit(vessel[key]) for key in feature.inputs]
    optional = [pl.lit(vessel.get(key, default)) for key, default in feature.optional.items()]
    return float(pl.select(feature.compute(*needed, *optional)).item())


def test_features__of_a_production_vessel_by_hand() -> None:
    power = 2 * 1.5 * DENSITY * 1.5**3 * 0.55**5
    assert value("power", PRODUCTION) == pytest.approx(power)
    assert value("power_per_volume", PRODUCTION) == pytest.approx(power / 2)
    assert value("tip_speed", PRODUCTION) == pytest.approx(math.pi * 1.5 * 0.55)
    assert value("gas_flow_per_volume", PRODUCTION) * 60 == pytest.approx(0.01)
    assert value("reynolds_number", PRODUCTION) > 1e5
    assert value("aspect_ratio", PRODUCTION) == pytest.approx(4 * 2 / (math.pi * 1.2**3))


def test_gassed_power__is_the_ungassed_power_times_the_ratio() -> None:
    product = value("power_per_volume", PRODUCTION) * value("gassed_power_ratio", PRODUCTION)
    assert value("gassed_power_per_volume", PRODUCTION) == pytest.approx(product)


def test_kla__follows_from_power_under_gas_and_gas_velocity() -> None:
    intensity, velocity = (value(n, PRODUCTION) for n in ("gassed_power_per_volume", "superficial_gas_velocity"))
    assert value("kla_coalescing", PRODUCTION) == pytest.approx(0.026 * intensity**0.4 * velocity**0.5)
    assert value("kla_non_coalescing", PRODUCTION) == pytest.approx(0.002 * intensity**0.7 * velocity**0.2)


LARGE = PRODUCTION | {"working_volume": 15.0, "vessel_diameter": 2.2, "impeller_diameter": 1.0, "agitation": 0.55,
                      "gas_flow": 107e-3 / 60, "head_pressure": 0.5e5}  # fmt: skip


def test_kla__takes_the_gas_at_the_pressure_of_the_vessel_by_hand() -> None:
    """15,000 L in a tank of 2.2 m under 0.5 bar: the gas has 1/1.68 of its stated volume, and kLa falls by √1.68."""
    height = 15 / (math.pi * 1.1**2)
    ratio = (101_325 + 50_000 + 1000 * 9.80665 * height / 2) / 101_325
    assert ratio == pytest.approx(1.68, abs=0.01)
    stated = 107e-3 / 60 / (math.pi * 1.1**2)
    assert value("superficial_gas_velocity", LARGE) == pytest.approx(stated / ratio)
    intensity = value("gassed_power_per_volume", LARGE)
    assert intensity == pytest.approx(value("power_per_volume", LARGE))  # little gas: Hughmark's ratio is limited to 1
    as_stated = 0.026 * intensity**0.4 * stated**0.5
    assert as_stated / value("kla_coalescing", LARGE) == pytest.approx(1.30, abs=0.01)


def test_kla__at_the_bench_is_as_with_the_stated_flow() -> None:
    velocity = 4 * BENCH["gas_flow"] / (math.pi * BENCH["vessel_diameter"] ** 2)
    at_atmosphere = BENCH | {"head_pressure": 0.0}
    assert value("superficial_gas_velocity", at_atmosphere) == pytest.approx(velocity, rel=0.02)


def test_gas__stated_at_another_state_is_the_same_gas() -> None:
    """40 L/min at 1 atm and 37 °C are 35.2 normal litres per minute, at 0 °C."""
    normal = {"gas_flow": 40e-3 / 60 * 273.15 / 310.15, "gas_flow.temperature": 273.15}
    for name in ("superficial_gas_velocity", "kla_coalescing", "kla_non_coalescing", "carbon_dioxide_stripping_rate"):
        assert value(name, PRODUCTION | normal) == pytest.approx(value(name, PRODUCTION | {"gas_flow": 40e-3 / 60}))


def test_gas__expands_in_a_warmer_broth() -> None:
    warm = value("superficial_gas_velocity", PRODUCTION | {"temperature": 310.15})
    cold = value("superficial_gas_velocity", PRODUCTION | {"temperature": 303.15})
    assert warm / cold == pytest.approx(310.15 / 303.15)


def test_gassed_power__is_higher_under_pressure_that_compresses_the_gas() -> None:
    microbial = PRODUCTION | {"gas_flow": 2.0 / 60, "agitation": 4.0, "head_pressure": 0.0}
    height = 4 * 2.0 / (math.pi * 1.2**2)
    half_depth = 1000 * 9.80665 * height / 2
    more = value("gassed_power_ratio", microbial | {"head_pressure": 1e5}) / value("gassed_power_ratio", microbial)
    assert more == pytest.approx(((101_325 + 1e5 + half_depth) / (101_325 + half_depth)) ** 0.25)


def test_oxygen_transfer_capacity__at_one_atmosphere_is_kla_times_the_share_not_dissolved() -> None:
    """A bench vessel: 0.1 m of liquid adds half a per cent of pressure."""
    at_atmosphere = BENCH | {"head_pressure": 0.0}
    expected = value("kla_coalescing", at_atmosphere) * 0.21 * (1 - 0.4)
    assert value("oxygen_transfer_capacity", at_atmosphere) == pytest.approx(expected, rel=0.02)


def test_oxygen_transfer_capacity__takes_the_saturation_at_the_pressure_of_the_vessel_by_hand() -> None:
    """15,000 L under 0.5 bar: 1.684 atm at half depth. Air offers 0.21·(1.684 − 0.062)/(1 − 0.062) = 0.363 mol/m³."""
    pressure = 101_325 + 50_000 + 1000 * 9.80665 * (15 / (math.pi * 1.1**2)) / 2
    offered = 0.21 * (pressure - 6_280) / (101_325 - 6_280)
    assert offered == pytest.approx(0.363, abs=1e-3)
    capacity = value("oxygen_transfer_capacity", LARGE)
    assert capacity == pytest.approx(value("kla_coalescing", LARGE) * (offered - 0.21 * 0.4))


def test_oxygen_transfer_capacity__set_dissolved_oxygen_is_the_same_concentration_at_any_pressure() -> None:
    """The probe is calibrated at 1 atm: from 40 % to 20 % the driving force grows by 0.2·0.21 mol/m³ in every vessel."""
    for vessel in (BENCH, PRODUCTION, LARGE):
        low, high = (value("oxygen_transfer_capacity", vessel | {"dissolved_oxygen": share}) for share in (0.2, 0.4))
        assert (low - high) / value("kla_coalescing", vessel) == pytest.approx(0.2 * 0.21)


def test_blend_time__of_several_impellers_takes_the_liquid_height_by_hand() -> None:
    height = 4 * 2 / (math.pi * 1.2**2)
    expected = 3.3 * (height / 0.55) ** 2.43 / (1.5 * 1.5 ** (1 / 3))
    assert value("blend_time", PRODUCTION) == pytest.approx(expected)
    assert value("blend_time", PRODUCTION | {"impeller_count": 3.0}) == pytest.approx(expected)


def test_blend_time__of_one_impeller_takes_the_liquid_height_by_hand() -> None:
    height = 4 * 2 / (math.pi * 1.2**2)
    expected = 5.2 * 1.2**1.5 * height**0.5 / (1.5 * 1.5 ** (1 / 3) * 0.55**2)
    assert value("blend_time", PRODUCTION | {"impeller_count": 1.0}) == pytest.approx(expected)


def test_blend_time__is_unknown_where_the_number_of_impellers_is() -> None:
    feature = next(feature for feature in FEATURES if feature.name == "blend_time")
    known = PRODUCTION | {"impeller_count": None}
    made = feature.compute(*(pl.lit(known[key], dtype=pl.Float64) for key in feature.inputs))
    assert pl.select(made).item() is None


def test_carbon_dioxide__is_removed_more_slowly_under_head_pressure_and_at_scale() -> None:
    rate = value("carbon_dioxide_stripping_rate", PRODUCTION) * 3600
    assert 0.5 < rate < 2  # 0.01 vvm at 1.2 bar and 1.8 m of liquid: 0.6/h/0.58/1.29
    assert value("carbon_dioxide_stripping_rate", PRODUCTION | {"head_pressure": 1e5}) * 3600 < 0.7 * rate
    assert value("carbon_dioxide_stripping_rate", BENCH) > 2 * rate / 3600  # in a bench vessel, the surface contributes


def test_kolmogorov_length__is_tens_of_micrometres_in_cell_culture() -> None:
    assert 20e-6 < value("kolmogorov_length", PRODUCTION) < 200e-6


@given(target=st.floats(5, 80))
def test_equal_power_per_volume__gives_the_plant_longer_blend_time_and_higher_tip_speed(target: float) -> None:
    def at_target(vessel: dict[str, float]) -> dict[str, float]:
        faster = (target / value("power_per_volume", vessel)) ** (1 / 3)
        return vessel | {"agitation": vessel["agitation"] * faster}

    bench, plant = at_target(BENCH), at_target(PRODUCTION)
    assert value("power_per_volume", bench) == pytest.approx(value("power_per_volume", plant))
    assert value("blend_time", plant) > value("blend_time", bench)
    assert value("tip_speed", plant) > value("tip_speed", bench)
    assert value("wall_area_per_volume", plant) < value("wall_area_per_volume", bench)


def test_trajectory_features__of_a_short_culture_by_hand() -> None:
    day = 86400.0
    culture = pl.DataFrame(
        {
            "time": [0.0, day, 2 * day, 3 * day],
            "dissolved_oxygen": [0.4, 0.1, 0.1, 0.4],
            "ph": [7.1, 6.9, None, 7.0],
            "vcd": [1e12, 3e12, None, 2e12],
        }
    )
    offered = [f for f in TRAJECTORY_FEATURES if set(f.tags) <= set(culture.columns)]
    got = culture.select(f.compute(*map(pl.col, f.tags)).alias(f.name) for f in offered).row(0, named=True)
    assert got["dissolved_oxygen_low_time"] == pytest.approx(2 * day)
    assert got["integral_viable_cells"] == pytest.approx((2 + 5) * 1e12 * day)
    assert (got["vcd_max"], got["vcd_final"]) == (3e12, 2e12)
    assert (got["ph_min"], got["ph_max"]) == (6.9, 7.1)
    assert got["dissolved_oxygen_mean"] == pytest.approx((0.25 + 0.1 + 0.25) / 3)


DECLARED = PRODUCTION | {
    "upper_gassed_ratio": 0.8,
    "cell_diameter": 15e-6,
    "sparger_hole_count": 60.0,
    "sparger_hole_diameter": 1e-3,
    "inlet_oxygen": 0.2095,
    "inlet_carbon_dioxide": 0.0004,
    "outlet_oxygen": 0.1995,
    "outlet_carbon_dioxide": 0.0104,
    "heat_transfer_coefficient": 300.0,
    "jacket_area": 6.0,
    "coolant_temperature": 290.15,
}


def test_gas_balance__of_equal_consumption_and_release_by_hand() -> None:
    # one mole of O2 becomes one of CO2: the flow stays, and 1 % of it is consumed; stated at 1 atm and 37 °C
    moles = DECLARED["gas_flow"] * 101_325 / (8.314462618 * 310.15)
    assert value("oxygen_uptake_rate", DECLARED) == pytest.approx(0.01 * moles / 2.0)
    assert value("carbon_dioxide_evolution_rate", DECLARED) == pytest.approx(0.01 * moles / 2.0)
    assert value("respiratory_quotient", DECLARED) == pytest.approx(1.0)
    assert value("metabolic_heat", DECLARED) == pytest.approx(460e3 * 0.01 * moles / 2.0)


def test_gas_balance__takes_the_declared_state_of_the_gas() -> None:
    normal = DECLARED | {"gas_flow.temperature": 273.15}
    ratio = value("oxygen_uptake_rate", normal) / value("oxygen_uptake_rate", DECLARED)
    assert ratio == pytest.approx(310.15 / 273.15)


def test_gas_balance__against_what_air_can_supply_and_the_jacket_remove() -> None:
    consumed = value("oxygen_uptake_rate", DECLARED)
    share = value("oxygen_demand_share", DECLARED)
    assert share == pytest.approx(consumed / value("oxygen_transfer_capacity", DECLARED))
    load = value("heat_load", DECLARED)
    assert load == pytest.approx(460e3 * consumed / (300 * 6 * 20 / 2))


def test_kla_from_gas_balance__is_the_uptake_over_the_driving_force_at_the_outlet_by_hand() -> None:
    # at 1 atm in the middle of the liquid the saturation is 0.21 mol/m³ for 20.95 % of oxygen, and 0.2 for 19.95 %
    height = 4 * DECLARED["working_volume"] / (math.pi * DECLARED["vessel_diameter"] ** 2)
    at_atmosphere = DECLARED | {"head_pressure": -DENSITY * 9.80665 * height / 2}
    driving = 0.21 * (0.1995 / 0.2095 - at_atmosphere["dissolved_oxygen"])
    consumed = value("oxygen_uptake_rate", at_atmosphere)
    assert value("kla_from_gas_balance", at_atmosphere) == pytest.approx(consumed / driving)


def test_heat_removal_capacity__by_hand() -> None:
    assert value("heat_removal_capacity", DECLARED) == pytest.approx(300 * 6 * 20 / 2)
    assert value("heat_removal_capacity", DECLARED | {"temperature": 300.15}) == pytest.approx(300 * 6 * 10 / 2)


def test_smallest_eddy__near_an_impeller_by_hand() -> None:
    dissipation = 1.5 * 1.5**3 * 0.55**2  # Np·N³·D²
    eddy = ((0.7e-3 / 1000) ** 3 / dissipation) ** 0.25
    assert value("smallest_eddy_to_cell_ratio", DECLARED) == pytest.approx(eddy / 15e-6)


def test_sparger_gas_velocity__is_the_flow_at_vessel_conditions_over_the_area_of_the_holes() -> None:
    flow = value("superficial_gas_velocity", DECLARED) * math.pi / 4 * 1.2**2
    assert value("sparger_gas_velocity", DECLARED) == pytest.approx(flow / (60 * math.pi / 4 * 1e-6))


def test_gassed_power__of_all_impellers_is_that_of_equal_ones_if_they_lose_equal_power() -> None:
    ratio = value("gassed_power_ratio", DECLARED)
    equal = value("gassed_power_of_all_impellers", DECLARED | {"upper_gassed_ratio": ratio})
    assert equal == pytest.approx(value("gassed_power_per_volume", DECLARED))
    assert value("gassed_power_of_all_impellers", DECLARED | {"upper_gassed_ratio": 0.5 * ratio}) < equal
