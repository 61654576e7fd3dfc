"""A past batch hour after hour, as if it were running, and at the end what came of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pipeline.answers.result.watch import QualityAhead, Watch
from pipeline.answers.watch.alarms import Alarm, AlarmEvent, observed
from pipeline.answers.watch.look import Look, Post, look_at, with_alarm
from pipeline.answers.watch.past_batch import LoggedDeviation
from pipeline.answers.watch.running import RunningBatch
from pipeline.domain.display import duration, moment
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.process.definition import Definition

HOURS_LIMIT = 100_000
"""Largest number of steps of a replay."""


@dataclass(frozen=True)
class Step:
    """One step of a replay."""

    look: Look
    events: tuple[AlarmEvent, ...]


@dataclass(frozen=True)
class Outcome:
    """One quality attribute at the end of a replay, in its display unit."""

    quality: QualityAhead
    result: float | None
    """Final result; None where the laboratory gave none."""

    def within(self) -> bool | None:
        """Whether the result lies in the interval of the last forecast; None without a result."""
        forecast = self.quality.now or self.quality.plan
        return None if self.result is None else forecast.lower <= self.result <= forecast.upper


def hours_of(last: float, step: float) -> list[float]:
    """Return the hours of a replay: every `step` hours, and the last one.

    >>> hours_of(2.5, 1.0)
    [1.0, 2.0, 2.5]
    """
    if not step > 0 or last / step > HOURS_LIMIT:
        raise ScalebridgeError(
            f"--step {step:g}: it must be above 0, and the {duration(last)} of the batch may have {HOURS_LIMIT:,} steps at most"
        )
    count = int(last / step + 1e-9)
    whole = [step * n for n in range(1, count + 1)]
    return whole if whole and last - whole[-1] < 1e-6 else [*whole, last]


def replayed(post: Post, running: RunningBatch, hours: list[float], quiet: float) -> Iterator[Step]:
    """Yield one step per hour. The alarm is kept in memory, so that a replay changes no file. The last step is a whole watch."""
    alarm = Alarm(process=post.process.name, batch=running.batch)
    for hour in hours:
        look = look_at(post, running, hour, past=True, brief=hour != hours[-1])
        when = look.watch.as_of.clock or moment(hour)
        alarm, events = observed(alarm, look.judgement, quiet, when)
        yield Step(Look(with_alarm(look.watch, alarm), look.judgement), events)


def outcomes(process: Definition, watch: Watch, results: Mapping[str, float]) -> tuple[Outcome, ...]:
    """Return the final results beside the forecasts. results: attribute → value, SI."""
    return tuple(
        Outcome(
            one,
            None if one.attribute not in results else process.attributes[one.attribute].si.from_si(results[one.attribute]),
        )
        for one in watch.quality
    )


def alarm_sentences(first: AlarmEvent | None, since: float | None, logged: tuple[LoggedDeviation, ...]) -> list[str]:
    """Say when the first alarm came, and how this compares with the log of deviations.

    first: the event that raised it; since: hour at which the score exceeded its limit.
    """
    if first is None or first.hours is None:
        found = ["The alarm was not raised."]
    else:
        at = (
            "" if since is None or abs(since - first.hours) < 1e-6 else f" (the score exceeded its limit at {moment(since)})"
        )
        found = [f"The alarm was raised at {moment(first.hours)}{at}."]
    if not logged:
        return [*found, "The history has no logged deviation of this batch."]
    return [*found, *(_beside_log(one, None if first is None else first.hours) for one in logged)]


def _beside_log(logged: LoggedDeviation, alarm: float | None) -> str:
    if logged.hours is None:
        return f"The log names the deviation '{logged.cause}' without a time."
    said = f"The log names the deviation '{logged.cause}' at {moment(logged.hours)}"
    if alarm is None:
        return f"{said}; no alarm was raised."
    late = alarm - logged.hours
    return f"{said}: the alarm came {duration(abs(late))} {'later' if late >= 0 else 'earlier'}."
