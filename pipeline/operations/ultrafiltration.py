"""Features of ultrafiltration and diafiltration along a membrane. Inputs are in SI units.

Inputs: feed_pressure, retentate_pressure and permeate_pressure (gauge), permeate_flow, feed_flow, membrane_area,
protein_mass, feed_volume, retentate_volume (after concentration, the volume in the loop during diafiltration),
diafiltration_buffer_volume, sieving of the solute that is washed out (1 where it is not given, as for salts); of hollow
fibres fibre_count and fibre_diameter, of cassettes channel_count, channel_width and channel_height.
"""

import polars as pl

from pipeline import similarity
from pipeline.domain.process.operation_kinds import Quantity, quantities
from pipeline.operations.feature import Feature
from pipeline.operations.quantity_example import QuantityExample
from pipeline.operations.unit_operation import UnitOperation

LUTZ = "Lutz (2015) Ultrafiltration for Bioprocessing"
BIRD = "Bird, Stewart, Lightfoot (2002) Transport Phenomena, 2nd edition, chapter 2"
DEFINITION = "definition"

WASHED = ("diafiltration_buffer_volume", "retentate_volume")

INPUTS = quantities(
    permeate_flow=("L/h", "flow through the membrane"),
    feed_flow=("L/h", "flow along the membrane"),
    membrane_area=("m2", "area of the membrane"),
    protein_mass=("g", "mass of protein"),
    feed_volume=("L", "volume before concentration"),
    retentate_volume=("L", "volume after concentration, in the loop during diafiltration"),
    diafiltration_buffer_volume=("L", "volume of diafiltration buffer"),
    sieving=("", "concentration of a solute in the permeate over that in the loop; 1 where it is not given"),
    fibre_count=("", "number of hollow fibres"),
    fibre_diameter=("mm", "inner diameter of a hollow fibre"),
    channel_count=("", "number of flat channels"),
    channel_width=("mm", "width of a flat channel"),
    channel_height=("mm", "height of a flat channel"),
) | {
    "feed_pressure": Quantity("bar", "pressure at the inlet of the membrane above the atmosphere", gauge=True),
    "retentate_pressure": Quantity("bar", "pressure at the outlet of the retentate above the atmosphere", gauge=True),
    "permeate_pressure": Quantity("bar", "pressure of the permeate above the atmosphere", gauge=True),
}


def membrane_pressure_drop(feed_pressure: pl.Expr, retentate_pressure: pl.Expr) -> pl.Expr:
    """Pressure drop along the membrane [Pa], p_feed − p_retentate.

    feed_pressure and retentate_pressure [Pa], both measured at the height of the membrane. Exact.
    """
    return feed_pressure - retentate_pressure


def conversion(permeate_flow: pl.Expr, feed_flow: pl.Expr) -> pl.Expr:
    """Share of the feed flow that passes the membrane [-], Q_permeate/Q_feed.

    permeate_flow and feed_flow [m³/s]. Exact.
    """
    return permeate_flow / feed_flow


def permeability(
    permeate_flow: pl.Expr,
    membrane_area: pl.Expr,
    feed_pressure: pl.Expr,
    retentate_pressure: pl.Expr,
    permeate_pressure: pl.Expr,
) -> pl.Expr:
    """Flux per transmembrane pressure [m/(s·Pa)]."""
    pressure = similarity.transmembrane_pressure(feed_pressure, retentate_pressure, permeate_pressure)
    return similarity.permeability(similarity.permeate_flux(permeate_flow, membrane_area), pressure)


def membrane_load(protein_mass: pl.Expr, membrane_area: pl.Expr) -> pl.Expr:
    """Mass of protein per membrane area [kg/m²], m/A.

    protein_mass m [kg], membrane_area A [m²]. Exact.
    """
    return protein_mass / membrane_area


def washed_out_rest(buffer_volume: pl.Expr, retentate_volume: pl.Expr, sieving: pl.Expr | float) -> pl.Expr:
    """Share of a solute that stays [-]."""
    return similarity.washed_out_rest(similarity.diafiltration_volumes(buffer_volume, retentate_volume), sieving)


