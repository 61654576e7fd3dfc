"""Units, read by the library pint. Values are in SI inside the software and in the user's units outside."""

import re
from dataclasses import dataclass
from functools import cache

import pint

from pipeline.domain.errors import ScalebridgeError

_ALIASES = {"": "dimensionless", "1": "dimensionless", "%": "percent", "°C": "degC", "°F": "degF", "pH": "dimensionless"}


@cache
def _registry() -> pint.UnitRegistry:  # type: ignore[type-arg]
    """Make the registry of pint with the units of this field.

    `rpm` is a number of turns per time, not an angle: formulas for stirrers take 1/s, not rad/s.
    """
    registry = _definitions()
    registry.define("revolutions_per_minute = 1 / minute = rpm")
    registry.define("tablet = [] = tablets")
    registry.define("cell = [] = cells")
    registry.define("osmole = mole = Osm")
    registry.define("vvm = 1 / minute")
    return registry


def _definitions() -> pint.UnitRegistry:  # type: ignore[type-arg]
    """Make the standard registry of pint, with its cache on disk if that can be written.

    Reading the cache takes a fifth of the time of parsing the definitions.
    """
    try:
        return pint.UnitRegistry(on_redefinition="ignore", cache_folder=":auto:")
    except OSError:
        return pint.UnitRegistry(on_redefinition="ignore")


@dataclass(frozen=True)
class Unit:
    """A unit as a linear conversion to SI: si = value · factor + offset."""

    label: str
    factor: float
    offset: float
    dimension: str

    def to_si(self, value: float) -> float:
        """Convert one number from this unit to SI."""
        return value * self.factor + self.offset

    def from_si(self, value: float) -> float:
        """Convert one number from SI to this unit."""
        return (value - self.offset) / self.factor


def _power(label: str) -> str:
    """Rewrite `m3` and `m³` as `m^3`, which pint reads."""
    return re.sub(r"(?<=[A-Za-z])([23])(?![A-Za-z0-9])", r"^\1", label.translate(str.maketrans("²³", "23")))


def _clean(number: float) -> float:
    """Round to 15 digits. Conversions leave rounding errors: 1 L would be 0.0010000000000000002 m³."""
    return float(f"{number:.15g}")


@cache
def unit(label: str) -> Unit:
    """Read the name of a unit: `unit("rpm").factor` is 1/60 (turns per second), `unit("degC").offset` is 273.15.

    Raises ScalebridgeError if pint does not know the unit.
    """
    registry = _registry()
    try:
        parsed = registry.Unit(_ALIASES.get(label.strip(), _power(label.strip())))
        zero, one = (registry.Quantity(x, parsed).to_base_units().magnitude for x in (0.0, 1.0))
    except Exception as error:  # pint raises many kinds of errors for a name that it cannot read
        raise ScalebridgeError(
            f"Unit '{label}' is not known: {error}; write a unit such as g/L, rpm, degC or m3/h"
        ) from None
    return Unit(label, _clean(one - zero), _clean(zero), str(parsed.dimensionality))


def same_dimension(first: str, second: str) -> bool:
    """Tell whether two units have the same dimension."""
    return unit(first).dimension == unit(second).dimension


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
    if isinstance(text, int | float):
        return float(text), default_unit
    number, _, label = text.strip().partition(" ")
    try:
        value = float(number)
    except ValueError:
        raise ScalebridgeError(f"'{text}' is not a number with a unit; write for example '1 {default_unit}'") from None
    label = label.strip() or default_unit
    if not same_dimension(label, default_unit):
        raise ScalebridgeError(f"'{text}' has the unit '{label}', which cannot be converted to '{default_unit}'")
    return value, label
