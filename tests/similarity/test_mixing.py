"""Stirred vessels: published examples, known conflicts of scale-up, and directions."""

import math

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import similarity as s

positive = st.floats(1e-2, 1e2)


def value(expression: pl.Expr) -> float:
    return float(pl.select(expression).item())


def lit(*numbers: float) -> list[pl.Expr]:
    return [pl.lit(float(number)) for number in numbers]


def test_power__of_a_rushton_turbine_in_an_examination_paper() -> None:
    # GATE 2016 biotechnology, question 20: Np 5, 300 rpm, D 1 m, 1000 kg/m³; 5·1000·5³·1⁵ W = 625 kW
    assert value(s.power(*lit(5, 300 / 60, 1.0), 1000.0)) == pytest.approx(625e3)


def test_power__of_a_marine_propeller_by_hand() -> None:
    # Np 0.35, 4 1/s, D 1.3 m, 0.01 Pa·s: Re = 1000·4·1.69/0.01 = 6.76e5, P = 0.35·1000·64·3.713 = 83 kW
    assert value(s.reynolds_number(*lit(4, 1.3), 1000.0, 1e-2)) == pytest.approx(6.76e5, rel=1e-3)
    assert value(s.power(*lit(0.35, 4, 1.3), 1000.0)) == pytest.approx(83e3, rel=5e-3)


def test_blend_time__of_a_hydrofoil_in_a_published_exercise() -> None:
    # github.com/maruedt/compile_exercise, mixing a fermenter: T = H = 1.2 m, D 0.42 m, 1.5 1/s, 70 W;
    # answers Re 2.65e4, Np 1.59, 24.7 s with a constant of 5.3 instead of 5.2
    power_number = 70 / (1000 * 1.5**3 * 0.42**5)
    assert power_number == pytest.approx(1.59, abs=0.005)
    assert value(s.reynolds_number(*lit(1.5, 0.42), 1000.0, 1e-2)) == pytest.approx(2.65e4, rel=2e-3)
    time = value(s.blend_time(*lit(1.5, power_number, 0.42, 1.2, 1.2)))
    assert time * 5.3 / 5.2 == pytest.approx(24.7, abs=0.05)


@given(agitation=positive, power_number=positive, diameter=positive, ratio=st.floats(1 / 3, 1 / 2))
def test_blend_time__agrees_with_an_independent_correlation(
    agitation: float, power_number: float, diameter: float, ratio: float
) -> None:
    # Nienow (1997) from turbulence theory: t = 5.9·T^⅔·ε^−⅓·(D/T)^−⅓ for H = T
    vessel = diameter / ratio
    dissipation = power_number * agitation**3 * diameter**5 / (math.pi / 4 * vessel**3)
    nienow = 5.9 * vessel ** (2 / 3) * dissipation ** (-1 / 3) * ratio ** (-1 / 3)
    assert value(s.blend_time(*lit(agitation, power_number, diameter, vessel, vessel))) == pytest.approx(nienow, rel=0.05)


@given(height=st.floats(1.0, 1.4))
def test_blend_time__with_one_impeller_grows_with_the_square_root_of_the_height(height: float) -> None:
    tall, square = (value(s.blend_time(*lit(1.5, 1.3, 0.5, 1.2, 1.2 * ratio))) for ratio in (height, 1.0))
    assert tall / square == pytest.approx(height**0.5)


def test_blend_time__of_several_impellers_by_hand() -> None:
    # 2 m³ in T = 1.18 m: H = 1.829 m; D = 0.5 m, 1.3 turns per second, Np 1.3 → 3.3·3.658^2.43/(1.3·1.0914) = 54.4 s
    height = 4 * 2 / (math.pi * 1.18**2)
    assert height == pytest.approx(1.829, abs=1e-3)
    time = value(s.blend_time_of_several_impellers(*lit(1.3, 1.3, 0.5, height)))
    assert time == pytest.approx(3.3 * (1.829 / 0.5) ** 2.43 / (1.3 * 1.0914), rel=2e-3)


