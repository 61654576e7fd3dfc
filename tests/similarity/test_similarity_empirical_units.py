"""Empirical fits, whose constants have dimensions: recomputed by a units library with the constants in their stated units.

The library refuses to add or to take the exponential of quantities with a dimension. The inputs are written in units other than
SI, so a constant in a wrong unit gives another number.
"""

import math
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest
from pint import UnitRegistry

from pipeline import similarity as s
from tests.similarity.test_similarity_dimensions import EMPIRICAL

U: UnitRegistry = UnitRegistry()
Q = U.Quantity
ATMOSPHERE = Q(1, "atm")


def exp(x: Any) -> float:
    return math.exp(x.to("").magnitude)


def saturation(temperature: Any) -> Any:
    """Hyland and Wexler: the coefficients are per kelvin, its powers, and of the logarithm of kelvins; the result is in pascals."""
    kelvin = temperature.to("K")
    terms = (
        Q(-5.8002206e3, "K") / kelvin
        + 1.3914993
        + Q(-4.8640239e-2, "1/K") * kelvin
        + Q(4.1764768e-5, "1/K**2") * kelvin**2
        + Q(-1.4452093e-8, "1/K**3") * kelvin**3
        + 6.5459673 * math.log((kelvin / Q(1, "K")).magnitude)
    )
    return Q(exp(terms), "Pa")


def humidity(temperature: Any, pressure: Any) -> Any:
    vapour = saturation(temperature)
    return (0.621945 * vapour / (pressure - vapour)).to("")


def ice(temperature: Any) -> Any:
    kelvin = temperature.to("K")
    logarithm = math.log((kelvin / Q(1, "K")).magnitude)
    return Q(exp(9.550426 - Q(5723.265, "K") / kelvin + 3.53068 * logarithm - Q(0.00728332, "1/K") * kelvin), "Pa")


def kla(constant: float, power_exponent: float, velocity_exponent: float) -> Callable[..., Any]:
    def by_units(power: Any, velocity: Any) -> Any:
        unit = U.Unit("1/s") / U.Unit("W/m**3") ** power_exponent / U.Unit("m/s") ** velocity_exponent
        return Q(constant, unit) * power**power_exponent * velocity**velocity_exponent

    return by_units


def shaken(speed: Any, volume: Any, circle: Any, vessel: Any) -> Any:
    """The fit counts turns per minute; turns have no dimension."""
    unit = U.Unit("1/s") * U.Unit("minute") ** 1.16 * U.Unit("mL") ** 0.83 / U.Unit("cm") ** 2.3
    return Q(6.67e-6, unit) * speed**1.16 * volume**-0.83 * circle**0.38 * vessel**1.92


def stripping(gas: Any, transfer: Any, height: Any) -> Any:
    saturated = gas / 0.58
    return saturated * (1 - exp(-0.9 * transfer / saturated)) + Q(3e-5, "m/s") / height


def equivalency(load: Any, inlet: Any, temperature: Any, pressure: Any) -> Any:
    return ((humidity(temperature, pressure) - inlet - load) / load).to("")


def sublimation(temperature: Any, pressure: Any, area: Any, resistance: Any) -> Any:
    return area * (ice(temperature) - pressure) / resistance


EXPLICIT: dict[str, tuple[Callable[..., Any], tuple[Any, ...], str]] = {
    "kla_coalescing": (kla(0.026, 0.4, 0.5), (Q(0.5, "hp/m**3"), Q(2, "ft/minute")), "1/s"),
    "kla_non_coalescing": (kla(0.002, 0.7, 0.2), (Q(0.5, "hp/m**3"), Q(2, "ft/minute")), "1/s"),
    "shaken_kla": (shaken, (Q(250, "1/minute"), Q(1.5, "in**3"), Q(2, "in"), Q(82, "mm")), "1/s"),
    "carbon_dioxide_stripping": (stripping, (Q(0.05, "1/minute"), Q(36, "1/hour"), Q(6, "ft")), "1/s"),
    "saturation_pressure": (saturation, (Q(298.15, "K"),), "Pa"),
    "ice_vapour_pressure": (ice, (Q(-20, "degC"),), "Pa"),
    "environmental_equivalency": (
        equivalency,
        (Q(10, "g/kg"), Q(8, "g/kg"), Q(45, "degC"), Q(14.2, "psi")),
        "",
    ),
    "sublimation_rate": (
        sublimation,
        (Q(-25, "degC"), Q(150, "mtorr"), Q(3.14, "cm**2"), Q(3.5, "torr*cm**2*hour/g")),
        "kg/s",
    ),
}
IMPLICIT = {"evaporative_capacity", "nip_angle", "sublimation_temperature", "wet_bulb_temperature"}
"""Quantities that solve an equation, or use one that does. The tests below put the result into the equation."""


