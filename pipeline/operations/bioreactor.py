"""Features of a stirred bioreactor. Inputs are in SI units, agitation in turns per second.

Inputs: agitation, impeller_diameter, impeller_count, power_number, vessel_diameter, working_volume, gas_flow,
dissolved_oxygen (fraction of air saturation), head_pressure (gauge). Batch records hold no liquid properties, so the
constants below are used. An error of a constant affects all batches equally and cancels in ratios between scales.
"""

import polars as pl

from pipeline import similarity
from pipeline.operations.feature import Feature, TrajectoryFeature
from pipeline.operations.series import integral, time_below, time_mean
from pipeline.similarity.mixing import ATMOSPHERE, STANDARD_GRAVITY

DENSITY = 1000.0
"""Culture medium, taken as water [kg/m³]."""
VISCOSITY = 0.7e-3
"""Water at 37 °C [Pa·s]; dense cultures reach about twice that."""
OXYGEN_SATURATION = 0.21
"""Dissolved oxygen in equilibrium with air at 1 atm and 37 °C [mol/m³], about 6.7 mg/L."""
BLADE_WIDTH_RATIO = 0.2
"""Blade width per impeller diameter of a standard disc turbine [-] (Rushton 1950)."""
LOW_OXYGEN = 0.2
"""Share of air saturation below which mammalian cells are usually considered oxygen-limited [-]."""

HANDBOOK = "Paul, Atiemo-Obeng, Kresta (2004) Handbook of Industrial Mixing"
VAN_T_RIET = "van 't Riet (1979) Ind. Eng. Chem. Process Des. Dev. 18, 357"
HUGHMARK = "Hughmark (1980) Ind. Eng. Chem. Process Des. Dev. 19, 638"
DORAN = "Doran (2013) Bioprocess Engineering Principles, 2nd edition"

STIRRER = ("power_number", "agitation", "impeller_diameter", "impeller_count")
STIRRED = (*STIRRER, "working_volume")
AERATED = (*STIRRED, "gas_flow", "vessel_diameter")


def reynolds(agitation: pl.Expr, impeller_diameter: pl.Expr) -> pl.Expr:
    """Impeller Reynolds number of the medium [-]."""
    return similarity.reynolds_number(agitation, impeller_diameter, DENSITY, VISCOSITY)


def power(power_number: pl.Expr, agitation: pl.Expr, impeller_diameter: pl.Expr, impeller_count: pl.Expr) -> pl.Expr:
    """Ungassed power of all impellers [W], for impellers that are far enough apart to draw equal power."""
    return impeller_count * similarity.power(power_number, agitation, impeller_diameter, DENSITY)


def power_per_volume(
    power_number: pl.Expr, agitation: pl.Expr, diameter: pl.Expr, count: pl.Expr, volume: pl.Expr
) -> pl.Expr:
    """Ungassed power per volume [W/m³]."""
    return similarity.power_per_volume(power(power_number, agitation, diameter, count), volume)


def gassed_ratio(agitation: pl.Expr, impeller_diameter: pl.Expr, gas_flow: pl.Expr, volume: pl.Expr) -> pl.Expr:
    """Power under gas over ungassed power [-], for blades of standard width."""
    width = BLADE_WIDTH_RATIO * impeller_diameter
    return similarity.gassed_power_ratio(agitation, impeller_diameter, width, gas_flow, volume)


def gassed_power_per_volume(
    power_number: pl.Expr,
    agitation: pl.Expr,
    diameter: pl.Expr,
    count: pl.Expr,
    volume: pl.Expr,
    gas_flow: pl.Expr,
) -> pl.Expr:
    """Power per volume under gas [W/m³]."""
    ungassed = power_per_volume(power_number, agitation, diameter, count, volume)
    return ungassed * gassed_ratio(agitation, diameter, gas_flow, volume)


def kla_coalescing(*aerated: pl.Expr) -> pl.Expr:
    """Estimate of kLa in a water-like medium [1/s]; takes the inputs `AERATED` in their order."""
    *stirred_and_gas, vessel_diameter = aerated
    velocity = similarity.superficial_gas_velocity(stirred_and_gas[-1], vessel_diameter)
    return similarity.kla_coalescing(gassed_power_per_volume(*stirred_and_gas), velocity)


def kla_non_coalescing(*aerated: pl.Expr) -> pl.Expr:
    """Estimate of kLa in a salty medium [1/s]; takes the inputs `AERATED` in their order."""
    *stirred_and_gas, vessel_diameter = aerated
    velocity = similarity.superficial_gas_velocity(stirred_and_gas[-1], vessel_diameter)
    return similarity.kla_non_coalescing(gassed_power_per_volume(*stirred_and_gas), velocity)


