"""Runs in MLflow: logged once, found by their contents, and answers that are kept with the run that trained their model."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.answers.result.files import read_answer
from pipeline.domain.errors import ScalebridgeError
from pipeline.forecasting.trained_model import in_display_units
from pipeline.reports.files import write_answer
from pipeline.tracking.mlflow import (
    CHAMPION,
    add_files,
    find,
    git_commit,
    mean_skill,
    run_pages,
    track,
    tracking_uri,
    ui_command,
)
from pipeline.tracking.record import RunRecord
from tests.support.pot import pot
from tests.support.trained_pot import answered, trained_run

METRICS = {"largest_scale_out": {"titre": {"rmse": 0.2, "skill_carry_over": 0.5}}}
LEFT_OUT = {"batch": "B7", "who": "J. Meier", "when": "2024-03-01", "why": "engineering run"}
NOWHERE = {"experiment": "scalebridge-pot", "run_sha256": "0123"}


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No address of a store in the environment: mlflow writes one there, and another test may have left it."""
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> RunRecord:
    """A record of the trained pot."""
    folder = tmp_path_factory.mktemp("record")
    trained = trained_run()
    trained.model.save(folder / "model")
    (folder / "plots").mkdir()
    (folder / "plots/skill.txt").write_text("0.5", encoding="utf-8")
    names = {"process": "pot", "model": "ridge", "split": "brief", "horizon": "plan"}
    return RunRecord(
        run="0123456789abcdef",
        choices=names,
        config={"seed": 1, "interval": {"levels": [0.8, 0.9]}, "left_out": {"batches": [LEFT_OUT]}},
        metrics=METRICS,
        candidates={"ridge": METRICS},
        chosen={"titre": "ridge"},
        data_hash="d",
        folds_hash="f",
        acceptance_hash="a",
        artifacts={"plots": folder / "plots"},
        model=folder / "model",
        example=in_display_units(pot(), trained.rows.head(5)),
    )


@pytest.fixture(scope="module")
def logged(record: RunRecord, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """A store with that run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("MLFLOW_TRACKING_URI", raising=False)
        folder = tmp_path_factory.mktemp("store")
        yield folder, track(record, folder)


def _runs(folder: Path) -> list[Any]:
    import mlflow

    mlflow.set_tracking_uri(f"sqlite:///{folder / 'mlflow.db'}")
    return list(mlflow.search_runs(search_all_experiments=True, filter_string="tags.level = 'run'", output_format="list"))


@pytest.mark.usefixtures("alone")
def test_track__a_second_time_finds_the_run(record: RunRecord, logged: tuple[Path, str]) -> None:
    folder, run = logged
    assert track(record, folder) == run
    [found] = _runs(folder)
    assert found.data.params["interval.levels"] == "[0.8, 0.9]"
    assert found.data.tags["batches_left_out"] == "1"
    assert json.loads(found.data.params["left_out.batches"]) == [LEFT_OUT]
    assert found.data.metrics["largest_scale_out/titre.rmse"] == 0.2


@pytest.mark.usefixtures("alone")
def test_track__logs_again_what_the_store_has_lost(record: RunRecord, logged: tuple[Path, str], tmp_path: Path) -> None:
    import mlflow

    first, run = logged
    for name in ("mlflow.db", "mlartifacts"):  # another folder, so that other tests keep the run
        (shutil.copytree if (first / name).is_dir() else shutil.copy)(first / name, tmp_path / name)
    assert find(tmp_path, record.contents()) == run
    mlflow.set_tracking_uri(f"sqlite:///{tmp_path / 'mlflow.db'}")
    mlflow.delete_run(run)
    assert find(tmp_path, record.contents()) is None
    assert track(record, tmp_path) != run
    assert len(_runs(tmp_path)) == 1


@pytest.mark.usefixtures("alone")
def test_find__knows_no_run_with_other_contents(record: RunRecord, logged: tuple[Path, str]) -> None:
    assert find(logged[0], record.contents() | {"run_sha256": "0123"}) is None
    assert find(logged[0], NOWHERE | {"experiment": "scalebridge-kettle"}) is None


@pytest.mark.usefixtures("alone")
def test_add_files__an_answer_with_its_scenarios_is_read_back_whole(
    record: RunRecord, logged: tuple[Path, str], tmp_path: Path
) -> None:
    import mlflow

    folder, run = logged
    answer = answered(whole=True)
    written = write_answer(answer, tmp_path / "answer")
    assert add_files(folder, record.experiment, record.run, tmp_path / "answer", "asked/pot") == run
    kept = Path(mlflow.artifacts.download_artifacts(run_id=run, artifact_path="asked/pot", dst_path=str(tmp_path / "back")))
    assert {path.name: path.read_bytes() for path in kept.iterdir()} == {path.name: path.read_bytes() for path in written}
    assert read_answer(kept / "result.json") == answer
    names = (
        "report.html",
        "transfer_map.json",
        "transfer_map.xlsx",
        "model_card.json",
        "data_card.json",
        "credibility.json",
    )
    assert {*names, "distributions.svg"} <= {path.name for path in kept.iterdir()}
    assert json.loads((kept / "credibility.json").read_text(encoding="utf-8"))["hashes"]["data"] == answer.record.hashes.data


@pytest.mark.usefixtures("alone")
def test_add_files__a_run_that_is_not_there_is_a_sentence(
    record: RunRecord, logged: tuple[Path, str], tmp_path: Path
) -> None:
    with pytest.raises(ScalebridgeError, match="does not have the run that logged the published run 0123"):
        add_files(logged[0], record.experiment, "0123", tmp_path, "asked/x")


@pytest.mark.usefixtures("alone")
def test_track__the_best_skill_on_the_same_folds_is_the_champion(
    record: RunRecord, logged: tuple[Path, str], tmp_path: Path
) -> None:
    """A run on other folds of the same data cannot be compared, however good its numbers look."""
    import mlflow

    for name in ("mlflow.db", "mlartifacts"):
        (shutil.copytree if (logged[0] / name).is_dir() else shutil.copy)(logged[0] / name, tmp_path / name)
    for skill, folds in ((0.25, "f"), (0.75, "other folds"), (0.625, "f")):
        metrics = {"largest_scale_out": {"titre": {"rmse": 0.2, "skill_carry_over": skill}}}
        scores = tmp_path / f"{skill}.txt"
        scores.write_text(str(skill), encoding="utf-8")
        track(replace(record, metrics=metrics, folds_hash=folds, artifacts={"scores": scores}), tmp_path)
    mlflow.set_tracking_uri(f"sqlite:///{tmp_path / 'mlflow.db'}")
    champion = mlflow.MlflowClient().get_model_version_by_alias(record.model_name, CHAMPION)
    assert (champion.tags["skill"], champion.tags["folds_sha256"], str(champion.version)) == ("0.625", "f", "4")


@pytest.mark.usefixtures("alone")
def test_run_pages__lead_to_the_experiments_of_this_project(logged: tuple[Path, str]) -> None:
    (page,) = run_pages(logged[0], 5123)
    assert page.startswith("scalebridge-pot: http://127.0.0.1:5123/#/experiments/")
    assert tracking_uri(logged[0]) in ui_command(logged[0])


def test_tracking_uri__is_a_file_of_the_project_unless_the_environment_says_otherwise(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    assert tracking_uri(tmp_path) == f"sqlite:///{tmp_path / 'mlflow.db'}"
    assert tracking_uri(tmp_path / ".dvc/tmp/exps/standalone") == tracking_uri(tmp_path)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://server:5000")
    assert tracking_uri(tmp_path) == "http://server:5000"


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
