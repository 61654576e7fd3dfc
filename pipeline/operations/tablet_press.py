"""Features of a rotary tablet press. Inputs are in SI units, turret speed in turns per second.

Inputs: main_compression_force, pre_compression_force, ejection_force, breaking_force, tablet_diameter, tablet_thickness,
fill_depth, cylindrical_height, tablet_rate, tablet_count; if the press is known, turret_speed, pitch_circle_diameter,
punch_head_flat; and, if the solid and the shape are known, tablet_weight, true_density, band_height; and, if the powder is
known, yield_pressure, heckel_intercept, dense_strength, bonding_capacity. Without the geometry of the press, the features of
force, depth and rate remain.
"""

import polars as pl

from pipeline import similarity
from pipeline.domain.process.operation_kinds import quantities
from pipeline.operations.feature import Feature
from pipeline.operations.quantity_example import QuantityExample
from pipeline.operations.tablet_press_trajectories import TRAJECTORY_FEATURES
from pipeline.operations.unit_operation import UnitOperation

FELL_NEWTON = "Fell, Newton (1970) J. Pharm. Sci. 59, 688"
PITT = "Pitt, Newton, Stanley (1988) J. Mater. Sci. 23, 2723"
ROBERTS_ROWE = "Roberts, Rowe (1985) J. Pharm. Pharmacol. 37, 377"
TYE = "Tye, Sun, Amidon (2005) J. Pharm. Sci. 94, 465"

PRESS = ("turret_speed", "pitch_circle_diameter")

INPUTS = quantities(
    main_compression_force=("kN", "main compression force"),
    pre_compression_force=("kN", "pre-compression force"),
    ejection_force=("N", "ejection force"),
    breaking_force=("N", "breaking force of a tablet"),
    tablet_diameter=("mm", "diameter of a tablet"),
    tablet_thickness=("mm", "thickness of a tablet"),
    fill_depth=("mm", "fill depth of the die"),
    cylindrical_height=("mm", "distance of the punches at main compression"),
    tablet_rate=("tablet/h", "tablets per time"),
    tablet_count=("tablet", "tablets in the batch"),
    turret_speed=("rpm", "speed of the turret, in turns"),
    pitch_circle_diameter=("mm", "pitch circle diameter of the turret"),
    punch_head_flat=("mm", "diameter of the flat of the punch head"),
    tablet_weight=("mg", "mass of a tablet"),
    true_density=("g/mL", "density of the solid without pores"),
    band_height=("mm", "height of the cylindrical part of a convex tablet"),
    yield_pressure=("MPa", "yield pressure of the powder in the Heckel equation"),
    heckel_intercept=("", "intercept of the Heckel equation"),
    dense_strength=("MPa", "tensile strength of the powder without pores (Ryshkewitch, Duckworth)"),
    bonding_capacity=("", "loss of strength with porosity (Ryshkewitch, Duckworth)"),
)
TAGS = quantities(
    tablet_rate=("tablet/h", "tablets per time"),
    feeder_speed=("rpm", "speed of the feeder, in turns"),
    force_variation=("%", "relative standard deviation of the main force"),
    main_compression_force=("kN", "main compression force"),
    pre_compression_force=("kN", "pre-compression force"),
    fill_depth=("mm", "fill depth of the die"),
    cylindrical_height=("mm", "distance of the punches at main compression"),
    stiffness=("N", "stiffness that the press reports"),
    ejection_force=("N", "ejection force"),
    produced=("tablet", "running count of tablets kept"),
    waste=("tablet", "running count of tablets rejected"),
)


def ratio(numerator: pl.Expr, denominator: pl.Expr) -> pl.Expr:
    """Quotient of two inputs of the same unit [-], a/b.

    numerator a and denominator b above zero. Exact.
    """
    return numerator / denominator


def tablet_interval(tablet_rate: pl.Expr) -> pl.Expr:
    """Time between two tablets [s], 1/ṅ. On one press with one tooling, the dwell time is proportional to it.

    tablet_rate ṅ [1/s]. Exact.
    """
    return 1 / tablet_rate


def run_time(tablet_count: pl.Expr, tablet_rate: pl.Expr) -> pl.Expr:
    """Duration of compression of the batch without stops [s], n/ṅ.

    tablet_count n [-], tablet_rate ṅ [1/s]. Exact at a constant rate.
    """
    return tablet_count / tablet_rate


def compressive_strain(fill_depth: pl.Expr, cylindrical_height: pl.Expr) -> pl.Expr:
    """Reduction of height over fill depth [-], 1 − h/h₀.

    fill_depth h₀ and cylindrical_height h [m]. Exact for flat punches; the penetration of the upper punch is in h₀.
    """
    return 1 - cylindrical_height / fill_depth


def strain_rate(
    fill_depth: pl.Expr,
    cylindrical_height: pl.Expr,
    punch_head_flat: pl.Expr,
    turret_speed: pl.Expr,
    pitch_circle_diameter: pl.Expr,
) -> pl.Expr:
    """Compressive strain per dwell time [1/s]. It ranks presses and speeds."""
    dwell = similarity.dwell_time(punch_head_flat, turret_speed, pitch_circle_diameter)
    return similarity.strain_rate(fill_depth, cylindrical_height, dwell)


def expected_solid_fraction(
    main_compression_force: pl.Expr, tablet_diameter: pl.Expr, yield_pressure: pl.Expr, heckel_intercept: pl.Expr
) -> pl.Expr:
    """Solid fraction at the main pressure, by the compressibility of the powder [-]."""
    pressure = similarity.compression_pressure(main_compression_force, tablet_diameter)
    return similarity.heckel_solid_fraction(pressure, yield_pressure, heckel_intercept)