def oxygen_transfer_capacity(*aerated_and_oxygen: pl.Expr) -> pl.Expr:
    """Oxygen that air can supply at the set dissolved oxygen [mol/(m³·s)]; inputs `AERATED`, dissolved_oxygen."""
    *aerated, dissolved_oxygen = aerated_and_oxygen
    saturation = pl.lit(OXYGEN_SATURATION)
    return similarity.oxygen_transfer_rate(kla_coalescing(*aerated), saturation, saturation * dissolved_oxygen)


def carbon_dioxide_stripping_rate(*aerated_and_pressure: pl.Expr) -> pl.Expr:
    """Rate constant of CO₂ removal [1/s]; inputs `AERATED`, head_pressure."""
    *aerated, head_pressure = aerated_and_pressure
    volume, gas_flow, vessel_diameter = aerated[-3:]
    height = similarity.liquid_height(volume, vessel_diameter)
    pressure = ATMOSPHERE + head_pressure + DENSITY * STANDARD_GRAVITY * height / 2
    return similarity.carbon_dioxide_stripping(
        similarity.gas_flow_per_volume(gas_flow, volume), kla_coalescing(*aerated), height, pressure
    )


def kolmogorov_length(*stirred: pl.Expr) -> pl.Expr:
    """Size of the smallest eddies at the mean dissipation [m]; takes the inputs `STIRRED` in their order."""
    return similarity.kolmogorov_length(power_per_volume(*stirred) / DENSITY, VISCOSITY / DENSITY)


def aspect_ratio(working_volume: pl.Expr, vessel_diameter: pl.Expr) -> pl.Expr:
    """Liquid height per vessel diameter, H/T [-]."""
    return similarity.geometry_ratio(similarity.liquid_height(working_volume, vessel_diameter), vessel_diameter)


FEATURES: tuple[Feature, ...] = (
    Feature(
        "reynolds_number",
        "dimensionless",
        ("agitation", "impeller_diameter"),
        reynolds,
        "Flow regime: turbulent above 10⁴",
        HANDBOOK,
    ),
    Feature(
        "tip_speed",
        "m/s",
        ("agitation", "impeller_diameter"),
        similarity.tip_speed,
        "Speed of the impeller tip: the highest liquid speed in the vessel",
        HANDBOOK,
    ),
    Feature(
        "froude_number",
        "dimensionless",
        ("agitation", "impeller_diameter"),
        similarity.froude_number,
        "Inertia over gravity: vortex and entrainment of gas at the surface",
        HANDBOOK,
    ),
    Feature("power", "W", STIRRER, power, "Ungassed power of the stirrer", HANDBOOK),
    Feature(
        "power_per_volume",
        "W/m^3",
        STIRRED,
        power_per_volume,
        "Ungassed power per liquid volume: mean intensity of mixing",
        HANDBOOK,
    ),
    Feature(
        "gassed_power_ratio",
        "dimensionless",
        ("agitation", "impeller_diameter", "gas_flow", "working_volume"),
        gassed_ratio,
        "Power under gas over ungassed power",
        HUGHMARK,
    ),
    Feature(
        "gassed_power_per_volume",
        "W/m^3",
        (*STIRRED, "gas_flow"),
        gassed_power_per_volume,
        "Power per liquid volume under gas: intensity of mixing",
        HUGHMARK,
    ),
    Feature(
        "superficial_gas_velocity",
        "mm/s",
        ("gas_flow", "vessel_diameter"),
        similarity.superficial_gas_velocity,
        "Gas flow per cross-section: affects gas hold-up, foam and kLa",
        VAN_T_RIET,
    ),
    Feature(
        "gas_flow_per_volume",
        "1/min",
        ("gas_flow", "working_volume"),
        similarity.gas_flow_per_volume,
        "vvm: CO₂ stripping depends on it more than on kLa",
        DORAN,
    ),
    Feature(
        "kla_coalescing",
        "1/h",
        AERATED,
        kla_coalescing,
        "Estimate of the oxygen transfer coefficient in a water-like medium",
        VAN_T_RIET,
    ),
    Feature(
        "kla_non_coalescing",
        "1/h",
        AERATED,
        kla_non_coalescing,
        "Estimate of the oxygen transfer coefficient in a salty medium",
        VAN_T_RIET,
    ),
    Feature(
        "oxygen_transfer_capacity",
        "mmol/(L*h)",
        (*AERATED, "dissolved_oxygen"),
        oxygen_transfer_capacity,
        "Oxygen that air can supply at the set dissolved oxygen",
        VAN_T_RIET,
    ),
    Feature(
        "carbon_dioxide_stripping_rate",
        "1/h",
        (*AERATED, "head_pressure"),
        carbon_dioxide_stripping_rate,
        "Rate constant of CO₂ removal, inverse to the pCO₂: rises with gas flow per volume, falls with pressure and depth",
        "Mostafa, Gu (2003) Biotechnol. Prog. 19, 45; Sieblist et al. (2011) Biotechnol. J. 6, 1547",
    ),
    Feature(
        "blend_time",
        "s",
        ("agitation", "power_number", "impeller_diameter", "vessel_diameter"),
        similarity.blend_time,
        "Time to 95 % homogeneity: slow blending causes gradients of feed, base and oxygen",
        f"Grenville (1992), in {HANDBOOK}",
    ),
    Feature("kolmogorov_length", "um", STIRRED, kolmogorov_length, "Size of the smallest eddies", "Kolmogorov (1941)"),
    Feature(
        "impeller_to_vessel_ratio",
        "dimensionless",
        ("impeller_diameter", "vessel_diameter"),
        similarity.geometry_ratio,
        "D/T: impeller diameter over vessel diameter",
        HANDBOOK,
    ),
    Feature(
        "aspect_ratio",
        "dimensionless",
        ("working_volume", "vessel_diameter"),
        aspect_ratio,
        "H/T, liquid height over vessel diameter: tall vessels blend slowly and retain CO₂",
        HANDBOOK,
    ),
    Feature(
        "wall_area_per_volume",
        "1/m",
        ("vessel_diameter",),
        similarity.wall_area_per_volume,
        "Jacket area per liquid volume: heat removal",
        "definition",
    ),
)


