"""The contents of a run: names and hashes that are equal on every machine."""

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.publication.bundle import Bundle, Manifest
from pipeline.tracking.record import RunRecord


def record_in(folder: Path) -> RunRecord:
    """A record with one artifact, a folder, and a model of one file."""
    for name in ("plots", "model"):
        (folder / name).mkdir(parents=True)
        (folder / name / "a.txt").write_text(name, encoding="utf-8")
    return RunRecord(
        bundle=Bundle("0123", folder, Manifest(1, {}, {})),
        choices={"process": "pot", "horizon": "plan"},
        config={},
        metrics={},
        candidates={},
        configured="ridge",
        chosen={},
        data_hash="d",
        folds_hash="f",
        acceptance_hash="a",
        artifacts={"plots": folder / "plots"},
    )


def test_contents__are_the_same_in_another_folder(tmp_path: Path) -> None:
    assert record_in(tmp_path / "here").contents() == record_in(tmp_path / "there").contents()


@pytest.mark.parametrize("file", ["plots/a.txt", "plots/b.bin", "model/a.txt"])
def test_contents__follow_every_file(tmp_path: Path, file: str) -> None:
    record = record_in(tmp_path)
    before = record.contents()["run_sha256"]
    (tmp_path / file).write_text("other", encoding="utf-8")
    assert record.contents()["run_sha256"] != before


def test_contents__follow_choices_and_hashes(tmp_path: Path) -> None:
    record = record_in(tmp_path)
    others = [
        replace(record, bundle=replace(record.bundle, run="9")),
        replace(record, data_hash="e"),
        replace(record, choices={**record.choices, "horizon": "release"}),
    ]
    assert len({one.contents()["run_sha256"] for one in (record, *others)}) == 4