FEATURES: tuple[Feature, ...] = (
    Feature(
        "transmembrane_pressure",
        "bar",
        ("feed_pressure", "retentate_pressure", "permeate_pressure"),
        similarity.transmembrane_pressure,
        "Mean pressure difference across the membrane",
        LUTZ,
    ),
    Feature(
        "membrane_pressure_drop",
        "bar",
        ("feed_pressure", "retentate_pressure"),
        membrane_pressure_drop,
        "Pressure drop along the membrane: rises with feed flow and viscosity",
        LUTZ,
    ),
    Feature(
        "permeate_flux",
        "L/(m^2*h)",
        ("permeate_flow", "membrane_area"),
        similarity.permeate_flux,
        "Flux through the membrane: time of the step",
        DEFINITION,
    ),
    Feature(
        "membrane_permeability",
        "L/(m^2*h*bar)",
        ("permeate_flow", "membrane_area", "feed_pressure", "retentate_pressure", "permeate_pressure"),
        permeability,
        "Flux per transmembrane pressure: falls with fouling and concentration",
        LUTZ,
    ),
    Feature(
        "feed_flux",
        "L/(m^2*min)",
        ("feed_flow", "membrane_area"),
        similarity.permeate_flux,
        "Feed flow per membrane area: sweeps the membrane; equal at equal scale of the flow",
        LUTZ,
    ),
    Feature(
        "conversion",
        "percent",
        ("permeate_flow", "feed_flow"),
        conversion,
        "Share of the feed flow that passes the membrane",
        LUTZ,
    ),
    Feature(
        "membrane_load",
        "g/m^2",
        ("protein_mass", "membrane_area"),
        membrane_load,
        "Mass of protein per membrane area: time and fouling",
        DEFINITION,
    ),
    Feature(
        "concentration_factor",
        "dimensionless",
        ("feed_volume", "retentate_volume"),
        similarity.concentration_factor,
        "Volume before over volume after concentration",
        LUTZ,
    ),
    Feature(
        "diafiltration_volumes",
        "dimensionless",
        WASHED,
        similarity.diafiltration_volumes,
        "Buffer over volume in the loop: exchange of the buffer",
        LUTZ,
    ),
    Feature(
        "washed_out_rest",
        "percent",
        WASHED,
        washed_out_rest,
        "Share of a small solute that stays after diafiltration",
        LUTZ,
        {"sieving": 1.0},
    ),
    Feature(
        "fibre_shear_rate",
        "1/s",
        ("feed_flow", "fibre_count", "fibre_diameter"),
        similarity.fibre_shear_rate,
        "Shear rate at the wall of hollow fibres: stress on cells and proteins, fouling",
        BIRD,
    ),
    Feature(
        "channel_shear_rate",
        "1/s",
        ("feed_flow", "channel_count", "channel_width", "channel_height"),
        similarity.channel_shear_rate,
        "Shear rate at the wall of open flat channels; screens raise it",
        BIRD,
    ),
)

OPERATION = UnitOperation(
    inputs=INPUTS,
    features=FEATURES,
    examples=(
        QuantityExample(
            "membrane_pressure_drop",
            {"feed_pressure": "2.4 bar", "retentate_pressure": "1.1 bar"},
            "1.3 bar",
            "ΔP = Pf − Pr as printed on surajchauhanbiopharma.blogspot.com, tangential flow filtration, put in by hand",
            "equation",
        ),
        QuantityExample(
            "conversion",
            {"permeate_flow": "60 L/h", "feed_flow": "300 L/h"},
            "20 percent",
            "By hand: 60 L/h of 300 L/h",
            "derivation",
        ),
        QuantityExample(
            "membrane_load",
            {"protein_mass": "1500 g", "membrane_area": "5 m2"},
            "300 g/m^2",
            "By hand: 1,500 g over 5 m²",
            "derivation",
        ),
    ),
)
