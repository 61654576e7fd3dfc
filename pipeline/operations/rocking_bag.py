"""Features of a rocking (wave) bag. Inputs are in SI units, the rate in turns per second, the angle in turns.

Inputs: working_volume, nominal_volume, rocking_rate, rocking_angle (to one side), bag_length (along the wave), bag_width,
and, if it is known, bag_constant of the kind of bag (1 otherwise). The bag is taken as a rectangle, the liquid as water at
37 °C. Oxygen comes from the headspace: no formula of its transfer is valid for bags of different makers, so a measured one
is an attribute of the process. A single-use vessel with a stirrer is a `bioreactor`, an orbitally shaken one a
`shaken_vessel`.
"""

import polars as pl

from pipeline import similarity
from pipeline.domain.process.operation_kinds import quantities
from pipeline.operations.bioreactor import DENSITY, VISCOSITY
from pipeline.operations.feature import Feature
from pipeline.operations.quantity_example import QuantityExample
from pipeline.operations.unit_operation import UnitOperation

EIBL = "Eibl, Eibl (2006) Design and use of the wave bioreactor for plant cell culture, Plant Tissue Culture Engineering"
LAMB = "Lamb (1932) Hydrodynamics, 6th edition, article 228"
DEFINITION = "definition"

POOL = ("working_volume", "bag_length", "bag_width")
TEN_LITRES = {"working_volume": "10 L", "bag_length": "80 cm", "bag_width": "40 cm"}


def liquid_depth(working_volume: pl.Expr, bag_length: pl.Expr, bag_width: pl.Expr) -> pl.Expr:
    """Depth of the liquid in the level bag [m], h = V/(L·B).

    working_volume V [m³], bag_length L and bag_width B [m]. The edges of a bag are thin, so the depth in the middle is
    larger.
    """
    return working_volume / (bag_length * bag_width)


def reynolds(rocking_rate: pl.Expr, *rest: pl.Expr) -> pl.Expr:
    """Modified Reynolds number of the medium [-]; after the rate the inputs `POOL` and bag_constant."""
    volume, length, width, constant = rest
    depth = liquid_depth(volume, length, width)
    return similarity.rocking_reynolds_number(volume, rocking_rate, constant, depth, width, VISCOSITY / DENSITY)


def frequency_ratio(rocking_rate: pl.Expr, *pool: pl.Expr) -> pl.Expr:
    """Rocking rate over the frequency of the lowest standing wave [-]; last the inputs `POOL`."""
    return rocking_rate / similarity.sloshing_frequency(pool[1], liquid_depth(*pool))


def surface_per_volume(working_volume: pl.Expr, bag_length: pl.Expr, bag_width: pl.Expr) -> pl.Expr:
    """Level surface per volume of liquid [1/m]."""
    return similarity.area_per_volume(bag_length * bag_width, working_volume)


def filling_share(working_volume: pl.Expr, nominal_volume: pl.Expr) -> pl.Expr:
    """Liquid over nominal volume [-].

    working_volume and nominal_volume [m³]. Makers usually state 10 to 50 %.
    """
    return working_volume / nominal_volume


OPERATION = UnitOperation(
    inputs=quantities(
        working_volume=("L", "volume of the liquid"),
        nominal_volume=("L", "nominal volume of the bag"),
        rocking_rate=("rpm", "rocks per time"),
        rocking_angle=("angle_deg", "largest angle to one side"),
        bag_length=("cm", "length of the bag along the wave"),
        bag_width=("cm", "width of the bag across the wave"),
        bag_constant=("", "constant of the kind of bag in its Reynolds number; 1 where it is not given"),
    ),
    features=(
        Feature(
            "rocking_reynolds_number",
            "dimensionless",
            ("rocking_rate", *POOL),
            reynolds,
            "Flow regime of the bag: turbulent above about 1,000",
            EIBL,
            {"bag_constant": 1.0},
        ),
        Feature(
            "rocking_edge_speed",
            "m/s",
            ("rocking_rate", "rocking_angle", "bag_length"),
            similarity.rocking_edge_speed,
            "Largest speed of the edge of the bag: speed of the waves",
            "kinematics",
        ),
        Feature(
            "rocking_frequency_ratio",
            "dimensionless",
            ("rocking_rate", *POOL),
            frequency_ratio,
            "Rocking rate over the frequency of the standing wave: near 1 the waves are highest",
            LAMB,
        ),
        Feature(
            "rocking_liquid_depth",
            "cm",
            POOL,
            liquid_depth,
            "Depth of the liquid: oxygen and CO₂ cross the surface alone",
            DEFINITION,
        ),
        Feature(
            "rocking_surface_per_volume",
            "1/m",
            POOL,
            surface_per_volume,
            "Surface per volume of liquid: transfer of oxygen and CO₂",
            DEFINITION,
        ),
        Feature(
            "bag_filling_share",
            "percent",
            ("working_volume", "nominal_volume"),
            filling_share,
            "Liquid over nominal volume: less liquid, higher waves",
            DEFINITION,
        ),
    ),
    examples=(
        QuantityExample(
            "rocking_frequency_ratio",
            {"rocking_rate": "30 rpm", **TEN_LITRES},
            "1.4487",
            "By hand: shallow wave √(9.80665·0.03125)/(2·0.8) = 0.34599 1/s; 0.25 % slower for its depth; 0.5 over it",
            "derivation",
        ),
        QuantityExample("rocking_liquid_depth", TEN_LITRES, "3.125 cm", "By hand: 10 L over 0.32 m²", "derivation"),
        QuantityExample(
            "bag_filling_share",
            {"working_volume": "10 L", "nominal_volume": "25 L"},
            "40 percent",
            "By hand: 10 L of 25 L",
            "derivation",
        ),
    ),
)
