"""The pointer says which published run answers; runs are listed, chosen and deleted."""

import os
from pathlib import Path

import pytest

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.places import Places
from pipeline.publication.bundle import MANIFEST, manifest_of
from pipeline.publication.runs import (
    current_run,
    delete,
    locked,
    names_of_runs,
    point_to,
    published_runs,
    remove,
    run_named,
    to_delete,
    use,
)


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places.under(tmp_path / "data")


def _published(places: Places, content: str, at: float) -> str:
    building = places.runs / "building"
    building.mkdir(parents=True)
    (building / "x").write_text(content, encoding="utf-8")
    manifest = manifest_of(building, {})
    (building / MANIFEST).write_text(manifest.as_text(), encoding="utf-8")
    os.utime(building / MANIFEST, (at, at))
    building.rename(places.runs / manifest.run)
    return manifest.run


def test_current__before_anything_is_published_is_a_sentence(places: Places) -> None:
    with pytest.raises(ScalebridgeError, match=r"no run is published; give the command in the folder of a project"):
        current_run(places)
    places.runs.parent.mkdir()
    with pytest.raises(ScalebridgeError, match=r"no run is published; run `dvc repro` first"):
        current_run(places)
    assert published_runs(places) == []


@pytest.mark.parametrize("pointer", [b"", b"\xff\xfe", b"../../etc", b"0123"])
def test_current__a_damaged_pointer_names_the_runs_there_are(places: Places, pointer: bytes) -> None:
    run = _published(places, "a", 1)
    places.current_run.write_bytes(pointer)
    with pytest.raises(ScalebridgeError, match=f"Runs are {run}; choose one with `scalebridge use <run>`"):
        current_run(places)


def test_current__a_run_that_is_gone_is_a_sentence(places: Places) -> None:
    point_to(places, "0123456789abcdef")
    with pytest.raises(ScalebridgeError, match=r"The run 0123456789abcdef is not in .*; runs are none"):
        current_run(places)


def test_use__finds_a_run_by_the_beginning_of_its_name(places: Places) -> None:
    runs = [_published(places, text, at) for at, text in enumerate("abc")]
    assert run_named(places, runs[1][:8]).run == runs[1]
    for wrong, words in (("", "no published run has"), ("zz", "no published run has")):
        with pytest.raises(ScalebridgeError, match=words):
            run_named(places, wrong)


def test_runs__are_listed_the_latest_first_with_the_current_one_marked(places: Places) -> None:
    first, second = (_published(places, text, at) for at, text in ((1, "a"), (2, "b")))
    point_to(places, first)
    assert [(run.run, run.current) for run in published_runs(places)] == [(second, False), (first, True)]
    assert current_run(places).run == first


def test_prune__keeps_the_current_run_and_the_latest_others(places: Places) -> None:
    runs = [_published(places, text, at) for at, text in enumerate("abcd")]
    point_to(places, runs[0])
    doomed = to_delete(published_runs(places), keep=1)
    assert [run.run for run in doomed] == [runs[2], runs[1]]
    for run in doomed:
        remove(run.folder)
    assert names_of_runs(places) == sorted([runs[0], runs[3]])


def test_runs__with_a_pointer_that_is_not_text_are_listed(places: Places) -> None:
    run = _published(places, "a", 1)
    places.current_run.write_bytes(b"\xff\xe3")
    assert [(one.run, one.current) for one in published_runs(places)] == [(run, False)]


def test_use__of_a_project_without_runs_and_with_a_folder_as_pointer_is_a_sentence(places: Places) -> None:
    with pytest.raises(ScalebridgeError, match=r"no published run in .*; run `dvc repro` first"):
        use(places, "ab")
    run = _published(places, "a", 1)
    assert use(places, run[:5]) == run
    places.current_run.unlink()
    with pytest.raises(ScalebridgeError, match=f"current does not exist; runs are {run}. Choose one"):
        current_run(places)
    places.current_run.mkdir()
    with pytest.raises(ScalebridgeError, match=r"current is a folder.*; delete it"):
        use(places, run)
    with pytest.raises(ScalebridgeError, match=r"current is a folder, not a file; delete it"):
        current_run(places)


def test_prune__keeps_a_run_that_became_current_after_it_was_listed(places: Places) -> None:
    first, second, third = (_published(places, text, at) for at, text in ((1, "a"), (2, "b"), (3, "c")))
    point_to(places, third)
    listed = to_delete(published_runs(places), keep=0)
    use(places, second)
    assert delete(places, listed) == [first]
    assert names_of_runs(places) == sorted([second, third])


def test_lock__deletes_what_killed_programs_left_behind(places: Places) -> None:
    run = _published(places, "a", 1)
    for name in (".building", ".ab.deleted"):
        (places.runs / name).mkdir()
    (places.runs / ".cd.deleted").write_text("x", encoding="utf-8")
    (places.runs / ".ef.deleted").symlink_to(places.runs / run)
    with locked(places):
        assert {path.name for path in places.runs.iterdir()} == {run, ".lock"}
