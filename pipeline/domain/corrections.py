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
    reason: str
    first: tuple[str, str]
    first_witness: str
    second: tuple[str, str]
    second_witness: str

    def attributes(self) -> tuple[str, ...]:
        """Attributes that the rule reads or changes."""
        return (*self.first, self.first_witness, *self.second, self.second_witness)


@dataclass(config=STRICT, frozen=True)
class Rescale:
    """Attributes that were divided or multiplied by a wrong factor in some rows."""

    kind: Literal["rescale"]
    name: str
    reason: str
    change: tuple[str, ...]
    where: Mapping[str, tuple[str, ...]]
    """Text attribute → the values at which the rule applies; all must hold."""
    factor: float

    def attributes(self) -> tuple[str, ...]:
        """Attributes that the rule reads or changes."""
        return (*self.change, *self.where)


@dataclass(config=STRICT, frozen=True)
class Prefer:
    """Two sources state the same quantity and disagree: keep the first, and report every disagreement."""

    kind: Literal["prefer"]
    name: str
    reason: str
    keep: str
    over: str

    def attributes(self) -> tuple[str, ...]:
        """Attributes that the rule reads or changes."""
        return (self.keep, self.over)


Correction = Annotated[Exchange | Rescale | Prefer, Field(discriminator="kind")]
