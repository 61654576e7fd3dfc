"""What a meeting needs of an answer: the verdict, what caps the chance, the history of each attribute, and one action."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from pipeline.answers.result.values import MaybeNumber, Number, UnitLabel
from pipeline.domain.process.axis_words import Change
from pipeline.domain.strict_config import STRICT

DrawnAgainst = Literal["batch size", "number of devices", "order of start"]
"""What results of past batches are drawn against."""


@dataclass(config=STRICT, frozen=True)
class Measured:
    """Results of past batches. Both lists have the same length."""

    places: tuple[Number, ...]
    """Batch size; the number of the batch in order of start where batch sizes are not stated."""
    values: tuple[Number, ...]
    of: int = 0
    """Number of results in history. Of many, evenly spaced ones are kept."""


@dataclass(config=STRICT, frozen=True)
class PastScaleUp:
    """A scale-up, or other transfer, of the past, forecast by models that had not seen its batches. Means over its batches."""

    line: str
    """Product, or line of batches."""
    scale: Number
    predicted: Number
    lower: MaybeNumber
    """Lower end of the 90 % interval."""
    upper: MaybeNumber
    observed: Number
    carry_over: MaybeNumber
    """The mean of the line at its largest scale before."""
    answered_by: str
    """Kind of the model that was chosen without these batches."""
    batches: int
    inside: int
    """Batches whose result lay inside their 90 % interval."""
    change: Annotated[Change, Field(exclude_if=lambda change: change == "scale")] = "scale"
    """What the transfer changed. The key is absent from the file for a scale-up."""
    place: Annotated[str | None, Field(exclude_if=lambda place: place is None)] = None
    """The new site or device. The key is absent where the scale changed."""


@dataclass(config=STRICT, frozen=True)
class AttributeHistory:
    """What was measured of one attribute, and what would have been predicted for past scale-ups."""

    unit: UnitLabel
    own: Measured
    """Batches of the product; empty for an attribute that is not shown."""
    others: Measured
    """Batches of other products; empty for an attribute that is not shown."""
    past: tuple[PastScaleUp, ...]
    """The newest comes last."""
    sentence: str
    """What the past scale-ups show; empty where there are none."""


@dataclass(config=STRICT, frozen=True)
class Action:
    """The one action that is recommended, with what is expected of it."""

    kind: Literal["none needed", "setting", "run", "none found"]
    sentence: str


@dataclass(config=STRICT, frozen=True)
class Overview:
    """The first page of an answer."""

    state: Literal["expected", "at risk", "open"]
    """Expected: the joint chance reaches the wanted chance. Open: no joint chance is given."""
    verdict: str
    capped_by: str | None
    """Attribute with the smallest chance. The joint chance cannot be above it. None where nothing is at risk."""
    cap: str
    """What caps the joint chance, in words; empty where nothing is at risk."""
    shown: str | None
    """Attribute whose history is drawn first: the one that caps the chance, else the first one predicted."""
    place: DrawnAgainst
    """What `Measured.places` are."""
    history: Mapping[str, AttributeHistory]
    action: Action | None
    """None where scenarios were not asked for."""
