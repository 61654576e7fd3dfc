"""Features of a stirred bioreactor. Inputs are in SI units, agitation in turns per second.

Inputs: agitation, impeller_diameter, impeller_count, power_number, vessel_diameter, working_volume, gas_flow,
dissolved_oxygen (fraction of air saturation), head_pressure (gauge), temperature. Where they are known: cell_diameter,
upper_gassed_ratio (power under gas over power without gas of the impellers above the lowest), sparger_hole_count and
sparger_hole_diameter, the shares of oxygen and CO₂ in the dry gas at inlet and outlet, heat_transfer_coefficient, jacket_area and
coolant_temperature. Batch records hold no liquid properties, so the
constants below are used. An error of a constant affects all batches equally and cancels in ratios between scales.

The gas flow is stated at a reference state, which the process declares (`reference_state`). Where gas acts in the vessel, the
flow is converted to the pressure at half of the liquid height and to the temperature of the broth. Where nothing is declared, the
flow is taken as stated at 1 atm and 37 °C, the headspace as 1 atm, and the broth as 37 °C.

Dissolved oxygen is a fraction of the saturation with air at 1 atm: the probe is taken as calibrated there. So the same set-point is
the same concentration in every vessel. Bubbles offer oxygen at the pressure of the vessel. Solubilities are those at 37 °C, at
any temperature of the broth.
"""

import polars as pl

from pipeline import similarity
from pipeline.domain.process.operation_kinds import Quantity, quantities
from pipeline.operations.feature import Feature, TrajectoryFeature
from pipeline.operations.series import integral, time_below, time_mean
from pipeline.operations.unit_operation import UnitOperation
from pipeline.similarity.mixing import ATMOSPHERE

DENSITY = 1000.0
"""Culture medium, taken as water [kg/m³]."""
VISCOSITY = 0.7e-3
"""Water at 37 °C [Pa·s]; dense cultures reach about twice that."""
OXYGEN_SATURATION = 0.21
"""Dissolved oxygen in equilibrium with air at 1 atm and 37 °C [mol/m³], about 6.7 mg/L (Benson, Krause 1984)."""
WATER_VAPOUR = 6_280.0
"""Pressure of water vapour at 37 °C [Pa]. It does not grow with the pressure of the vessel."""
AIR_OXYGEN = 0.2095
"""Share of oxygen in dry air [-]."""
OXYGEN_SOLUBILITY = OXYGEN_SATURATION / (AIR_OXYGEN * (ATMOSPHERE - WATER_VAPOUR))
"""Dissolved oxygen per partial pressure of oxygen at 37 °C [mol/(m³·Pa)]."""
BLADE_WIDTH_RATIO = 0.2
"""Blade width per impeller diameter of a standard disc turbine [-] (Rushton 1950)."""
LOW_OXYGEN = 0.2
"""Share of air saturation below which mammalian cells are usually considered oxygen-limited [-]."""

HANDBOOK = "Paul, Atiemo-Obeng, Kresta (2004) Handbook of Industrial Mixing"
VAN_T_RIET = "van 't Riet (1979) Ind. Eng. Chem. Process Des. Dev. 18, 357"
HUGHMARK = "Hughmark (1980) Ind. Eng. Chem. Process Des. Dev. 19, 638"
DORAN = "Doran (2013) Bioprocess Engineering Principles, 2nd edition"

STEPHANOPOULOS = "Stephanopoulos, Aristidou, Nielsen (1998) Metabolic Engineering, chapter 3"

STIRRER = ("power_number", "agitation", "impeller_diameter", "impeller_count")
STIRRED = (*STIRRER, "working_volume")
AERATED = (*STIRRED, "gas_flow", "vessel_diameter")
BROTH = 310.15
"""Temperature of the broth if it is not given, and of the stated gas flow if no reference state is declared [K]."""
GAS_STATE = {"head_pressure": 0.0, "temperature": BROTH, "gas_flow.pressure": ATMOSPHERE, "gas_flow.temperature": BROTH}
"""Inputs for the gas flow at vessel conditions, with their values [SI] where a process does not give them."""


STATED_GAS = {"gas_flow.pressure": ATMOSPHERE, "gas_flow.temperature": BROTH}
"""State for which the gas flow is stated, with the values [SI] where a process does not declare it."""
OFF_GAS = (
    "gas_flow",
    "inlet_oxygen",
    "inlet_carbon_dioxide",
    "outlet_oxygen",
    "outlet_carbon_dioxide",
    "working_volume",
)

