"""How the alarm of a watched batch stands, read from its files."""

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.answers.watch.alarm_files import ALARM, LOG, change_alarm, folder_of
from pipeline.answers.watch.alarms import Alarm, AlarmEvent, RaisedAlarm
from pipeline.answers.watch.status import stamp, watched_batches, watched_status
from pipeline.domain.errors import ScalebridgeError

EVENT = AlarmEvent("scalebridge", "2026-03-01T08:00:00+00:00", "raised", "the score is 2", 40.0, 2.0)


def raised(before: Alarm) -> tuple[Alarm, list[AlarmEvent]]:
    return replace(before, state="raised", raised=RaisedAlarm(40.0, 41.0, 2.0, 2.5)), [EVENT]


def looked(before: Alarm) -> tuple[Alarm, list[AlarmEvent]]:
    return replace(before, newest=12.0), []


def test_watched_status__is_the_alarm_with_its_log(tmp_path: Path) -> None:
    change_alarm(folder_of(tmp_path, "B/1"), "p", "B/1", raised)
    found = watched_status(tmp_path, "B/1")
    assert found is not None
    assert (found.alarm.state, found.events) == ("raised", (EVENT,))
    assert "nobody has acknowledged it" in found.sentence


def test_watched_status__of_a_batch_that_was_never_watched_is_none(tmp_path: Path) -> None:
    change_alarm(folder_of(tmp_path, "B1"), "p", "B1", looked)
    assert watched_status(tmp_path, "B2") is None
    assert watched_status(tmp_path, "..") is None
    assert watched_status(tmp_path / "nowhere", "B1") is None


def test_watched_status__leaves_out_a_line_that_is_being_written_but_no_other(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, "B1")
    change_alarm(folder, "p", "B1", raised)
    log = (folder / LOG).read_text()
    (folder / LOG).write_text(log + '{"who": "sca')
    found = watched_status(tmp_path, "B1")
    assert found is not None
    assert found.events == (EVENT,)
    (folder / LOG).write_text("nonsense\n" + log)
    with pytest.raises(ScalebridgeError, match="no event of an alarm"):
        watched_status(tmp_path, "B1")


def test_watched_batches__raised_alarms_come_first_and_damaged_ones_are_named(tmp_path: Path) -> None:
    for batch, change in (("A", looked), ("B", raised), ("C", looked)):
        change_alarm(folder_of(tmp_path, batch), "p", batch, change)
    (tmp_path / "D").mkdir()
    (tmp_path / "C" / ALARM).write_text("{")
    found = watched_batches(tmp_path)
    assert [one.alarm.batch for one in found.batches] == ["B", "A"]
    assert len(found.unreadable) == 1
    assert watched_batches(tmp_path / "nowhere").batches == ()


def test_stamp__differs_after_a_change(tmp_path: Path) -> None:
    before = stamp(tmp_path, "B1")
    change_alarm(folder_of(tmp_path, "B1"), "p", "B1", raised)
    assert stamp(tmp_path, "B1") != before
