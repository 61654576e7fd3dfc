"""What is said of a running batch: the schema of the file that `scalebridge watch --out` writes.

The page and the terminal read this and nothing else. Numbers are in display units."""

from collections.abc import Mapping
from typing import Literal

from pydantic.dataclasses import dataclass

from pipeline.answers.result.course import Course
from pipeline.answers.result.prediction import SpecificationLimits
from pipeline.answers.result.values import Chance, MaybeChance, MaybeNumber, Number, UnitLabel
from pipeline.domain.strict_config import STRICT

VERSION: Literal[1] = 1
Status = Literal["as_expected", "deviating", "not_judged"]
AlarmState = Literal["armed", "raised", "acknowledged", "cleared"]


@dataclass(config=STRICT, frozen=True)
class AsOf:
    """Up to when records were used."""

    hours: Number
    """Hours since the start of the batch."""
    clock: str | None
    """Time of the newest record (ISO 8601), in UTC where it ends in `+00:00`; None where no record holds a clock time."""


@dataclass(config=STRICT, frozen=True)
class ScoreAt:
    """Score at one time of the batch."""

    hours: Number
    score: Number
    """Statistic over its limit. Above 1 the batch deviates."""
    channel: str
    """The channel with the largest statistic: `fast`, `middle`, `slow`, `samples` or `agreement`."""


@dataclass(config=STRICT, frozen=True)
class DeviatingTag:
    """How far one tag is from its expected value."""

    tag: str
    unit: UnitLabel
    channel: str
    hours: Number
    """Time of the largest score since the alarm."""
    observed: Number
    expected: Number
    deviations: Number
    """Observed minus expected, in robust standard deviations of past batches at this time."""


@dataclass(config=STRICT, frozen=True)
class Cause:
    """A probable cause."""

    cause: str
    """`unknown`: a deviation that is like none in the log."""
    probability: Chance


@dataclass(config=STRICT, frozen=True)
class Observation:
    """One record."""

    hours: Number
    value: Number


@dataclass(config=STRICT, frozen=True)
class WatchedCourse:
    """The course of one tag: what was recorded, and what is expected."""

    tag: str
    unit: UnitLabel
    observed: tuple[Observation, ...]
    """Of a dense series, the smallest and the largest record of each piece of time."""
    planned: Course | None
    """Expected from the plan alone."""
    expected: Course | None
    """Expected from the plan and the records so far."""


@dataclass(config=STRICT, frozen=True)
class QualityForecast:
    """Forecast of one quality attribute."""

    median: Number
    lower: Number
    """Lower end of the interval."""
    upper: Number
    chance: MaybeChance
    """Chance to meet the specification; None without a specification."""


@dataclass(config=STRICT, frozen=True)
class ChanceAt:
    """Chance to meet the specification, as forecast at one decision point."""

    hours: Number
    chance: Chance


@dataclass(config=STRICT, frozen=True)
class QualityAhead:
    """Which quality the batch heads for: the forecast now beside that of the plan."""

    attribute: str
    unit: UnitLabel
    specification: SpecificationLimits | None
    plan: QualityForecast
    now: QualityForecast | None
    """None before the first decision point."""
    decision_point: MaybeNumber
    """Hour of the last decision point; `now` uses the records up to it."""
    chances: tuple[ChanceAt, ...]
    """Chance over process time, with that of the plan at hour 0."""
    notes: tuple[str, ...] = ()
    """What the reader should know of the attribute, one sentence each."""


@dataclass(config=STRICT, frozen=True)
class Promise:
    """What the limit promises, and what stands behind it."""

    rate: Chance
    """Share of normal batches with an alarm at any time."""
    kind: str
    """Kind of question that the batch asks."""
    rehearsed_as: str
    """Kind of question of the hidden batches that gave the limit."""
    batches: int
    """Number of hidden batches behind the limit."""
    supported: bool
    """There are enough hidden batches to promise the rate."""
    sentence: str


@dataclass(config=STRICT, frozen=True)
class AlarmNow:
    """The alarm of the batch."""

    state: AlarmState
    sentence: str


@dataclass(config=STRICT, frozen=True)
class FeedNow:
    """How a feed of the batch stands, by the clock of the computer that received it."""

    source: str
    state: Literal["receiving", "silent", "not_connected", "ended", "elsewhere", "not_followed"]
    """`silent`: connected, and tags give no record. `ended`: the sender said so. `elsewhere`: another program receives it.
    `not_followed`: nothing is received by this look; records that were received before are used."""
    since: str | None
    """Since when it is so; of a silent feed, when its last record arrived. ISO 8601, UTC."""
    newest: str | None
    """Time of its newest record by the clock of the source, ISO 8601, UTC."""
    tags: tuple[str, ...]
    """Tags that are silent."""
    sentence: str


@dataclass(config=STRICT, frozen=True)
class WatchRecord:
    """On what a statement about a running batch stands."""

    data: str
    """SHA-256 of all raw files of the history, by name and content."""
    configuration: str
    """SHA-256 of the configuration of the run."""
    code: str
    """SHA-256 of all files of the package that an answer uses."""
    run: str
    """Name of the published run that judged."""
    records: str
    """SHA-256 of the records of the batch that were used."""
    seen: bool
    """The published run has learned from this batch, so the score flatters."""
    statement: str


@dataclass(config=STRICT, frozen=True, kw_only=True)
class Watch:
    """What the records of a running batch say so far."""

    version: Literal[1] = VERSION
    """Version of this schema."""
    process: str
    batch: str
    product: str
    scale: MaybeNumber
    """None where the process states no scale."""
    scale_unit: UnitLabel
    as_of: AsOf
    status: Status
    sentence: str
    """The status in words."""
    since: MaybeNumber
    """Hour at which the score first exceeded its limit; None where it did not."""
    score: MaybeNumber
    """Newest score; None where the batch is not judged."""
    scores: tuple[ScoreAt, ...]
    tags: tuple[DeviatingTag, ...]
    """The largest deviation first."""
    causes: tuple[Cause, ...]
    """The most probable first; empty where the batch does not deviate."""
    courses: tuple[WatchedCourse, ...]
    """Courses of the tags, those of `tags` first."""
    quality: tuple[QualityAhead, ...]
    quality_level: Number
    """Share of results that an interval of `quality` should cover."""
    promise: Promise | None
    """None where the batch is not judged and no limit is known."""
    alarm: AlarmNow | None
    """None in a replay that keeps no alarm."""
    notes: tuple[str, ...]
    names: Mapping[str, str]
    """Tag or attribute → its display name."""
    record: WatchRecord
    feeds: tuple[FeedNow, ...] = ()
    """How each source stands that is followed record by record."""

    def name(self, key: str) -> str:
        """Return the display name of a tag or attribute."""
        return self.names.get(key) or key