INPUTS = quantities(
    agitation=("rpm", "speed of the stirrer, in turns"),
    impeller_diameter=("mm", "diameter of the impeller"),
    impeller_count=("", "number of impellers"),
    power_number=("", "power number of one impeller"),
    vessel_diameter=("mm", "inner diameter of the tank"),
    working_volume=("L", "volume of the liquid"),
    gas_flow=(
        "L/min",
        "volume of sparged gas per time, stated at 1 atm and 37 °C unless a `reference_state` is declared",
    ),
    dissolved_oxygen=("% sat", "dissolved oxygen as a share of air saturation"),
    temperature=("degC", "temperature of the broth; 37 °C where it is not given"),
    cell_diameter=("um", "diameter of a cell or bead"),
    upper_gassed_ratio=("", "power under gas over power without gas of the impellers above the lowest"),
    sparger_hole_count=("", "number of holes of the sparger"),
    sparger_hole_diameter=("mm", "diameter of a hole of the sparger"),
    inlet_oxygen=("%", "share of oxygen in the dry gas at the inlet"),
    inlet_carbon_dioxide=("%", "share of CO₂ in the dry gas at the inlet"),
    outlet_oxygen=("%", "share of oxygen in the dry gas at the outlet"),
    outlet_carbon_dioxide=("%", "share of CO₂ in the dry gas at the outlet"),
    heat_transfer_coefficient=("W/(m2*K)", "heat transfer coefficient of the jacket"),
    jacket_area=("m2", "area of the jacket"),
    coolant_temperature=("degC", "mean temperature of the coolant"),
) | {"head_pressure": Quantity("bar", "pressure of the headspace above the atmosphere; 0 where it is not given", gauge=True)}
TAGS = quantities(
    temperature=("degC", "temperature of the broth"),
    ph=("pH", "pH of the broth"),
    dissolved_oxygen=("% sat", "dissolved oxygen as a share of air saturation"),
    agitation=("rpm", "speed of the stirrer, in turns"),
    gas_flow=("L/min", "volume of sparged gas per time"),
    co2=("mmHg", "partial pressure of dissolved CO₂"),
    oxygen_share=("%", "share of oxygen in the gas"),
    base=("mmol/L", "base added per initial volume"),
    vcd=("cell/mL", "viable cells per volume"),
    lactate=("mmol/L", "lactate"),
    ammonia=("mmol/L", "ammonia"),
    osmolality=("mOsm/kg", "osmolality"),
)


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


def vessel_pressure(vessel_diameter: pl.Expr, volume: pl.Expr, head_pressure: pl.Expr | float) -> pl.Expr:
    """Absolute pressure at half of the liquid height [Pa]."""
    return similarity.half_depth_pressure(similarity.liquid_height(volume, vessel_diameter), head_pressure, DENSITY)


def vessel_gas_flow(gas_flow: pl.Expr, vessel_diameter: pl.Expr, volume: pl.Expr, *gas_state: pl.Expr | float) -> pl.Expr:
    """Gas flow at the pressure at half depth and at the temperature of the broth [m³/s]; last the inputs `GAS_STATE`."""
    head_pressure, temperature, reference_pressure, reference_temperature = gas_state
    pressure = vessel_pressure(vessel_diameter, volume, head_pressure)
    return similarity.gas_flow_at_vessel(gas_flow, reference_pressure, reference_temperature, pressure, temperature)


def superficial_gas_velocity(
    gas_flow: pl.Expr, vessel_diameter: pl.Expr, volume: pl.Expr, *gas_state: pl.Expr | float
) -> pl.Expr:
    """Gas flow at vessel conditions per cross-section [m/s]; last the inputs `GAS_STATE`."""
    flow = vessel_gas_flow(gas_flow, vessel_diameter, volume, *gas_state)
    return similarity.superficial_gas_velocity(flow, vessel_diameter)


def gassed_ratio(
    agitation: pl.Expr,
    impeller_diameter: pl.Expr,
    gas_flow: pl.Expr,
    volume: pl.Expr,
    vessel_diameter: pl.Expr,
    *gas_state: pl.Expr | float,
) -> pl.Expr:
    """Power under gas over ungassed power [-], for blades of standard width and the gas flow at vessel conditions."""
    width = BLADE_WIDTH_RATIO * impeller_diameter
    flow = vessel_gas_flow(gas_flow, vessel_diameter, volume, *gas_state)
    return similarity.gassed_power_ratio(agitation, impeller_diameter, width, flow, volume)


