"""Features of harvest: a centrifuge and a depth filter. Inputs are in SI units, speeds and angles in turns.

Inputs of a centrifuge: feed_flow, bowl_speed, bowl_diameter; of a disc stack also disc_count, disc_outer_diameter,
disc_inner_diameter and disc_half_angle (between disc and axis); of a tubular bowl also bowl_length and pool_diameter (of
the free surface of the liquid); of the particles particle_diameter, particle_density_difference (to the liquid) and
feed_viscosity. Inputs of a depth filter: harvested_volume, depth_filter_area, depth_filtration_time, cell_density of what
enters the filter. A process feeds what it has.
"""

import polars as pl

from pipeline import similarity
from pipeline.domain.process.operation_kinds import quantities
from pipeline.operations.feature import Feature
from pipeline.operations.unit_operation import UnitOperation

AMBLER = "Ambler (1959) J. Biochem. Microbiol. Technol. Eng. 1, 185"
DORAN = "Doran (2013) Bioprocess Engineering Principles, 2nd edition, chapter 11"

DISC_STACK = ("bowl_speed", "disc_count", "disc_outer_diameter", "disc_inner_diameter", "disc_half_angle")
TUBE = ("bowl_speed", "bowl_length", "bowl_diameter", "pool_diameter")

INPUTS = quantities(
    feed_flow=("L/h", "flow into the centrifuge"),
    bowl_speed=("rpm", "speed of the bowl, in turns"),
    bowl_diameter=("mm", "inner diameter of the bowl"),
    disc_count=("", "number of discs"),
    disc_outer_diameter=("mm", "outer diameter of the discs"),
    disc_inner_diameter=("mm", "inner diameter of the discs"),
    disc_half_angle=("angle_deg", "angle between a disc and the axis"),
    bowl_length=("mm", "length of a tubular bowl"),
    pool_diameter=("mm", "diameter of the free surface of the liquid in a tubular bowl"),
    particle_diameter=("um", "diameter of the cells or of the debris"),
    particle_density_difference=("kg/m3", "density of the particles less that of the liquid"),
    feed_viscosity=("mPa*s", "dynamic viscosity of the liquid into the centrifuge"),
    harvested_volume=("L", "volume through the depth filter"),
    depth_filter_area=("m2", "area of the depth filter"),
    depth_filtration_time=("h", "time of the depth filtration"),
    cell_density=("cell/mL", "cells per volume of what enters the depth filter"),
)


def disc_stack_loading(feed_flow: pl.Expr, *disc_stack: pl.Expr) -> pl.Expr:
    """Flow per equivalent settling area of a disc stack [m/s]; last the inputs `DISC_STACK`."""
    return similarity.flow_per_settling_area(feed_flow, similarity.disc_stack_settling_area(*disc_stack))


def tubular_loading(feed_flow: pl.Expr, *tube: pl.Expr) -> pl.Expr:
    """Flow per equivalent settling area of a tubular bowl [m/s]; last the inputs `TUBE`."""
    return similarity.flow_per_settling_area(feed_flow, similarity.tubular_settling_area(*tube))


FEATURES: tuple[Feature, ...] = (
    Feature(
        "relative_centrifugal_force",
        "dimensionless",
        ("bowl_speed", "bowl_diameter"),
        similarity.relative_centrifugal_force,
        "Acceleration at the wall of the bowl over gravity",
        DORAN,
    ),
    Feature(
        "disc_stack_settling_area",
        "m^2",
        DISC_STACK,
        similarity.disc_stack_settling_area,
        "Area of a settling tank that does what the disc stack does",
        AMBLER,
    ),
    Feature(
        "disc_stack_loading",
        "nm/s",
        ("feed_flow", *DISC_STACK),
        disc_stack_loading,
        "Flow per settling area, Q/Σ: the slowest particles that are caught; equal at equal clarification",
        AMBLER,
    ),
    Feature(
        "tubular_settling_area",
        "m^2",
        TUBE,
        similarity.tubular_settling_area,
        "Area of a settling tank that does what the tubular bowl does",
        AMBLER,
    ),
    Feature(
        "tubular_loading",
        "nm/s",
        ("feed_flow", *TUBE),
        tubular_loading,
        "Flow per settling area, Q/Σ: the slowest particles that are caught; equal at equal clarification",
        AMBLER,
    ),
    Feature(
        "particle_settling_velocity",
        "nm/s",
        ("particle_diameter", "particle_density_difference", "feed_viscosity"),
        similarity.settling_velocity,
        "Velocity at which cells or debris settle: caught where it is above the flow per settling area",
        DORAN,
    ),
    Feature(
        "depth_filter_throughput",
        "L/m^2",
        ("harvested_volume", "depth_filter_area"),
        similarity.filter_throughput,
        "Volume per area of the depth filter: its load",
        "definition",
    ),
    Feature(
        "depth_filter_flux",
        "L/(m^2*h)",
        ("harvested_volume", "depth_filter_area", "depth_filtration_time"),
        similarity.filter_flux,
        "Mean flux through the depth filter: affects retention and pressure",
        "definition",
    ),
    Feature(
        "depth_filter_cell_load",
        "1/cm^2",
        ("cell_density", "harvested_volume", "depth_filter_area"),
        similarity.load_per_area,
        "Cells that reach the depth filter per area: plugging",
        "definition",
    ),
)

OPERATION = UnitOperation(inputs=INPUTS, features=FEATURES)
