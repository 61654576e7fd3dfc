"""Size and seed of the tablet train."""

from datetime import date
from typing import Annotated

from pydantic import Field
from pydantic.dataclasses import dataclass

from pipeline.domain.strict_config import STRICT


@dataclass(config=STRICT, frozen=True)
class TabletTrainConfig:
    """One simulated train. The same configuration gives the same files, byte for byte."""

    seed: int = 11
    """Seed of the random numbers."""
    products: Annotated[int, Field(ge=4, le=99)] = 9
    """The first product is the oldest and has reached the largest scale. The last one is at pilot scale, 50 kg."""
    blends: Annotated[int, Field(ge=40, le=20_000)] = 195
    """Number of blends. Large blends are made of two granulations and give two to four final batches, so both of these are more."""
    start: date = date(2018, 1, 8)
    """Start of the first granulation."""
    months_between_products: Annotated[float, Field(gt=0)] = 5.0
    """Time from the start of one product to the start of the next."""
    noise: Annotated[float, Field(ge=0)] = 1.0
    """Factor on the standard deviations of batches, tests and scales; 0 means no noise."""
    balance_breaks: Annotated[int, Field(ge=0, le=40)] = 8
    """Number of step batches whose recorded amount is wrong."""
    missing: Annotated[float, Field(ge=0, le=0.5)] = 0.015
    """Share of the results that the laboratory did not report."""
