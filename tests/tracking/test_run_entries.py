"""What a run shows in MLflow, and the commit of its code."""

import subprocess
from importlib.metadata import version
from pathlib import Path

import pytest

from pipeline.domain.places import Places
from pipeline.tracking.record import RunRecord
from pipeline.tracking.run_entries import (
    git_commit,
    name_of,
    parameters_of,
    tags_of,
    tags_of_attribute,
    tags_of_candidate,
    tags_of_monitor,
)
from pipeline.tracking.run_facts import facts_of
from tests.support.served import record_of


@pytest.fixture
def record(project: Places, tmp_path: Path) -> RunRecord:
    return record_of(project, tmp_path)


def test_parameters_of__are_the_settings_and_the_choices(record: RunRecord) -> None:
    found = parameters_of(record)
    assert (found["seed"], found["interval.levels"], found["model"]) == ("1", "[0.8, 0.9]", "ridge")
    assert name_of(record) == "ridge-brief-plan"


def test_tags_of__hold_the_hash_of_the_contents_and_what_people_search_by(record: RunRecord, tmp_path: Path) -> None:
    found = tags_of(record, facts_of(record), tmp_path)
    assert found["run_sha256"] == record.contents()["run_sha256"]
    assert (found["published_run"], found["git_commit"], found["level"]) == (record.run, "unknown", "run")
    assert (found["process"], found["horizon"], found["answers.titre"]) == ("pot", "plan", "ridge")
    assert (found["product_count"], found["scales"]) == ("2", "1, 100")
    assert (found["acceptance"], found["acceptance_not_met"]) == ("met for 0 of 1", "titre")
    assert found["scalebridge_version"] == version("scalebridge")
    assert "dvc_experiment" not in found


def test_tags_of__name_the_experiment_of_dvc(record: RunRecord, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DVC_EXP_NAME", "burly-boat")
    assert tags_of(record, facts_of(record), tmp_path)["dvc_experiment"] == "burly-boat"


def test_tags_of_nested_runs__say_what_they_are(record: RunRecord) -> None:
    of_titre = tags_of_attribute(record, facts_of(record), "titre")
    assert (of_titre["cqa"], of_titre["unit"], of_titre["answers"]) == ("titre", "g/L", "ridge")
    assert (tags_of_candidate(record, "ridge")["answers_for"], tags_of_candidate(record, "ridge")["configured"]) == (
        "titre",
        "yes",
    )
    assert tags_of_candidate(record, "carry_over")["answers_for"] == "none"
    assert tags_of_monitor(record)["level"] == "monitor"


def test_git_commit__says_where_files_differ_from_the_commit(tmp_path: Path) -> None:
    assert git_commit(tmp_path / "nowhere") == "unknown"
    (tmp_path / "a.txt").write_text("a", encoding="utf-8")
    identity = ["-c", "user.name=test", "-c", "user.email=test@example.org"]
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "first"]):
        subprocess.run(["git", *identity, *command], cwd=tmp_path, check=True)
    clean = git_commit(tmp_path)
    assert len(clean) == 40
    (tmp_path / "b.txt").write_text("git does not know this file", encoding="utf-8")
    assert git_commit(tmp_path) == clean
    (tmp_path / "a.txt").write_text("b", encoding="utf-8")
    assert git_commit(tmp_path) == f"{clean}-dirty"
