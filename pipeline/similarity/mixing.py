"""Stirred and aerated vessels: mixing, gas transfer and CO₂ removal."""

import math

import polars as pl

STANDARD_GRAVITY = 9.80665
"""Acceleration of free fall [m/s²] (CGPM 1901)."""
ATMOSPHERE = 101_325.0
"""Pressure of the standard atmosphere [Pa]."""
CARBON_DIOXIDE_PARTITION = 0.58
"""Concentration of CO₂ in medium over that in gas at 37 °C [-]: 0.0301 mmol/(L·mmHg) times RT."""
CARBON_DIOXIDE_KLA_RATIO = 0.9
"""kLa of CO₂ over kLa of oxygen [-]: the square root of the ratio of their diffusivities."""
SURFACE_FILM = 3e-5
"""Liquid film coefficient of a calm surface [m/s]."""


def reynolds_number(agitation: pl.Expr, impeller_diameter: pl.Expr, density: float, viscosity: float) -> pl.Expr:
    """Impeller Reynolds number [-], Re = ρ·N·D²/μ: inertia over viscosity.

    agitation [1/s], impeller_diameter [m], density [kg/m³], dynamic viscosity [Pa·s].
    Valid for Newtonian liquids; baffled vessels are turbulent above about 10⁴.

    >>> pl.select(reynolds_number(pl.lit(1.0), pl.lit(0.5), 1000.0, 0.01)).item()
    25000.0

    Reference: Paul, Atiemo-Obeng, Kresta (2004) Handbook of Industrial Mixing, chapter 6.
    """
    return density * agitation * impeller_diameter**2 / viscosity


def tip_speed(agitation: pl.Expr, impeller_diameter: pl.Expr) -> pl.Expr:
    """Impeller tip speed [m/s], v = π·N·D: the highest liquid speed in the vessel.

    agitation [1/s], impeller_diameter [m]. Exact (kinematics).

    >>> pl.select(tip_speed(pl.lit(1.0), pl.lit(1.0)).round(3)).item()
    3.142

    Reference: Paul, Atiemo-Obeng, Kresta (2004) Handbook of Industrial Mixing, chapter 6.
    """
    return math.pi * agitation * impeller_diameter


def power(power_number: pl.Expr, agitation: pl.Expr, impeller_diameter: pl.Expr, density: pl.Expr | float) -> pl.Expr:
    """Ungassed power of one impeller [W], P = Np·ρ·N³·D⁵.

    power_number [-], agitation [1/s], impeller_diameter [m], density [kg/m³].
    Np is constant only for turbulent flow in baffled vessels (Re above about 10⁴). The formula contains no g.

    >>> pl.select(power(pl.lit(5.0), pl.lit(5.0), pl.lit(1.0), 1000.0)).item()
    625000.0

    Reference: Rushton, Costich, Everett (1950) Chemical Engineering Progress 46, 395 and 467.
    """
    return power_number * density * agitation**3 * impeller_diameter**5


def power_per_volume(power: pl.Expr, volume: pl.Expr) -> pl.Expr:
    """Power per liquid volume [W/m³], P/V: the mean rate of energy dissipation.

    power [W], volume [m³]. The local maximum near the impeller is about 10 to 100 times higher.

    >>> pl.select(power_per_volume(pl.lit(100.0), pl.lit(2.0))).item()
    50.0

    Reference: Paul, Atiemo-Obeng, Kresta (2004) Handbook of Industrial Mixing, chapter 6.
    """
    return power / volume


def gassed_power_ratio(
    agitation: pl.Expr, impeller_diameter: pl.Expr, blade_width: pl.Expr, gas_flow: pl.Expr, volume: pl.Expr
) -> pl.Expr:
    """Power under gas over ungassed power [-], Pg/P = 0.10·(Q/(N·V))^−¼·(N²·D⁴/(g·W·V^⅔))^−⅕, at most 1.

    agitation [1/s], impeller_diameter [m], blade_width W [m], gas_flow Q [m³/s] at vessel conditions, volume [m³]; all above zero,
    except gas_flow: for zero the result is 1. Fitted to single flat-blade disc turbines in low-viscosity liquids; mean
    deviation about 12 %. At very low gas flow the correlation exceeds 1; the result is limited to 1.

    >>> one = pl.lit(1.0)
    >>> pl.select(gassed_power_ratio(pl.lit(5 / 3), one, pl.lit(0.2), pl.lit(1 / 6), pl.lit(10.0)).round(3)).item()
    0.401

    Reference: Hughmark (1980) Ind. Eng. Chem. Process Des. Dev. 19, 638.
    """
    aeration = gas_flow / (agitation * volume)
    froude = agitation**2 * impeller_diameter**4 / (STANDARD_GRAVITY * blade_width * volume ** (2 / 3))
    return (0.10 * aeration**-0.25 * froude**-0.20).clip(upper_bound=1.0)


