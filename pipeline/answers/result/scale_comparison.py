"""What stays alike between two scales, and what cannot."""

from collections.abc import Mapping

from pydantic.dataclasses import dataclass

from pipeline.answers.result.values import MaybeNumber, Number, Range, UnitLabel
from pipeline.domain.strict_config import STRICT


@dataclass(config=STRICT, frozen=True)
class ComparedQuantity:
    """A comparable quantity at both scales."""

    quantity: str
    unit: UnitLabel
    description: str
    reference: MaybeNumber
    """Median of the reference batches."""
    proposed: MaybeNumber
    ratio: MaybeNumber
    matched: bool | None
    """The ratio lies within the tolerance; None where it is not known."""
    smallest: MaybeNumber
    """Smallest value of history."""
    largest: MaybeNumber


@dataclass(config=STRICT, frozen=True)
class Holding:
    """What holding one quantity by one setting needs, and what it does to the others."""

    quantity: str
    setting: str
    unit: UnitLabel
    proposed: Number
    needed: MaybeNumber
    """Value of the setting that holds the quantity; None where there is none."""
    seen_on_equipment: Range | None
    """Range that history has run on this equipment."""
    within_seen: bool | None
    possible: bool
    """The value lies in the possible range of the setting."""
    ratios: Mapping[str, Number]
    """Quantity → its value then, divided by that of the reference."""
    sentence: str


@dataclass(config=STRICT, frozen=True)
class ScaleComparison:
    """What stays alike between the scales, and what cannot."""

    tolerance: Number
    """Largest deviation of a ratio from one that counts as matched."""
    quantities: tuple[ComparedQuantity, ...]
    holding: tuple[Holding, ...]
    """Empty as well where causes were not asked for."""
    left_out: tuple[str, ...] = ()
    """A sentence per quantity that is not compared, because it says nothing: its name, and why."""

    @property
    def known(self) -> tuple[ComparedQuantity, ...]:
        """Quantities with a ratio."""
        return tuple(line for line in self.quantities if line.matched is not None)
