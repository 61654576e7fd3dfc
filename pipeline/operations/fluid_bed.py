"""Features of a fluid bed granulator, coater or dryer. Inputs are in SI units.

Inputs: spray_rate, solids_fraction, air_flow (dry air, kg/s), inlet_temperature, inlet_humidity and exhaust_humidity (mass
of water per mass of dry air), bed_diameter (at the plate), dry_mass, particle_diameter, particle_density; and, if it is
known, air_pressure (absolute; 1 atm otherwise).
"""

import polars as pl

from pipeline import similarity
from pipeline.domain.process.operation_kinds import quantities
from pipeline.operations.feature import Feature
from pipeline.operations.unit_operation import UnitOperation
from pipeline.similarity.mixing import ATMOSPHERE

ASHRAE = "ASHRAE (2017) Handbook of Fundamentals, chapter 1"
KUNII = "Kunii, Levenspiel (1991) Fluidization Engineering, 2nd edition"
PARIKH = "Parikh (2010) Handbook of Pharmaceutical Granulation Technology, 3rd edition, chapter 10"
WEN_YU = "Wen, Yu (1966) AIChE J. 12, 610"

AIR_VISCOSITY = 2.0e-5
"""Viscosity of air at about 50 °C [Pa·s]."""
SEA_LEVEL = {"air_pressure": ATMOSPHERE}
INLET = ("air_flow", "inlet_temperature", "inlet_humidity")
STREAM = ("air_flow", "inlet_temperature", "bed_diameter")

INPUTS = quantities(
    spray_rate=("g/min", "mass of spray per time"),
    solids_fraction=("% w/w", "share of solids in the mass of the spray"),
    air_flow=("kg/s", "mass of dry air per time"),
    inlet_temperature=("degC", "temperature of the inlet air"),
    inlet_humidity=("g/kg", "mass of water per mass of dry inlet air"),
    exhaust_humidity=("g/kg", "mass of water per mass of dry exhaust air"),
    bed_diameter=("mm", "diameter of the bed at the plate"),
    dry_mass=("kg", "mass of dry solid in the bed"),
    particle_diameter=("um", "diameter of the particles"),
    particle_density=("g/mL", "density of the particles"),
    air_pressure=("mbar", "absolute pressure of the air; 1 atm where it is not given"),
)


def evaporation_load(
    spray_rate: pl.Expr,
    solids_fraction: pl.Expr,
    air_flow: pl.Expr,
    inlet_temperature: pl.Expr,
    inlet_humidity: pl.Expr,
    air_pressure: pl.Expr | float,
) -> pl.Expr:
    """Water sprayed over the water that the air can take up [-]."""
    capacity = similarity.evaporative_capacity(air_flow, inlet_temperature, inlet_humidity, air_pressure)
    return spray_rate * (1 - solids_fraction) / capacity


def air_velocity(
    air_flow: pl.Expr, inlet_temperature: pl.Expr, bed_diameter: pl.Expr, air_pressure: pl.Expr | float
) -> pl.Expr:
    """Speed of the air at the inlet temperature in the empty bed [m/s]."""
    density = similarity.air_density(inlet_temperature, air_pressure)
    return similarity.superficial_air_velocity(air_flow, density, bed_diameter)


def fluidisation_ratio(
    air_flow: pl.Expr,
    inlet_temperature: pl.Expr,
    bed_diameter: pl.Expr,
    particle_diameter: pl.Expr,
    particle_density: pl.Expr,
    air_pressure: pl.Expr | float,
) -> pl.Expr:
    """Speed of the air over the lowest speed that lifts the bed [-]."""
    density = similarity.air_density(inlet_temperature, air_pressure)
    lowest = similarity.minimum_fluidisation_velocity(particle_diameter, particle_density, density, AIR_VISCOSITY)
    return similarity.superficial_air_velocity(air_flow, density, bed_diameter) / lowest


FEATURES: tuple[Feature, ...] = (
    Feature(
        "spray_rate_per_bed_area",
        "g/min/cm^2",
        ("spray_rate", "bed_diameter"),
        similarity.spray_rate_per_area,
        "Spray rate per area of the bed: wetting",
        PARIKH,
    ),
    Feature(
        "spray_water_per_air",
        "g/kg",
        ("spray_rate", "solids_fraction", "air_flow"),
        similarity.drying_load,
        "Water sprayed per mass of drying air",
        PARIKH,
    ),
    Feature(
        "wet_bulb_temperature",
        "degC",
        ("inlet_temperature", "inlet_humidity"),
        similarity.wet_bulb_temperature,
        "Temperature of wet granules: the bed has it while its surface is wet",
        ASHRAE,
        SEA_LEVEL,
    ),
    Feature(
        "evaporative_capacity",
        "g/min",
        INLET,
        similarity.evaporative_capacity,
        "Water that the air can take up per time",
        ASHRAE,
        SEA_LEVEL,
    ),
    Feature(
        "evaporation_load",
        "dimensionless",
        ("spray_rate", "solids_fraction", *INLET),
        evaporation_load,
        "Water sprayed over the capacity of the air: above 1, the bed becomes wet",
        ASHRAE,
        SEA_LEVEL,
    ),
    Feature(
        "moisture_gain",
        "1/h",
        ("spray_rate", "solids_fraction", "air_flow", "inlet_humidity", "exhaust_humidity", "dry_mass"),
        similarity.moisture_gain,
        "Rise of the moisture of the bed per time, from the water balance",
        "mass balance",
    ),
    Feature("fluid_bed_air_velocity", "m/s", STREAM, air_velocity, "Speed of the air in the empty bed", KUNII, SEA_LEVEL),
    Feature(
        "fluidisation_ratio",
        "dimensionless",
        (*STREAM, "particle_diameter", "particle_density"),
        fluidisation_ratio,
        "Speed of the air over the lowest speed that lifts the particles",
        WEN_YU,
        SEA_LEVEL,
    ),
)

OPERATION = UnitOperation(inputs=INPUTS, features=FEATURES)
