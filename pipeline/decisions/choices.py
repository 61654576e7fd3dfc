"""What the configuration says of decisions: what sites state, what runs cost, and the seed of every draw."""

from dataclasses import dataclass

from pipeline.domain.cost import Cost
from pipeline.domain.transfer import Transfer


@dataclass(frozen=True)
class Choices:
    """What the configuration says."""

    transfer: Transfer
    cost: Cost
    seed: int
