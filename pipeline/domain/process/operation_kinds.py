"""What a kind of unit operation takes: its inputs and tags, each with a unit that gives the dimension.

The kinds themselves are files of `pipeline/operations`, a layer above. Whoever reads a definition with their check hands
them in as the context of the validation: see `context_of`. Without them, a definition is read without this check.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from pydantic import ValidationInfo

from pipeline.domain.units import Substance, Unit, conversion, gauge_offset, unit


@dataclass(frozen=True)
class Quantity:
    """An input or a tag of a unit operation."""

    unit: str
    """A usual unit. An attribute must have a unit that converts to it."""
    meaning: str
    """What it is, in a few words."""
    gauge: bool = False
    """Whether it is a pressure above the atmosphere. An attribute in `bar` is taken as such, one in `bara` or `psig` converted."""

    def taken(self, written: str, substance: Substance) -> Unit:
        """Return the conversion from the SI form of an attribute to the SI form of this quantity.

        Raises ScalebridgeError if the unit of the attribute cannot be converted.
        """
        return _taken(self, written, substance)


@cache
def _taken(quantity: Quantity, written: str, substance: Substance) -> Unit:
    """Conversion of `Quantity.taken`. It is asked for each formula of each table, and there are few different questions."""
    above = gauge_offset(written) if quantity.gauge else 0.0
    known = conversion(written, f"{quantity.unit}g" if above else quantity.unit, substance)
    return Unit(written, known.factor / unit(written).factor, -above, known.dimension)


def quantities(**given: tuple[str, str]) -> dict[str, Quantity]:
    """Return name → quantity. given: name → a usual unit and what it is.

    >>> quantities(rotor_speed=("rpm", "speed of the rotor, in turns"))["rotor_speed"].unit
    'rpm'
    """
    return {name: Quantity(unit, meaning) for name, (unit, meaning) in given.items()}


@dataclass(frozen=True)
class OperationKind:
    """Inputs and tags of one kind of unit operation, by name."""

    inputs: Mapping[str, Quantity]
    tags: Mapping[str, Quantity] = field(default_factory=dict, kw_only=True)


Kinds = Mapping[str, OperationKind]
"""Name of a kind → what it takes."""
_KEY = "operation_kinds"


def context_of(kinds: Kinds) -> dict[str, Any]:
    """Return the context of a validation that compares the operations of a definition with these kinds."""
    return {_KEY: kinds}


def kinds_in(info: ValidationInfo) -> Kinds | None:
    """Return the kinds that a validation was given; None where it was given none."""
    kinds: Kinds | None = (info.context or {}).get(_KEY)
    return kinds
