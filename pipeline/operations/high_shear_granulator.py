"""Features of a high-shear granulator. Inputs are in SI units, impeller speed in turns per second.

Inputs: impeller_speed, impeller_diameter, blade_height (upright), blade_count, bowl_volume, powder_mass, bulk_density,
liquid_mass, liquid_flow, surface_speed (of the powder below the spray), spray_width, drop_diameter, granulation_power (above
the empty machine), granulation_time, granule_density, granule_strength (yield stress of wet granules).
"""

import polars as pl

from pipeline import similarity
from pipeline.domain.process.operation_kinds import quantities
from pipeline.operations.feature import Feature
from pipeline.operations.quantity_example import QuantityExample
from pipeline.operations.unit_operation import UnitOperation

HOLM = "Holm (1987) Drug Dev. Ind. Pharm. 13, 1675"
IVESON = "Iveson, Litster (1998) AIChE J. 44, 1510"
LITSTER = "Litster et al. (2001) Powder Technol. 114, 32"
HAPGOOD = "Hapgood et al. (2004) Powder Technol. 141, 20"
HORSTHUIS = "Horsthuis et al. (1993) Int. J. Pharm. 92, 143"

IMPELLER = ("impeller_speed", "impeller_diameter")
SPRAY = ("liquid_flow", "surface_speed", "spray_width", "drop_diameter")

INPUTS = quantities(
    impeller_speed=("rpm", "speed of the impeller, in turns"),
    impeller_diameter=("mm", "diameter of the impeller"),
    blade_height=("mm", "height of a blade, measured upright"),
    blade_count=("", "number of blades"),
    bowl_volume=("L", "volume of the bowl"),
    powder_mass=("kg", "mass of dry powder"),
    bulk_density=("g/mL", "bulk density of the dry powder"),
    liquid_mass=("kg", "mass of granulation liquid"),
    liquid_flow=("mL/min", "volume of granulation liquid per time"),
    surface_speed=("m/s", "speed of the powder surface below the spray"),
    spray_width=("mm", "width of the spray across the motion of the powder"),
    drop_diameter=("um", "diameter of the drops"),
    granulation_power=("W", "mean power of the impeller above that of the empty machine"),
    granulation_time=("min", "time of liquid addition and wet massing"),
    granule_density=("g/mL", "density of the wet granules"),
    granule_strength=("kPa", "yield stress of the wet granules"),
)


def liquid_to_solid(liquid_mass: pl.Expr, powder_mass: pl.Expr) -> pl.Expr:
    """Mass of liquid per mass of dry powder [-], m_liquid/m_powder.

    liquid_mass and powder_mass [kg]. Exact.
    """
    return liquid_mass / powder_mass


def wetted_surface(liquid_flow: pl.Expr, surface_speed: pl.Expr, spray_width: pl.Expr, drop_diameter: pl.Expr) -> pl.Expr:
    """Share of the powder surface that is wet after one pass [-]."""
    return similarity.wetted_share(similarity.spray_flux(liquid_flow, surface_speed, spray_width, drop_diameter))


def impact_number(
    granule_density: pl.Expr, impeller_speed: pl.Expr, impeller_diameter: pl.Expr, granule_strength: pl.Expr
) -> pl.Expr:
    """Stokes deformation number at the tip speed [-]: the largest possible."""
    tip = similarity.tip_speed(impeller_speed, impeller_diameter)
    return similarity.stokes_deformation_number(granule_density, tip, granule_strength)


FEATURES: tuple[Feature, ...] = (
    Feature(
        "granulator_tip_speed",
        "m/s",
        IMPELLER,
        similarity.tip_speed,
        "Speed of the blade tips: breakage and densification",
        HOLM,
    ),
    Feature(
        "granulator_froude_number",
        "dimensionless",
        IMPELLER,
        similarity.froude_number,
        "Centrifugal force over weight: motion of the powder",
        HORSTHUIS,
    ),
    Feature(
        "relative_swept_volume",
        "1/s",
        (*IMPELLER, "blade_height", "blade_count", "bowl_volume"),
        similarity.relative_swept_volume,
        "Volume swept by the blades per time and volume of the bowl: work on the powder",
        HOLM,
    ),
    Feature(
        "bowl_fill",
        "dimensionless",
        ("powder_mass", "bulk_density", "bowl_volume"),
        similarity.blender_fill,
        "Share of the bowl that the dry powder fills",
        "definition",
    ),
    Feature(
        "liquid_to_solid",
        "dimensionless",
        ("liquid_mass", "powder_mass"),
        liquid_to_solid,
        "Liquid per dry powder: growth of the granules",
        "definition",
    ),
    Feature(
        "spray_flux",
        "dimensionless",
        SPRAY,
        similarity.spray_flux,
        "Area of the drops per area of powder: below 0.1 single drops, above 1 caking",
        LITSTER,
    ),
    Feature("wetted_surface", "percent", SPRAY, wetted_surface, "Share of the surface that is wet after one pass", HAPGOOD),
    Feature(
        "granulation_work",
        "kJ/kg",
        ("granulation_power", "granulation_time", "powder_mass"),
        similarity.specific_work,
        "Work of the impeller per mass of powder",
        "definition",
    ),
    Feature(
        "stokes_deformation_number",
        "dimensionless",
        ("granule_density", *IMPELLER, "granule_strength"),
        impact_number,
        "Energy of impacts over strength of granules, at the tip speed",
        IVESON,
    ),
)

OPERATION = UnitOperation(
    inputs=INPUTS,
    features=FEATURES,
    examples=(
        QuantityExample(
            "liquid_to_solid",
            {"liquid_mass": "1.2 kg", "powder_mass": "10 kg"},
            "0.12",
            "Open course in pharmaceutics, page “Granulation”, “How wet is the granulation?”: 1.2 kg of binder solution on 10 kg",
            "published",
        ),
    ),
)
