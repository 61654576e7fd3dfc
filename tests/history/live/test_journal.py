"""The journal of a feed: what was written is there, whatever happens to its writer."""

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.domain.errors import ScalebridgeError
from pipeline.history.live import journal as module
from pipeline.history.live.journal import Event, Journal
from pipeline.history.live.journal_reader import JournalReader
from pipeline.history.live.record import Record, each_once, frame_of
from tests.architecture.imports import ROOT

START = datetime(2026, 3, 1, tzinfo=UTC)


def record(tag: str, minute: int, value: float | None = 1.0, quality: str = "Good") -> Record:
    return Record(tag, START + timedelta(minutes=minute), value, quality, "V1")


def read(folder: Path) -> pl.DataFrame:
    reader = JournalReader(folder)
    reader.look()
    return reader.records()


def test_journal__gives_back_what_was_written(tmp_path: Path) -> None:
    records = [record("TI", 1, 36.5), record("PHI", 1, None, "BadNoCommunication"), record("TI", 0, 36.4)]
    with Journal(tmp_path) as journal:
        assert journal.append(records) == 3
        journal.note(Event("gap", "no history", START, START + timedelta(hours=1)))
    reader = JournalReader(tmp_path)
    assert reader.look()
    assert reader.records().equals(each_once(frame_of(records)))
    assert reader.events() == (Event("gap", "no history", START, START + timedelta(hours=1)),)
    assert reader.newest() == START + timedelta(minutes=1)
    assert not reader.look()


def test_journal__writes_a_copy_once(tmp_path: Path) -> None:
    with Journal(tmp_path) as journal:
        assert journal.append([record("TI", 1), record("TI", 1)]) == 1
        assert journal.append([record("TI", 1), record("TI", 2)]) == 1
    with Journal(tmp_path) as later:
        later.remember([record("TI", 2)])
        assert later.append([record("TI", 2), record("TI", 1)]) == 1  # the reader drops this copy
    assert read(tmp_path).height == 2


def test_journal__removes_half_a_last_line(tmp_path: Path) -> None:
    with Journal(tmp_path, lambda: START) as journal:
        journal.append([record("TI", 1)])
    file = next(tmp_path.glob("*.jsonl"))
    with file.open("ab") as end:
        end.write(b'{"n": 1, "at": "2026-03-01T00:')
    assert read(tmp_path).height == 1
    with Journal(tmp_path, lambda: START) as journal:
        journal.append([record("TI", 2)])
    assert journal.torn == 30
    assert read(tmp_path).height == 2


def test_journal__has_one_file_per_day(tmp_path: Path) -> None:
    now = [START + timedelta(hours=23)]
    with Journal(tmp_path, lambda: now[0]) as journal:
        journal.append([record("TI", 1)])
        now[0] += timedelta(hours=2)
        journal.append([record("TI", 2)])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["2026-03-01.jsonl", "2026-03-02.jsonl"]
    assert read(tmp_path).height == 2


def test_journal__a_full_disk_is_a_sentence_and_leaves_whole_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = Journal(tmp_path, lambda: START)
    journal.append([record("TI", 1)])

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(module.os, "fsync", full)
        with pytest.raises(ScalebridgeError, match=r"cannot be written: .*No space left"):
            journal.append([record("TI", 2)])
    assert read(tmp_path).height == 1
    assert journal.append([record("TI", 2)]) == 1
    journal.close()
    assert read(tmp_path).height == 2


def test_reader__counts_lines_that_are_none(tmp_path: Path) -> None:
    with Journal(tmp_path, lambda: START) as journal:
        journal.append([record("TI", 1), record("TI", 2)])
    file = next(tmp_path.glob("*.jsonl"))
    first, second = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(first + b"\x00\x00\x00\n" + b'{"n": 3}\n' + second)
    reader = JournalReader(tmp_path)
    reader.look()
    assert (reader.records().height, reader.unreadable) == (2, 2)


def test_reader__sees_what_another_program_adds(tmp_path: Path) -> None:
    reader = JournalReader(tmp_path)
    assert not reader.look()
    with Journal(tmp_path) as journal:
        for minute in range(3):
            journal.append([record("TI", minute)])
            assert reader.look()
            assert reader.records().height == minute + 1


RECORDS = st.builds(record, st.sampled_from(["TI", "PHI"]), st.integers(0, 5), st.sampled_from([None, 1.0, 2.0]))
STEPS = st.lists(st.one_of(st.lists(RECORDS, max_size=4), st.integers(1, 40)), max_size=12)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, order=st.randoms(use_true_random=False))
def test_journal__holds_the_same_records_for_any_order_copies_and_kills(
    steps: list[object], order: Random, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A list is a message. A number is a kill in mid-write: that many bytes of a line were written. The sender sends again."""
    folder = tmp_path_factory.mktemp("journal")
    sent: list[Record] = []
    again = [one for step in steps if isinstance(step, list) for one in step]
    order.shuffle(again)
    journal, reader = Journal(folder, lambda: START), JournalReader(folder)
    for step in steps:
        if isinstance(step, list):
            journal.append(step)
            sent += step
        else:
            journal.close()
            with (folder / "2026-03-01.jsonl").open("ab") as end:
                end.write(b'{"n": 7, "at": "2026-03-01T00:00:00+00:00", "tag"'[: int(str(step))])
            reader.look()
            journal = Journal(folder, lambda: START)
    journal.append(again)
    journal.close()
    reader.look()
    expected = each_once(frame_of(sent))
    assert reader.records().equals(expected)
    assert read(folder).equals(expected)
    assert reader.unreadable == 0


WRITER = """
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from pipeline.history.live.journal import Journal
from pipeline.history.live.record import Record
journal = Journal(Path(sys.argv[1]))
n = int(sys.argv[2])
while True:
    journal.append([Record("TI", datetime(2026, 3, 1, tzinfo=UTC) + timedelta(seconds=n + i), float(n + i)) for i in range(3)])
    n += 3
    print(n, flush=True)
"""


@pytest.mark.long
def test_journal__a_killed_writer_loses_nothing_that_it_acknowledged(tmp_path: Path) -> None:
    """What it printed was on the disk, whenever it was killed."""
    done = 0
    for nth in range(6):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path), str(done)], stdout=subprocess.PIPE, text=True, cwd=ROOT
        ) as writer:
            assert writer.stdout is not None
            for _ in range(3 + 7 * nth):
                done = int(writer.stdout.readline())
            time.sleep(0.003 * nth)
            os.kill(writer.pid, signal.SIGKILL)
            done = max([done, *(int(line) for line in writer.stdout.read().split("\n")[:-1] if line)])
    values = read(tmp_path)["value"].to_list()
    assert values[:done] == [float(n) for n in range(done)]
