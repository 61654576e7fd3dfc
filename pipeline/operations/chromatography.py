"""Features of a packed chromatography column. Inputs are in SI units.

Inputs: flow, bed_height, column_diameter, loaded_mass, load_volume, wash_volume, elution_volume, particle_diameter,
porosity (share of the bed between the beads), viscosity, diffusivity of the product; from a test of the packing with a
tracer that does not bind: retention_volume, width_at_half_height, leading_width and trailing_width at 10 % of the height.
Where they are not given, the porosity is 0.36, as for spheres packed at random, and the viscosity is that of water at 20
°C.
"""

import polars as pl

from pipeline import similarity
from pipeline.domain.process.operation_kinds import quantities
from pipeline.operations.feature import Feature
from pipeline.operations.unit_operation import UnitOperation

CARTA = "Carta, Jungbauer (2020) Protein Chromatography, 2nd edition"
BIRD = "Bird, Stewart, Lightfoot (2002) Transport Phenomena, 2nd edition, chapter 6"
GIDDINGS = "Giddings (1965) Dynamics of Chromatography"
DEFINITION = "definition"

COLUMN = ("bed_height", "column_diameter")
TRACER = ("retention_volume", "width_at_half_height")
RANDOM_SPHERES = 0.36
"""Porosity between spheres that are packed at random [-]."""
WATER_VISCOSITY = 1.0e-3
"""Water at 20 °C [Pa·s]; 20 % ethanol and dense protein solutions reach about twice that."""

INPUTS = quantities(
    flow=("L/h", "flow through the column while it is loaded"),
    bed_height=("cm", "height of the packed bed"),
    column_diameter=("cm", "inner diameter of the column"),
    loaded_mass=("g", "mass of product in the load"),
    load_volume=("L", "volume of the load"),
    wash_volume=("L", "volume of the wash"),
    elution_volume=("L", "volume of the eluate"),
    particle_diameter=("um", "mean diameter of the beads"),
    porosity=("", "share of the bed between the beads; 0.36 where it is not given"),
    viscosity=("mPa*s", "dynamic viscosity of the liquid; 1 mPa·s where it is not given"),
    diffusivity=("m2/s", "diffusivity of the product in the liquid"),
    retention_volume=("L", "volume at the maximum of the tracer peak"),
    width_at_half_height=("L", "width of the tracer peak at half of its height"),
    leading_width=("L", "width of the tracer peak before its maximum, at 10 % of its height"),
    trailing_width=("L", "width of the tracer peak after its maximum, at 10 % of its height"),
)


def residence_time(flow: pl.Expr, bed_height: pl.Expr, column_diameter: pl.Expr) -> pl.Expr:
    """Bed volume over flow [s]."""
    return similarity.residence_time(bed_height, similarity.linear_velocity(flow, column_diameter))


def resin_load(loaded_mass: pl.Expr, *column: pl.Expr) -> pl.Expr:
    """Mass loaded per bed volume [kg/m³]; last the inputs `COLUMN`."""
    return similarity.resin_load(loaded_mass, similarity.bed_volume(*column))


def column_volumes(volume: pl.Expr, *column: pl.Expr) -> pl.Expr:
    """Volume of a phase over the bed volume [-]; last the inputs `COLUMN`."""
    return similarity.column_volumes(volume, similarity.bed_volume(*column))


def pressure_drop(
    flow: pl.Expr,
    bed_height: pl.Expr,
    column_diameter: pl.Expr,
    particle_diameter: pl.Expr,
    porosity: pl.Expr | float,
    viscosity: pl.Expr | float,
) -> pl.Expr:
    """Pressure drop of the bed, as if its beads were rigid [Pa]."""
    permeability = similarity.bed_permeability(particle_diameter, porosity)
    velocity = similarity.linear_velocity(flow, column_diameter)
    return similarity.bed_pressure_drop(velocity, bed_height, permeability, viscosity)


def particle_peclet_number(
    flow: pl.Expr, column_diameter: pl.Expr, particle_diameter: pl.Expr, diffusivity: pl.Expr, porosity: pl.Expr | float
) -> pl.Expr:
    """Convection between the beads over diffusion [-]."""
    velocity = similarity.linear_velocity(flow, column_diameter)
    return similarity.particle_peclet_number(velocity, particle_diameter, diffusivity, porosity)


