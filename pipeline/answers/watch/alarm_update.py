"""Keep the alarm of a batch up to date with each look, and call the hook when it is raised."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from pipeline.answers.result.files import as_text
from pipeline.answers.result.watch import Watch
from pipeline.answers.watch.alarm_files import change_alarm, folder_of, log_event, read_alarm
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
from pipeline.answers.watch.hooks import Message, call_hook, hook_name, is_topic
from pipeline.answers.watch.look import Look, with_alarm
from pipeline.answers.watch.outbox import Outgoing, failed, key_of, read_outgoing, write_outgoing
from pipeline.domain.errors import ScalebridgeError


@dataclass(frozen=True)
class Updated:
    """A watch with its alarm, what happened to the alarm, and what went wrong with the hook."""

    watch: Watch
    events: tuple[AlarmEvent, ...]
    problem: str | None = None


def update_alarm(watches: Path, look: Look, quiet: float, hook: str | None, *, patient: bool = False) -> Updated:
    """Update the alarm of a batch after a look.

    watches: folder of all watched batches. quiet: hours as expected after which an acknowledged alarm is armed again. hook: what is
    called if the alarm is raised and no hook has taken its message yet, so that a killed program or a server that is down loses no
    message; a topic of MQTT gets each change of the alarm. patient: after a failed attempt, wait longer and longer before the next.
    """
    watch = look.watch
    folder = folder_of(watches, watch.batch)
    alarm, events = change_alarm(
        folder, watch.process, watch.batch, lambda before: observed(before, look.judgement, quiet, now())
    )
    watch = with_alarm(watch, alarm)
    if hook is None or not _is_to_be_told(folder, alarm, hook):
        return Updated(watch, events)
    _prepare(folder, watch, alarm)
    return Updated(watch, events, send_waiting(folder, watch.process, watch.batch, hook, patient=patient))


def send_waiting(folder: Path, process: str, batch: str, hook: str, *, patient: bool) -> str | None:
    """Try to send the message that waits in the folder of a batch. Return what went wrong; None if nothing did.

    patient: do nothing before the next attempt is due. The log holds the first failure.
    """
    outgoing = read_outgoing(folder)
    clock = datetime.now(UTC)
    if outgoing is None or outgoing.done or (patient and not outgoing.is_due(clock)):
        return None
    alarm = read_alarm(folder, process, batch)
    if key_of(alarm) != outgoing.key:
        return None  # the alarm has changed since; the next look says what is to be told
    problem = call_hook(hook, outgoing.message, outgoing.key)
    hours, score = (None, None) if alarm.raised is None else (alarm.newest, alarm.raised.highest)
    if problem is not None:
        write_outgoing(folder, failed(outgoing, clock))
        if outgoing.attempts == 0:
            log_event(folder, batch, AlarmEvent(PROGRAM, now(), "hook failed", problem, hours, score))
        return problem
    done = AlarmEvent(PROGRAM, now(), "hook done", hook_name(hook), hours, score)
    change_alarm(folder, process, batch, lambda before: (replace(before, told=before.state == "raised"), (done,)))
    write_outgoing(folder, replace(outgoing, done=True))
    return None


def _is_to_be_told(folder: Path, alarm: Alarm, hook: str) -> bool:
    """Tell whether the hook should know of the alarm: of a raised one that no hook has taken, and a topic of each change."""
    if alarm.state == "raised":
        return not alarm.told
    before = read_outgoing(folder) if is_topic(hook) else None
    return before is not None and before.key != key_of(alarm)


def _prepare(folder: Path, watch: Watch, alarm: Alarm) -> None:
    """Write the message before it is sent. One that waits already stays as it is, also after a restart."""
    key = key_of(alarm)
    before = read_outgoing(folder)
    if before is None or before.key != key or before.done:
        message = as_text(Message(key, alarm, watch))
        write_outgoing(folder, Outgoing(key=key, state=alarm.state, message=message))


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