def in_si(quantity: Any) -> float:
    return float(quantity.to_base_units().magnitude)


def left_over(quantity: Any, unit: str) -> float:
    """Largest exponent of a dimension by which a quantity differs from a unit; fractional exponents leave rounding errors."""
    exponents = dict((quantity.units / U.Unit(unit)).dimensionality).values()
    return max((abs(float(exponent)) for exponent in exponents), default=0.0)


def value(expression: pl.Expr) -> float:
    return float(pl.select(expression).item())


@pytest.mark.parametrize("name", EXPLICIT)
def test_empirical__with_constants_in_their_units_gives_the_same_number(name: str) -> None:
    by_units, inputs, unit = EXPLICIT[name]
    expected = by_units(*inputs)
    assert left_over(expected, unit) < 1e-9
    assert value(getattr(s, name)(*map(pl.lit, map(in_si, inputs)))) == pytest.approx(in_si(expected), rel=1e-9)


def test_empirical__every_fit_is_recomputed_or_put_into_its_equation() -> None:
    assert EXPLICIT.keys() | IMPLICIT == EMPIRICAL


def test_wet_bulb__and_capacity_close_the_balance_with_units() -> None:
    """ASHRAE: 2501 and its slopes are kJ/kg and kJ/(kg·K), with temperatures in °C."""
    air, wet_air, pressure, flow = Q(313.15, "K"), Q(0.0065, ""), Q(14.7, "psi"), Q(2, "lb/s")
    state = (pl.lit(in_si(air)), pl.lit(0.0065), in_si(pressure))
    wet = Q(value(s.wet_bulb_temperature(*state)), "K")
    dry, cold = air - Q(273.15, "K"), wet - Q(273.15, "K")
    slope = "kJ/(kg*K)"
    evaporation, heating = Q(2501, "kJ/kg") - Q(2.326, slope) * cold, Q(1.006, slope) * (dry - cold)
    vapour = Q(2501, "kJ/kg") + Q(1.86, slope) * dry - Q(4.186, slope) * cold
    found = (evaporation * humidity(wet, pressure) - heating) / vapour
    assert found.to("").magnitude == pytest.approx(wet_air.magnitude, rel=1e-9)
    taken = flow * (humidity(wet, pressure) - wet_air)
    assert value(s.evaporative_capacity(pl.lit(in_si(flow)), *state)) == pytest.approx(in_si(taken), rel=1e-9)


def test_sublimation_temperature__closes_the_balance_of_heat_with_units() -> None:
    shelf, pressure, transfer = Q(293.15, "K"), Q(150, "mtorr"), Q(4e-4, "cal/(s*K*cm**2)")
    outer, inner, resistance, frozen = Q(3.8, "cm**2"), Q(3.14, "cm**2"), Q(3.5, "torr*cm**2*hour/g"), Q(5.6, "mm")
    inputs = (shelf, pressure, transfer, outer, inner, resistance, frozen)
    front = Q(value(s.sublimation_temperature(*map(pl.lit, map(in_si, inputs)))), "K")
    heat, conductivity = Q(2.8367e6, "J/kg"), Q(2.4686, "W/(m*K)")
    rate = sublimation(front, pressure, inner, resistance)
    bottom = front + (heat * rate * frozen / (conductivity * inner)).to("K")
    given, taken = (transfer * outer * (shelf - bottom)).to("W"), (heat * rate).to("W")
    assert given.magnitude == pytest.approx(taken.magnitude, rel=1e-8)


def test_nip_angle__depends_on_ratios_and_angles_alone() -> None:
    """Every term of the equation is an angle, a function of angles, an exponent or a ratio of lengths."""
    friction = [pl.lit(Q(angle, "degree").to("turn").magnitude) for angle in (40.0, 17.0)]
    angles = [
        value(s.nip_angle(*friction, pl.lit(6.0), pl.lit(Q(2, unit).magnitude), pl.lit(Q(200, unit).magnitude)))
        for unit in ("mm", "inch")
    ]
    in_metres = [in_si(Q(length, "mm")) for length in (2, 200)]
    assert angles == pytest.approx([value(s.nip_angle(*friction, pl.lit(6.0), *map(pl.lit, in_metres)))] * 2)


def test_the_check__finds_a_constant_in_a_wrong_unit() -> None:
    feet = U.Unit("1/s") / U.Unit("W/m**3") ** 0.4 / U.Unit("ft/s") ** 0.5
    wrong = Q(0.026, feet) * Q(1, "kW/m**3") ** 0.4 * Q(1, "cm/s") ** 0.5
    assert value(s.kla_coalescing(pl.lit(1000.0), pl.lit(0.01))) != pytest.approx(in_si(wrong), rel=0.1)
