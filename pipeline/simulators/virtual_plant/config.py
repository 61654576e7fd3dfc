"""Size and seed of the virtual plant, and which faults and records it has."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic.dataclasses import dataclass

from pipeline.domain.strict_config import STRICT

Cause = Literal[
    "sparger clogging",
    "temperature excursion",
    "feed pump fault",
    "ph probe drift",
    "contamination",
    "oxygen probe drift",
    "agitation trip",
    "vent filter foam-out",
    "wrong feed lot",
    "inoculum of low viability",
]
USUAL_CAUSES: tuple[Cause, ...] = (
    "sparger clogging",
    "temperature excursion",
    "feed pump fault",
    "ph probe drift",
    "contamination",
)
FurtherTag = Literal["feed_flow", "weight", "head_pressure", "offline_ph", "offline_co2"]


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
    causes: Annotated[tuple[Cause, ...], Field(min_length=1)] = USUAL_CAUSES
    """Causes of faults. Each faulty batch has one of them, all with the same chance."""
    noise: Annotated[float, Field(ge=0)] = 1.0
    """Factor on the standard deviations of batches and assays; 0 means no noise."""
    historian_minutes: Annotated[int, Field(ge=1, le=1440)] = 60
    """Minutes between two records of a historian."""
    further_tags: tuple[FurtherTag, ...] = ()
    """Tags that the historians hold besides the usual eight: flow of the feed, weight of the broth, pressure of the headspace, and
    pH and pCO₂ that the laboratory measures in the daily sample."""
    deviations_log: bool = False
    """Whether the plant keeps a log of deviations, `deviations.csv`. It lacks one fault in five, and states the begin too late."""

    @model_validator(mode="after")
    def _each_once(self) -> "PlantConfig":
        for name, given in (("causes", self.causes), ("further_tags", self.further_tags)):
            if twice := sorted({one for one in given if given.count(one) > 1}):
                raise ValueError(f"`{name}` names {', '.join(twice)} more than once; write each once")
        return self
