"""The physics of vessels against published values, and the known conflicts of scale-up."""

import numpy as np
import pytest

from pipeline.simulators.virtual_plant import physics


def arrays(*numbers: float) -> list[np.ndarray]:
    return [np.array([float(number)]) for number in numbers]


def test_power__of_a_rushton_turbine_in_an_examination_paper() -> None:
    # GATE 2016 biotechnology, question 20: Np 5, 300 rpm, D 1 m, 1000 kg/m³: 625 kW
    watts = physics.power(*arrays(300 / 60, 1.0, 5.0, 1)) * 1000 / physics.DENSITY
    assert watts[0] == pytest.approx(625e3)


def test_power_per_volume__of_a_single_use_reactor_of_2000_litres() -> None:
    # Xcellerex XDR-2000: Np 0.51, one impeller of 0.42 m, 100 rpm, 2,000 L, water at 37 °C (993.3 kg/m³): 15.3 W/m³
    watts = physics.power(*arrays(100 / 60, 0.42, 0.51, 1)) * 993.3 / physics.DENSITY
    assert watts[0] / 2.0 == pytest.approx(15.3, rel=3e-3)


def test_agitation_for_power__gives_a_speed_that_draws_that_power() -> None:
    diameter, number, count, volume = arrays(0.5, 1.3, 2.0, 2.0)
    speed = physics.agitation_for_power(np.array([26.0]), volume, diameter, number, count)
    assert physics.power(speed, diameter, number, count)[0] / 2.0 == pytest.approx(26.0)


def test_gassed_share__of_hughmark_by_hand() -> None:
    # 10 m³, D 1 m, W 0.2 m, 100 rpm, 1 vvm (0.1667 m³/s): Q/(NV) 0.01, N²D⁴/(gWV^⅔) 0.3051: 0.1 · 3.1623 · 1.2680
    pumping, froude = (10 / 60) / (100 / 60 * 10), (100 / 60) ** 2 / (9.81 * 0.2 * 10 ** (2 / 3))
    share = physics.gassed_share(*arrays(10 / 60, 100 / 60, 1.0, 10.0))[0]
    assert (pumping, froude) == (pytest.approx(0.01), pytest.approx(0.3051, rel=1e-3))
    assert share == pytest.approx(0.4010, abs=2e-4)


def test_kla__of_van_t_riets_equation_at_a_published_point() -> None:
    # 1,000 W/m³ and 0.05 m/s in a coalescing liquid: 332 1/h
    assert 3600 * physics.kla(*arrays(1000, 0.05, 1.0))[0] == pytest.approx(332, rel=2e-3)


def test_blend_time__of_a_hydrofoil_in_a_published_exercise() -> None:
    # T = H = 1.2 m, D 0.42 m, 1.5 1/s, 70 W: Np 1.59, 24.7 s with a constant of 5.3 instead of 5.2
    number = 70 / (1000 * 1.5**3 * 0.42**5)
    seconds = physics.blend_time(*arrays(1.5, 0.42, 1.2, number, 1.2))[0]
    assert seconds * 5.3 / 5.2 == pytest.approx(24.7, abs=0.05)


@pytest.mark.parametrize(("ph", "mmhg", "millimolar"), [(7.4, 40, 24.0), (7.0, 40, 9.56), (7.0, 120, 28.7), (6.9, 60, 11.4)])
def test_bicarbonate__of_the_textbook(ph: float, mmhg: float, millimolar: float) -> None:
    # pH = 6.1 + log10(HCO₃⁻ / (0.0301 · pCO₂)), mmol/L and mmHg
    pressure = np.array([mmhg * physics.MMHG])
    found = physics.bicarbonate(pressure, np.array([ph]))
    assert found[0] == pytest.approx(millimolar, rel=5e-3)
    assert physics.ph_of(found, pressure)[0] == pytest.approx(ph)
    assert physics.co2_at(found, np.array([ph]))[0] == pytest.approx(pressure[0])


def test_oxygen__largest_biomass_of_an_aerobic_culture_in_a_textbook() -> None:
    # Doran: kLa 0.17 1/s, C* 8e-3 kg/m³, 12.5 mmol/(g·h): kLa · C* can supply 12 g/L, for any number of cells
    pressure = 8e-3 / 0.032 / physics.OXYGEN_SOLUBILITY
    per_gram = 12.5 / 3600  # mmol/(g·s) is mol/(kg·s), and kg/m³ is g/L
    demand = np.array([200 * per_gram])
    left = physics.oxygen_under_pure_oxygen(np.array([0.17]), demand, np.array([pressure]))
    fed = demand * left / (physics.OXYGEN_HALF + left) / per_gram
    assert fed[0] == pytest.approx(12.24, rel=5e-3)


