"""Freeze drying in vials: heat and mass transfer during primary drying, and what the equipment can carry."""

import numpy as np
import polars as pl

from pipeline.similarity.roots import Numbers, solved

HEAT_OF_SUBLIMATION = 2.8367e6
"""Heat of sublimation of ice [J/kg], 678 cal/g (Pikal, Roy, Shah 1984)."""
ICE_CONDUCTIVITY = 2.4686
"""Thermal conductivity of ice [W/(m·K)], 0.0059 cal/(cm·s·K) (Pikal, Roy, Shah 1984)."""
TRIPLE_POINT = 273.16
"""Temperature of the triple point of water [K]."""
COLDEST = 150.0
"""Lowest temperature of ice that is looked for [K]; its vapour pressure is 6 µPa."""
GAS_CONSTANT = 8.314462618
"""Molar gas constant [J/(mol·K)] (CODATA 2018)."""


def ice_vapour_pressure(temperature: pl.Expr) -> pl.Expr:
    """Vapour pressure of ice [Pa], p = exp(9.550426 − 5723.265/T + 3.53068·ln T − 0.00728332·T).

    temperature T [K]. Valid from 110 K to 273.16 K.

    >>> pl.select(ice_vapour_pressure(pl.lit(253.15)).round(1)).item()
    103.3

    Reference: Murphy, Koop (2005) Q. J. R. Meteorol. Soc. 131, 1539.
    """
    return (9.550426 - 5723.265 / temperature + 3.53068 * temperature.log() - 0.00728332 * temperature).exp()


def vial_heat_transfer(
    contact_transfer: pl.Expr, pressure_slope: pl.Expr, pressure_curvature: pl.Expr, chamber_pressure: pl.Expr
) -> pl.Expr:
    """Heat transfer coefficient from the shelf to a vial [W/(m²·K)], Kv = Kc + Kp·P/(1 + Kd·P).

    contact_transfer Kc [W/(m²·K)]: contact and radiation; pressure_slope Kp [W/(m²·K·Pa)] and pressure_curvature Kd [1/Pa]:
    the gas below the vial; chamber_pressure P [Pa]. The coefficients belong to a kind of vial and to a place on the shelf:
    vials at the edge take up more heat. They refer to the outer area of the vial.

    >>> lit = pl.lit
    >>> pl.select(vial_heat_transfer(lit(11.5), lit(0.28), lit(0.00345), lit(20.0)).round(2)).item()
    16.74

    Reference: Pikal, Roy, Shah (1984) J. Pharm. Sci. 73, 1224.
    """
    return contact_transfer + pressure_slope * chamber_pressure / (1 + pressure_curvature * chamber_pressure)


def cake_resistance(
    base_resistance: pl.Expr, resistance_slope: pl.Expr, resistance_curvature: pl.Expr, dry_thickness: pl.Expr
) -> pl.Expr:
    """Resistance of the dried cake to vapour, for an area of one [m/s], Rp = R₀ + A₁·L/(1 + A₂·L).

    base_resistance R₀ [m/s], resistance_slope A₁ [1/s], resistance_curvature A₂ [1/m], dry_thickness L [m] of the dried
    layer. 1 Torr·cm²·h/g is 48 km/s. The coefficients belong to a formulation and to the way it was frozen: small ice
    crystals give a high resistance.

    >>> pl.select(cake_resistance(pl.lit(7e4), pl.lit(8e7), pl.lit(0.0), pl.lit(0.005))).item()
    470000.0

    Reference: Pikal (1985) J. Parenter. Sci. Technol. 39, 115.
    """
    return base_resistance + resistance_slope * dry_thickness / (1 + resistance_curvature * dry_thickness)


def fill_depth(fill_volume: pl.Expr, product_area: pl.Expr) -> pl.Expr:
    """Depth of the liquid in a vial [m], L = V/A.

    fill_volume V [m³], product_area A [m²]: the inner cross-section of the vial. Exact for a cylinder. The frozen product is
    about 9 % deeper, because ice takes more space than water.

    >>> pl.select(fill_depth(pl.lit(3e-6), pl.lit(3e-4)).round(6)).item()
    0.01

    Reference: definition.
    """
    return fill_volume / product_area


def sublimation_rate(
    sublimation_temperature: pl.Expr, chamber_pressure: pl.Expr, product_area: pl.Expr, cake_resistance: pl.Expr
) -> pl.Expr:
    """Mass of ice that leaves one vial per time [kg/s], ṁ = A·(p_ice(T) − P)/Rp, with p_ice of `ice_vapour_pressure`.

    sublimation_temperature T [K] at the front, chamber_pressure P [Pa], product_area A [m²], cake_resistance Rp [m/s]. Valid
    where the stopper resists much less than the cake. Below zero: ice would form.

    >>> lit = pl.lit
    >>> pl.select((sublimation_rate(lit(248.15), lit(20.0), lit(3e-4), lit(2.4e5)) * 3.6e6).round(3)).item()
    0.195

    Reference: Pikal (1985) J. Parenter. Sci. Technol. 39, 115.
    """
    return product_area * (ice_vapour_pressure(sublimation_temperature) - chamber_pressure) / cake_resistance


