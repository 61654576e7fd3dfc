"""Features of a mill. Inputs are in SI units, rotor speed in turns per second.

Inputs: rotor_speed, rotor_diameter, milling_power (above the idle power), mass_flow, feed_size and product_size (the sieves
through which 80 % of the mass pass).
"""

import polars as pl

from pipeline import similarity
from pipeline.domain.process.operation_kinds import quantities
from pipeline.operations.feature import Feature
from pipeline.operations.quantity_example import QuantityExample
from pipeline.operations.unit_operation import UnitOperation

BOND = "Bond (1952) Trans. AIME 193, 484"
ENERGY = ("milling_power", "mass_flow")

INPUTS = quantities(
    rotor_speed=("rpm", "speed of the rotor, in turns"),
    rotor_diameter=("mm", "diameter of the rotor"),
    milling_power=("kW", "power above the idle power"),
    mass_flow=("kg/h", "mass of product per time"),
    feed_size=("um", "sieve through which 80 % of the feed pass"),
    product_size=("um", "sieve through which 80 % of the product pass"),
)


def size_ratio(feed_size: pl.Expr, product_size: pl.Expr) -> pl.Expr:
    """Size of the feed over the size of the product [-], x_feed/x_product.

    feed_size and product_size [m], of the same share of the mass. Exact.
    """
    return feed_size / product_size


def work_index(milling_power: pl.Expr, mass_flow: pl.Expr, feed_size: pl.Expr, product_size: pl.Expr) -> pl.Expr:
    """Work index that the mill shows in operation [J/kg]."""
    energy = similarity.specific_milling_energy(milling_power, mass_flow)
    return similarity.bond_work_index(energy, feed_size, product_size)


FEATURES: tuple[Feature, ...] = (
    Feature(
        "mill_tip_speed",
        "m/s",
        ("rotor_speed", "rotor_diameter"),
        similarity.tip_speed,
        "Speed of impact of the rotor",
        "definition",
    ),
    Feature(
        "milling_energy",
        "kJ/kg",
        ENERGY,
        similarity.specific_milling_energy,
        "Work per mass: fineness of the product",
        "definition",
    ),
    Feature("size_ratio", "dimensionless", ("feed_size", "product_size"), size_ratio, "Reduction of the size", "definition"),
    Feature(
        "bond_work_index",
        "kJ/kg",
        (*ENERGY, "feed_size", "product_size"),
        work_index,
        "Work per mass, corrected for feed and product size: comparable across mills",
        BOND,
    ),
)

OPERATION = UnitOperation(
    inputs=INPUTS,
    features=FEATURES,
    examples=(
        QuantityExample(
            "size_ratio",
            {"feed_size": "2000 um", "product_size": "250 um"},
            "8",
            "By hand: 2,000 µm over 250 µm",
            "derivation",
        ),
    ),
)
