"""Features of primary drying in a freeze dryer, at the middle of drying. Inputs are in SI units.

Inputs: shelf_temperature, chamber_pressure (absolute), fill_volume, vial_area (outer), product_area (inner), vial_count, and
what is known of vial and formulation: contact_transfer Kc, pressure_slope Kp, pressure_curvature Kd, base_resistance R₀,
resistance_slope A₁, resistance_curvature A₂; duct_diameter and, if it is known, vapour_temperature for the capability of the
equipment. At the middle of drying, half of the fill depth is dry and half is ice.
"""

import math

import polars as pl

from pipeline import similarity
from pipeline.domain.process.operation_kinds import quantities
from pipeline.operations.feature import Feature
from pipeline.operations.unit_operation import UnitOperation

PIKAL = "Pikal, Roy, Shah (1984) J. Pharm. Sci. 73, 1224"
PIKAL_1985 = "Pikal (1985) J. Parenter. Sci. Technol. 39, 115"
SEARLES = "Searles (2004) Am. Pharm. Rev. 7, 58"

WATER_HEAT_CAPACITY_RATIO = 1.33
"""Ratio of the heat capacities of water vapour [-]."""
WATER_MOLAR_MASS = 0.018015
"""Molar mass of water [kg/mol]."""

FILL = ("fill_volume", "product_area")
VIAL = ("contact_transfer", "pressure_slope", "pressure_curvature", "chamber_pressure")
CAKE = ("base_resistance", "resistance_slope", "resistance_curvature", *FILL)
DRYING = ("shelf_temperature", "vial_area", *VIAL, *CAKE)
WARM_VAPOUR = {"vapour_temperature": 293.15}

INPUTS = quantities(
    shelf_temperature=("degC", "temperature of the shelf in primary drying"),
    chamber_pressure=("mTorr", "absolute pressure in the chamber in primary drying"),
    fill_volume=("mL", "volume of liquid in a vial"),
    vial_area=("cm^2", "outer cross-section of a vial"),
    product_area=("cm^2", "inner cross-section of a vial"),
    vial_count=("vial", "vials in the batch"),
    contact_transfer=("W/m^2/K", "heat transfer to the vial at zero pressure, Kc"),
    pressure_slope=("W/m^2/K/Torr", "rise of the heat transfer with pressure, Kp"),
    pressure_curvature=("1/Torr", "curvature of the heat transfer with pressure, Kd"),
    base_resistance=("Torr*cm^2*h/g", "resistance of the cake at zero thickness, R0"),
    resistance_slope=("Torr*cm*h/g", "rise of the resistance with thickness, A1"),
    resistance_curvature=("1/cm", "curvature of the resistance with thickness, A2"),
    duct_diameter=("mm", "diameter of the duct from the chamber to the condenser"),
    vapour_temperature=("degC", "temperature of the vapour before the duct; 20 °C where it is not given"),
)


def half_depth(fill_volume: pl.Expr, product_area: pl.Expr) -> pl.Expr:
    """Half of the depth of the fill [m]: what is dry, and what is ice, at the middle of drying."""
    return similarity.fill_depth(fill_volume, product_area) / 2


def middle_resistance(
    base_resistance: pl.Expr,
    resistance_slope: pl.Expr,
    resistance_curvature: pl.Expr,
    fill_volume: pl.Expr,
    product_area: pl.Expr,
) -> pl.Expr:
    """Resistance of the cake when half of the depth is dry [m/s]."""
    dry = half_depth(fill_volume, product_area)
    return similarity.cake_resistance(base_resistance, resistance_slope, resistance_curvature, dry)


def front_temperature(
    shelf_temperature: pl.Expr,
    vial_area: pl.Expr,
    contact_transfer: pl.Expr,
    pressure_slope: pl.Expr,
    pressure_curvature: pl.Expr,
    chamber_pressure: pl.Expr,
    base_resistance: pl.Expr,
    resistance_slope: pl.Expr,
    resistance_curvature: pl.Expr,
    fill_volume: pl.Expr,
    product_area: pl.Expr,
) -> pl.Expr:
    """Temperature of the sublimation front at the middle of drying [K]."""
    transfer = similarity.vial_heat_transfer(contact_transfer, pressure_slope, pressure_curvature, chamber_pressure)
    fill = (fill_volume, product_area)
    resistance = middle_resistance(base_resistance, resistance_slope, resistance_curvature, *fill)
    return similarity.sublimation_temperature(
        shelf_temperature, chamber_pressure, transfer, vial_area, product_area, resistance, half_depth(*fill)
    )


