"""The expected course of a batch over time."""

from pydantic.dataclasses import dataclass

from pipeline.answers.result.values import Number, UnitLabel
from pipeline.domain.strict_config import STRICT


@dataclass(config=STRICT, frozen=True)
class CoursePoint:
    """Expected value of one tag at one time of the batch."""

    hours: Number
    median: Number
    lower: Number
    upper: Number


@dataclass(config=STRICT, frozen=True)
class Course:
    """Expected course of one tag over the batch."""

    tag: str
    unit: UnitLabel
    points: tuple[CoursePoint, ...]
