"""Declared rules that correct known errors of an export. Each changed cell is logged with its old and new value."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from pipeline.domain.strict_config import STRICT


@dataclass(config=STRICT, frozen=True)
class Exchange:
    """Two pairs of minimum and maximum stand in each other's columns.

    A row is corrected where at least one witness (the average that belongs to a pair) lies outside its own pair and
    inside the other one, and no witness contradicts the exchange.
    """

    kind: Literal["exchange"]
    name: str
    """Name of the rule in the log of corrections."""
    reason: str
    """Why the rule is needed."""
    first: tuple[str, str]
    """Minimum and maximum of the first pair."""
    first_witness: str
    """Average that belongs to the first pair."""
    second: tuple[str, str]
    """Minimum and maximum of the second pair."""
    second_witness: str
    """Average that belongs to the second pair."""

    def attributes(self) -> tuple[str, ...]:
        """Attributes that the rule reads or changes."""
        return (*self.first, self.first_witness, *self.second, self.second_witness)


@dataclass(config=STRICT, frozen=True)
class Rescale:
    """Attributes that were divided or multiplied by a wrong factor in some rows."""

    kind: Literal["rescale"]
    name: str
    """Name of the rule in the log of corrections."""
    reason: str
    """Why the rule is needed."""
    change: tuple[str, ...]
    """Attributes to multiply."""
    where: Mapping[str, tuple[str, ...]]
    """Text attribute → the values at which the rule applies; all must hold."""
    factor: float
    """Factor by which they are multiplied."""

    def attributes(self) -> tuple[str, ...]:
        """Attributes that the rule reads or changes."""
        return (*self.change, *self.where)


@dataclass(config=STRICT, frozen=True)
class Prefer:
    """Two sources state the same quantity and disagree: keep the first, and report every disagreement."""

    kind: Literal["prefer"]
    name: str
    """Name of the rule in the log of corrections."""
    reason: str
    """Why the rule is needed."""
    keep: str
    """Attribute whose value counts."""
    over: str
    """Attribute whose value is replaced by it."""

    def attributes(self) -> tuple[str, ...]:
        """Attributes that the rule reads or changes."""
        return (self.keep, self.over)


Correction = Annotated[Exchange | Rescale | Prefer, Field(discriminator="kind")]