@given(agitation=positive, power_number=positive, diameter=positive)
def test_blend_time__of_one_and_of_several_impellers_agree_in_the_standard_vessel(
    agitation: float, power_number: float, diameter: float
) -> None:
    # H = T, D = T/3: 3.3·3^2.43 = 47.6 against 5.2·9 = 46.8, within the ±10 % of either
    one = value(s.blend_time(*lit(agitation, power_number, diameter, 3 * diameter, 3 * diameter)))
    several = value(s.blend_time_of_several_impellers(*lit(agitation, power_number, diameter, 3 * diameter)))
    assert several / one == pytest.approx(1.0, abs=0.02)


def test_gas_saturation__of_oxygen_in_water_is_the_published_one() -> None:
    # Benson, Krause (1984), fresh water at 37 °C under moist air of 1 atm: 6.73 mg/L; Henry's constant of Sander (2015):
    # 1.3e-5 mol/(m³·Pa) at 25 °C, times exp(1500 (1/310.15 − 1/298.15)) at 37 °C
    henry = 1.3e-5 * math.exp(1500 * (1 / 310.15 - 1 / 298.15))
    assert value(s.gas_saturation(henry, 0.2095, pl.lit(101_325.0), 6_280.0)) * 32 == pytest.approx(6.73, rel=0.02)


def test_gas_saturation__is_zero_where_the_bubbles_are_vapour_alone() -> None:
    assert value(s.gas_saturation(1e-5, 0.2095, pl.lit(6_280.0), 6_280.0)) == 0.0


def test_kolmogorov_length__of_a_microcarrier_culture() -> None:
    # By hand, (ν³/ε)^¼ solved for ε: beads of 120 µm stand eddies of 80 µm, 1.3e-3 Pa·s and 1010 kg/m³ → 5.24e-2 W/kg
    assert value(s.kolmogorov_length(pl.lit(5.24e-2), 1.3e-3 / 1010)) == pytest.approx(80e-6, rel=1e-2)


def test_gassed_power_ratio__by_hand() -> None:
    # 10 m³, D 1 m, W 0.2 m, 100 rpm, 1 vvm: Q/(NV) = 0.01, N²D⁴/(gWV^⅔) = 0.3051 → 0.1·3.1623·1.2680
    assert value(s.gassed_power_ratio(*lit(100 / 60, 1, 0.2, 10 / 60, 10))) == pytest.approx(0.4010, abs=2e-4)


def test_gassed_power_ratio__is_one_without_gas() -> None:
    assert value(s.gassed_power_ratio(*lit(1.5, 1, 0.2, 0, 10))) == 1.0


@given(agitation=positive, flow=st.floats(1e-4, 1.0), more=st.floats(1.01, 10))
def test_gassed_power_ratio__never_rises_with_gas_and_never_exceeds_one(agitation: float, flow: float, more: float) -> None:
    low, high = (value(s.gassed_power_ratio(*lit(agitation, 1, 0.2, q, 10))) for q in (flow, flow * more))
    assert 0 < high <= low <= 1


@pytest.mark.parametrize("kla", [s.kla_coalescing, s.kla_non_coalescing])
@given(power=st.floats(10, 1e4), velocity=st.floats(1e-4, 0.05), more=st.floats(1.01, 10))
def test_kla__rises_with_power_and_gas(kla: object, power: float, velocity: float, more: float) -> None:
    assert callable(kla)
    base = value(kla(*lit(power, velocity)))
    assert value(kla(*lit(power * more, velocity))) > base
    assert value(kla(*lit(power, velocity * more))) > base


def test_kla__has_the_published_exponents() -> None:
    doubled = [value(kla(*lit(2000, 0.01)) / kla(*lit(1000, 0.01))) for kla in (s.kla_coalescing, s.kla_non_coalescing)]
    assert doubled == pytest.approx([2**0.4, 2**0.7])


def test_oxygen_transfer_rate__vanishes_at_saturation() -> None:
    assert value(s.oxygen_transfer_rate(*lit(0.01, 0.2, 0.2))) == 0.0


