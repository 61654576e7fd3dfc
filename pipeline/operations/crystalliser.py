"""Features of a stirred crystalliser. Inputs are in SI units, agitation in turns per second.

Inputs: concentration and solubility (in the same unit, at the end or at seeding), agitation, impeller_diameter,
power_number, working_volume, suspension_constant (of the impeller in this vessel), crystal_size, crystal_density,
liquid_density, liquid_viscosity (dynamic), solids_loading (mass of solid per mass of liquid). For secondary nucleation
suspension_density (mass of crystals per volume of suspension), and what was measured for the material: nucleation_constant,
nucleation_power_exponent, nucleation_density_exponent and nucleation_order.
"""

import polars as pl

from pipeline import similarity
from pipeline.domain.process.operation_kinds import quantities
from pipeline.operations.feature import Feature
from pipeline.operations.unit_operation import UnitOperation

MIXING_HANDBOOK = "Paul, Atiemo-Obeng, Kresta (2004) Handbook of Industrial Mixing"
MULLIN = "Mullin (2001) Crystallization, 4th edition, chapter 3"
ZWIETERING = "Zwietering (1958) Chem. Eng. Sci. 8, 244"
IMPELLER = ("agitation", "impeller_diameter")
SUSPENSION = (
    "suspension_constant",
    "crystal_size",
    "crystal_density",
    "liquid_density",
    "liquid_viscosity",
    "solids_loading",
    "impeller_diameter",
)

INPUTS = quantities(
    concentration=("g/L", "concentration of the solute"),
    solubility=("g/L", "solubility at the same temperature and solvent"),
    agitation=("rpm", "speed of the stirrer, in turns"),
    impeller_diameter=("mm", "diameter of the impeller"),
    power_number=("", "power number of the impeller"),
    working_volume=("L", "volume of the suspension"),
    suspension_constant=("", "constant of Zwietering for this impeller and vessel"),
    crystal_size=("um", "size of the crystals"),
    crystal_density=("g/mL", "density of the crystals"),
    liquid_density=("g/mL", "density of the liquid"),
    liquid_viscosity=("mPas", "dynamic viscosity of the liquid"),
    solids_loading=("g/g", "mass of solid per mass of liquid"),
    suspension_density=("g/L", "mass of crystals per volume of suspension"),
    nucleation_constant=("1/(m3*s)", "rate of secondary nucleation at 1 W/kg, 1 kg/m³ and a supersaturation S − 1 of 1"),
    nucleation_power_exponent=("", "exponent of the power per mass"),
    nucleation_density_exponent=("", "exponent of the suspension density"),
    nucleation_order=("", "exponent of the supersaturation S − 1"),
)


def power_per_volume(
    power_number: pl.Expr,
    agitation: pl.Expr,
    impeller_diameter: pl.Expr,
    liquid_density: pl.Expr,
    working_volume: pl.Expr,
) -> pl.Expr:
    """Power of the impeller per volume of suspension [W/m³]."""
    dissipated = similarity.power(power_number, agitation, impeller_diameter, liquid_density)
    return similarity.power_per_volume(dissipated, working_volume)


def nucleation_rate(
    nucleation_constant: pl.Expr,
    power_number: pl.Expr,
    agitation: pl.Expr,
    impeller_diameter: pl.Expr,
    liquid_density: pl.Expr,
    working_volume: pl.Expr,
    suspension_density: pl.Expr,
    concentration: pl.Expr,
    solubility: pl.Expr,
    *exponents: pl.Expr,
) -> pl.Expr:
    """Crystals that form by contacts per volume and time [1/(m³·s)]; last the exponents of power, density and supersaturation.

    The power per mass is that per mass of liquid.
    """
    intensity = power_per_volume(power_number, agitation, impeller_diameter, liquid_density, working_volume)
    excess = similarity.supersaturation_ratio(concentration, solubility) - 1
    return similarity.secondary_nucleation_rate(
        nucleation_constant, intensity / liquid_density, suspension_density, excess, *exponents
    )


def suspension_speed(
    suspension_constant: pl.Expr,
    crystal_size: pl.Expr,
    crystal_density: pl.Expr,
    liquid_density: pl.Expr,
    liquid_viscosity: pl.Expr,
    solids_loading: pl.Expr,
    impeller_diameter: pl.Expr,
) -> pl.Expr:
    """Lowest speed at which no crystal stays on the bottom [1/s]."""
    kinematic, buoyancy = liquid_viscosity / liquid_density, crystal_density / liquid_density - 1
    return similarity.just_suspended_speed(
        suspension_constant, kinematic, crystal_size, buoyancy, solids_loading, impeller_diameter
    )


def suspension_ratio(agitation: pl.Expr, *suspension: pl.Expr) -> pl.Expr:
    """Speed of the impeller over the lowest speed that suspends all crystals [-]."""
    return agitation / suspension_speed(*suspension)


FEATURES: tuple[Feature, ...] = (
    Feature(
        "supersaturation_ratio",
        "dimensionless",
        ("concentration", "solubility"),
        similarity.supersaturation_ratio,
        "Concentration over solubility: nucleation and growth",
        MULLIN,
    ),
    Feature(
        "crystalliser_tip_speed", "m/s", IMPELLER, similarity.tip_speed, "Speed of the blade tips: breakage", MIXING_HANDBOOK
    ),
    Feature(
        "crystalliser_power_per_volume",
        "W/m^3",
        ("power_number", *IMPELLER, "liquid_density", "working_volume"),
        power_per_volume,
        "Power per volume: secondary nucleation and mass transfer",
        MIXING_HANDBOOK,
    ),
    Feature(
        "secondary_nucleation_rate",
        "1/(m3*s)",
        (
            "nucleation_constant",
            "power_number",
            *IMPELLER,
            "liquid_density",
            "working_volume",
            "suspension_density",
            "concentration",
            "solubility",
            "nucleation_power_exponent",
            "nucleation_density_exponent",
            "nucleation_order",
        ),
        nucleation_rate,
        "Crystals that form by contacts per volume and time: number and size of the crystals",
        "Garside, Davey (1980) Chem. Eng. Commun. 4, 393",
    ),
    Feature(
        "just_suspended_speed",
        "rpm",
        SUSPENSION,
        suspension_speed,
        "Lowest speed at which no crystal stays on the bottom",
        ZWIETERING,
    ),
    Feature(
        "suspension_ratio",
        "dimensionless",
        ("agitation", *SUSPENSION),
        suspension_ratio,
        "Speed over the lowest speed that suspends all crystals: below 1, crystals stay on the bottom",
        ZWIETERING,
    ),
)

OPERATION = UnitOperation(inputs=INPUTS, features=FEATURES)