def gassed_power_per_volume(*aerated: pl.Expr) -> pl.Expr:
    """Power per volume under gas [W/m³]; takes the inputs `AERATED` and `GAS_STATE` in their order."""
    power_number, agitation, diameter, count, volume, gas_flow, vessel_diameter, *gas_state = aerated
    ungassed = power_per_volume(power_number, agitation, diameter, count, volume)
    return ungassed * gassed_ratio(agitation, diameter, gas_flow, volume, vessel_diameter, *gas_state)


def velocity_of(*aerated: pl.Expr) -> pl.Expr:
    """Superficial gas velocity at vessel conditions [m/s]; takes the inputs `AERATED` and `GAS_STATE` in their order."""
    *_, volume, gas_flow, vessel_diameter = aerated[: len(AERATED)]
    return superficial_gas_velocity(gas_flow, vessel_diameter, volume, *aerated[len(AERATED) :])


def kla_coalescing(*aerated: pl.Expr) -> pl.Expr:
    """Estimate of kLa in a water-like medium [1/s]; takes the inputs `AERATED` and `GAS_STATE` in their order."""
    return similarity.kla_coalescing(gassed_power_per_volume(*aerated), velocity_of(*aerated))


def kla_non_coalescing(*aerated: pl.Expr) -> pl.Expr:
    """Estimate of kLa in a salty medium [1/s]; takes the inputs `AERATED` and `GAS_STATE` in their order."""
    return similarity.kla_non_coalescing(gassed_power_per_volume(*aerated), velocity_of(*aerated))


def oxygen_transfer_capacity(*inputs: pl.Expr) -> pl.Expr:
    """Oxygen that air can supply at the set dissolved oxygen [mol/(m³·s)]; inputs `AERATED`, dissolved_oxygen, `GAS_STATE`.

    The bubbles offer the saturation at the pressure of the vessel. The set dissolved oxygen is a share of the saturation at 1 atm.
    """
    aerated, (dissolved_oxygen, head_pressure, *gas_state) = inputs[: len(AERATED)], inputs[len(AERATED) :]
    *_, volume, _, vessel_diameter = aerated
    pressure = vessel_pressure(vessel_diameter, volume, head_pressure)
    offered = similarity.gas_saturation(OXYGEN_SOLUBILITY, AIR_OXYGEN, pressure, WATER_VAPOUR)
    kla = kla_coalescing(*aerated, head_pressure, *gas_state)
    return similarity.oxygen_transfer_rate(kla, offered, OXYGEN_SATURATION * dissolved_oxygen)


def carbon_dioxide_stripping_rate(*aerated: pl.Expr) -> pl.Expr:
    """Rate constant of CO₂ removal [1/s]; takes the inputs `AERATED` and `GAS_STATE` in their order."""
    *_, volume, gas_flow, vessel_diameter = aerated[: len(AERATED)]
    flow = vessel_gas_flow(gas_flow, vessel_diameter, volume, *aerated[len(AERATED) :])
    height = similarity.liquid_height(volume, vessel_diameter)
    return similarity.carbon_dioxide_stripping(
        similarity.gas_flow_per_volume(flow, volume), kla_coalescing(*aerated), height
    )


def kolmogorov_length(*stirred: pl.Expr) -> pl.Expr:
    """Size of the smallest eddies at the mean dissipation [m]; takes the inputs `STIRRED` in their order."""
    return similarity.kolmogorov_length(power_per_volume(*stirred) / DENSITY, VISCOSITY / DENSITY)


def blend_time(*inputs: pl.Expr) -> pl.Expr:
    """Time to 95 % homogeneity [s]; takes the inputs `STIRRED` and vessel_diameter in their order.

    The number of impellers decides the form. Where it is unknown, so is the blend time.
    """
    power_number, agitation, diameter, count, volume, vessel_diameter = inputs
    height = similarity.liquid_height(volume, vessel_diameter)
    one = similarity.blend_time(agitation, power_number, diameter, vessel_diameter, height)
    several = similarity.blend_time_of_several_impellers(agitation, power_number, diameter, height)
    return pl.when(count > 1).then(several).when(count <= 1).then(one)


def aspect_ratio(working_volume: pl.Expr, vessel_diameter: pl.Expr) -> pl.Expr:
    """Liquid height per vessel diameter, H/T [-]."""
    return similarity.geometry_ratio(similarity.liquid_height(working_volume, vessel_diameter), vessel_diameter)


