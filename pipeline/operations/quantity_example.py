"""Worked examples of the quantities of unit operations."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import polars as pl

from pipeline.domain.process.operation_kinds import Quantity
from pipeline.domain.units import Substance, unit

Origin = Literal["published", "equation", "library", "derivation"]
"""Where an expected number comes from: a published example that was opened, an equation as printed in a source that was opened, an
independent library, an independent derivation."""


@dataclass(frozen=True)
class QuantityExample:
    """A quantity of a unit operation with numbers: what goes in, what must come out, and who says so."""

    quantity: str
    """Name of a feature of the operation."""
    inputs: Mapping[str, str]
    """Input of the operation → a number and a unit as in records, such as `300 rpm`. Optional inputs may be left out."""
    expected: str
    """The result, a number and a unit in the same form."""
    source: str
    """Who says so, and how it is known, in our own words."""
    kind: Origin
    tolerance: float = 1e-3
    """Largest relative difference: the rounding of the source, or the accuracy of an approximation."""


def number_and_unit(text: str) -> tuple[float, str]:
    """Split a number with a unit; without a unit, the number is dimensionless.

    >>> number_and_unit("300 rpm"), number_and_unit("0.5")
    ((300.0, 'rpm'), (0.5, 'dimensionless'))
    """
    number, _, label = text.partition(" ")
    return float(number), label or "dimensionless"


def as_input(quantity: Quantity, text: str) -> float:
    """Return a number with a unit in the SI form of an input, converted as an attribute of a process is.

    Raises ScalebridgeError if the unit cannot be converted.

    >>> round(as_input(Quantity("rpm", "speed"), "300 rpm"), 9)
    5.0
    """
    number, label = number_and_unit(text)
    return quantity.taken(label, Substance(gas_state=True)).to_si(unit(label).to_si(number))


def inputs_in_si(takes: Mapping[str, Quantity], given: Mapping[str, str]) -> dict[str, float]:
    """Return input → value in the SI form of the input. given: input → number with a unit."""
    return {name: as_input(takes[name], text) for name, text in given.items()}


def in_unit(value: pl.Expr, label: str) -> float:
    """Return a result in a display unit."""
    return unit(label).from_si(float(pl.select(value).item()))
