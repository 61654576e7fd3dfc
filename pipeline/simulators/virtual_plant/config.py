"""Size and seed of the virtual plant."""

from datetime import date
from typing import Annotated

from pydantic import Field
from pydantic.dataclasses import dataclass

from pipeline.domain.strict_config import STRICT


@dataclass(config=STRICT, frozen=True)
class PlantConfig:
    """One virtual plant. The same configuration gives the same files, byte for byte."""

    seed: int = 7
    """Seed of the random numbers."""
    products: Annotated[int, Field(ge=4, le=99)] = 12
    """The first product is the oldest and has reached the largest scale. The last one is at bench scale only."""
    batches: Annotated[int, Field(ge=50, le=100_000)] = 400
    """Number of batches of the whole plant."""
    families: Annotated[int, Field(ge=1)] = 4
    """Products of one family share a host cell line and therefore part of their traits."""
    start: date = date(2016, 1, 4)
    """Start of the first batch."""
    months_between_products: Annotated[float, Field(gt=0)] = 4.0
    """Time from the start of one product to the start of the next."""
    deviations: Annotated[float, Field(ge=0, le=0.5)] = 0.05
    """Share of batches with a fault."""
    noise: Annotated[float, Field(ge=0)] = 1.0
    """Factor on the standard deviations of batches and assays; 0 means no noise."""
    historian_minutes: Annotated[int, Field(ge=10, le=1440, multiple_of=10)] = 60
    """Minutes between two records of a historian."""
