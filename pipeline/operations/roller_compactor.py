"""Features of a roller compactor. Inputs are in SI units, roll speed in turns per second, angles in turns.

Inputs: roll_force, roll_width, roll_diameter, gap, roll_speed, throughput, true_density, effective_friction and
wall_friction (angles of the powder), compressibility (power of the density with which the pressure grows).
"""

import polars as pl

from pipeline import similarity
from pipeline.domain.process.operation_kinds import quantities
from pipeline.operations.feature import Feature
from pipeline.operations.quantity_example import QuantityExample
from pipeline.operations.unit_operation import UnitOperation

ALLESO = "Allesø, Holm, Holm (2016) Eur. J. Pharm. Sci. (roll width as scale factor)"
JOHANSON = "Johanson (1965) J. Appl. Mech. 32, 842"
TOSON = "Toson et al. (2019) Int. J. Pharm. X 1, 100005"
ROLLS = ("roll_diameter", "roll_width", "gap", "roll_speed")

INPUTS = quantities(
    roll_force=("kN", "force between the rolls"),
    roll_width=("mm", "width of the rolls"),
    roll_diameter=("mm", "diameter of the rolls"),
    gap=("mm", "distance between the rolls"),
    roll_speed=("rpm", "speed of the rolls, in turns"),
    throughput=("kg/h", "mass of ribbon per time"),
    true_density=("g/mL", "density of the solid without pores"),
    effective_friction=("angle_deg", "effective angle of internal friction of the powder"),
    wall_friction=("angle_deg", "angle of friction between powder and roll"),
    compressibility=("", "power of the density with which the pressure grows"),
)


def throughput_per_width(throughput: pl.Expr, roll_width: pl.Expr) -> pl.Expr:
    """Mass of ribbon per time and width of the rolls [kg/(s·m)], ṁ/W.

    throughput [kg/s], roll_width W [m]. Exact as a mean over the width.
    """
    return throughput / roll_width


FEATURES: tuple[Feature, ...] = (
    Feature(
        "specific_compaction_force",
        "kN/cm",
        ("roll_force", "roll_width"),
        similarity.specific_compaction_force,
        "Force per width of the rolls: density of the ribbon",
        ALLESO,
    ),
    Feature(
        "gap_to_roll_diameter",
        "dimensionless",
        ("gap", "roll_diameter"),
        similarity.geometry_ratio,
        "Gap over diameter of the rolls: with the force, it sets the largest pressure",
        JOHANSON,
    ),
    Feature(
        "roll_surface_speed",
        "m/s",
        ("roll_speed", "roll_diameter"),
        similarity.tip_speed,
        "Speed of the roll surface: time under pressure and escape of air",
        "definition",
    ),
    Feature(
        "ribbon_solid_fraction",
        "dimensionless",
        ("throughput", *ROLLS, "true_density"),
        similarity.ribbon_solid_fraction,
        "Solid fraction of the ribbon in the gap, from the mass balance",
        TOSON,
    ),
    Feature(
        "throughput_per_width",
        "kg/h/cm",
        ("throughput", "roll_width"),
        throughput_per_width,
        "Mass per time and width of the rolls",
        "definition",
    ),
    Feature(
        "nip_angle",
        "angle_deg",
        ("effective_friction", "wall_friction", "compressibility", "gap", "roll_diameter"),
        similarity.nip_angle,
        "Angle at which the rolls grip the powder",
        JOHANSON,
    ),
)

OPERATION = UnitOperation(
    inputs=INPUTS,
    features=FEATURES,
    examples=(
        QuantityExample(
            "throughput_per_width",
            {"throughput": "50 kg/h", "roll_width": "50 mm"},
            "10 kg/h/cm",
            "By hand: 50 kg/h over 5 cm",
            "derivation",
        ),
    ),
)
