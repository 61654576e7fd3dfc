"""The stage `track`: everything of a run is handed to MLflow, and its contents are written down."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.places import Places
from pipeline.publication.runs import current_name
from pipeline.stages import track as module
from pipeline.stages.configure import configure
from pipeline.stages.publish import publish
from pipeline.tracking.record import RunRecord
from tests.support.project import CHOICES, copy_of


@pytest.fixture
def record(project: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[RunRecord, Places]:
    """What the stage logs, with a stand-in for MLflow, and where it wrote the contents."""
    logged: list[RunRecord] = []
    monkeypatch.setattr(module, "log", lambda record, folder: logged.append(record) or "run-1")
    places = replace(project, run=tmp_path / "run.json")
    module.track(places)
    return logged[0], places


def test_track__logs_the_choices_the_numbers_and_who_answers(record: tuple[RunRecord, Places]) -> None:
    run, places = record
    assert run.choices == {key: str(value) for key, value in CHOICES.items()}
    assert run.chosen == {"titre": "ridge"}
    assert run.metrics == json.loads(places.metrics.read_text(encoding="utf-8"))
    assert run.candidates["ridge"] == run.metrics
    assert set(run.candidates) == {"carry_over", "global_mean", "additive_table", "ridge"}


def test_track__every_file_that_is_kept_exists(record: tuple[RunRecord, Places]) -> None:
    run, _ = record
    assert all(path.exists() for path in run.artifacts.values())
    assert {"answers", "plots", "acceptance", "quality", "split"} <= set(run.artifacts)


def test_track__logs_the_current_published_run(record: tuple[RunRecord, Places]) -> None:
    run, places = record
    assert run.run == places.current_run.read_text(encoding="utf-8").strip()
    assert run.bundle.places.features.is_file()


def test_track__without_answers_is_a_sentence(project: Places, tmp_path: Path) -> None:
    with pytest.raises(ScalebridgeError, match=r"answers does not exist; run `dvc repro` first"):
        module.track(replace(project, answers=tmp_path / "answers"))


def test_track__writes_the_contents_by_which_the_run_is_found_again(record: tuple[RunRecord, Places]) -> None:
    run, places = record
    assert json.loads(places.run.read_text(encoding="utf-8")) == run.contents()


def test_track__answers_of_several_runs_or_of_none_are_refused(project: Places, tmp_path: Path) -> None:
    places, run = copy_of(project, tmp_path), current_name(project)
    shutil.copytree(places.answers / "p_to_100L", places.answers / "other")
    result = places.answers / "p_to_100L/result.json"
    text = result.read_text(encoding="utf-8")
    for other in ("0123456789abcdef", ""):
        result.write_text(text.replace(run, other), encoding="utf-8")
        words = rf"not from one published run: other from run {run}, p_to_100L from run {other or 'of an earlier'}"
        with pytest.raises(ScalebridgeError, match=words):
            module.track(places)


def test_track__after_use_logs_the_run_of_the_answers(
    project: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    places, run = copy_of(project, tmp_path), current_name(project)
    places.params.write_text(places.params.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    configure(places)
    publish(places)
    assert current_name(places) != run
    logged: list[RunRecord] = []
    monkeypatch.setattr(module, "log", lambda record, folder: logged.append(record) or "run-1")
    module.track(places)
    assert [one.run for one in logged] == [run]