def gassed_power_of_several_impellers(
    lower_power: pl.Expr, lower_ratio: pl.Expr, upper_power: pl.Expr, upper_ratio: pl.Expr, impeller_count: pl.Expr
) -> pl.Expr:
    """Power of all impellers of a shaft under gas [W], P = r₁·P₁ + (n − 1)·r₂·P₂.

    lower_power P₁ of the lowest impeller and upper_power P₂ of each other one without gas [W], their ratios r₁ and r₂ of power
    under gas to power without gas [-], impeller_count n [-]. The lowest impeller meets the gas of the sparger and loses most power;
    the others meet liquid that already holds gas. Valid for impellers at least one diameter apart.

    >>> one = pl.lit(100.0)
    >>> pl.select(gassed_power_of_several_impellers(one, pl.lit(0.5), one, pl.lit(0.8), pl.lit(2.0))).item()
    130.0

    Reference: Harriott (2003) Chemical Reactor Design, chapter 7.
    """
    return lower_ratio * lower_power + (impeller_count - 1) * upper_ratio * upper_power


def half_depth_pressure(liquid_height: pl.Expr, head_pressure: pl.Expr | float, density: float) -> pl.Expr:
    """Absolute pressure at half of the liquid height [Pa], p = p₀ + p_head + ρ·g·H/2 with p₀ = 1 atm.

    liquid_height H [m], head_pressure p_head above the atmosphere [Pa], density ρ [kg/m³]. Valid for a site near sea level; at
    1,000 m the atmosphere is 11 % lower.

    >>> pl.select(half_depth_pressure(pl.lit(4.0), pl.lit(50_000.0), 1000.0)).item()
    170938.3

    Reference: definition (hydrostatics).
    """
    return density * STANDARD_GRAVITY / 2 * liquid_height + (ATMOSPHERE + head_pressure)


def gas_flow_at_vessel(
    gas_flow: pl.Expr,
    reference_pressure: pl.Expr | float,
    reference_temperature: pl.Expr | float,
    pressure: pl.Expr,
    temperature: pl.Expr | float,
) -> pl.Expr:
    """Volume of gas per time at vessel conditions [m³/s], Q = Q_ref·(p_ref/p)·(T/T_ref).

    gas_flow Q_ref [m³/s] at the reference state, p_ref [Pa] and T_ref [K]; pressure p [Pa, absolute] and temperature T [K] in the
    vessel. Valid for ideal gases, without consumed oxygen, formed CO₂ and water vapour.

    >>> one = pl.lit(1.0)
    >>> pl.select(gas_flow_at_vessel(one, pl.lit(101_325.0), pl.lit(273.15), pl.lit(170_938.3), pl.lit(310.15)).round(4)).item()
    0.6731

    Reference: ideal gas law.
    """
    return gas_flow * (reference_pressure * (temperature / reference_temperature)) / pressure


def superficial_gas_velocity(gas_flow: pl.Expr, vessel_diameter: pl.Expr) -> pl.Expr:
    """Gas flow per vessel cross-section [m/s], v_s = 4·Q/(π·T²).

    gas_flow [m³/s] at vessel conditions, vessel_diameter T [m]. Exact for a cylinder. At constant vvm it grows with scale.

    >>> pl.select(superficial_gas_velocity(pl.lit(0.25), pl.lit(1.0)).round(4)).item()
    0.3183

    Reference: van 't Riet (1979) Ind. Eng. Chem. Process Des. Dev. 18, 357.
    """
    return 4 * gas_flow / (math.pi * vessel_diameter**2)


def gas_flow_per_volume(gas_flow: pl.Expr, volume: pl.Expr) -> pl.Expr:
    """Gas flow per liquid volume [1/s], Q/V; 60 times the result is vvm. CO₂ stripping depends on it more than on kLa.

    gas_flow [m³/s], volume [m³]. Exact. The flow is at its reference state, as vvm is usually stated, or at vessel conditions.

    >>> pl.select(gas_flow_per_volume(pl.lit(0.5), pl.lit(30.0)) * 60).item()
    1.0

    Reference: Doran (2013) Bioprocess Engineering Principles, 2nd edition, chapter 8.
    """
    return gas_flow / volume