def gassed_power_of_all_impellers(*aerated: pl.Expr) -> pl.Expr:
    """Power per volume under gas [W/m³]; takes the inputs `AERATED`, upper_gassed_ratio and `GAS_STATE` in their order."""
    power_number, agitation, diameter, count, volume, gas_flow, vessel_diameter, upper_ratio, *gas_state = aerated
    one = similarity.power(power_number, agitation, diameter, DENSITY)
    lower_ratio = gassed_ratio(agitation, diameter, gas_flow, volume, vessel_diameter, *gas_state)
    gassed = similarity.gassed_power_of_several_impellers(one, lower_ratio, one, upper_ratio, count)
    return similarity.power_per_volume(gassed, volume)


def smallest_eddy_to_cell_ratio(
    power_number: pl.Expr, agitation: pl.Expr, impeller_diameter: pl.Expr, cell_diameter: pl.Expr
) -> pl.Expr:
    """Smallest eddies near an impeller over the diameter of a cell or bead [-]."""
    one = similarity.power(power_number, agitation, impeller_diameter, DENSITY)
    dissipation = similarity.impeller_zone_dissipation(one, impeller_diameter, DENSITY)
    return similarity.eddy_to_cell_ratio(similarity.kolmogorov_length(dissipation, VISCOSITY / DENSITY), cell_diameter)


def sparger_gas_velocity(
    gas_flow: pl.Expr,
    hole_count: pl.Expr,
    hole_diameter: pl.Expr,
    vessel_diameter: pl.Expr,
    volume: pl.Expr,
    *gas_state: pl.Expr | float,
) -> pl.Expr:
    """Gas velocity in the holes of the sparger at vessel conditions [m/s]; last the inputs `GAS_STATE`."""
    flow = vessel_gas_flow(gas_flow, vessel_diameter, volume, *gas_state)
    return similarity.sparger_gas_velocity(flow, hole_count, hole_diameter)


def oxygen_uptake_rate(gas_flow: pl.Expr, *balance: pl.Expr) -> pl.Expr:
    """Oxygen consumed per volume [mol/(m³·s)]; takes the inputs `OFF_GAS` and `STATED_GAS` in their order."""
    *shares_and_volume, pressure, temperature = balance
    flow = similarity.molar_gas_flow(gas_flow, pressure, temperature)
    return similarity.oxygen_uptake_rate(flow, *shares_and_volume)


def carbon_dioxide_evolution_rate(gas_flow: pl.Expr, *balance: pl.Expr) -> pl.Expr:
    """CO₂ released per volume [mol/(m³·s)]; takes the inputs `OFF_GAS` and `STATED_GAS` in their order."""
    *shares_and_volume, pressure, temperature = balance
    flow = similarity.molar_gas_flow(gas_flow, pressure, temperature)
    return similarity.carbon_dioxide_evolution_rate(flow, *shares_and_volume)


def respiratory_quotient(*balance: pl.Expr) -> pl.Expr:
    """CO₂ released over oxygen consumed [-]; takes the inputs `OFF_GAS` and `STATED_GAS` in their order."""
    return similarity.respiratory_quotient(carbon_dioxide_evolution_rate(*balance), oxygen_uptake_rate(*balance))


def metabolic_heat(*balance: pl.Expr) -> pl.Expr:
    """Heat that cells release per volume [W/m³]; takes the inputs `OFF_GAS` and `STATED_GAS` in their order."""
    return similarity.metabolic_heat(oxygen_uptake_rate(*balance))


def oxygen_demand_share(*inputs: pl.Expr) -> pl.Expr:
    """Oxygen consumed over what air can supply [-]; inputs `AERATED`, dissolved_oxygen, the shares of `OFF_GAS`, `GAS_STATE`."""
    *_, volume, gas_flow, _ = inputs[: len(AERATED)]
    (dissolved_oxygen, *shares), gas_state = inputs[len(AERATED) : -len(GAS_STATE)], inputs[-len(GAS_STATE) :]
    consumed = oxygen_uptake_rate(gas_flow, *shares, volume, *gas_state[2:])
    return consumed / oxygen_transfer_capacity(*inputs[: len(AERATED)], dissolved_oxygen, *gas_state)


