"""Keep the alarm of a batch up to date with each look, and call the hook when it is raised."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from pipeline.answers.result.files import as_text
from pipeline.answers.result.watch import Watch
from pipeline.answers.watch.alarm_files import change_alarm, folder_of, log_event
from pipeline.answers.watch.alarms import (
    PROGRAM,
    Alarm,
    AlarmEvent,
    acknowledged,
    alarm_sentence,
    cleared,
    observed,
    rearmed,
)
from pipeline.answers.watch.hooks import Message, call_hook, hook_name
from pipeline.answers.watch.look import Look, with_alarm
from pipeline.domain.errors import ScalebridgeError


@dataclass(frozen=True)
class Updated:
    """A watch with its alarm, what happened to the alarm, and what went wrong with the hook."""

    watch: Watch
    events: tuple[AlarmEvent, ...]
    problem: str | None = None


def update_alarm(watches: Path, look: Look, quiet: float, hook: str | None) -> Updated:
    """Update the alarm of a batch after a look.

    watches: folder of all watched batches. quiet: hours as expected after which an acknowledged alarm is armed again. hook: what is
    called if the alarm is raised and no hook has taken its message yet, so that a killed program or a server that is down loses no
    message.
    """
    watch = look.watch
    folder = folder_of(watches, watch.batch)
    alarm, events = change_alarm(
        folder, watch.process, watch.batch, lambda before: observed(before, look.judgement, quiet, now())
    )
    watch = with_alarm(watch, alarm)
    if hook is None or alarm.state != "raised" or alarm.told:
        return Updated(watch, events)
    return Updated(watch, events, _tell(folder, watch, alarm, hook, first=bool(events)))


def _tell(folder: Path, watch: Watch, alarm: Alarm, hook: str, *, first: bool) -> str | None:
    """Give a raised alarm to the hook. Return what went wrong; the next look then tries again. The log holds the first failure."""
    problem = call_hook(hook, as_text(Message(alarm, watch)))
    score = None if alarm.raised is None else alarm.raised.highest
    if problem is not None:
        if first:
            log_event(folder, watch.batch, AlarmEvent(PROGRAM, now(), "hook failed", problem, watch.as_of.hours, score))
        return problem
    done = AlarmEvent(PROGRAM, now(), "hook done", hook_name(hook), watch.as_of.hours, score)
    change_alarm(
        folder, watch.process, watch.batch, lambda before: (replace(before, told=before.state == "raised"), (done,))
    )
    return None


def answer_alarm(watches: Path, process: str, batch: str, asked: str, by: str, why: str) -> str:
    """Acknowledge an alarm, clear it, or arm it again, as a person asks. Return how it stands then, in words.

    asked: acknowledge, clear or re-arm. Raises ScalebridgeError if there is no such alarm, or its state does not allow it.
    """
    folder = folder_of(watches, batch)
    if not folder.is_dir():
        raise ScalebridgeError(
            f"Batch '{batch}' has no alarm in {watches}: it was never watched. Watch it first: scalebridge watch {batch}"
        )
    moves = {"acknowledge": acknowledged, "clear": cleared, "re-arm": rearmed}

    def change(before: Alarm) -> tuple[Alarm, Sequence[AlarmEvent]]:
        after, event = moves[asked](before, by, why, now())
        return after, (event,)

    alarm, _ = change_alarm(folder, process, batch, change)
    return alarm_sentence(alarm)


def now() -> str:
    """Return the time of the clock, ISO 8601, UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds")