def kla_coalescing(power_per_volume: pl.Expr, superficial_gas_velocity: pl.Expr) -> pl.Expr:
    """Oxygen transfer coefficient of water-like, coalescing liquids [1/s], kLa = 0.026·(P/V)^0.4·v_s^0.5.

    power_per_volume [W/m³], superficial_gas_velocity [m/s]. An empirical fit: the constants are for SI only.
    Valid for 500 to 10,000 W/m³ and 2 to 2,600 L, accuracy 20 to 40 %. Cell culture runs at 10 to 100 W/m³: there the
    result is an extrapolation. Use it to rank conditions, not as a measured kLa.

    >>> pl.select(kla_coalescing(pl.lit(1000.0), pl.lit(0.01)).round(4)).item()
    0.0412

    Reference: van 't Riet (1979) Ind. Eng. Chem. Process Des. Dev. 18, 357.
    """
    return 0.026 * power_per_volume**0.4 * superficial_gas_velocity**0.5


def kla_non_coalescing(power_per_volume: pl.Expr, superficial_gas_velocity: pl.Expr) -> pl.Expr:
    """Oxygen transfer coefficient of salty, non-coalescing liquids [1/s], kLa = 0.002·(P/V)^0.7·v_s^0.2.

    power_per_volume [W/m³], superficial_gas_velocity [m/s]. An empirical fit: the constants are for SI only.
    Valid for 500 to 10,000 W/m³ and 2 to 4,400 L, accuracy 20 to 40 %. Below 500 W/m³ the result is an extrapolation.

    >>> pl.select(kla_non_coalescing(pl.lit(1000.0), pl.lit(0.01)).round(4)).item()
    0.1002

    Reference: van 't Riet (1979) Ind. Eng. Chem. Process Des. Dev. 18, 357.
    """
    return 0.002 * power_per_volume**0.7 * superficial_gas_velocity**0.2


def gas_saturation(solubility: float, share: pl.Expr | float, pressure: pl.Expr, vapour_pressure: float) -> pl.Expr:
    """Concentration of a gas in equilibrium with bubbles that are saturated with water vapour [mol/m³], C* = s·y·(p − p_w).

    solubility s [mol/(m³·Pa)], share y of the gas in the dry gas [-], pressure p [Pa, absolute], vapour_pressure p_w of water [Pa].
    Valid for the pressures of bioreactors (Henry's law). It grows in proportion to the pressure without the water vapour.

    >>> air, pure_water = 0.2095, 1.055e-5  # oxygen at 37 °C and 1 atm: 6.7 mg/L over 32 g/mol
    >>> pl.select(gas_saturation(pure_water, air, pl.lit(101_325.0), 6_280.0).round(3)).item()
    0.21

    Reference: Henry's law; constant of oxygen at 37 °C from Sander (2015) Atmos. Chem. Phys. 15, 4399.
    """
    return solubility * share * (pressure - vapour_pressure)


def oxygen_transfer_rate(kla: pl.Expr, saturation: pl.Expr, concentration: pl.Expr) -> pl.Expr:
    """Oxygen transferred per liquid volume [mol/(m³·s)], OTR = kLa·(C* − C).

    kla [1/s], saturation C* and concentration C [mol/m³]. Valid for a well-mixed gas and liquid.

    >>> pl.select(oxygen_transfer_rate(pl.lit(0.01), pl.lit(0.2), pl.lit(0.1)).round(6)).item()
    0.001

    Reference: Doran (2013) Bioprocess Engineering Principles, 2nd edition, chapter 10.
    """
    return kla * (saturation - concentration)


def carbon_dioxide_stripping(gas_flow_per_volume: pl.Expr, kla: pl.Expr, liquid_height: pl.Expr) -> pl.Expr:
    """Rate constant of CO₂ removal [1/s], k = q/m·(1 − exp(−0.9·kLa·m/q)) + k_s/H with q = Q/V.

    gas_flow_per_volume q [1/s] at vessel conditions, so that it falls with pressure and depth; kla of oxygen [1/s]; liquid_height H
    [m]. m = 0.58 is the concentration of CO₂ in medium over that in gas at 37 °C. k_s = 3·10⁻⁵ m/s is the liquid film
    coefficient of a calm surface (1 to 5·10⁻⁵). In deep vessels bubbles leave saturated, and only q matters. If cells produce
    CO₂ at a rate r, its concentration becomes r/k. Valid for plug flow of gas in mixed liquid, without effects of pH control.

    >>> pl.select((carbon_dioxide_stripping(pl.lit(1e-3), pl.lit(1.0), pl.lit(1e9)) * 3600).round(2)).item()
    6.21

    Reference: Mostafa, Gu (2003) Biotechnol. Prog. 19, 45; Sieblist et al. (2011) Biotechnol. J. 6, 1547.
    """
    saturated = gas_flow_per_volume / CARBON_DIOXIDE_PARTITION
    return saturated * (1 - (-CARBON_DIOXIDE_KLA_RATIO * kla / saturated).exp()) + SURFACE_FILM / liquid_height