def sublimation_temperature(
    shelf_temperature: pl.Expr,
    chamber_pressure: pl.Expr,
    vial_heat_transfer: pl.Expr,
    vial_area: pl.Expr,
    product_area: pl.Expr,
    cake_resistance: pl.Expr,
    frozen_thickness: pl.Expr,
) -> pl.Expr:
    """Temperature T of the sublimation front [K], from Kv·A_v·(T_shelf − T_b) = h_s·ṁ with T_b = T + h_s·ṁ·L/(k·A_p).

    The heat that the shelf gives is the heat that `sublimation_rate` ṁ takes; T_b is the temperature at the bottom of the
    vial. shelf_temperature T_shelf [K], chamber_pressure [Pa], vial_heat_transfer Kv [W/(m²·K)], vial_area A_v and
    product_area A_p [m²]: outer and inner cross-section; cake_resistance [m/s], frozen_thickness L [m] of the ice that is
    left; h_s = 2.837 MJ/kg, k = 2.47 W/(m·K). Valid in steady state. Null if the ice would melt.

    >>> vial = [pl.lit(3.8e-4), pl.lit(3.14e-4), pl.lit(2.4e5), pl.lit(0.0056)]
    >>> pl.select(sublimation_temperature(pl.lit(293.15), pl.lit(20.0), pl.lit(16.7), *vial).round(1)).item()
    251.5

    Reference: Pikal (1985) J. Parenter. Sci. Technol. 39, 115.
    """
    return solved(
        _heat_left,
        COLDEST,
        TRIPLE_POINT,
        shelf_temperature,
        chamber_pressure,
        vial_heat_transfer,
        vial_area,
        product_area,
        cake_resistance,
        frozen_thickness,
    )


def _heat_left(
    front: Numbers,
    shelf: Numbers,
    pressure: Numbers,
    transfer: Numbers,
    outer: Numbers,
    inner: Numbers,
    resistance: Numbers,
    frozen: Numbers,
) -> Numbers:
    """Heat per time that the shelf gives, less the heat that sublimation takes [W]."""
    ice = np.exp(9.550426 - 5723.265 / front + 3.53068 * np.log(front) - 0.00728332 * front)
    flux = HEAT_OF_SUBLIMATION * (ice - pressure) / resistance
    left: Numbers = transfer * outer * (shelf - front - flux * frozen / ICE_CONDUCTIVITY) - flux * inner
    return left


def vial_bottom_temperature(
    sublimation_temperature: pl.Expr, sublimation_rate: pl.Expr, product_area: pl.Expr, frozen_thickness: pl.Expr
) -> pl.Expr:
    """Temperature of the product at the bottom of the vial [K], T_b = T + h_s·ṁ·L/(k·A): the warmest place.

    sublimation_temperature T [K], sublimation_rate ṁ [kg/s], product_area A [m²], frozen_thickness L [m]; h_s = 2.837 MJ/kg,
    k = 2.47 W/(m·K). Heat conduction through a flat layer of ice in steady state.

    >>> lit = pl.lit
    >>> pl.select(vial_bottom_temperature(lit(249.5), lit(9.4e-8), lit(3.14e-4), lit(0.0056)).round(2)).item()
    251.43

    Reference: Pikal (1985) J. Parenter. Sci. Technol. 39, 115.
    """
    return (
        sublimation_temperature + HEAT_OF_SUBLIMATION / ICE_CONDUCTIVITY * sublimation_rate * frozen_thickness / product_area
    )


def choked_flow(
    area: pl.Expr,
    pressure: pl.Expr,
    temperature: pl.Expr | float,
    heat_capacity_ratio: pl.Expr | float,
    molar_mass: pl.Expr | float,
) -> pl.Expr:
    """Largest mass flow of a gas through an opening [kg/s], ṁ = A·p·√(γ·M/(R·T))·(2/(γ + 1))^((γ + 1)/(2(γ − 1))).

    area A [m²], pressure p [Pa] and temperature T [K] before the opening, heat_capacity_ratio γ [-] above 1, molar_mass M
    [kg/mol]. The gas leaves at the speed of sound. Valid for an ideal gas and a short opening without friction: a long duct
    carries less. For the duct of a freeze dryer it is the limit of sublimation at a chamber pressure.

    >>> duct = pl.lit(0.0177)
    >>> pl.select((choked_flow(duct, pl.lit(10.0), 293.15, 1.33, 0.018015) * 3600).round(2)).item()
    1.17

    Reference: Searles (2004) Am. Pharm. Rev. 7, 58 (choking in freeze dryers); API Standard 520, Part 1 (critical flow).
    """
    exponent = (heat_capacity_ratio + 1) / (2 * (heat_capacity_ratio - 1))
    contraction = (2 / (heat_capacity_ratio + 1)) ** exponent
    return area * pressure * (heat_capacity_ratio * molar_mass / (GAS_CONSTANT * temperature)) ** 0.5 * contraction
