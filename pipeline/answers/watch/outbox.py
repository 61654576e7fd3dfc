"""The message of an alarm that waits to be sent, on the disk: a killed watch sends it when it is started again."""

from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from pydantic.dataclasses import dataclass

from pipeline.answers.result.files import as_text
from pipeline.answers.result.watch import AlarmState
from pipeline.answers.watch.alarms import Alarm
from pipeline.domain.config_files import parse
from pipeline.domain.reading.stored import read_json
from pipeline.domain.strict_config import STRICT
from pipeline.domain.whole_files import write_whole

OUTBOX = "outbox.json"
FIRST, LIMIT = timedelta(seconds=5), timedelta(minutes=10)
"""First and longest wait before another attempt. Each wait is twice the one before."""


@dataclass(config=STRICT, frozen=True, kw_only=True)
class Outgoing:
    """One message to a hook."""

    key: str
    """The same for each attempt, so that a receiver can count the message once."""
    state: AlarmState
    """State of the alarm that the message tells."""
    message: str
    """JSON."""
    attempts: int = 0
    due: str | None = None
    """Time from which the next attempt is made, ISO 8601; None: at once."""
    done: bool = False
    """The hook has taken the message."""

    def is_due(self, now: datetime) -> bool:
        """Tell whether an attempt should be made now."""
        return self.due is None or now >= datetime.fromisoformat(self.due)


def key_of(alarm: Alarm) -> str:
    """Return the key of a message: the same batch, deviation and state give the same key, also after a restart."""
    since = None if alarm.raised is None else alarm.raised.since
    text = "\n".join(map(str, (alarm.process, alarm.batch, alarm.armed_from, since, alarm.state)))
    return sha256(text.encode()).hexdigest()[:32]


def read_outgoing(folder: Path) -> Outgoing | None:
    """Return the last message of a batch; None without one.

    Raises ScalebridgeError if the file is damaged.
    """
    file = folder / OUTBOX
    if not file.is_file():
        return None
    damaged = "move it away; the message of a raised alarm is then made again"
    found: Outgoing = parse(Outgoing, read_json(file, damaged=damaged), str(file))
    return found


def write_outgoing(folder: Path, outgoing: Outgoing) -> None:
    """Write a message, whole or not at all."""
    write_whole(folder / OUTBOX, as_text(outgoing))


def failed(outgoing: Outgoing, now: datetime) -> Outgoing:
    """Return a message after an attempt that failed."""
    wait = min(FIRST * 2 ** min(outgoing.attempts, 20), LIMIT)
    return replace(outgoing, attempts=outgoing.attempts + 1, due=(now + wait).isoformat())
