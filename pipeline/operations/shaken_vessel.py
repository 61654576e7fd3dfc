"""Features of an orbitally shaken flask without baffles. Inputs are in SI units, the speed in turns.

Inputs: shaking_speed, shaking_diameter (of the circle of the shaker), vessel_diameter (largest inner one), working_volume,
nominal_volume. The phase number and kLa are those of Erlenmeyer flasks. The liquid is taken as water at 37 °C, as in a
stirred bioreactor. A single-use vessel with a stirrer is a `bioreactor`.
"""

import polars as pl

from pipeline import similarity
from pipeline.domain.process.operation_kinds import quantities
from pipeline.operations.bioreactor import DENSITY, VISCOSITY
from pipeline.operations.feature import Feature
from pipeline.operations.quantity_example import QuantityExample
from pipeline.operations.unit_operation import UnitOperation

BUCHS = "Büchs, Maier, Milbradt, Zoels (2000) Biotechnol. Bioeng. 68, 589 and 594"

SHAKEN = ("shaking_speed", "vessel_diameter")

INPUTS = quantities(
    shaking_speed=("rpm", "speed of the shaker, in turns"),
    shaking_diameter=("mm", "diameter of the circle on which the shaker moves"),
    vessel_diameter=("mm", "largest inner diameter of the flask"),
    working_volume=("mL", "volume of the liquid"),
    nominal_volume=("mL", "nominal volume of the flask"),
)


def reynolds(shaking_speed: pl.Expr, vessel_diameter: pl.Expr) -> pl.Expr:
    """Reynolds number of the medium [-]."""
    return similarity.shaken_reynolds_number(shaking_speed, vessel_diameter, DENSITY, VISCOSITY)


def power_per_volume(shaking_speed: pl.Expr, vessel_diameter: pl.Expr, volume: pl.Expr) -> pl.Expr:
    """Power per liquid volume [W/m³]."""
    number = similarity.shaken_power_number(reynolds(shaking_speed, vessel_diameter))
    return similarity.shaken_power_per_volume(number, shaking_speed, vessel_diameter, volume, DENSITY)


def kolmogorov_length(shaking_speed: pl.Expr, vessel_diameter: pl.Expr, volume: pl.Expr) -> pl.Expr:
    """Size of the smallest eddies at the mean dissipation [m]."""
    dissipation = power_per_volume(shaking_speed, vessel_diameter, volume) / DENSITY
    return similarity.kolmogorov_length(dissipation, VISCOSITY / DENSITY)


def phase_number(
    shaking_diameter: pl.Expr, vessel_diameter: pl.Expr, working_volume: pl.Expr, shaking_speed: pl.Expr
) -> pl.Expr:
    """Phase number of the medium [-]."""
    return similarity.shaken_phase_number(
        shaking_diameter, vessel_diameter, working_volume, shaking_speed, DENSITY, VISCOSITY
    )


def filling_share(working_volume: pl.Expr, nominal_volume: pl.Expr) -> pl.Expr:
    """Liquid over nominal volume [-], V/V_nominal.

    working_volume and nominal_volume [m³]. Exact; usually 5 to 40 %.
    """
    return working_volume / nominal_volume


FEATURES: tuple[Feature, ...] = (
    Feature("shaken_reynolds_number", "dimensionless", SHAKEN, reynolds, "Flow regime of the flask", BUCHS),
    Feature(
        "shaken_power_per_volume",
        "W/m^3",
        (*SHAKEN, "working_volume"),
        power_per_volume,
        "Power per liquid volume: intensity of mixing, comparable to that of a stirred vessel",
        BUCHS,
    ),
    Feature(
        "shaken_kolmogorov_length",
        "um",
        (*SHAKEN, "working_volume"),
        kolmogorov_length,
        "Size of the smallest eddies",
        "Kolmogorov (1941)",
    ),
    Feature(
        "shaken_froude_number",
        "dimensionless",
        ("shaking_speed", "shaking_diameter"),
        similarity.shaken_froude_number,
        "Centrifugal acceleration over gravity: below 0.4 the liquid does not circulate",
        "Büchs, Lotter, Milbradt (2001) Biochem. Eng. J. 7, 135",
    ),
    Feature(
        "shaken_phase_number",
        "dimensionless",
        ("shaking_diameter", "vessel_diameter", "working_volume", "shaking_speed"),
        phase_number,
        "In phase above 1.26: the liquid circulates with the shaker; below, mixing and oxygen transfer collapse",
        "Büchs, Lotter, Milbradt (2001) Biochem. Eng. J. 7, 135",
    ),
    Feature(
        "shaken_kla",
        "1/h",
        ("shaking_speed", "working_volume", "shaking_diameter", "vessel_diameter"),
        similarity.shaken_kla,
        "Estimate of the oxygen transfer coefficient of a flask without baffles",
        "Maier, Losen, Büchs (2004) Biochem. Eng. J. 17, 155",
    ),
    Feature(
        "filling_share",
        "percent",
        ("working_volume", "nominal_volume"),
        filling_share,
        "Liquid over nominal volume: less liquid takes up more oxygen",
        "definition",
    ),
)

OPERATION = UnitOperation(
    inputs=INPUTS,
    features=FEATURES,
    examples=(
        QuantityExample(
            "shaken_phase_number",
            {
                "shaking_diameter": "50 mm",
                "vessel_diameter": "82 mm",
                "working_volume": "25 mL",
                "shaking_speed": "250 rpm",
            },
            "5.4616",
            "By hand, water at 37 °C: V^⅓/d = 0.35659, film 0.084521, Reynolds number 62,869 × 0.084521² = 449.13; "
            "0.60976 × (1 + 3 × 2.65237)",
            "derivation",
        ),
        QuantityExample(
            "filling_share",
            {"working_volume": "50 mL", "nominal_volume": "250 mL"},
            "20 percent",
            "By hand: 50 mL of 250 mL",
            "derivation",
        ),
    ),
)
