"""A reader is told what in the data folder is no longer as in the run that answers."""

from pathlib import Path

import pytest

from pipeline.domain.places import Places
from pipeline.publication.data_folder import changed_since, note_on_changes
from pipeline.publication.runs import current_run
from tests.support.project import copy_of


@pytest.fixture
def own(project: Places, tmp_path: Path) -> Places:
    return copy_of(project, tmp_path)


def test_changes__of_a_finished_run_are_none(own: Places) -> None:
    assert changed_since(own, current_run(own)) == []
    assert note_on_changes(own, current_run(own)) is None


def test_changes__name_choices_files_and_folders_once(own: Places) -> None:
    bundle = current_run(own)
    own.params.write_text("process: other\n", encoding="utf-8")
    for name in ("batches", "results"):
        (own.history / f"{name}.parquet").write_bytes(b"other")
    own.features.unlink()  # as DVC does before it runs a stage again
    assert sorted(changed_since(own, bundle)) == ["history", "params.yaml"]
    note = note_on_changes(own, bundle)
    assert note is not None
    assert note.endswith(
        f"have changed since run {bundle.run} was published. The answer is that of the run. `dvc repro` makes a new one."
    )
