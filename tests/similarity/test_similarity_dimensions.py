"""Formulas must give the same result in every system of units.

A change of units multiplies a quantity of dimension L^a·M^b·T^c·Θ^d by λ^a·μ^b·τ^c·θ^d. If the dimensions of a formula are
right, changed inputs give the result multiplied by the factor of its own dimension. Constants inside a formula have dimensions
too. `holds` limits the changes of units to those that leave the constants unchanged.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pipeline import similarity as s

Dimension = tuple[int, int, int, int]  # length, mass, time, temperature
Change = tuple[float, float, float, float]

NONE: Dimension = (0, 0, 0, 0)
LENGTH: Dimension = (1, 0, 0, 0)
AREA: Dimension = (2, 0, 0, 0)
VOLUME: Dimension = (3, 0, 0, 0)
MASS: Dimension = (0, 1, 0, 0)
TIME: Dimension = (0, 0, 1, 0)
KELVIN: Dimension = (0, 0, 0, 1)
RATE: Dimension = (0, 0, -1, 0)
SPEED: Dimension = (1, 0, -1, 0)
FLOW: Dimension = (3, 0, -1, 0)
MASS_FLOW: Dimension = (0, 1, -1, 0)
DENSITY: Dimension = (-3, 1, 0, 0)
VISCOSITY: Dimension = (-1, 1, -1, 0)
KINEMATIC: Dimension = (2, 0, -1, 0)
FORCE: Dimension = (1, 1, -2, 0)
PRESSURE: Dimension = (-1, 1, -2, 0)
SOLUBILITY: Dimension = (-2, 0, 2, 0)
POWER: Dimension = (2, 1, -3, 0)
INTENSITY: Dimension = (-1, 1, -3, 0)
DISSIPATION: Dimension = (2, 0, -3, 0)
ENERGY_PER_MASS: Dimension = (2, 0, -2, 0)
TRANSFER: Dimension = (0, 1, -3, -1)
COUNT_PER_VOLUME: Dimension = (-3, 0, 0, 0)
MOLES_PER_VOLUME: Dimension = (-3, 0, -1, 0)  # a mole is a number here


def anything(length: float, mass: float, time: float, temperature: float) -> Change:
    return length, mass, time, temperature


def gravity(length: float, mass: float, time: float, temperature: float) -> Change:
    """Keep the number of g [L/T²]."""
    return time**2, mass, time, temperature


def gravity_and_atmosphere(length: float, mass: float, time: float, temperature: float) -> Change:
    """Keep the numbers of g [L/T²] and of the standard atmosphere [M/(L·T²)]."""
    return time**2, time**4, time, temperature


def latent_heat(length: float, mass: float, time: float, temperature: float) -> Change:
    """Keep the numbers of h_v [L²/T²] and c_p [L²/(T²·Θ)]."""
    return time, mass, time, 1.0


def gas_constant(length: float, mass: float, time: float, temperature: float) -> Change:
    """Keep the number of R [M·L²/(T²·Θ)], for a mole that is a number."""
    return length, mass, time, mass * length**2 / time**2


def heat_per_mole(length: float, mass: float, time: float, temperature: float) -> Change:
    """Keep the number of the heat per mole of oxygen [M·L²/T²]."""
    return length, time**2 / length**2, time, temperature


def ice(length: float, mass: float, time: float, temperature: float) -> Change:
    """Keep the number of h_s/k of ice [L·T·Θ/M]."""
    return length, mass, time, mass / (length * time)


def air(length: float, mass: float, time: float, temperature: float) -> Change:
    """Keep the number of the gas constant of air [L²/(T²·Θ)]."""
    return length, mass, time, length**2 / time**2


def watt_per_kilogram_and_density(length: float, mass: float, time: float, temperature: float) -> Change:
    """Keep the numbers of 1 W/kg [L²/T³] and of 1 kg/m³ [M/L³]."""
    return time**1.5, time**4.5, time, temperature


def hundred_micrometres(length: float, mass: float, time: float, temperature: float) -> Change:
    """Keep the number of the size to which a work index refers [L]."""
    return 1.0, mass, time, temperature


class Formula(NamedTuple):
    compute: Callable[..., pl.Expr]
    inputs: tuple[Dimension, ...]
    result: Dimension
    holds: Callable[[float, float, float, float], Change] = anything


FORMULAS = (
    Formula(s.reynolds_number, (RATE, LENGTH, DENSITY, VISCOSITY), NONE),
    Formula(s.tip_speed, (RATE, LENGTH), SPEED),
    Formula(s.power, (NONE, RATE, LENGTH, DENSITY), POWER),
    Formula(s.power_per_volume, (POWER, VOLUME), INTENSITY),
    Formula(s.gassed_power_ratio, (RATE, LENGTH, LENGTH, FLOW, VOLUME), NONE, gravity),
    Formula(s.superficial_gas_velocity, (FLOW, LENGTH), SPEED),
    Formula(s.half_depth_pressure, (LENGTH, PRESSURE, DENSITY), PRESSURE, gravity_and_atmosphere),
    Formula(s.gas_flow_at_vessel, (FLOW, PRESSURE, KELVIN, PRESSURE, KELVIN), FLOW),
    Formula(s.gas_flow_per_volume, (FLOW, VOLUME), RATE),
    Formula(s.oxygen_transfer_rate, (RATE, DENSITY, DENSITY), (-3, 1, -1, 0)),
    Formula(s.gas_saturation, (SOLUBILITY, NONE, PRESSURE, PRESSURE), DENSITY),
    Formula(s.blend_time, (RATE, NONE, LENGTH, LENGTH, LENGTH), TIME),
    Formula(s.blend_time_of_several_impellers, (RATE, NONE, LENGTH, LENGTH), TIME),
    Formula(s.kolmogorov_length, (DISSIPATION, KINEMATIC), LENGTH),
    Formula(s.froude_number, (RATE, LENGTH), NONE, gravity),
    Formula(s.turret_tip_speed, (RATE, LENGTH), SPEED),
    Formula(s.dwell_time, (LENGTH, RATE, LENGTH), TIME),
    Formula(s.compression_pressure, (FORCE, LENGTH), PRESSURE),
    Formula(s.strain_rate, (LENGTH, LENGTH, TIME), RATE),
    Formula(s.ejection_stress, (FORCE, LENGTH, LENGTH), PRESSURE),
    Formula(s.tensile_strength, (FORCE, LENGTH, LENGTH), PRESSURE),
    Formula(s.pan_fill, (MASS, DENSITY, VOLUME), NONE),
    Formula(s.spray_rate_per_load, (MASS_FLOW, MASS), RATE),
    Formula(s.drying_load, (MASS_FLOW, NONE, MASS_FLOW), NONE),
    Formula(s.evaporative_cooling, (NONE,), KELVIN, latent_heat),
    Formula(s.drying_environment_factor, (NONE, KELVIN, KELVIN), NONE, latent_heat),
    Formula(s.weight_gain, (MASS, NONE, MASS), NONE),
    Formula(s.film_thickness, (LENGTH, LENGTH), LENGTH),
    Formula(s.log10_ratio, (VOLUME, VOLUME), NONE),
    Formula(s.area_per_volume, (AREA, VOLUME), (-1, 0, 0, 0)),
    Formula(s.wall_area_per_volume, (LENGTH,), (-1, 0, 0, 0)),
    Formula(s.liquid_height, (VOLUME, LENGTH), LENGTH),
    Formula(s.geometry_ratio, (LENGTH, LENGTH), NONE),
    Formula(s.vial_heat_transfer, (TRANSFER, (1, 0, -1, -1), (1, -1, 2, 0), PRESSURE), TRANSFER),
    Formula(s.cake_resistance, (SPEED, RATE, (-1, 0, 0, 0), LENGTH), SPEED),
    Formula(s.fill_depth, (VOLUME, AREA), LENGTH),
    Formula(s.vial_bottom_temperature, (KELVIN, MASS_FLOW, AREA, LENGTH), KELVIN, ice),
    Formula(s.choked_flow, (AREA, PRESSURE, KELVIN, NONE, MASS), MASS_FLOW, gas_constant),
    Formula(s.relative_swept_volume, (RATE, LENGTH, LENGTH, NONE, VOLUME), RATE),
    Formula(s.spray_flux, (FLOW, SPEED, LENGTH, LENGTH), NONE),
    Formula(s.wetted_share, (NONE,), NONE),
    Formula(s.specific_work, (POWER, TIME, MASS), ENERGY_PER_MASS),
    Formula(s.stokes_deformation_number, (DENSITY, SPEED, PRESSURE), NONE),
    Formula(s.humidity_ratio, (PRESSURE, PRESSURE), NONE),
    Formula(s.air_density, (KELVIN, PRESSURE), DENSITY, air),
    Formula(s.spray_rate_per_area, (MASS_FLOW, LENGTH), (-2, 1, -1, 0)),
    Formula(s.moisture_gain, (MASS_FLOW, NONE, MASS_FLOW, NONE, NONE, MASS), RATE),
    Formula(s.superficial_air_velocity, (MASS_FLOW, DENSITY, LENGTH), SPEED),
    Formula(s.minimum_fluidisation_velocity, (LENGTH, DENSITY, DENSITY, VISCOSITY), SPEED, gravity),
    Formula(s.mean_drying_rate, (NONE, NONE, TIME), RATE),
    Formula(s.drying_time, (NONE, NONE, NONE, NONE, RATE), TIME),
    Formula(s.energy_per_water, (POWER, TIME, MASS, NONE, NONE), ENERGY_PER_MASS),
    Formula(s.bond_energy, (ENERGY_PER_MASS, LENGTH, LENGTH), ENERGY_PER_MASS, hundred_micrometres),
    Formula(s.bond_work_index, (ENERGY_PER_MASS, LENGTH, LENGTH), ENERGY_PER_MASS, hundred_micrometres),
    Formula(s.specific_milling_energy, (POWER, MASS_FLOW), ENERGY_PER_MASS),
    Formula(s.blender_froude_number, (RATE, LENGTH), NONE, gravity),
    Formula(s.blender_fill, (MASS, DENSITY, VOLUME), NONE),
    Formula(s.revolutions, (RATE, TIME), NONE),
    Formula(s.lubrication_extent, (VOLUME, NONE, NONE), LENGTH),
    Formula(s.lubricated_strength, (PRESSURE, NONE, (-1, 0, 0, 0), LENGTH), PRESSURE),
    Formula(s.specific_compaction_force, (FORCE, LENGTH), (0, 1, -2, 0)),
    Formula(s.ribbon_throughput, (LENGTH, LENGTH, LENGTH, RATE, DENSITY), MASS_FLOW),
    Formula(s.ribbon_solid_fraction, (MASS_FLOW, LENGTH, LENGTH, LENGTH, RATE, DENSITY), NONE),
    Formula(s.tablet_solid_fraction, (MASS, LENGTH, LENGTH, DENSITY), NONE),
    Formula(s.heckel_solid_fraction, (PRESSURE, PRESSURE, NONE), NONE),
    Formula(s.kawakita_compression, (PRESSURE, NONE, PRESSURE), NONE),
    Formula(s.compact_strength, (NONE, PRESSURE, NONE), PRESSURE),
    Formula(s.convex_tensile_strength, (FORCE, LENGTH, LENGTH, LENGTH), PRESSURE),
    Formula(s.capsule_shaped_tensile_strength, (FORCE, LENGTH, LENGTH, LENGTH), PRESSURE),
    Formula(s.supersaturation_ratio, (NONE, NONE), NONE),
    Formula(s.just_suspended_speed, (NONE, KINEMATIC, LENGTH, NONE, NONE, LENGTH), RATE, gravity),
    Formula(s.gassed_power_of_several_impellers, (POWER, NONE, POWER, NONE, NONE), POWER),
    Formula(s.molar_gas_flow, (FLOW, PRESSURE, KELVIN), RATE, gas_constant),
    Formula(s.oxygen_uptake_rate, (RATE, NONE, NONE, NONE, NONE, VOLUME), MOLES_PER_VOLUME),
    Formula(s.carbon_dioxide_evolution_rate, (RATE, NONE, NONE, NONE, NONE, VOLUME), MOLES_PER_VOLUME),
    Formula(s.respiratory_quotient, (MOLES_PER_VOLUME, MOLES_PER_VOLUME), NONE),
    Formula(s.metabolic_heat, (MOLES_PER_VOLUME,), INTENSITY, heat_per_mole),
    Formula(s.heat_removal_capacity, ((0, 1, -3, -1), AREA, KELVIN, KELVIN, VOLUME), INTENSITY),
    Formula(s.impeller_zone_dissipation, (POWER, LENGTH, DENSITY), DISSIPATION),
    Formula(s.eddy_to_cell_ratio, (LENGTH, LENGTH), NONE),
    Formula(s.sparger_gas_velocity, (FLOW, NONE, LENGTH), SPEED),
    Formula(s.shaken_reynolds_number, (RATE, LENGTH, DENSITY, VISCOSITY), NONE),
    Formula(s.shaken_power_number, (NONE,), NONE),
    Formula(s.shaken_power_per_volume, (NONE, RATE, LENGTH, VOLUME, DENSITY), INTENSITY),
    Formula(s.shaken_froude_number, (RATE, LENGTH), NONE, gravity),
    Formula(s.settling_velocity, (LENGTH, DENSITY, VISCOSITY), SPEED, gravity),
    Formula(s.relative_centrifugal_force, (RATE, LENGTH), NONE, gravity),
    Formula(s.disc_stack_settling_area, (RATE, NONE, LENGTH, LENGTH, NONE), AREA, gravity),
    Formula(s.tubular_settling_area, (RATE, LENGTH, LENGTH, LENGTH), AREA, gravity),
    Formula(s.flow_per_settling_area, (FLOW, AREA), SPEED),
    Formula(s.filter_throughput, (VOLUME, AREA), LENGTH),
    Formula(s.filter_flux, (VOLUME, AREA, TIME), SPEED),
    Formula(s.load_per_area, (DENSITY, VOLUME, AREA), (-2, 1, 0, 0)),
    Formula(s.permeability, (SPEED, PRESSURE), (2, -1, 1, 0)),
    Formula(s.plugging, (LENGTH, LENGTH), NONE),
    Formula(s.flux_left, (LENGTH, LENGTH), NONE),
    Formula(s.least_filter_area, (VOLUME, LENGTH, SPEED, TIME), AREA),
    Formula(s.transmembrane_pressure, (PRESSURE, PRESSURE, PRESSURE), PRESSURE),
    Formula(s.permeate_flux, (FLOW, AREA), SPEED),
    Formula(s.concentration_factor, (VOLUME, VOLUME), NONE),
    Formula(s.diafiltration_volumes, (VOLUME, VOLUME), NONE),
    Formula(s.washed_out_rest, (NONE, NONE), NONE),
    Formula(s.fibre_shear_rate, (FLOW, NONE, LENGTH), RATE),
    Formula(s.channel_shear_rate, (FLOW, NONE, LENGTH, LENGTH), RATE),
    Formula(s.bed_volume, (LENGTH, LENGTH), VOLUME),
    Formula(s.linear_velocity, (FLOW, LENGTH), SPEED),
    Formula(s.residence_time, (LENGTH, SPEED), TIME),
    Formula(s.resin_load, (MASS, VOLUME), DENSITY),
    Formula(s.column_volumes, (VOLUME, VOLUME), NONE),
    Formula(s.bed_permeability, (LENGTH, NONE), AREA),
    Formula(s.bed_pressure_drop, (SPEED, LENGTH, AREA, VISCOSITY), PRESSURE),
    Formula(s.plate_number, (VOLUME, VOLUME), NONE),
    Formula(s.plate_height, (LENGTH, NONE), LENGTH),
    Formula(s.reduced_plate_height, (LENGTH, LENGTH), NONE),
    Formula(s.peak_asymmetry, (VOLUME, VOLUME), NONE),
    Formula(s.particle_peclet_number, (SPEED, LENGTH, KINEMATIC, NONE), NONE),
    Formula(s.column_peclet_number, (NONE,), NONE),
    Formula(s.seeding_density, (NONE, VOLUME), COUNT_PER_VOLUME),
    Formula(s.seeding_density_per_area, (NONE, AREA), (-2, 0, 0, 0)),
    Formula(s.fold_expansion, (NONE, NONE), NONE),
    Formula(s.population_doublings, (NONE, NONE), NONE),
    Formula(s.doubling_time, (NONE, NONE, TIME), TIME),
    Formula(s.perfusion_per_cell, (FLOW, COUNT_PER_VOLUME, VOLUME), FLOW),
    Formula(s.multiplicity_of_infection, (VOLUME, COUNT_PER_VOLUME, NONE), NONE),
    Formula(s.transduced_share, (NONE,), NONE),
    Formula(s.vector_copies_per_cell, (NONE, NONE), NONE),
    Formula(s.copies_per_transduced_cell, (NONE, NONE), NONE),
    Formula(s.transduction_volume_ratio, (VOLUME, VOLUME), NONE),
    Formula(s.waiting_time, (TIME, TIME), TIME),
    Formula(s.viability_loss_rate, (NONE, NONE, TIME), RATE),
    Formula(s.kla_from_uptake, ((-3, 1, -1, 0), DENSITY, DENSITY), RATE),
    Formula(s.shaken_phase_number, (LENGTH, LENGTH, VOLUME, RATE, DENSITY, VISCOSITY), NONE),
    Formula(s.rocking_reynolds_number, (VOLUME, RATE, NONE, LENGTH, LENGTH, KINEMATIC), NONE),
    Formula(s.rocking_edge_speed, (RATE, NONE, LENGTH), SPEED),
    Formula(s.sloshing_frequency, (LENGTH, LENGTH), RATE, gravity),
    Formula(
        s.secondary_nucleation_rate,
        (MOLES_PER_VOLUME, DISSIPATION, DENSITY, NONE, NONE, NONE, NONE),
        MOLES_PER_VOLUME,
        watt_per_kilogram_and_density,
    ),
)
EMPIRICAL = {
    "environmental_equivalency",
    "shaken_kla",
    "carbon_dioxide_stripping",
    "evaporative_capacity",
    "ice_vapour_pressure",
    "kla_coalescing",
    "kla_non_coalescing",
    "nip_angle",
    "saturation_pressure",
    "sublimation_rate",
    "sublimation_temperature",
    "wet_bulb_temperature",
}
"""Empirical fits, whose constants have a dimension, what is computed from them, and equations that have a solution for plausible
numbers alone."""


def scaled(number: float, dimension: Dimension, change: Change) -> float:
    for factor, exponent in zip(change, dimension, strict=True):
        number *= factor**exponent
    return number


@st.composite
def changed(draw: st.DrawFn) -> tuple[Formula, list[float], Change]:
    formula = draw(st.sampled_from(FORMULAS))
    numbers = [round(draw(st.floats(0.1, 10)), 3) for _ in formula.inputs]  # nearly equal ones would cancel
    factors = [draw(st.floats(0.2, 5)) for _ in range(4)]
    return formula, numbers, formula.holds(*factors)


def evaluate(formula: Formula, numbers: list[float]) -> float:
    """Evaluate a formula; a parameter of type float also accepts an expression."""
    return float(pl.select(formula.compute(*(pl.lit(number) for number in numbers))).item())


def check(formula: Formula, numbers: list[float], change: Change) -> None:
    moved = [scaled(n, d, change) for n, d in zip(numbers, formula.inputs, strict=True)]
    expected = scaled(evaluate(formula, numbers), formula.result, change)
    assert evaluate(formula, moved) == pytest.approx(expected, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("formula", FORMULAS, ids=lambda formula: formula.compute.__name__)
def test_formula__is_dimensionally_homogeneous(formula: Formula) -> None:
    numbers = [0.7, 1.9, 0.4, 0.3, 2.3, 1.3, 0.8][: len(formula.inputs)]
    check(formula, numbers, formula.holds(0.01, 1000.0, 60.0, 1.8))


@given(changed())
def test_formula__is_dimensionally_homogeneous_for_any_units(case: tuple[Formula, list[float], Change]) -> None:
    assume(math.isfinite(evaluate(*case[:2])))
    check(*case)


def test_every_quantity__is_checked_or_known_to_be_empirical() -> None:
    checked = {formula.compute.__name__ for formula in FORMULAS}
    assert checked | EMPIRICAL == set(s.__all__)
    assert not checked & EMPIRICAL


def test_the_check__finds_a_formula_with_a_stray_gravity() -> None:
    # A published error: a power number with an extra g is not dimensionless in SI
    trap = Formula(lambda p, n, d, rho: p * 9.80665 / (rho * n**3 * d**5), (POWER, RATE, LENGTH, DENSITY), NONE)
    check(trap, [1.0, 2.0, 3.0, 4.0], (0.01, 1000.0, 60.0, 1.0))  # a bare number does not show the error …
    honest = Formula(lambda p, n, d, rho, g: p * g / (rho * n**3 * d**5), (*trap.inputs, (1, 0, -2, 0)), NONE)
    with pytest.raises(AssertionError):  # … g with its dimension does
        check(honest, [1.0, 2.0, 3.0, 4.0, 9.80665], (0.01, 1000.0, 60.0, 1.0))


def test_the_check__finds_a_wrong_exponent() -> None:
    wrong = Formula(lambda p, n, d, rho: p / (rho * n**3 * d**4), (POWER, RATE, LENGTH, DENSITY), NONE)
    with pytest.raises(AssertionError):
        check(wrong, [1.0, 2.0, 3.0, 4.0], (0.01, 1000.0, 60.0, 1.0))
