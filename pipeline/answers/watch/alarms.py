"""The alarm of a batch as a state machine: armed, raised, acknowledged, cleared, and armed again. Nothing here reads or writes."""

from dataclasses import replace
from math import isnan
from typing import Literal

from pydantic.dataclasses import dataclass

from pipeline.answers.result.values import Number
from pipeline.answers.result.watch import AlarmState
from pipeline.domain.display import digits, duration, moment
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.strict_config import STRICT
from pipeline.monitoring.judgement import DEVIATING, NOT_JUDGED, Judgement

PROGRAM = "scalebridge"
"""Who acts where no person does."""
LARGEST = 1e9
"""A score above this, infinity included, is written as this."""
What = Literal["raised", "acknowledged", "cleared", "re-armed", "hook done", "hook failed"]


@dataclass(config=STRICT, frozen=True)
class RaisedAlarm:
    """A deviation that was found."""

    since: Number
    """Hour at which the score exceeded its limit."""
    noticed: Number
    """Hour of the newest record when it was found."""
    score: Number
    """Score when it was found."""
    highest: Number
    """Highest score since."""


@dataclass(config=STRICT, frozen=True, kw_only=True)
class Alarm:
    """The alarm of one batch, as it stands on disk."""

    version: Literal[1] = 1
    process: str
    batch: str
    state: AlarmState = "armed"
    """`armed`: a deviation raises the alarm. `raised`: nobody has acknowledged it. `acknowledged`: a person knows; it does not fire
    again. `cleared`: a person says that it is over; it does not fire before it is armed again."""
    raised: RaisedAlarm | None = None
    """The last deviation that raised the alarm; None where none did since it was armed."""
    armed_from: Number | None = None
    """Hour from which scores count; None: from the start of the batch."""
    newest: Number | None = None
    """Hour of the newest look."""
    told: bool = False
    """A hook has taken the message that this alarm was raised."""


@dataclass(config=STRICT, frozen=True)
class AlarmEvent:
    """One line of the log of an alarm."""

    who: str
    when: str
    """ISO 8601, UTC."""
    what: What
    why: str
    hours: Number | None
    """Hours of the batch; None where they are not known."""
    score: Number | None


def observed(alarm: Alarm, judgement: Judgement, quiet: float, now: str) -> tuple[Alarm, tuple[AlarmEvent, ...]]:
    """Return the alarm after a judgement, and what happened.

    quiet: hours of the batch without a score above its limit after which an alarm that was acknowledged or cleared is armed again.
    now: time of the clock, ISO 8601. A batch that is not judged changes nothing.
    """
    if judgement.status == NOT_JUDGED:
        return alarm, ()
    alarm = replace(alarm, newest=judgement.hours)
    first, last, highest = _above(alarm, judgement)
    if alarm.state == "armed" and first is not None:
        score = judgement.scores[-1].score if judgement.scores else highest
        found = RaisedAlarm(first, judgement.hours, highest if isnan(score) else min(score, LARGEST), highest)
        why = f"the score exceeded its limit at {moment(first)}"
        event = AlarmEvent(PROGRAM, now, "raised", why, judgement.hours, found.highest)
        return replace(alarm, state="raised", raised=found, told=False), (event,)
    if alarm.raised is not None and highest > alarm.raised.highest:
        alarm = replace(alarm, raised=replace(alarm.raised, highest=highest))
    if alarm.state in ("acknowledged", "cleared") and last is not None and judgement.hours - last >= quiet:
        why = f"the batch was as expected for {duration(judgement.hours - last)}"
        return _armed(alarm, judgement.hours), (AlarmEvent(PROGRAM, now, "re-armed", why, judgement.hours, None),)
    return alarm, ()


def acknowledged(alarm: Alarm, by: str, why: str, now: str) -> tuple[Alarm, AlarmEvent]:
    """Return the alarm after a person said that it is known.

    Raises ScalebridgeError if it is not raised.
    """
    _refuse_unless(alarm, ("raised",), "acknowledge")
    return replace(alarm, state="acknowledged"), _event(alarm, by, "acknowledged", why, now)


def cleared(alarm: Alarm, by: str, why: str, now: str) -> tuple[Alarm, AlarmEvent]:
    """Return the alarm after a person said that the deviation is over.

    Raises ScalebridgeError if it is not acknowledged.
    """
    _refuse_unless(alarm, ("acknowledged",), "clear")
    return replace(alarm, state="cleared"), _event(alarm, by, "cleared", why, now)


def rearmed(alarm: Alarm, by: str, why: str, now: str) -> tuple[Alarm, AlarmEvent]:
    """Return the alarm after a person armed it again. Only scores after the newest look raise it.

    Raises ScalebridgeError if it is neither acknowledged nor cleared.
    """
    _refuse_unless(alarm, ("acknowledged", "cleared"), "arm again")
    return _armed(alarm, alarm.newest), _event(alarm, by, "re-armed", why, now)


def alarm_sentence(alarm: Alarm) -> str:
    """Say how the alarm stands."""
    since = "" if alarm.raised is None else f" The score exceeded its limit at {moment(alarm.raised.since)}"
    found = f"{since}; its highest value is {digits(alarm.raised.highest)} times the limit." if alarm.raised else ""
    return {
        "armed": "The alarm is armed. A score above its limit raises it.",
        "raised": f"The alarm is raised, and nobody has acknowledged it.{found}",
        "acknowledged": f"The alarm is acknowledged. It does not fire again before it is armed again.{found}",
        "cleared": f"The alarm is cleared. It does not fire before it is armed again.{found}",
    }[alarm.state]


def _above(alarm: Alarm, judgement: Judgement) -> tuple[float | None, float | None, float]:
    """First and last hour with a score above the limit since the alarm was armed, and the highest score since then."""
    start = -1.0 if alarm.armed_from is None else alarm.armed_from
    scores = [one for one in judgement.scores if one.hours > start and not isnan(one.score)]
    above = [one.hours for one in scores if one.score > 1]
    highest = min(max((one.score for one in scores), default=0.0), LARGEST)
    if above:
        return above[0], above[-1], highest
    if not judgement.scores and judgement.status == DEVIATING and judgement.since is not None and judgement.since > start:
        return judgement.since, judgement.hours, highest
    return None, None if alarm.raised is None else alarm.raised.since, highest


def _armed(alarm: Alarm, hours: float | None) -> Alarm:
    return replace(alarm, state="armed", raised=None, armed_from=hours, told=False)


def _event(alarm: Alarm, by: str, what: What, why: str, now: str) -> AlarmEvent:
    found = alarm.raised
    return AlarmEvent(by, now, what, why, None if found is None else found.noticed, None if found is None else found.highest)


def _refuse_unless(alarm: Alarm, states: tuple[str, ...], verb: str) -> None:
    if alarm.state not in states:
        raise ScalebridgeError(
            f"The alarm of batch '{alarm.batch}' is {alarm.state}; only one that is {' or '.join(states)} can be used to {verb} it"
        )