def blend_time(
    agitation: pl.Expr,
    power_number: pl.Expr,
    impeller_diameter: pl.Expr,
    vessel_diameter: pl.Expr,
    liquid_height: pl.Expr,
) -> pl.Expr:
    """Time to 95 % homogeneity with one impeller [s], t95 = 5.2·T^1.5·H^0.5/(N·Np^⅓·D²).

    agitation [1/s], power_number [-], impeller_diameter D, vessel_diameter T and liquid_height H [m].
    Valid for one impeller at H/3, turbulent (Re·Np^⅓ above 6,370), baffled, D/T from 1/3 to 1/2, T from 0.3 to 3 m, ±10 %.
    For H = T it is 5.2·(T/D)²/(N·Np^⅓).

    >>> pl.select(blend_time(pl.lit(2.0), pl.lit(1.0), pl.lit(0.5), pl.lit(1.0), pl.lit(1.0))).item()
    10.4

    Reference: Grenville (1992), in Paul, Atiemo-Obeng, Kresta (2004) Handbook of Industrial Mixing, chapter 9.
    """
    return 5.2 * vessel_diameter**1.5 * liquid_height**0.5 / (agitation * power_number ** (1 / 3) * impeller_diameter**2)


def blend_time_of_several_impellers(
    agitation: pl.Expr, power_number: pl.Expr, impeller_diameter: pl.Expr, liquid_height: pl.Expr
) -> pl.Expr:
    """Time to 95 % homogeneity with two or more impellers on a shaft [s], t95 = 3.3·(H/D)^2.43/(N·Np^⅓).

    agitation [1/s], power_number of one impeller [-], impeller_diameter D and liquid_height H [m]. Each impeller keeps a zone of
    its own, and the exchange between zones is slow. Valid for turbulent flow in baffled vessels with H above T; fitted to radial
    impellers. Zones of axial impellers exchange faster: there the result is an upper estimate. For H = T and D = T/3 it agrees
    with `blend_time` within 2 %.

    >>> pl.select(blend_time_of_several_impellers(pl.lit(1.0), pl.lit(1.0), pl.lit(0.5), pl.lit(1.5)).round(1)).item()
    47.6

    Reference: Cooke, Middleton, Bush (1988) 2nd International Conference on Bioreactor Fluid Dynamics; in Paul,
    Atiemo-Obeng, Kresta (2004) Handbook of Industrial Mixing, chapter 9.
    """
    return 3.3 * (liquid_height / impeller_diameter) ** 2.43 / (agitation * power_number ** (1 / 3))


def kolmogorov_length(dissipation: pl.Expr, kinematic_viscosity: float) -> pl.Expr:
    """Size of the smallest eddies [m], λ = (ν³/ε)^¼. Cells or beads of this size or larger can be damaged.

    dissipation ε [W/kg = m²/s³], kinematic_viscosity ν [m²/s]. Valid for locally isotropic turbulence.

    >>> pl.select((kolmogorov_length(pl.lit(1.0), 1e-6) * 1e6).round(1)).item()
    31.6

    Reference: Kolmogorov (1941) Doklady Akademii Nauk SSSR 30.
    """
    return (kinematic_viscosity**3 / dissipation) ** 0.25


def froude_number(agitation: pl.Expr, impeller_diameter: pl.Expr) -> pl.Expr:
    """Froude number [-], Fr = N²·D/g: inertia over gravity.

    agitation [1/s], impeller_diameter [m]. Matters for vortices in unbaffled vessels and for granulators.

    >>> pl.select(froude_number(pl.lit(2.0), pl.lit(0.5)).round(4)).item()
    0.2039

    Reference: Paul, Atiemo-Obeng, Kresta (2004) Handbook of Industrial Mixing, chapter 6.
    """
    return agitation**2 * impeller_diameter / STANDARD_GRAVITY
