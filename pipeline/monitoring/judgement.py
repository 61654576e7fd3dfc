"""What is said of a running batch at one moment."""

from dataclasses import dataclass, field
from typing import Literal

from pipeline.domain.arrays import FloatArray

Status = Literal["as_expected", "deviating", "not_judged"]
AS_EXPECTED: Status = "as_expected"
DEVIATING: Status = "deviating"
NOT_JUDGED: Status = "not_judged"
FAST, MIDDLE, SLOW, SAMPLES, AGREEMENT = "fast", "middle", "slow", "samples", "agreement"
CHANNELS = (FAST, MIDDLE, SLOW, SAMPLES, AGREEMENT)
"""Channels, each with its own statistic: against the set-point and the last hours; against a forecast from 12 to 48 h before;
against the level of history; the same for the samples; and a sample against the sensor that measures the same quantity."""
UNKNOWN = "unknown"
"""Cause of a deviation that is like none in the log."""


@dataclass(frozen=True)
class ScorePoint:
    """Score at one time of the batch."""

    hours: float
    """Hours since the start of the batch."""
    score: float
    """Statistic over its limit: above 1 the batch deviates."""
    channel: str
    """The channel with the largest statistic."""


@dataclass(frozen=True)
class TagDeviation:
    """How far one tag is from its expected value, at the time of the largest score since the alarm."""

    tag: str
    channel: str
    hours: float
    observed: float
    """Value, SI."""
    expected: float
    """Value, SI."""
    deviations: float
    """Observed minus expected, in robust standard deviations of past batches at this time."""


@dataclass(frozen=True)
class ProbableCause:
    """A cause and its probability. The probabilities of all causes, `unknown` among them, sum to 1."""

    cause: str
    probability: float


@dataclass(frozen=True)
class TagCourse:
    """Expected course of one tag over the whole batch, SI. All arrays have one entry per time."""

    tag: str
    hours: FloatArray
    median: FloatArray
    lower: FloatArray
    """Lower end of the 90 % band of a batch."""
    upper: FloatArray


@dataclass(frozen=True)
class Judgement:
    """What the records of a running batch say so far."""

    batch: str
    hours: float
    """Hours since the start of the batch up to which it is judged."""
    status: Status
    since: float | None
    """Hour at which the score first exceeded its limit; None where it did not."""
    kind: str
    """Kind of question that the batch asks."""
    rehearsed_as: str
    """Kind of question from whose hidden batches the limit comes."""
    promised_rate: float
    """Share of normal batches with an alarm at any time, as promised by the limit."""
    calibration_batches: int
    """Number of hidden batches behind the limit."""
    scores: tuple[ScorePoint, ...] = ()
    tags: tuple[TagDeviation, ...] = ()
    """Tags, the largest deviation first. Those below 2 standard deviations are left out."""
    causes: tuple[ProbableCause, ...] = ()
    """Causes above the stated probability, the most probable first. Empty where the batch does not deviate."""
    planned: tuple[TagCourse, ...] = ()
    """Course expected from the plan alone."""
    expected: tuple[TagCourse, ...] = ()
    """Course expected from the plan and the records so far."""
    notes: tuple[str, ...] = field(default=())
    """What the reader should know, one sentence each: tags without records, a limit that cannot be promised, and the like."""