def test_oxygen__uptake_equals_transfer() -> None:
    rng = np.random.default_rng(1)
    kla, demand, pressure = rng.uniform(5e-4, 1e-2, 200), rng.uniform(1e-6, 5e-3, 200), rng.uniform(1e5, 2e5, 200)
    oxygen = physics.oxygen_under_pure_oxygen(kla, demand, pressure)
    uptake = demand * oxygen / (physics.OXYGEN_HALF + oxygen)
    assert np.allclose(uptake, kla * (physics.OXYGEN_SOLUBILITY * pressure - oxygen), rtol=1e-6)
    assert (oxygen > 0).all()


def test_carbon_dioxide__needs_the_gas_flow_that_saturated_bubbles_can_carry() -> None:
    # 1e7 cells/mL, 4.63 pmol/(cell·d) of CO₂, 76 mmHg: 0.0082 vvm by CER·R·T/pCO₂ at 1 atm; Gray et al. 1996 found 0.006
    produced = 4.63e-12 * 1e13 / 86400
    kelvin, one = 310.15, np.ones(1)
    flow = produced * physics.GAS_CONSTANT * kelvin / (76 * physics.MMHG)
    deep = 1e9 * one  # no surface, and contact long enough for saturation
    removal = physics.co2_removal(flow * one, one, 1.0 * one, deep, physics.ATMOSPHERE * one, kelvin * one)
    assert 60 * flow == pytest.approx(0.0082, rel=0.02)
    assert produced / removal[0] / physics.MMHG == pytest.approx(76, rel=1e-3)


# Known effects in geometrically similar vessels (H = T, D = 0.4 T, one impeller of Np 1.3) of 0.3 m and 3 m.
SIZES = np.array([0.3, 3.0])


def similar(per_volume: float) -> dict[str, np.ndarray]:
    """Vessels of both sizes, stirred at the same power per volume [W/m³]."""
    volume, impeller, number = np.pi / 4 * SIZES**3, 0.4 * SIZES, np.full(2, 1.3)
    speed = physics.agitation_for_power(np.full(2, per_volume), volume, impeller, number, np.ones(2))
    return {"volume": volume, "impeller": impeller, "number": number, "speed": speed}


def test_equal_power_per_volume__lengthens_blend_time_by_the_two_thirds_power_of_size() -> None:
    v = similar(25.0)
    small, large = physics.blend_time(v["speed"], v["impeller"], SIZES, v["number"], SIZES)
    assert large / small == pytest.approx(10 ** (2 / 3))


def test_equal_power_per_volume__raises_tip_speed_by_the_cube_root_of_size() -> None:
    v = similar(25.0)
    small, large = physics.tip_speed(v["speed"], v["impeller"])
    assert large / small == pytest.approx(10 ** (1 / 3))


def test_equal_tip_speed__lowers_power_per_volume() -> None:
    v = similar(25.0)
    speed = v["speed"][0] * v["impeller"][0] / v["impeller"]
    small, large = physics.power(speed, v["impeller"], v["number"], np.ones(2)) / v["volume"]
    assert large / small == pytest.approx(0.1)


def test_equal_gas_per_volume__raises_the_superficial_velocity_by_size() -> None:
    v = similar(25.0)
    small, large = physics.superficial_gas_velocity(0.01 / 60 * v["volume"], SIZES)
    assert large / small == pytest.approx(10)


def test_equal_kla__raises_carbon_dioxide() -> None:
    """Equal power per volume and gas velocity give equal kLa, while the gas flow per volume falls with size."""
    v = similar(25.0)
    flow = 8e-4 * np.pi / 4 * SIZES**2
    kla = physics.kla(np.full(2, 25.0), physics.superficial_gas_velocity(flow, SIZES), np.ones(2))
    pressure = physics.mean_pressure(SIZES, np.zeros(2))
    small, large = 1 / physics.co2_removal(flow, v["volume"], kla, SIZES, pressure, np.full(2, 310.15))
    assert kla[0] == pytest.approx(kla[1])
    assert large > 1.5 * small


def test_equal_gas_per_volume__raises_carbon_dioxide_by_liquid_height_and_less_surface() -> None:
    v = similar(25.0)
    flow = 0.01 / 60 * v["volume"]
    kla, pressure = np.full(2, 2e-3), physics.mean_pressure(SIZES, np.zeros(2))
    small, large = 1 / physics.co2_removal(flow, v["volume"], kla, SIZES, pressure, np.full(2, 310.15))
    assert large > 1.05 * small