def column_peclet_number(*tracer: pl.Expr) -> pl.Expr:
    """Péclet number of axial dispersion [-]; takes the inputs `TRACER` in their order."""
    return similarity.column_peclet_number(similarity.plate_number(*tracer))


def plate_height(bed_height: pl.Expr, *tracer: pl.Expr) -> pl.Expr:
    """Height of a theoretical plate [m]; last the inputs `TRACER`."""
    return similarity.plate_height(bed_height, similarity.plate_number(*tracer))


def reduced_plate_height(particle_diameter: pl.Expr, bed_height: pl.Expr, *tracer: pl.Expr) -> pl.Expr:
    """Height of a theoretical plate in diameters of a bead [-]; last the inputs `TRACER`."""
    return similarity.reduced_plate_height(plate_height(bed_height, *tracer), particle_diameter)


FEATURES: tuple[Feature, ...] = (
    Feature("bed_volume", "L", COLUMN, similarity.bed_volume, "Volume of the packed bed, 1 CV", DEFINITION),
    Feature(
        "bed_aspect_ratio",
        "dimensionless",
        COLUMN,
        similarity.geometry_ratio,
        "Bed height over column diameter: the wall holds the bed less in wide columns",
        DEFINITION,
    ),
    Feature(
        "linear_velocity",
        "cm/h",
        ("flow", "column_diameter"),
        similarity.linear_velocity,
        "Flow per cross-section: with the bed height it sets residence time and pressure",
        DEFINITION,
    ),
    Feature(
        "residence_time",
        "min",
        ("flow", *COLUMN),
        residence_time,
        "Bed volume over flow: binding capacity depends on it",
        CARTA,
    ),
    Feature(
        "resin_load",
        "g/L",
        ("loaded_mass", *COLUMN),
        resin_load,
        "Mass loaded per bed volume: breakthrough and impurities in the eluate",
        DEFINITION,
    ),
    Feature(
        "load_column_volumes",
        "dimensionless",
        ("load_volume", *COLUMN),
        column_volumes,
        "Volume of the load in bed volumes",
        DEFINITION,
    ),
    Feature(
        "wash_column_volumes",
        "dimensionless",
        ("wash_volume", *COLUMN),
        column_volumes,
        "Volume of the wash in bed volumes",
        DEFINITION,
    ),
    Feature(
        "elution_column_volumes",
        "dimensionless",
        ("elution_volume", *COLUMN),
        column_volumes,
        "Volume of the eluate in bed volumes: dilution of the pool",
        DEFINITION,
    ),
    Feature(
        "bed_pressure_drop",
        "bar",
        ("flow", *COLUMN, "particle_diameter"),
        pressure_drop,
        "Pressure drop of the bed as if its beads were rigid; what is measured above it is compression and fouling",
        BIRD,
        {"porosity": RANDOM_SPHERES, "viscosity": WATER_VISCOSITY},
    ),
    Feature(
        "particle_peclet_number",
        "dimensionless",
        ("flow", "column_diameter", "particle_diameter", "diffusivity"),
        particle_peclet_number,
        "Convection between the beads over diffusion: how much diffusion into the beads limits",
        GIDDINGS,
        {"porosity": RANDOM_SPHERES},
    ),
    Feature("plate_number", "dimensionless", TRACER, similarity.plate_number, "Theoretical plates of the packed bed", CARTA),
    Feature(
        "plate_height",
        "um",
        ("bed_height", *TRACER),
        plate_height,
        "Height of a theoretical plate: quality of the packing",
        CARTA,
    ),
    Feature(
        "reduced_plate_height",
        "dimensionless",
        ("particle_diameter", "bed_height", *TRACER),
        reduced_plate_height,
        "Height of a theoretical plate in diameters of a bead: compares packings of different resins",
        GIDDINGS,
    ),
    Feature(
        "column_peclet_number",
        "dimensionless",
        TRACER,
        column_peclet_number,
        "Flow over axial dispersion in the column",
        "van Deemter, Zuiderweg, Klinkenberg (1956) Chem. Eng. Sci. 5, 271",
    ),
    Feature(
        "peak_asymmetry",
        "dimensionless",
        ("leading_width", "trailing_width"),
        similarity.peak_asymmetry,
        "Asymmetry of the tracer peak: below 0.8 a compressed bed, above 1.8 gaps",
        CARTA,
    ),
)

OPERATION = UnitOperation(inputs=INPUTS, features=FEATURES)