def expected_strength(
    tablet_weight: pl.Expr,
    tablet_diameter: pl.Expr,
    tablet_thickness: pl.Expr,
    true_density: pl.Expr,
    dense_strength: pl.Expr,
    bonding_capacity: pl.Expr,
) -> pl.Expr:
    """Tensile strength at the solid fraction of the tablet, by the compactibility of the powder [Pa]."""
    fraction = similarity.tablet_solid_fraction(tablet_weight, tablet_diameter, tablet_thickness, true_density)
    return similarity.compact_strength(fraction, dense_strength, bonding_capacity)


FEATURES: tuple[Feature, ...] = (
    Feature(
        "compression_pressure",
        "MPa",
        ("main_compression_force", "tablet_diameter"),
        similarity.compression_pressure,
        "Main force per punch area",
        TYE,
    ),
    Feature(
        "pre_compression_pressure",
        "MPa",
        ("pre_compression_force", "tablet_diameter"),
        similarity.compression_pressure,
        "Pre-compression force per punch area: removal of air",
        TYE,
    ),
    Feature(
        "pre_to_main_force",
        "dimensionless",
        ("pre_compression_force", "main_compression_force"),
        ratio,
        "Pre-compression force over main compression force",
        "definition",
    ),
    Feature(
        "compression_ratio",
        "dimensionless",
        ("cylindrical_height", "fill_depth"),
        ratio,
        "Compressed height over fill depth: densification of the powder",
        "definition",
    ),
    Feature(
        "compressive_strain",
        "dimensionless",
        ("fill_depth", "cylindrical_height"),
        compressive_strain,
        "Reduction of height over fill depth",
        "definition",
    ),
    Feature(
        "ejection_stress",
        "MPa",
        ("ejection_force", "tablet_diameter", "cylindrical_height"),
        similarity.ejection_stress,
        "Wall friction per area: rises with poor lubrication and sticking",
        "definition",
    ),
    Feature(
        "tablet_interval",
        "ms",
        ("tablet_rate",),
        tablet_interval,
        "Time between two tablets: proportional to the dwell time on one press",
        "definition",
    ),
    Feature("run_time", "h", ("tablet_count", "tablet_rate"), run_time, "Duration of compression", "definition"),
    Feature("turret_tip_speed", "m/s", PRESS, similarity.turret_tip_speed, "Horizontal speed of the punches", TYE),
    Feature(
        "dwell_time",
        "ms",
        ("punch_head_flat", *PRESS),
        similarity.dwell_time,
        "Time under full compression",
        TYE,
    ),
    Feature(
        "strain_rate",
        "1/s",
        ("fill_depth", "cylindrical_height", "punch_head_flat", *PRESS),
        strain_rate,
        "Compressive strain per dwell time: a high rate weakens tablets of plastic materials",
        ROBERTS_ROWE,
    ),
    Feature(
        "tensile_strength",
        "MPa",
        ("breaking_force", "tablet_diameter", "tablet_thickness"),
        similarity.tensile_strength,
        "Breaking force per area: comparable across tablet sizes",
        FELL_NEWTON,
    ),
    Feature(
        "convex_tensile_strength",
        "MPa",
        ("breaking_force", "tablet_diameter", "tablet_thickness", "band_height"),
        similarity.convex_tensile_strength,
        "Tensile strength of a convex tablet",
        PITT,
    ),
    Feature(
        "tablet_solid_fraction",
        "dimensionless",
        ("tablet_weight", "tablet_diameter", "tablet_thickness", "true_density"),
        similarity.tablet_solid_fraction,
        "Share of the tablet that is solid: at equal solid fraction, presses give equal strength",
        "definition",
    ),
    Feature(
        "expected_solid_fraction",
        "dimensionless",
        ("main_compression_force", "tablet_diameter", "yield_pressure", "heckel_intercept"),
        expected_solid_fraction,
        "Solid fraction at the main pressure, by the compressibility of the powder",
        "Heckel (1961) Trans. Metall. Soc. AIME 221, 671",
    ),
    Feature(
        "expected_strength",
        "MPa",
        (
            "tablet_weight",
            "tablet_diameter",
            "tablet_thickness",
            "true_density",
            "dense_strength",
            "bonding_capacity",
        ),
        expected_strength,
        "Tensile strength at the solid fraction, by the compactibility of the powder: a weaker tablet has less bonding",
        "Ryshkewitch (1953) J. Am. Ceram. Soc. 36, 65; Duckworth (1953) J. Am. Ceram. Soc. 36, 68",
    ),
)

OPERATION = UnitOperation(
    inputs=INPUTS,
    features=FEATURES,
    tags=TAGS,
    trajectory_features=TRAJECTORY_FEATURES,
    examples=(
        QuantityExample(
            "pre_to_main_force",
            {"pre_compression_force": "3 kN", "main_compression_force": "12 kN"},
            "0.25",
            "By hand: 3 kN over 12 kN",
            "derivation",
        ),
        QuantityExample(
            "compression_ratio",
            {"fill_depth": "9 mm", "cylindrical_height": "3 mm"},
            "0.33333",
            "By hand: 3 mm over 9 mm",
            "derivation",
        ),
        QuantityExample(
            "compressive_strain",
            {"fill_depth": "9 mm", "cylindrical_height": "3 mm"},
            "0.66667",
            "By hand: 6 mm of 9 mm",
            "derivation",
        ),
        QuantityExample(
            "tablet_interval",
            {"tablet_rate": "120000 tablet/h"},
            "30 ms",
            "By hand: 3,600 s over 120,000 tablets",
            "derivation",
        ),
        QuantityExample(
            "run_time",
            {"tablet_count": "600000 tablet", "tablet_rate": "120000 tablet/h"},
            "5 h",
            "By hand: 600,000 tablets over 120,000 tablets/h",
            "derivation",
        ),
    ),
)