def oxygen_limited_time(dissolved_oxygen: pl.Expr, time: pl.Expr) -> pl.Expr:
    """Time below 20 % of air saturation [s]."""
    return time_below(dissolved_oxygen, time, LOW_OXYGEN)


def peak(value: pl.Expr) -> pl.Expr:
    """Largest record."""
    return value.max()


def lowest(value: pl.Expr) -> pl.Expr:
    """Smallest record."""
    return value.min()


def final(value: pl.Expr) -> pl.Expr:
    """Last record."""
    return value.drop_nulls().last()


def mean_of(tag: str, unit: str, description: str) -> TrajectoryFeature:
    """Make the feature of the mean of a tag over time."""
    return TrajectoryFeature(f"{tag}_mean", unit, (tag, "time"), time_mean, description, "definition")


TRAJECTORY_FEATURES: tuple[TrajectoryFeature, ...] = (
    mean_of("dissolved_oxygen", "percent", "Mean dissolved oxygen over the run"),
    mean_of("ph", "dimensionless", "Mean pH over the run"),
    mean_of("temperature", "degC", "Mean temperature over the run, including the temperature shift"),
    mean_of("agitation", "1/min", "Mean agitation over the run"),
    mean_of("gas_flow", "L/min", "Mean gas flow over the run"),
    mean_of("co2", "mmHg", "Mean dissolved CO₂ over the run"),
    TrajectoryFeature(
        "dissolved_oxygen_low_time",
        "h",
        ("dissolved_oxygen", "time"),
        oxygen_limited_time,
        "Time below 20 % of air saturation",
        "definition",
    ),
    TrajectoryFeature("ph_min", "dimensionless", ("ph",), lowest, "Lowest pH: caused by lactate and CO₂", "definition"),
    TrajectoryFeature("ph_max", "dimensionless", ("ph",), peak, "Highest pH: caused by base addition", "definition"),
    TrajectoryFeature("co2_max", "mmHg", ("co2",), peak, "Highest dissolved CO₂", "definition"),
    TrajectoryFeature("base_total", "mmol/L", ("base",), peak, "Base added to hold the pH", "definition"),
    TrajectoryFeature(
        "oxygen_share_max",
        "percent",
        ("oxygen_share",),
        peak,
        "Highest share of oxygen in the gas: shows the oxygen demand",
        "definition",
    ),
    TrajectoryFeature("lactate_max", "mmol/L", ("lactate",), peak, "Highest lactate", "definition"),
    TrajectoryFeature("ammonia_final", "mmol/L", ("ammonia",), final, "Ammonia in the last sample", "definition"),
    TrajectoryFeature("osmolality_max", "mmol/kg", ("osmolality",), peak, "Highest osmolality", "definition"),
    TrajectoryFeature("gas_total", "L", ("gas_flow", "time"), integral, "Gas sparged over the run", "definition"),
    TrajectoryFeature(
        "integral_viable_cells",
        "day/mL",
        ("vcd", "time"),
        integral,
        "Integral of the viable cell density over time",
        DORAN,
    ),
    TrajectoryFeature("vcd_max", "1/mL", ("vcd",), peak, "Highest viable cell density", "definition"),
    TrajectoryFeature("vcd_final", "1/mL", ("vcd",), final, "Viable cell density at harvest", "definition"),
)
