"""Size and seed of the antibody train."""

from datetime import date
from typing import Annotated

from pydantic import Field
from pydantic.dataclasses import dataclass

from pipeline.domain.strict_config import STRICT


@dataclass(config=STRICT, frozen=True)
class AntibodyTrainConfig:
    """One simulated antibody train. The same configuration gives the same files, byte for byte."""

    seed: int = 11
    """Seed of the random numbers."""
    products: Annotated[int, Field(ge=4, le=99)] = 9
    """The first product is the oldest and has reached the largest scale. The last one is at bench scale only."""
    batches: Annotated[int, Field(ge=40, le=20_000)] = 240
    """Number of batches of drug substance. The earlier steps have about as many batches of their own."""
    start: date = date(2018, 1, 8)
    """Start of the first culture."""
    months_between_products: Annotated[float, Field(gt=0)] = 7.0
    """Time from the start of one product to the start of the next."""
    noise: Annotated[float, Field(ge=0)] = 1.0
    """Factor on the standard deviations of batches, assays and amounts; 0 means no noise."""
    breaks: Annotated[int, Field(ge=0, le=100)] = 8
    """Number of step batches whose product balance is broken on purpose."""