@given(factor=st.floats(1.1, 20))
def test_equal_power_per_volume__raises_tip_speed_and_blend_time_with_size(factor: float) -> None:
    # Geometric similarity, size × factor: P/V ∝ N³D² is held, so N ∝ D^−⅔, tip speed ∝ D^⅓, blend time ∝ D^⅔
    small, large = (2.0, 0.1), (2.0 * factor ** (-2 / 3), 0.1 * factor)

    def intensity(agitation: float, diameter: float) -> float:
        return value(s.power_per_volume(s.power(*lit(1, agitation, diameter), 1000.0), pl.lit(30 * diameter**3)))

    assert intensity(*large) == pytest.approx(intensity(*small))
    tip = value(s.tip_speed(*lit(*large))) / value(s.tip_speed(*lit(*small)))
    assert tip == pytest.approx(factor ** (1 / 3))
    slow, fast = (value(s.blend_time(*lit(n, 1, d, 3 * d, 3 * d))) for n, d in (large, small))
    assert slow / fast == pytest.approx(factor ** (2 / 3))


@given(factor=st.floats(1.1, 20))
def test_equal_vvm__raises_the_superficial_gas_velocity_with_size(factor: float) -> None:
    def velocity(diameter: float) -> float:
        volume = math.pi / 4 * diameter**3
        return value(s.superficial_gas_velocity(*lit(volume / 60, diameter)))

    assert velocity(factor) / velocity(1.0) == pytest.approx(factor)


def test_functions__work_on_columns_and_keep_nulls() -> None:
    frame = pl.DataFrame({"n": [1.0, None, 2.0], "d": [1.0, 1.0, 0.5]})
    tips = frame.select(s.tip_speed(pl.col("n"), pl.col("d"))).to_series().to_list()
    assert tips == [pytest.approx(math.pi), None, pytest.approx(math.pi)]


def test_carbon_dioxide__of_a_dense_culture_needs_the_published_gas_flow() -> None:
    # 1e7 cells/mL, 4.63 pmol/(cell·d), 76 mmHg: CER·R·T/pCO₂ = 0.0082 vvm at 1 atm; Gray et al. (1996), Cytotechnology 22, 65
    produced, held = 4.63e-12 * 1e13 / 86_400, 0.0301 * 76  # mol/(m³·s), mol/m³
    rate = value(s.carbon_dioxide_stripping(*lit(0.0082 / 60, 1.0, 1e9)))
    assert produced / rate == pytest.approx(held, rel=0.02)


@given(flow=st.floats(1e-5, 1e-3), kla=st.floats(1e-4, 1e-1), height=st.floats(0.05, 5.0))
def test_carbon_dioxide__removal_rises_with_gas_and_surface(flow: float, kla: float, height: float) -> None:
    def rate(flow: float = flow, kla: float = kla, height: float = height) -> float:
        return value(s.carbon_dioxide_stripping(*lit(flow, kla, height)))

    assert rate(flow=2 * flow) > rate()
    assert rate(kla=2 * kla) >= rate()
    assert rate(height=2 * height) < rate()
    assert rate() <= min(0.9 * kla, flow / 0.58) + 3e-5 / height + 1e-12  # the limits set by film and gas


def test_carbon_dioxide__at_equal_kla_removal_is_slower_in_a_deeper_vessel_with_less_gas_per_volume() -> None:
    def rate(per_minute: float, height: float) -> float:
        return value(s.carbon_dioxide_stripping(*lit(per_minute / 60 * 101_325 / 1.1e5, 3e-3, height)))

    assert rate(0.01, 3.0) < rate(0.05, 0.3) / 3


def test_half_depth_pressure__of_four_metres_of_water_under_half_a_bar_by_hand() -> None:
    pressure = value(s.half_depth_pressure(*lit(4.0, 0.5e5), 1000.0))
    assert pressure == pytest.approx(101_325 + 50_000 + 1000 * 9.80665 * 2)


def test_gas_flow_at_vessel__of_a_normal_litre_by_hand() -> None:
    """1 L at 0 °C and 1 atm holds 44.6 mmol; at 37 °C and 2 atm these have the volume n·R·T/p."""
    moles = 101_325 * 1e-3 / (8.314462618 * 273.15)
    flow = value(s.gas_flow_at_vessel(*lit(1e-3, 101_325, 273.15, 202_650, 310.15)))
    assert flow == pytest.approx(moles * 8.314462618 * 310.15 / 202_650)