def kla_from_gas_balance(
    gas_flow: pl.Expr,
    inlet_oxygen: pl.Expr,
    inlet_carbon_dioxide: pl.Expr,
    outlet_oxygen: pl.Expr,
    outlet_carbon_dioxide: pl.Expr,
    volume: pl.Expr,
    vessel_diameter: pl.Expr,
    dissolved_oxygen: pl.Expr,
    head_pressure: pl.Expr | float,
    _temperature: pl.Expr | float,
    *reference: pl.Expr,
) -> pl.Expr:
    """Oxygen transfer coefficient from the gas balance [1/s], with the gas at the outlet in contact with the liquid."""
    shares = (inlet_oxygen, inlet_carbon_dioxide, outlet_oxygen, outlet_carbon_dioxide)
    consumed = oxygen_uptake_rate(gas_flow, *shares, volume, *reference)
    pressure = vessel_pressure(vessel_diameter, volume, head_pressure)
    offered = similarity.gas_saturation(OXYGEN_SOLUBILITY, outlet_oxygen, pressure, WATER_VAPOUR)
    return similarity.kla_from_uptake(consumed, offered, OXYGEN_SATURATION * dissolved_oxygen)


def heat_load(*inputs: pl.Expr) -> pl.Expr:
    """Heat of the cells over the heat that the jacket can remove [-].

    Inputs: those of `OFF_GAS`, heat_transfer_coefficient, jacket_area, coolant_temperature, temperature and `STATED_GAS`.
    """
    off_gas, (coefficient, area, coolant, temperature, *stated) = inputs[: len(OFF_GAS)], inputs[len(OFF_GAS) :]
    capacity = heat_removal_capacity(coefficient, area, coolant, off_gas[-1], temperature)
    return metabolic_heat(*off_gas, *stated) / capacity


