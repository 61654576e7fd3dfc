"""Formulas against independent libraries, computed live: fluids (flow, vessels, numbers) and scipy (Poisson, peaks).

Three balances are set up here and solved numerically: their formulas are the closed solutions.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import fluids
import numpy as np
import polars as pl
import pytest
from scipy.integrate import solve_ivp
from scipy.signal import peak_widths
from scipy.stats import poisson

from docs.generator.quantities import formula
from docs.generator.worked_examples import WorkedExample, worked_examples
from pipeline import similarity
from pipeline.domain.units import unit
from pipeline.operations.quantity_example import number_and_unit

GRAVITY = 9.80665
THICK = 1.0
"""Viscosity of a liquid that flows laminarly in every pipe of this module [Pa·s]."""


def pressure_drop(flow: float, diameter: float) -> float:
    """Pressure drop per length of a laminar flow in a pipe [Pa/m]; flow in m³/s, at a density of 1 kg/m³."""
    return float(fluids.one_phase_dP(m=flow, rho=1.0, mu=THICK, D=diameter, L=1.0))


def velocity(flow: float, diameter: float) -> float:
    """Mean velocity in a pipe [m/s], from the pressure drop of the library and the law of Poiseuille."""
    return pressure_drop(flow, diameter) * diameter**2 / (32 * THICK)


def height(volume: float, diameter: float) -> float:
    """Height of a liquid in an upright tank with flat ends [m]."""
    return float(fluids.TANK(D=diameter, L=10 * volume / diameter**2, horizontal=False).h_from_V(volume))


def plates(volume: float, width: float) -> float:
    """Plate number of a Gaussian peak whose width at half height is found by the library."""
    deviation = volume * 0.05
    axis, step = np.linspace(0, 2 * volume, 200_001, retstep=True)
    peak = np.exp(-((axis - volume) ** 2) / (2 * deviation**2))
    found = float(peak_widths(peak, [int(peak.argmax())], rel_height=0.5)[0][0]) * float(step)
    return (volume / deviation) ** 2 * (found / width) ** 2


def relief_flow(area: float, pressure: float, temperature: float, ratio: float, molar_mass: float) -> float:
    """Flow through a relief valve without losses [kg/s]; molar_mass in kg/mol."""
    per_flow = fluids.safety_valve.API520_A_g(m=1.0, T=temperature, Z=1.0, MW=1e3 * molar_mass, k=ratio, P1=pressure, Kd=1.0)
    return area / float(per_flow)


def mixing_time(speed: float, number: float, impeller: float, vessel: float, liquid: float) -> float:
    """Blend time of the library for a thin liquid [s]. It multiplies the power by g, so that the power is given over g."""
    power = number * 1000 * speed**3 * impeller**5 / GRAVITY
    return float(
        fluids.mixing.agitator_time_homogeneous(
            N=speed, P=power, T=vessel, H=liquid, mu=1e-3, rho=1000.0, D=impeller, homogeneity=0.95
        )
    )


def side(diameter: float, length: float) -> float:
    """Area around a cylinder, without its ends [m²]."""
    return float(fluids.geometry.A_cylinder(diameter, length) - math.pi / 2 * diameter**2)


def gas_balance(
    flow: float, oxygen: float, dioxide: float, oxygen_out: float, dioxide_out: float, volume: float
) -> list[float]:
    """Uptake of oxygen and release of CO₂ [mol/(m³·s)] from the balances of oxygen, CO₂ and the inert rest."""
    matrix = [[oxygen_out, volume, 0.0], [dioxide_out, 0.0, -volume], [1 - oxygen_out - dioxide_out, 0.0, 0.0]]
    solved = np.linalg.solve(matrix, [flow * oxygen, flow * dioxide, flow * (1 - oxygen - dioxide)])
    return [float(value) for value in solved[1:]]


def filtered(capacity: float, clean_flux: float, time: float) -> float:
    """Throughput of a filter whose pores narrow gradually [m³/m²]: dv/dt = J₀·(1 − v/Vmax)², integrated."""
    path = solve_ivp(lambda _, v: clean_flux * (1 - v / capacity) ** 2, (0, time), [0.0], rtol=1e-10, atol=1e-14 * capacity)
    return float(path.y[0, -1])


def stripped(gas_flow: float, kla: float, liquid_height: float) -> float:
    """Rate constant of CO₂ removal [1/s]: a bubble takes up CO₂ on its way, q·dg/dx = 0.9·kLa·(1 − 0.58·g), integrated."""
    path = solve_ivp(
        lambda _, g: 0.9 * kla * (1 - 0.58 * g) / gas_flow, (0, 1), [0.0], method="LSODA", rtol=1e-10, atol=1e-13
    )
    return gas_flow * float(path.y[0, -1]) + 3e-5 / liquid_height


@dataclass(frozen=True)
class Comparison:
    """A formula, the same quantity by a library, and the range of each input in SI."""

    library: Callable[..., float]
    ranges: tuple[tuple[float, float], ...]
    tolerance: float = 1e-6


SPEED, LENGTH = (0.1, 10.0), (0.05, 3.0)
FLOW = (1e-5, 1e-2)
OFF_GAS = ((0.01, 10), (0.2, 0.5), (3e-4, 0.01), (0.1, 0.19), (0.02, 0.1), (0.01, 20))
LIVE = {
    "reynolds_number": Comparison(
        lambda n, d, rho, mu: fluids.Reynolds(V=n * d, D=d, rho=rho, mu=mu), (SPEED, LENGTH, (800, 1300), (1e-3, 1))
    ),
    "power": Comparison(
        lambda number, n, d, rho: number / fluids.Power_number(P=1.0, L=d, N=n, rho=rho),
        ((0.3, 6), SPEED, LENGTH, (800, 1300)),
    ),
    "impeller_zone_dissipation": Comparison(
        lambda power, d, rho: fluids.Power_number(P=power, L=d, N=2.0, rho=rho) * 2.0**3 * d**2,
        ((1, 1e5), LENGTH, (800, 1300)),
    ),
    "froude_number": Comparison(lambda n, d: fluids.Froude(V=n * d, L=d, squared=True), (SPEED, LENGTH)),
    "blend_time": Comparison(mixing_time, ((0.5, 5), (0.5, 5), (0.2, 1), (0.6, 3), (0.6, 3))),
    "half_depth_pressure": Comparison(
        lambda h, head, rho: fluids.P_from_head(h / 2, rho) + 101_325 + head, (LENGTH, (0, 1e5), (800, 1300))
    ),
    "superficial_gas_velocity": Comparison(velocity, (FLOW, LENGTH)),
    "linear_velocity": Comparison(velocity, (FLOW, LENGTH)),
    "superficial_air_velocity": Comparison(lambda m, rho, d: velocity(m / rho, d), ((0.01, 1), (0.8, 1.3), LENGTH)),
    "sparger_gas_velocity": Comparison(lambda q, n, d: velocity(q / n, d), (FLOW, (10, 500), (5e-4, 5e-3))),
    "fibre_shear_rate": Comparison(
        lambda q, n, d: pressure_drop(q / n, d) * d / (4 * THICK), (FLOW, (10, 5000), (2e-4, 2e-3))
    ),
    "wall_area_per_volume": Comparison(lambda d: side(d, 1) / fluids.geometry.V_cylinder(d, 1), (LENGTH,)),
    "bed_volume": Comparison(lambda h, d: fluids.geometry.V_cylinder(d, h), (LENGTH, LENGTH)),
    "liquid_height": Comparison(height, ((1e-3, 10), LENGTH)),
    "fill_depth": Comparison(lambda v, a: height(v, math.sqrt(4 * a / math.pi)), ((1e-6, 1e-4), (1e-4, 1e-3))),
    "geometry_ratio": Comparison(fluids.geometry.aspect_ratio, (LENGTH, LENGTH)),
    "shaken_reynolds_number": Comparison(
        lambda n, d, rho, mu: fluids.Reynolds(V=n * d, D=d, rho=rho, mu=mu), (SPEED, LENGTH, (800, 1300), (1e-3, 1))
    ),
    "shaken_froude_number": Comparison(
        lambda n, d: fluids.Froude(V=math.pi * n * d, L=d / 2, squared=True), (SPEED, (0.01, 0.1))
    ),
    "blender_froude_number": Comparison(
        lambda n, r: fluids.Froude(V=2 * math.pi * n * r, L=r, squared=True), ((0.05, 1), LENGTH)
    ),
    "settling_velocity": Comparison(
        lambda d, rho, mu: fluids.v_terminal(D=d, rhop=1000 + rho, rho=1000, mu=mu, Method="Stokes"),
        ((5e-7, 2e-5), (20, 200), (8e-4, 5e-3)),
    ),
    "bed_permeability": Comparison(
        lambda d, e: 1e-9 / fluids.Ergun(dp=d, voidage=e, vs=1e-9, rho=1.0, mu=1.0), ((2e-5, 2e-4), (0.3, 0.5))
    ),
    "particle_peclet_number": Comparison(
        lambda u, d, diffusivity, e: fluids.Peclet_mass(V=u / e, L=d, D=diffusivity),
        ((1e-4, 1e-3), (2e-5, 2e-4), (1e-11, 1e-9), (0.3, 0.5)),
    ),
    "choked_flow": Comparison(relief_flow, ((1e-4, 1e-2), (3e5, 2e6), (250, 400), (1.1, 1.6), (0.002, 0.06)), 1e-3),
    "transduced_share": Comparison(lambda moi: 1 - poisson(moi).pmf(0), ((0.01, 10),)),
    "wetted_share": Comparison(lambda flux: 1 - poisson(flux).pmf(0), ((0.01, 2),)),
    "copies_per_transduced_cell": Comparison(
        lambda copies, share: poisson(copies).expect(lambda k: k, lb=1) / share, ((0.1, 5), (0.05, 1))
    ),
    "relative_swept_volume": Comparison(
        lambda n, d, h, count, v: count * n * fluids.geometry.V_cylinder(d, h) / v,
        (SPEED, (0.1, 1), (0.01, 0.1), (2, 4), (0.01, 1)),
    ),
    "spray_rate_per_area": Comparison(velocity, ((1e-4, 1e-2), LENGTH)),
    "ejection_stress": Comparison(lambda f, d, h: f / side(d, h), ((10, 1000), (0.005, 0.02), (0.001, 0.01))),
    "oxygen_uptake_rate": Comparison(lambda *gas: gas_balance(*gas)[0], OFF_GAS),
    "carbon_dioxide_evolution_rate": Comparison(lambda *gas: gas_balance(*gas)[1], OFF_GAS),
    "least_filter_area": Comparison(
        lambda v, capacity, flux, time: v / filtered(capacity, flux, time),
        ((0.1, 10), (0.1, 5), (1e-5, 1e-3), (600, 36_000)),
    ),
    "carbon_dioxide_stripping": Comparison(stripped, ((1e-4, 1e-2), (1e-4, 0.1), (0.1, 10))),
    "plate_number": Comparison(plates, ((1e-5, 1e-2), (1e-6, 1e-3)), 1e-5),
}
"""Name of a formula → how a library computes it."""
RECORDED = [example for example in worked_examples() if "test_similarity_libraries" in example.source]


@pytest.mark.parametrize("name", LIVE)
def test_formula__is_what_the_library_computes_over_its_range(name: str) -> None:
    comparison, random = LIVE[name], np.random.default_rng(7)
    drawn = [10 ** random.uniform(math.log10(low or 1e-9), math.log10(high), 20) for low, high in comparison.ranges]
    own = pl.select(formula(name)(*(pl.lit(pl.Series(column)) for column in drawn))).to_series().to_list()
    expected = [float(comparison.library(*map(float, row))) for row in zip(*drawn, strict=True)]
    assert own == pytest.approx(expected, rel=comparison.tolerance)


@pytest.mark.parametrize("example", RECORDED, ids=lambda example: example.function)
def test_recorded_number__is_what_the_library_gives(example: WorkedExample) -> None:
    values = [unit(label).to_si(number) for number, label in map(number_and_unit, example.inputs)]
    number, label = number_and_unit(example.expected)
    given = unit(label).from_si(float(LIVE[example.function].library(*values)))
    assert example.kind == ("derivation" if "solved numerically" in example.source else "library")
    assert given == pytest.approx(number, rel=example.tolerance)


def test_names__are_formulas() -> None:
    assert set(LIVE) <= set(similarity.__all__)
