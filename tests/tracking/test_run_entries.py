"""What a run shows in MLflow, and the commit of its code."""

import subprocess
from pathlib import Path

import pytest

from pipeline.domain.places import Places
from pipeline.tracking.record import RunRecord
from pipeline.tracking.run_entries import (
    git_commit,
    mean_skill,
    metrics_of,
    metrics_of_attribute,
    metrics_of_run,
    name_of,
    parameters_of,
    tags_of,
    tags_of_attribute,
    tags_of_candidate,
)
from tests.support.served import record_of


@pytest.fixture
def record(project: Places, tmp_path: Path) -> RunRecord:
    return record_of(project, tmp_path)


def test_parameters_of__are_the_settings_and_the_choices(record: RunRecord) -> None:
    found = parameters_of(record)
    assert (found["seed"], found["interval.levels"], found["model"]) == ("1", "[0.8, 0.9]", "ridge")
    assert name_of(record) == "ridge-brief-plan"


def test_tags_of__hold_the_hash_of_the_contents_and_the_published_run(record: RunRecord, tmp_path: Path) -> None:
    found = tags_of(record, tmp_path)
    assert found["run_sha256"] == record.contents()["run_sha256"]
    assert (found["published_run"], found["git_commit"], found["level"]) == (record.run, "unknown", "run")


def test_tags_of_nested_runs__say_what_they_are(record: RunRecord) -> None:
    assert tags_of_attribute(record, "titre")["cqa"] == "titre"
    assert tags_of_candidate(record, "ridge")["answers_for"] == "titre"
    assert tags_of_candidate(record, "carry_over")["answers_for"] == "none"


def test_metrics_of__are_named_by_protocol_and_attribute(record: RunRecord) -> None:
    skill = "largest_scale_out/mean_skill_carry_over"
    named = {"largest_scale_out/titre.rmse": 0.2, "largest_scale_out/titre.skill_carry_over": 0.5, skill: 0.5}
    assert metrics_of(record.metrics) == named
    assert metrics_of_attribute(record, "titre") == {
        "largest_scale_out.rmse": 0.2,
        "largest_scale_out.skill_carry_over": 0.5,
    }


def test_metrics_of_run__are_those_of_the_model_that_answers_beside_those_of_the_configured_one(record: RunRecord) -> None:
    found = metrics_of_run(record)
    assert found["largest_scale_out/titre.rmse"] == 0.2
    assert found["configured_model/largest_scale_out/titre.rmse"] == 0.25
    assert found["configured_model/largest_scale_out/mean_skill_carry_over"] == 0.25


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


def test_mean_skill__is_over_the_attributes_that_have_one() -> None:
    assert mean_skill({"a": {"skill_carry_over": 0.5}, "b": {"skill_carry_over": 0.25}, "c": {"rmse": 1.0}}) == 0.375
    assert mean_skill({"c": {"rmse": 1.0}}) is None
