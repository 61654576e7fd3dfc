"""Rules of a process definition that correct known errors of an export. Each changed cell is logged."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from pipeline.domain.strict_config import STRICT


@dataclass(config=STRICT, frozen=True)
class Exchange:
    """Two pairs of minimum and maximum were written into each other's columns: exchange them.

    Each pair has a witness, the average that belongs to it. A row is corrected if at least one average lies inside the
    other pair and outside its own, and no average lies inside its own pair and outside the other.
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
    """Some rows hold values that are wrong by a known factor: multiply them by `factor`."""

    kind: Literal["rescale"]
    name: str
    """Name of the rule in the log of corrections."""
    reason: str
    """Why the rule is needed."""
    change: tuple[str, ...]
    """Attributes to multiply."""
    where: Mapping[str, tuple[str, ...]]
    """Text attribute → values for which the rule applies. Every attribute listed must have one of its values."""
    factor: float
    """Factor that corrects the values."""

    def attributes(self) -> tuple[str, ...]:
        """Attributes that the rule reads or changes."""
        return (*self.change, *self.where)


@dataclass(config=STRICT, frozen=True)
class Prefer:
    """Two sources record the same quantity and sometimes disagree: keep the first and log each disagreement."""

    kind: Literal["prefer"]
    name: str
    """Name of the rule in the log of corrections."""
    reason: str
    """Why the rule is needed."""
    keep: str
    """Attribute whose values are kept."""
    over: str
    """Attribute whose values are replaced by those of `keep`."""

    def attributes(self) -> tuple[str, ...]:
        """Attributes that the rule reads or changes."""
        return (self.keep, self.over)


Correction = Annotated[Exchange | Rescale | Prefer, Field(discriminator="kind")]