def vial_sublimation_rate(*inputs: pl.Expr) -> pl.Expr:
    """Mass of ice that leaves one vial per time at the middle of drying [kg/s]; inputs as `front_temperature`."""
    *_, chamber_pressure, base, slope, curvature, fill_volume, product_area = inputs
    resistance = middle_resistance(base, slope, curvature, fill_volume, product_area)
    return similarity.sublimation_rate(front_temperature(*inputs), chamber_pressure, product_area, resistance)


def bottom_temperature(*inputs: pl.Expr) -> pl.Expr:
    """Temperature of the product at the bottom of the vial at the middle of drying [K]; inputs as `front_temperature`."""
    *_, fill_volume, product_area = inputs
    front, rate = front_temperature(*inputs), vial_sublimation_rate(*inputs)
    return similarity.vial_bottom_temperature(front, rate, product_area, half_depth(fill_volume, product_area))


def equipment_capability(chamber_pressure: pl.Expr, duct_diameter: pl.Expr, vapour_temperature: pl.Expr | float) -> pl.Expr:
    """Largest mass of vapour per time through the duct to the condenser [kg/s]."""
    area = math.pi / 4 * duct_diameter**2
    return similarity.choked_flow(area, chamber_pressure, vapour_temperature, WATER_HEAT_CAPACITY_RATIO, WATER_MOLAR_MASS)


def equipment_load(*inputs: pl.Expr) -> pl.Expr:
    """Sublimation of all vials over the capability of the equipment [-].

    Inputs: vial_count, duct_diameter, those of `front_temperature`, vapour_temperature.
    """
    vial_count, duct_diameter, *drying, vapour_temperature = inputs
    chamber_pressure = drying[DRYING.index("chamber_pressure")]
    capability = equipment_capability(chamber_pressure, duct_diameter, vapour_temperature)
    return vial_count * vial_sublimation_rate(*drying) / capability


FEATURES: tuple[Feature, ...] = (
    Feature(
        "fill_depth", "mm", FILL, similarity.fill_depth, "Depth of the fill: drying time grows with its square", "definition"
    ),
    Feature(
        "vial_heat_transfer", "W/m^2/K", VIAL, similarity.vial_heat_transfer, "Heat transfer from the shelf to a vial", PIKAL
    ),
    Feature(
        "cake_resistance",
        "Torr*cm^2*h/g",
        CAKE,
        middle_resistance,
        "Resistance of the cake to vapour at the middle of drying",
        PIKAL_1985,
    ),
    Feature(
        "sublimation_temperature",
        "degC",
        DRYING,
        front_temperature,
        "Temperature of the ice front at the middle of drying",
        PIKAL_1985,
    ),
    Feature(
        "product_temperature",
        "degC",
        DRYING,
        bottom_temperature,
        "Temperature at the bottom of the vial: above the collapse temperature, the cake collapses",
        PIKAL_1985,
    ),
    Feature(
        "sublimation_rate",
        "g/h",
        DRYING,
        vial_sublimation_rate,
        "Ice that leaves one vial per time at the middle of drying",
        PIKAL_1985,
    ),
    Feature(
        "equipment_capability",
        "kg/h",
        ("chamber_pressure", "duct_diameter"),
        equipment_capability,
        "Vapour that the duct can carry at this chamber pressure",
        SEARLES,
        WARM_VAPOUR,
    ),
    Feature(
        "equipment_load",
        "dimensionless",
        ("vial_count", "duct_diameter", *DRYING),
        equipment_load,
        "Sublimation of all vials over the capability: above 1, the chamber pressure cannot be held",
        SEARLES,
        WARM_VAPOUR,
    ),
)

OPERATION = UnitOperation(inputs=INPUTS, features=FEATURES)
