"""Features of a tumbling blender. Inputs are in SI units, rotation speed in turns per second.

Inputs: rotation_speed, blender_radius (from the axis to the furthest wall), blender_volume, blend_mass, bulk_density,
blending_time (before the lubricant), lubrication_time (with the lubricant).
"""

import polars as pl

from pipeline import similarity
from pipeline.domain.process.operation_kinds import quantities
from pipeline.operations.feature import Feature
from pipeline.operations.unit_operation import UnitOperation

ALEXANDER = "Alexander, Shinbrot, Muzzio (2002) Powder Technol. 126, 174"
KUSHNER = "Kushner, Moore (2010) Int. J. Pharm. 399, 19; Kushner (2012) Int. J. Pharm. 429, 1"
FILL = ("blend_mass", "bulk_density", "blender_volume")

INPUTS = quantities(
    rotation_speed=("rpm", "speed of the blender, in turns"),
    blender_radius=("mm", "distance from the axis to the furthest wall"),
    blender_volume=("L", "volume of the empty blender"),
    blend_mass=("kg", "mass of powder"),
    bulk_density=("g/mL", "bulk density of the powder"),
    blending_time=("min", "time of blending before the lubricant"),
    lubrication_time=("min", "time of blending with the lubricant"),
)


def lubrication(
    blend_mass: pl.Expr,
    bulk_density: pl.Expr,
    blender_volume: pl.Expr,
    rotation_speed: pl.Expr,
    lubrication_time: pl.Expr,
) -> pl.Expr:
    """Extent of lubrication [m], with the headspace that the fill leaves."""
    headspace = 1 - similarity.blender_fill(blend_mass, bulk_density, blender_volume)
    turns = similarity.revolutions(rotation_speed, lubrication_time)
    return similarity.lubrication_extent(blender_volume, headspace, turns)


FEATURES: tuple[Feature, ...] = (
    Feature(
        "blender_froude_number",
        "dimensionless",
        ("rotation_speed", "blender_radius"),
        similarity.blender_froude_number,
        "Centrifugal force over weight: at 1 the powder stays at the wall",
        ALEXANDER,
    ),
    Feature(
        "blender_fill",
        "dimensionless",
        FILL,
        similarity.blender_fill,
        "Share of the blender that the powder fills",
        ALEXANDER,
    ),
    Feature(
        "blending_revolutions",
        "turn",
        ("rotation_speed", "blending_time"),
        similarity.revolutions,
        "Turns before the lubricant: homogeneity",
        ALEXANDER,
    ),
    Feature(
        "lubrication_revolutions",
        "turn",
        ("rotation_speed", "lubrication_time"),
        similarity.revolutions,
        "Turns with the lubricant",
        ALEXANDER,
    ),
    Feature(
        "lubrication_extent",
        "dm",
        (*FILL, "rotation_speed", "lubrication_time"),
        lubrication,
        "Extent of lubrication: weaker tablets and slower dissolution when it is high",
        KUSHNER,
    ),
)

OPERATION = UnitOperation(inputs=INPUTS, features=FEATURES)
