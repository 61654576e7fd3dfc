"""The alarm on disk: whole after a kill, one program at a time, and a log that only grows."""

import json
import multiprocessing
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.answers.watch import alarm_files
from pipeline.answers.watch.alarm_files import ALARM, LOG, change_alarm, folder_of, log_event, read_alarm
from pipeline.answers.watch.alarms import Alarm, AlarmEvent, acknowledged
from pipeline.domain.errors import ScalebridgeError

EVENT = AlarmEvent("Ann", "2026-11-27T10:00:00+00:00", "cleared", "why", 3.0, 1.2)


def log(folder: Path) -> list[str]:
    return [json.loads(line)["what"] for line in (folder / LOG).read_text(encoding="utf-8").splitlines()]


def raise_it(before: Alarm) -> tuple[Alarm, list[AlarmEvent]]:
    if before.state != "armed":
        return before, []
    return replace(before, state="raised"), [replace(EVENT, what="raised")]


def test_read_alarm__is_armed_where_there_is_no_file(tmp_path: Path) -> None:
    assert read_alarm(tmp_path, "vat", "R1") == Alarm(process="vat", batch="R1")


def test_change_alarm__is_read_as_it_was_written(tmp_path: Path) -> None:
    after, events = change_alarm(tmp_path / "R1", "vat", "R1", raise_it)
    assert read_alarm(tmp_path / "R1", "vat", "R1") == after
    assert [event.what for event in events] == log(tmp_path / "R1") == ["raised"]


def test_change_alarm__a_kill_before_the_state_is_written_keeps_the_former_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_alarm(tmp_path, "vat", "R1", raise_it)

    def killed(path: Path, content: str) -> None:
        path.with_name(f".{path.name}.1.part").write_text(content[:20], encoding="utf-8")
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(alarm_files, "write_whole", killed)
        with pytest.raises(KeyboardInterrupt):
            change_alarm(tmp_path, "vat", "R1", lambda a: (acknowledged(a, "Ann", "x", "now")[0], [EVENT]))
    assert read_alarm(tmp_path, "vat", "R1").state == "raised"
    assert log(tmp_path) == ["raised", "cleared"]


def test_log_event__half_a_line_of_a_killed_program_is_removed(tmp_path: Path) -> None:
    change_alarm(tmp_path, "vat", "R1", raise_it)
    with (tmp_path / LOG).open("a", encoding="utf-8") as file:
        file.write('{"who": "An')
    log_event(tmp_path, "R1", EVENT)
    assert log(tmp_path) == ["raised", "cleared"]


def _many(folder: Path) -> None:
    for _ in range(20):
        change_alarm(folder, "vat", "R1", raise_it)
        log_event(folder, "R1", EVENT)


def test_change_alarm__two_programs_raise_once_and_lose_no_line(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_many, args=(tmp_path,)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0, 0]
    assert sorted(log(tmp_path)) == ["cleared"] * 40 + ["raised"]
    assert read_alarm(tmp_path, "vat", "R1").state == "raised"


@pytest.mark.parametrize("content", ["{", '{"process": "vat", "batch": "R1", "surprise": 1}', '{"process": "vat"}'])
def test_read_alarm__a_damaged_file_is_a_sentence(tmp_path: Path, content: str) -> None:
    (tmp_path / ALARM).write_text(content, encoding="utf-8")
    with pytest.raises(ScalebridgeError, match=r"alarm\.json"):
        read_alarm(tmp_path, "vat", "R1")


def test_read_alarm__of_another_process_is_refused(tmp_path: Path) -> None:
    change_alarm(tmp_path, "vat", "R1", raise_it)
    with pytest.raises(
        ScalebridgeError, match="is the alarm of batch 'R1' of process 'vat', and not of batch 'R1' of process 'pot'"
    ):
        read_alarm(tmp_path, "pot", "R1")


@pytest.mark.parametrize(
    "batch", ["R1", "2024/17", "..", ".hidden", "CON", "a" * 300, "R1 ", "Charge Ä", "50 %", "x\u202ey", ""]
)
def test_folder_of__is_one_folder_below_the_watches(tmp_path: Path, batch: str) -> None:
    folder = folder_of(tmp_path, batch)
    folder.mkdir(parents=True)
    assert folder.parent == tmp_path
    assert len({folder_of(tmp_path, other) for other in (batch, batch + "x", "y" + batch)}) == 3
