"""A balance of a step: amounts that a batch takes, gives and loses."""

from typing import Annotated

from pydantic import Field
from pydantic.dataclasses import dataclass

from pipeline.domain.strict_config import STRICT


@dataclass(config=STRICT, frozen=True)
class Balance:
    """Amounts of one thing, such as product, mass or cells, that a batch of a step takes, gives and loses."""

    taken: tuple[str, ...] = Field(min_length=1)
    """Attributes with the amounts that the batch takes."""
    given: tuple[str, ...] = Field(min_length=1)
    """Attributes with the amounts that it passes on."""
    lost: tuple[str, ...] = ()
    """Attributes with the losses that are measured, such as the flow-through. Without them, only the yield is judged."""
    false_alarms: Annotated[float, Field(gt=0, lt=0.5)] = 0.01
    """Share of the batches without an error that the check may report."""
