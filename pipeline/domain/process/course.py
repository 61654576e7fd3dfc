"""What a definition says about the course of a batch: planned events, set-points over time, and how far a batch has come."""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from pipeline.domain.strict_config import STRICT
from pipeline.domain.times.lag import Lag


@dataclass(config=STRICT, frozen=True)
class Phase:
    """A part of a profile of set-points. A profile is a list of phases in the order of time."""

    value: str | float
    """Attribute that holds the set-point, or a number in the unit of the tag."""
    after: str | None = None
    """When the phase begins: an attribute that is a time since the start of the batch, or a time such as `72 h`. Without it, the
    phase begins with the batch."""
    shape: Literal["step", "ramp"] = "step"
    """Whether the set-point jumps to the value when the phase begins, or moves to it in a straight line from the phase before,
    which it leaves at the beginning of that phase."""


@dataclass(config=STRICT, frozen=True)
class RunningBatches:
    """How the batch records say that a batch still runs."""

    attribute: str
    """Text attribute with the state of the batch."""
    are: tuple[str, ...] = Field(min_length=1)
    """Its values for a batch that runs."""


@dataclass(config=STRICT, frozen=True)
class CourseRules:
    """How the course of a batch is read."""

    step: Lag | None = None
    """Time between two points of a course, such as `1 h`. Default: the time between two records, or a 400th of a batch if that is
    longer."""
    events: tuple[str, ...] = ()
    """Attributes that are planned times since the start of the batch, such as the time of a temperature shift."""
    set_points: Mapping[str, tuple[Phase, ...]] = Field(default_factory=dict)
    """Tag → the phases of its set-point."""
    same: Mapping[str, str] = Field(default_factory=dict)
    """Tag → another tag that measures the same quantity, such as the pH of the daily sample → the pH of the probe. The difference
    of the two is watched."""
    indicator: str | None = None
    """Tag that says how far a batch has come, such as the feed so far or the conversion: it never falls. Courses are then compared
    at equal values of it instead of equal times."""
    running: RunningBatches | None = None
    """Without it, a batch in the history is taken as complete."""
