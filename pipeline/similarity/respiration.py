"""Respiration of a culture: gas balance, heat of the cells, and its removal through the wall."""

import polars as pl

GAS_CONSTANT = 8.314462618
"""Molar gas constant [J/(mol·K)] (CODATA 2018)."""
HEAT_PER_OXYGEN = 460_000.0
"""Heat that cells release per oxygen consumed [J/mol], about the same for all aerobic substrates."""


def molar_gas_flow(gas_flow: pl.Expr, pressure: pl.Expr | float, temperature: pl.Expr | float) -> pl.Expr:
    """Amount of gas per time [mol/s], n = Q·p/(R·T).

    gas_flow Q [m³/s] at the pressure p [Pa, absolute] and temperature T [K] for which it is stated. Valid for ideal gases.

    >>> pl.select(molar_gas_flow(pl.lit(1.0), 101_325.0, 273.15).round(2)).item()
    44.62

    Reference: ideal gas law.
    """
    return gas_flow * pressure / (temperature * GAS_CONSTANT)


def oxygen_uptake_rate(
    molar_gas_flow: pl.Expr,
    inlet_oxygen: pl.Expr,
    inlet_carbon_dioxide: pl.Expr,
    outlet_oxygen: pl.Expr,
    outlet_carbon_dioxide: pl.Expr,
    volume: pl.Expr,
) -> pl.Expr:
    """Oxygen consumed per liquid volume [mol/(m³·s)], OUR = n/V·(y_O − y'_O·(1 − y_O − y_C)/(1 − y'_O − y'_C)).

    molar_gas_flow n of the dry inlet gas [mol/s]; shares of oxygen y_O and CO₂ y_C at the inlet, y'_O and y'_C at the
    outlet, in dry gas [-]; volume V [m³]. The flow at the outlet follows from the inert rest of the gas, which cells do not
    change. Valid at steady state, where it is also the oxygen transfer rate. Small differences of the shares make it
    uncertain.

    >>> shares = pl.lit(0.2095), pl.lit(0.0004), pl.lit(0.1995), pl.lit(0.0104)
    >>> pl.select(oxygen_uptake_rate(pl.lit(1.0), *shares, pl.lit(1.0)).round(4)).item()
    0.01

    Reference: Stephanopoulos, Aristidou, Nielsen (1998) Metabolic Engineering, chapter 3.
    """
    inert = (1 - inlet_oxygen - inlet_carbon_dioxide) / (1 - outlet_oxygen - outlet_carbon_dioxide)
    return molar_gas_flow * (inlet_oxygen - outlet_oxygen * inert) / volume


def carbon_dioxide_evolution_rate(
    molar_gas_flow: pl.Expr,
    inlet_oxygen: pl.Expr,
    inlet_carbon_dioxide: pl.Expr,
    outlet_oxygen: pl.Expr,
    outlet_carbon_dioxide: pl.Expr,
    volume: pl.Expr,
) -> pl.Expr:
    """CO₂ that leaves per liquid volume [mol/(m³·s)], CER = n/V·(y'_C·(1 − y_O − y_C)/(1 − y'_O − y'_C) − y_C).

    Inputs as for `oxygen_uptake_rate`. Valid at steady state; while the pH changes or base is added, bicarbonate stores or
    releases CO₂, which is not in the balance.

    >>> shares = pl.lit(0.2095), pl.lit(0.0004), pl.lit(0.1995), pl.lit(0.0104)
    >>> pl.select(carbon_dioxide_evolution_rate(pl.lit(1.0), *shares, pl.lit(1.0)).round(4)).item()
    0.01

    Reference: Stephanopoulos, Aristidou, Nielsen (1998) Metabolic Engineering, chapter 3.
    """
    inert = (1 - inlet_oxygen - inlet_carbon_dioxide) / (1 - outlet_oxygen - outlet_carbon_dioxide)
    return molar_gas_flow * (outlet_carbon_dioxide * inert - inlet_carbon_dioxide) / volume


def respiratory_quotient(carbon_dioxide_evolution_rate: pl.Expr, oxygen_uptake_rate: pl.Expr) -> pl.Expr:
    """CO₂ released over oxygen consumed [-], RQ = CER/OUR.

    Both in mol/(m³·s). About 1 for sugars, 0.7 for fats, above 1 where acids or ethanol are formed.

    >>> pl.select(respiratory_quotient(pl.lit(0.9), pl.lit(1.0))).item()
    0.9

    Reference: Doran (2013) Bioprocess Engineering Principles, 2nd edition, chapter 4.
    """
    return carbon_dioxide_evolution_rate / oxygen_uptake_rate


def metabolic_heat(oxygen_uptake_rate: pl.Expr) -> pl.Expr:
    """Heat that cells release per liquid volume [W/m³], q = 460 kJ/mol·OUR.

    oxygen_uptake_rate OUR [mol/(m³·s)]. Valid for aerobic cultures, ±10 %; heat of fermentation without oxygen is not in it.

    >>> pl.select(metabolic_heat(pl.lit(0.001))).item()
    460.0

    Reference: Doran (2013) Bioprocess Engineering Principles, 2nd edition, chapter 5; Cooney, Wang, Mateles (1969)
    Biotechnol. Bioeng. 11, 269.
    """
    return HEAT_PER_OXYGEN * oxygen_uptake_rate


def heat_removal_capacity(
    heat_transfer_coefficient: pl.Expr,
    area: pl.Expr,
    broth_temperature: pl.Expr | float,
    coolant_temperature: pl.Expr,
    volume: pl.Expr,
) -> pl.Expr:
    """Heat that a jacket or coil can remove per liquid volume [W/m³], q = U·A·(T − T_c)/V.

    heat_transfer_coefficient U [W/(m²·K)], area A [m²], broth_temperature T and mean coolant_temperature T_c [K], volume V
    [m³]. Valid for a mixed broth and a coolant that warms little. Per volume it falls with the cube root of the scale.

    >>> given = pl.lit(300.0), pl.lit(10.0), pl.lit(310.0), pl.lit(290.0), pl.lit(5.0)
    >>> pl.select(heat_removal_capacity(*given)).item()
    12000.0

    Reference: Doran (2013) Bioprocess Engineering Principles, 2nd edition, chapter 9.
    """
    return heat_transfer_coefficient * area * (broth_temperature - coolant_temperature) / volume


def kla_from_uptake(oxygen_uptake_rate: pl.Expr, saturation: pl.Expr, concentration: pl.Expr) -> pl.Expr:
    """Oxygen transfer coefficient from the gas balance [1/s], kLa = OUR/(C* − C).

    oxygen_uptake_rate OUR [mol/(m³·s)], saturation C* and concentration C [mol/m³]. Valid in steady state, where cells
    consume what is transferred. Uncertain where C is near C*.

    >>> pl.select(kla_from_uptake(pl.lit(1e-3), pl.lit(0.2), pl.lit(0.1)).round(6)).item()
    0.01

    Reference: Doran (2013) Bioprocess Engineering Principles, 2nd edition, chapter 10.
    """
    return oxygen_uptake_rate / (saturation - concentration)