def heat_removal_capacity(
    coefficient: pl.Expr, area: pl.Expr, coolant_temperature: pl.Expr, volume: pl.Expr, temperature: pl.Expr | float
) -> pl.Expr:
    """Heat that the jacket can remove per volume [W/m³]."""
    return similarity.heat_removal_capacity(coefficient, area, temperature, coolant_temperature, volume)


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
        ("agitation", "impeller_diameter", "gas_flow", "working_volume", "vessel_diameter"),
        gassed_ratio,
        "Power under gas over ungassed power, at most 1",
        HUGHMARK,
        GAS_STATE,
    ),
    Feature(
        "gassed_power_per_volume",
        "W/m^3",
        AERATED,
        gassed_power_per_volume,
        "Power per liquid volume under gas: intensity of mixing",
        HUGHMARK,
        GAS_STATE,
    ),
    Feature(
        "superficial_gas_velocity",
        "mm/s",
        ("gas_flow", "vessel_diameter", "working_volume"),
        superficial_gas_velocity,
        "Gas flow at vessel conditions per cross-section: affects gas hold-up, foam and kLa",
        VAN_T_RIET,
        GAS_STATE,
    ),
    Feature(
        "gas_flow_per_volume",
        "1/min",
        ("gas_flow", "working_volume"),
        similarity.gas_flow_per_volume,
        "vvm, with the gas flow as stated: CO₂ stripping depends on it more than on kLa",
        DORAN,
    ),
    Feature(
        "kla_coalescing",
        "1/h",
        AERATED,
        kla_coalescing,
        "Estimate of the oxygen transfer coefficient in a water-like medium",
        VAN_T_RIET,
        GAS_STATE,
    ),
    Feature(
        "kla_non_coalescing",
        "1/h",
        AERATED,
        kla_non_coalescing,
        "Estimate of the oxygen transfer coefficient in a salty medium",
        VAN_T_RIET,
        GAS_STATE,
    ),
    Feature(
        "oxygen_transfer_capacity",
        "mmol/(L*h)",
        (*AERATED, "dissolved_oxygen"),
        oxygen_transfer_capacity,
        "Oxygen that air can supply at the set dissolved oxygen and the pressure of the vessel",
        VAN_T_RIET,
        GAS_STATE,
    ),
    Feature(
        "carbon_dioxide_stripping_rate",
        "1/h",
        AERATED,
        carbon_dioxide_stripping_rate,
        "Rate constant of CO₂ removal, inverse to the pCO₂: rises with gas flow per volume, falls with pressure and depth",
        "Mostafa, Gu (2003) Biotechnol. Prog. 19, 45; Sieblist et al. (2011) Biotechnol. J. 6, 1547",
        GAS_STATE,
    ),
    Feature(
        "blend_time",
        "s",
        (*STIRRED, "vessel_diameter"),
        blend_time,
        "Time to 95 % homogeneity: slow blending causes gradients of feed, base and oxygen",
        f"One impeller: Grenville (1992); several: Cooke, Middleton, Bush (1988); both in {HANDBOOK}",
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
    Feature(
        "gassed_power_of_all_impellers",
        "W/m^3",
        (*AERATED, "upper_gassed_ratio"),
        gassed_power_of_all_impellers,
        "Power per liquid volume under gas, where the upper impellers lose less power than the lowest",
        "Harriott (2003) Chemical Reactor Design, chapter 7",
        GAS_STATE,
    ),
    Feature(
        "smallest_eddy_to_cell_ratio",
        "dimensionless",
        ("power_number", "agitation", "impeller_diameter", "cell_diameter"),
        smallest_eddy_to_cell_ratio,
        "Smallest eddies near an impeller over the diameter of a cell or bead: below 1 stress by shear",
        "Croughan, Hamel, Wang (1987) Biotechnol. Bioeng. 29, 130",
    ),
    Feature(
        "sparger_gas_velocity",
        "m/s",
        ("gas_flow", "sparger_hole_count", "sparger_hole_diameter", "vessel_diameter", "working_volume"),
        sparger_gas_velocity,
        "Velocity of the gas in the holes of the sparger: above about 30 m/s cells suffer",
        "Zhu et al. (2008) Biotechnol. Bioeng. 101, 751",
        GAS_STATE,
    ),
    Feature(
        "oxygen_uptake_rate",
        "mmol/(L*h)",
        OFF_GAS,
        oxygen_uptake_rate,
        "Oxygen consumed per liquid volume, from the gas balance",
        STEPHANOPOULOS,
        STATED_GAS,
    ),
    Feature(
        "carbon_dioxide_evolution_rate",
        "mmol/(L*h)",
        OFF_GAS,
        carbon_dioxide_evolution_rate,
        "CO₂ released per liquid volume, from the gas balance",
        STEPHANOPOULOS,
        STATED_GAS,
    ),
    Feature(
        "respiratory_quotient",
        "dimensionless",
        OFF_GAS,
        respiratory_quotient,
        "CO₂ released over oxygen consumed: what the cells live on",
        STEPHANOPOULOS,
        STATED_GAS,
    ),
    Feature(
        "metabolic_heat",
        "W/m^3",
        OFF_GAS,
        metabolic_heat,
        "Heat that cells release per liquid volume: compare it with the heat removal capacity",
        DORAN,
        STATED_GAS,
    ),
    Feature(
        "heat_removal_capacity",
        "W/m^3",
        ("heat_transfer_coefficient", "jacket_area", "coolant_temperature", "working_volume"),
        heat_removal_capacity,
        "Heat that the jacket can remove per liquid volume: falls with scale",
        DORAN,
        {"temperature": BROTH},
    ),
    Feature(
        "oxygen_demand_share",
        "percent",
        (*AERATED, "dissolved_oxygen", *OFF_GAS[1:5]),
        oxygen_demand_share,
        "Oxygen consumed, from the gas balance, over what air can supply: above 100 %, oxygen must be added",
        DORAN,
        GAS_STATE,
    ),
    Feature(
        "kla_from_gas_balance",
        "1/h",
        (*OFF_GAS, "vessel_diameter", "dissolved_oxygen"),
        kla_from_gas_balance,
        "Oxygen transfer coefficient as it was, from the gas balance: compare it with the estimates",
        DORAN,
        GAS_STATE,
    ),
    Feature(
        "heat_load",
        "percent",
        (*OFF_GAS, "heat_transfer_coefficient", "jacket_area", "coolant_temperature"),
        heat_load,
        "Heat of the cells over the heat that the jacket can remove: above 100 %, the broth warms",
        DORAN,
        {"temperature": BROTH} | STATED_GAS,
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

OPERATION = UnitOperation(
    inputs=INPUTS,
    features=FEATURES,
    tags=TAGS,
    trajectory_features=TRAJECTORY_FEATURES,
    carried={"agitation": "power_per_volume", "gas_flow": "gas_flow_per_volume"},
    possible={"impeller_to_vessel_ratio": (0.05, 0.95), "aspect_ratio": (0.2, 10.0)},
)
"""Equal power and gas flow per volume are the usual first choice for another vessel (Paul, Atiemo-Obeng, Kresta 2004, Handbook of
Industrial Mixing, chapter 18). An impeller must fit into its tank."""
