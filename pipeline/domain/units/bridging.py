"""Conversion between units of different dimensions by a declared property of the substance."""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.units.conversion import Unit, check_case, convertible, dimension_in_words, measured, unit
from pipeline.domain.units.grammar import Measure
from pipeline.domain.units.words import GAS, GAUGE

_MOLAR_MASS, _DENSITY = measured("g/mol"), measured("kg/m3")
_ATMOSPHERE = 101_325.0


@dataclass(frozen=True)
class Substance:
    """What is declared about the substance of an attribute, in SI; None where it is not declared."""

    molar_mass: float | None = None
    density: float | None = None
    gas_state: bool = False
    """Whether the temperature and pressure are declared for which a gas volume is stated."""


def conversion(written: str, wanted: str, substance: Substance) -> Unit:
    """Return the conversion of values in one unit to the SI form of another: si = value · factor + offset.

    A declared molar mass converts between mass and amount, a declared density between mass and volume. With a declared reference
    state, a volume of gas at that state converts to a volume. Raises ScalebridgeError that says what is missing.
    """
    first, second = measured(written), measured(wanted)
    power = _powers(first, second, substance)
    if power is None:
        raise ScalebridgeError(
            f"unit '{written}' ({dimension_in_words(first)}) cannot be converted to '{wanted}' ({dimension_in_words(second)})"
            f"{_advice(first, second)}"
        )
    check_case(written, wanted)
    known = unit(written)
    factor = (substance.molar_mass or 1.0) ** power[0] * (substance.density or 1.0) ** power[1]
    return Unit(written, known.factor * factor, known.offset, known.dimension)


def _powers(first: Measure, second: Measure, substance: Substance) -> tuple[int, int] | None:
    """Powers of molar mass and density by which the first unit must be multiplied to have the dimension of the second."""
    molar = (0, 1, -1) if substance.molar_mass is not None else (0,)
    dense = (0, 1, -1) if substance.density is not None else (0,)
    if substance.gas_state:
        first, second = _without_gas(first), _without_gas(second)
    for a, b in sorted(itertools.product(molar, dense), key=lambda powers: sum(map(abs, powers))):
        if convertible(first.times(_MOLAR_MASS, a).times(_DENSITY, b), second):
            return a, b
    return None


def _without_gas(measure: Measure) -> Measure:
    return Measure(measure.factor, measure.dimension, tuple(k for k in measure.kinds if k[0] != GAS), measure.offset)


def _advice(first: Measure, second: Measure) -> str:
    """Say what would make the conversion possible."""
    kinds = {kind for kind, _ in first.kinds + second.kinds}
    if first.dimension == second.dimension and GAS in kinds:
        return "; declare the `reference_state` of the attribute: temperature and pressure for which the gas flow is stated"
    if first.dimension == second.dimension and GAUGE in kinds:
        return "; write barg or psig for a gauge pressure, bara or psia for an absolute one, at both places"
    for what, name in ((Substance(molar_mass=1.0), "`molar_mass`"), (Substance(density=1.0), "`density`")):
        if _powers(first, second, what) is not None:
            return f"; if it is the same quantity, declare the {name} of the attribute"
    return ""


def gauge_offset(label: str) -> float:
    """Pressure that is subtracted to give the gauge pressure [Pa]. A unit that states neither (`bar`) is taken as gauge.

    >>> gauge_offset("barg"), gauge_offset("bara"), gauge_offset("bar")
    (101325.0, 101325.0, 0.0)
    """
    return _ATMOSPHERE if any(kind == GAUGE for kind, _ in measured(label).kinds) else 0.0


def is_product(label: str, above: Iterable[str], below: Iterable[str] = ()) -> bool:
    """Tell whether a unit has the dimension of a product of units over others. What is counted is left out.

    >>> is_product("kg", ["mg", "tablet"]), is_product("L/min", ["vvm", "L"]), is_product("g", ["g"], ["L"])
    (True, True, False)
    """
    total = measured("1")
    for labels, power in ((above, 1), (below, -1)):
        for one in labels:
            total = total.times(measured(one), power)
    return measured(label).dimension == total.dimension


def sum_problem(label: str, added: Iterable[str], subtracted: Iterable[str] = ()) -> str | None:
    """Say why values in a unit cannot be the sum of values in other units, minus further ones; None if they can.

    All units must convert to each other. A temperature in degC and a stated pressure (barg, bara) count from a zero. The
    difference of two of them is a difference (K, bar), and one of them plus or minus a difference is one of them again.

    >>> sum_problem("L", ["mL", "m3"]), sum_problem("K", ["degC"], ["degF"]), sum_problem("degC", ["degC", "delta_degC"])
    (None, None, None)
    >>> sum_problem("L", ["L", "kg"])
    "'kg' cannot be converted to 'L'"
    """
    signed = [*((one, 1) for one in added), *((one, -1) for one in subtracted)]
    wanted = _without_zero(measured(label))
    for one, _ in signed:
        if not convertible(_without_zero(measured(one)), wanted):
            return f"'{one}' cannot be converted to '{label}'"
    from_zero = sum(sign for one, sign in signed if _counts_from_zero(one))
    if from_zero not in (0, 1):
        return "values that count from a zero (degC, degF, barg, bara) can only be subtracted from each other"
    if from_zero != _counts_from_zero(label):
        return (
            f"the result counts from a zero, and '{label}' is a difference; write degC, barg or bara"
            if from_zero
            else f"the result is a difference, and '{label}' counts from a zero; write K, delta_degC or bar"
        )
    return None


def _counts_from_zero(label: str) -> bool:
    """Whether values in a unit count from a zero that the unit sets or states."""
    measure = measured(label)
    return bool(measure.offset) or any(kind == GAUGE for kind, _ in measure.kinds)


def _without_zero(measure: Measure) -> Measure:
    """The unit as a size alone, without where its values count from."""
    kinds = tuple(one for one in measure.kinds if one[0] not in (GAUGE, "temperature scale", "temperature difference"))
    return Measure(measure.factor, measure.dimension, kinds)
