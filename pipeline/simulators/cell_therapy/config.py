"""Size and seed of the simulated cell therapy."""

from datetime import date
from typing import Annotated

from pydantic import Field
from pydantic.dataclasses import dataclass

from pipeline.domain.strict_config import STRICT


@dataclass(config=STRICT, frozen=True)
class CellTherapyConfig:
    """One simulated cell therapy. The same configuration gives the same files, byte for byte."""

    seed: int = 11
    """Seed of the random numbers."""
    products: Annotated[int, Field(ge=2, le=4)] = 4
    """Number of products. Each has its own receptor and vector. The first is the oldest and runs at all centres."""
    centres: Annotated[int, Field(ge=3, le=6)] = 6
    """Number of centres. The first one develops the process; the others begin one after another."""
    patients: Annotated[int, Field(ge=60, le=100_000)] = 300
    """Number of patient lots of the whole history."""
    start: date = date(2019, 3, 4)
    """First day on which starting material is received."""
    years: Annotated[float, Field(gt=0)] = 5.0
    """Length of the history."""
    breaks: Annotated[int, Field(ge=0, le=40)] = 8
    """Number of planted breaks of the cell balance, spread over the steps. Each is in another batch."""
    noise: Annotated[float, Field(ge=0)] = 1.0
    """Factor on the standard deviations of batches, counts and assays; 0 means no noise."""
    dirt: Annotated[float, Field(ge=0, le=1)] = 1.0
    """Factor on the share of blank cells and of rows that are exported twice; 0 means clean files."""
