"""Who asked what of which run, and when."""

import json
from pathlib import Path

from pipeline.qualification.trail import TrailEntry, read_trail, trail_of

GIVEN = {
    "version": 1,
    "id": "b",
    "run": "r1",
    "asked": "2026-11-02T08:00:00+00:00",
    "answer": {"proposal": {"name": "P to 100 L"}},
}


def test_read_trail__without_the_folder_there_is_none(tmp_path: Path) -> None:
    assert read_trail(tmp_path / "answers_given") is None


def test_read_trail__is_in_the_order_of_the_questions(tmp_path: Path) -> None:
    early = GIVEN | {"id": "a", "asked": "2026-11-01T08:00:00+00:00", "who": "meier", "answer": {}}
    for given in (GIVEN, early):
        (tmp_path / f"{given['id']}.json").write_text(json.dumps(given), encoding="utf-8")
    found = read_trail(tmp_path)
    assert found is not None
    assert found.entries == (
        TrailEntry("2026-11-01T08:00:00+00:00", "meier", "not stated", "a", "r1"),
        TrailEntry("2026-11-02T08:00:00+00:00", "not stated", "P to 100 L", "b", "r1"),
    )


def test_read_trail__a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text('{"id": "x"}', encoding="utf-8")
    (tmp_path / "y.json").write_text("{", encoding="utf-8")
    found = read_trail(tmp_path)
    assert found is not None
    assert found.entries == ()
    assert len(found.unreadable) == 2
    assert "x.json has no text `id`, `run` and `asked`" in found.unreadable[0]


def test_trail_of__sorts_entries_by_time_and_id() -> None:
    entries = [TrailEntry(when, "u", "p", number, "r") for when, number in (("2", "a"), ("1", "b"), ("1", "a"))]
    assert [(one.when, one.id) for one in trail_of("f", entries, []).entries] == [("1", "a"), ("1", "b"), ("2", "a")]
