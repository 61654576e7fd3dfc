"""Units as conversions to SI. Values are in SI inside the software and in the user's units outside."""

import math
import re
from dataclasses import dataclass
from functools import cache

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.units.grammar import Measure, read
from pipeline.domain.units.words import OF_A_METHOD

_SYMBOLS = ("length", "mass", "time", "temperature", "amount", "current")


@dataclass(frozen=True)
class Unit:
    """A unit as a linear conversion to SI: si = value · factor + offset."""

    label: str
    factor: float
    offset: float
    dimension: str
    """Such as `mass/length^3`; `dimensionless` for a number, a count or a share."""

    def to_si(self, value: float) -> float:
        """Convert one number from this unit to SI."""
        return value * self.factor + self.offset

    def from_si(self, value: float) -> float:
        """Convert one number from SI to this unit."""
        return (value - self.offset) / self.factor


@cache
def unit(label: str) -> Unit:
    """Read the name of a unit: `unit("rpm").factor` is 1/60 (turns per second), `unit("degC").offset` is 273.15.

    Raises ScalebridgeError if the name is not in the grammar of units, or has two meanings.
    """
    measure = measured(label)
    physical = dimension_in_words(Measure(measure.factor, measure.dimension))
    return Unit(label, float(measure.factor), float(measure.offset), physical)


@cache
def measured(label: str) -> Measure:
    """Read the name of a unit with its exact factor, its dimension and what it counts."""
    return read(label)


def dimension_in_words(measure: Measure) -> str:
    """Write a dimension.

    >>> dimension_in_words(measured("g/L")), dimension_in_words(measured("% w/w")), dimension_in_words(measured("rpm"))
    ('mass/length^3', 'share of mass', 'turns/time')
    """
    kinds = [(kind, n) for kind, n in measure.kinds if kind != "temperature scale"]
    powers = [*kinds, *zip(_SYMBOLS, measure.dimension, strict=True)]
    above = "*".join(_power(name, n) for name, n in powers if n > 0)
    below = "".join(f"/{_power(name, -n)}" for name, n in powers if n < 0)
    return f"{above or ('1' if below else '')}{below}" or "dimensionless"


def _power(name: str, power: int) -> str:
    return name if power == 1 else f"{name}^{power}"


def same_dimension(first: str, second: str) -> bool:
    """Tell whether values of one unit can be converted to another.

    A number without a kind stands for any count: `1/s` is `rpm`, and `1/mL` is `cell/mL`. Different counts do not convert
    (`vvm` is no `rpm`), nor do units of a method (`IU`), gauge pressures (`barg`) and standard gas (`slpm`) to units without it.

    >>> same_dimension("rpm", "1/s"), same_dimension("rpm", "vvm"), same_dimension("barg", "bar")
    (True, False, False)
    """
    return convertible(measured(first), measured(second))


def convertible(first: Measure, second: Measure) -> bool:
    """Tell whether two units have one dimension and count the same; see `same_dimension`."""
    if first.dimension != second.dimension:
        return False
    if first.kinds == second.kinds:
        return True
    if first.kinds and second.kinds:
        return len(first.kinds) == len(second.kinds) and all(
            n == m and _one_kind(a, b) for (a, n), (b, m) in zip(first.kinds, second.kinds, strict=True)
        )
    return OF_A_METHOD.isdisjoint(kind for kind, _ in first.kinds + second.kinds)


def _one_kind(first: str, second: str) -> bool:
    """A share of nothing stated (`%`) may be a share of anything (`% w/w`)."""
    return first == second or first.startswith(f"{second} of ") or second.startswith(f"{first} of ")


def check_case(written: str, wanted: str) -> None:
    """Raise ScalebridgeError if two units differ by capital letters alone and have different sizes, as mPa and MPa."""
    if written.casefold() == wanted.casefold() and measured(written).factor != measured(wanted).factor:
        raise ScalebridgeError(f"unit '{written}' differs from '{wanted}' by capital letters alone; correct one of them")


def quantity(text: str | float, default_unit: str) -> float:
    """Read `2000 L`, `60 rpm` or a plain number in `default_unit`; return it in SI.

    Raises ScalebridgeError if the text is not a number, or if its unit has another dimension than `default_unit`.

    >>> quantity("2000 L", "m3")
    2.0
    >>> quantity(36.5, "degC")
    309.65
    """
    value, label = _read(text, default_unit)
    return unit(label).to_si(value)


def difference(text: str | float, default_unit: str) -> float:
    """Read a difference, such as the half width of a tolerance, and return it in SI. The offset of the unit is left out.

    Raises ScalebridgeError as `quantity` does.

    >>> difference("0.5 degC", "degC")
    0.5
    """
    value, label = _read(text, default_unit)
    return value * unit(label).factor


def _read(text: str | float, default_unit: str) -> tuple[float, str]:
    """Split a text into its number and unit; a plain number is in `default_unit`."""
    if isinstance(text, int | float) and not isinstance(text, bool) and math.isfinite(text):
        return float(text), default_unit
    number, *more = str(text).split(None, 1) or [""]
    if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", number, re.ASCII) or not math.isfinite(float(number)):
        raise ScalebridgeError(f"'{text}' is not a number with a unit; write for example '1 {default_unit}'")
    label = more[0].strip() if more else default_unit
    if not same_dimension(label, default_unit):
        raise ScalebridgeError(f"'{text}' has the unit '{label}', which cannot be converted to '{default_unit}'")
    check_case(label, default_unit)
    return float(number), label
