"""A balance of a step: which amounts go into a batch and which come out of it."""

from typing import Annotated, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from pipeline.domain.strict_config import STRICT


@dataclass(config=STRICT, frozen=True)
class Balance:
    """What a batch of a step takes, what it gives, and what of it is measured as lost, all in units of one dimension."""

    taken: tuple[str, ...]
    """Attributes of the step whose sum is the amount that a batch took, such as the protein that was loaded."""
    given: tuple[str, ...]
    """Attributes whose sum is the amount that a batch gave, such as the protein in the eluate. Yield: given / taken."""
    lost: tuple[str, ...] = ()
    """Attributes with measured losses, such as the protein in the flow-through. Closure: (given + lost) / taken."""
    transferred: tuple[Literal["taken", "given"], ...] = ()
    """Sides of the balance that the quantities of the transfers record as well. `given`: what the next steps took of a batch is
    compared with what it gave. `taken`: what a batch took is compared with the sum of its transfers. Leave it out where the
    transfers state another amount, such as the volume of a pool in a balance of its protein."""
    false_alarms: Annotated[float, Field(gt=0, lt=0.5)] = 0.01
    """Share of the batches without any fault whose balance is reported all the same."""

    @property
    def amounts(self) -> tuple[str, ...]:
        """All attributes of the balance: taken, given, lost."""
        return self.taken + self.given + self.lost
