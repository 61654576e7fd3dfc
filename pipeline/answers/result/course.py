"""The expected course of a batch over time, and what past batches of the product showed."""

from typing import Annotated, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from pipeline.answers.result.prediction import Kind
from pipeline.answers.result.values import MaybeNumber, Number, UnitLabel
from pipeline.domain.strict_config import STRICT


@dataclass(config=STRICT, frozen=True)
class CoursePoint:
    """Expected value of one tag at one time of the batch."""

    hours: Number
    """Hours since the start of the batch; the value of the indicator where the process has one."""
    median: Number
    lower: Number
    upper: Number


@dataclass(config=STRICT, frozen=True)
class OwnCourse:
    """The course of one tag in past batches of the product at one scale."""

    scale: Number
    unit: UnitLabel
    """Unit of the scale."""
    batches: int
    medians: tuple[MaybeNumber, ...]
    """Median over the batches at each point of the expected course; None where fewer than half of them have a record."""


@dataclass(config=STRICT, frozen=True)
class Course:
    """Expected course of one tag over the batch."""

    tag: str
    unit: UnitLabel
    points: tuple[CoursePoint, ...]
    own: Annotated[tuple[OwnCourse, ...], Field(exclude_if=lambda own: not own)] = ()
    """Courses of the product itself, the scale nearest to the proposed one first. The key is absent where there is none."""


@dataclass(config=STRICT, frozen=True, kw_only=True)
class CourseBasis:
    """Where the expected courses and their bands come from."""

    level: Number
    """Share of hidden past batches that lay within the band at each time."""
    kind: Kind
    """Kind of question that the proposal asks."""
    rehearsed_as: Kind
    """Kind of question for which these batches were hidden."""
    indicator: str | None
    """Tag that says how far a batch has come; None where this is the time since its start."""
    indicator_unit: UnitLabel
    set_by_plan: tuple[str, ...]
    """Tags that say little beyond the plan: it states their set-point, or they grow with the batch size. They come last."""
    unknown: tuple[str, ...]
    """Tags without an expected course, because the proposal does not state their set-point."""
    sentence: str
    """What the band is, in words."""
    state: Literal["computed"] = "computed"
