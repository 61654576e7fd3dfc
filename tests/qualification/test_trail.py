"""Who asked what of which run, and when."""

from dataclasses import replace
from pathlib import Path

from pipeline.answers.past_predictions.on_record import AnswerOnRecord
from pipeline.answers.result.files import as_text
from pipeline.qualification.trail import TrailEntry, read_trail

LATE = AnswerOnRecord(
    id="b", asked="2026-11-02T08:00:00+00:00", by="kim", process="pot", run="r1", name="P to 100 L", form="json", proposal="{}",
    known=(), predicted={},
)  # fmt: skip


def test_read_trail__without_the_folder_there_is_none(tmp_path: Path) -> None:
    assert read_trail(tmp_path / "record") is None


def test_read_trail__is_in_the_order_of_the_questions(tmp_path: Path) -> None:
    early = replace(LATE, id="c", asked="2026-11-01T08:00:00+00:00", by="meier")
    for given in (LATE, early):
        (tmp_path / f"{given.id}.json").write_text(as_text(given), encoding="utf-8")
    found = read_trail(tmp_path)
    assert found is not None
    assert found.entries == (
        TrailEntry("2026-11-01T08:00:00+00:00", "meier", "P to 100 L", "c", "r1"),
        TrailEntry("2026-11-02T08:00:00+00:00", "kim", "P to 100 L", "b", "r1"),
    )


def test_read_trail__a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text('{"id": "x"}', encoding="utf-8")
    (tmp_path / "y.json").write_text("{", encoding="utf-8")
    found = read_trail(tmp_path)
    assert found is not None
    assert found.entries == ()
    assert len(found.unreadable) == 2
    assert "x.json" in found.unreadable[0]
