"""The alarm of a batch on disk: one file that is replaced whole, and a log that only grows. Two programs may use them at once."""

from collections.abc import Callable, Iterable
from pathlib import Path

from pydantic import TypeAdapter

from pipeline.answers.result.files import as_text
from pipeline.answers.watch.alarms import Alarm, AlarmEvent
from pipeline.domain.config_files import as_json, parse
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.locks import one_at_a_time
from pipeline.domain.names.folders import folder_name
from pipeline.domain.reading.stored import read_json
from pipeline.domain.whole_files import append_line, write_whole

ALARM, LOG, LOCK = "alarm.json", "alarm_log.jsonl", ".lock"
Change = Callable[[Alarm], tuple[Alarm, Iterable[AlarmEvent]]]
"""Makes the next state of an alarm, with what happened."""


def folder_of(watches: Path, batch: str) -> Path:
    """Return the folder of a batch. A name that no folder can have is written with codes in place of its signs.

    >>> folder_of(Path("w"), "B-017").name, folder_of(Path("w"), "B/17").name
    ('B-017', 'B%2F17')
    """
    return watches / folder_name(batch, "batch")


def read_alarm(folder: Path, process: str, batch: str) -> Alarm:
    """Return the alarm of a batch; an armed one where there is no file.

    Raises ScalebridgeError if the file is damaged, or is that of another batch.
    """
    file = folder / ALARM
    if not file.exists():
        return Alarm(process=process, batch=batch)
    repair = f"move it away; the watch then begins with an armed alarm. {folder / LOG} says what happened so far"
    alarm: Alarm = parse(Alarm, read_json(file, damaged=repair), str(file))
    if (alarm.process, alarm.batch) != (process, batch):
        raise ScalebridgeError(
            f"{file} is the alarm of batch '{alarm.batch}' of process '{alarm.process}', and not of batch '{batch}' of process "
            f"'{process}'; {repair}"
        )
    return alarm


def change_alarm(folder: Path, process: str, batch: str, change: Change) -> tuple[Alarm, tuple[AlarmEvent, ...]]:
    """Change the alarm of a batch, and return it with what happened. Another program that does the same waits meanwhile.

    The log is written first: a killed program may leave a line of the log without its state, never a state without its line.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with one_at_a_time(folder / LOCK, f"changes the alarm of batch '{batch}'"):
        before = read_alarm(folder, process, batch)
        after, events = change(before)
        happened = tuple(events)
        for event in happened:
            _append(folder, event)
        if after != before:
            write_whole(folder / ALARM, as_text(after))
    return after, happened


def log_event(folder: Path, batch: str, event: AlarmEvent) -> None:
    """Add a line to the log of an alarm."""
    with one_at_a_time(folder / LOCK, f"changes the alarm of batch '{batch}'"):
        _append(folder, event)


def _append(folder: Path, event: AlarmEvent) -> None:
    append_line(folder / LOG, as_json(TypeAdapter(AlarmEvent).dump_python(event), indent=None).strip())
