"""Runs in MLflow: logged once, found by their contents, and answers that are kept with the run that trained their model."""

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.answers.result.files import read_answer
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.places import Places
from pipeline.reports.files import write_answer
from pipeline.tracking import database
from pipeline.tracking.mlflow import add_files, find, run_pages, server_command, shown_uri, track, tracking_uri
from pipeline.tracking.record import RunRecord
from pipeline.tracking.registration import CHAMPION
from tests.support.run_store import run_store
from tests.support.served import LEFT_OUT, record_of
from tests.support.trained_pot import answered

NOWHERE = {"experiment": "scalebridge-pot", "run_sha256": "0123"}


@pytest.fixture(scope="module")
def record(project: Places, tmp_path_factory: pytest.TempPathFactory) -> RunRecord:
    """A record of the pot's published run."""
    return record_of(project, tmp_path_factory.mktemp("record"))


@pytest.fixture(scope="module")
def logged(record: RunRecord, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """A store with that run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("MLFLOW_TRACKING_URI", raising=False)
        folder = tmp_path_factory.mktemp("store")
        yield folder, track(record, folder)


def _copy(logged: tuple[Path, str], folder: Path) -> None:
    """Copy the store, so that other tests keep the run. The copy has its files in the first folder."""
    for name in ("mlflow.db", "mlartifacts"):
        (shutil.copytree if (logged[0] / name).is_dir() else shutil.copy)(logged[0] / name, folder / name)


def _runs(folder: Path) -> list[Any]:
    mlflow = run_store(folder)
    return list(mlflow.search_runs(search_all_experiments=True, filter_string="tags.level = 'run'", output_format="list"))


@pytest.mark.usefixtures("alone")
def test_track__a_second_time_finds_the_run(record: RunRecord, logged: tuple[Path, str]) -> None:
    folder, run = logged
    assert track(record, folder) == run
    [found] = _runs(folder)
    assert found.data.params["interval.levels"] == "[0.8, 0.9]"
    assert found.data.tags["batches_left_out"] == "1"
    assert json.loads(found.data.params["left_out.batches"]) == [LEFT_OUT]
    assert found.data.metrics["2 skill largest scale out/titre"] == 0.5
    assert found.data.metrics["1 decides/02 mean skill - largest scale out"] == 0.5
    assert "scalebridge use " + record.run in found.data.tags["mlflow.note.content"]


@pytest.mark.usefixtures("alone")
def test_track__the_features_are_the_input_of_the_run_and_no_path_is_of_this_machine(
    record: RunRecord, logged: tuple[Path, str]
) -> None:
    [found] = _runs(logged[0])
    [given] = found.inputs.dataset_inputs
    assert (given.dataset.name, given.dataset.digest) == ("pot", record.data_hash)
    assert json.loads(given.dataset.source) == {"uri": "data/features.parquet"}
    assert [(tag.key, tag.value) for tag in given.tags] == [("mlflow.data.context", "training")]


@pytest.mark.usefixtures("alone")
def test_track__an_experiment_is_of_model_training_and_has_its_views(record: RunRecord, logged: tuple[Path, str]) -> None:
    mlflow = run_store(logged[0])
    tags = mlflow.MlflowClient().get_experiment_by_name(record.experiment).tags
    assert tags["mlflow.experimentKind"] == "custom_model_development"
    assert json.loads(tags["mlflow.sharedViewState.scalebridge-runs"])["name"] == "Skill by attribute and protocol"
    assert "Skill" in tags["mlflow.note.content"]


@pytest.mark.usefixtures("alone")
def test_track__the_version_of_the_model_says_what_a_row_takes(record: RunRecord, logged: tuple[Path, str]) -> None:
    mlflow = run_store(logged[0])
    (version,) = mlflow.MlflowClient().search_model_versions(f"run_id = '{logged[1]}'")
    assert "| agitation | a number in rpm, or a text with a unit such as '60 rpm' |" in version.description
    model = mlflow.pyfunc.load_model(f"models:/{record.model_name}/{version.version}")
    assert model.metadata.metadata["units"]["agitation"] == "rpm"
    assert model.metadata.metadata["horizon"] == "plan"


@pytest.mark.usefixtures("alone")
def test_track__logs_again_what_the_store_has_lost(record: RunRecord, logged: tuple[Path, str], tmp_path: Path) -> None:
    _, run = logged
    _copy(logged, tmp_path)
    assert find(tmp_path, record.contents()) == run
    mlflow = run_store(tmp_path)
    mlflow.delete_run(run)
    assert find(tmp_path, record.contents()) is None
    assert track(record, tmp_path) != run
    assert len(_runs(tmp_path)) == 1


@pytest.mark.usefixtures("alone")
def test_track__a_deleted_database_is_noticed_and_the_run_logged_again(record: RunRecord, tmp_path: Path) -> None:
    run = track(record, tmp_path)
    assert find(tmp_path, record.contents()) == run
    (tmp_path / "mlflow.db").unlink()
    assert find(tmp_path, record.contents()) is None
    again = track(record, tmp_path)
    assert again != run
    assert find(tmp_path, record.contents()) == again


@pytest.mark.usefixtures("alone")
def test_track__lost_files_are_logged_again_in_the_same_run_and_version(
    record: RunRecord, logged: tuple[Path, str], tmp_path: Path
) -> None:
    other = replace(record, data_hash="lost files")
    _copy(logged, tmp_path)
    run = track(other, tmp_path)
    mlflow = run_store(tmp_path)
    client = mlflow.MlflowClient()
    (version,) = _versions(client, run)
    for place in (client.get_run(run).info.artifact_uri, *(one.artifact_location for one in _models(tmp_path, run))):
        shutil.rmtree(place.removeprefix("file://"))
    assert find(tmp_path, other.contents()) is None
    assert track(other, tmp_path) == run
    assert _versions(client, run) == [version]
    model = mlflow.pyfunc.load_model(f"models:/{record.model_name}/{version}")
    assert model.predict(model.input_example)["titre_status"].tolist() == ["predicted", "predicted"]


def _versions(client: Any, run: str) -> list[str]:
    return [one.version for one in client.search_model_versions(f"run_id = '{run}'")]


def _models(folder: Path, run: str) -> list[Any]:
    import mlflow

    client = mlflow.MlflowClient(f"sqlite:///{folder / 'mlflow.db'}")
    experiment = client.get_run(run).info.experiment_id
    return list(client.search_logged_models([experiment], filter_string=f"source_run_id = '{run}'"))


@pytest.mark.usefixtures("alone")
def test_track__an_unfinished_run_beside_the_finished_one_is_ended_and_deleted(
    record: RunRecord, logged: tuple[Path, str], tmp_path: Path
) -> None:
    """An earlier version logged a second run where the first had been killed."""
    _copy(logged, tmp_path)
    mlflow = run_store(tmp_path)
    client = mlflow.MlflowClient()
    run = client.get_run(logged[1])
    tags = {name: run.data.tags[name] for name in ("run_sha256", "level")}
    killed = client.create_run(run.info.experiment_id, tags=tags).info.run_id
    child = client.create_run(run.info.experiment_id, tags={"mlflow.parentRunId": killed}).info.run_id
    assert track(record, tmp_path) == logged[1]
    for number in (killed, child):
        assert (client.get_run(number).info.status, client.get_run(number).info.lifecycle_stage) == ("KILLED", "deleted")
    assert len(_runs(tmp_path)) == 1


@pytest.mark.usefixtures("alone")
def test_track__a_database_that_is_in_use_or_damaged_is_a_sentence(
    record: RunRecord, logged: tuple[Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "WAIT", 0.1)
    _copy(logged, tmp_path)
    with closing(sqlite3.connect(tmp_path / "mlflow.db")) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(ScalebridgeError, match=r"mlflow.db is in use by another program"):
            track(record, tmp_path)
    (tmp_path / "mlflow.db").write_bytes((tmp_path / "mlflow.db").read_bytes()[:50_000])
    with pytest.raises(ScalebridgeError, match=r"mlflow.db is damaged or is no SQLite database"):
        find(tmp_path, record.contents())


@pytest.mark.usefixtures("alone")
def test_track__a_database_of_another_version_that_holds_runs_is_a_sentence(
    record: RunRecord, logged: tuple[Path, str], tmp_path: Path
) -> None:
    _copy(logged, tmp_path)
    with closing(sqlite3.connect(tmp_path / "mlflow.db")) as store:
        store.execute("UPDATE alembic_version SET version_num = 'other'")
        store.commit()
    with pytest.raises(ScalebridgeError, match=r"has the form of another version of MLflow, and it holds runs"):
        track(record, tmp_path)


def test_find__a_server_that_does_not_answer_is_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    with pytest.raises(
        ScalebridgeError, match=r"MLflow at http://127.0.0.1:9 failed: .*Check that the store can be reached"
    ):
        find(tmp_path, NOWHERE)


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
    answer = answered(depth="whole")
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
    _copy(logged, tmp_path)
    for skill, folds in ((0.25, "f"), (0.75, "other folds"), (0.625, "f")):
        metrics = {"largest_scale_out": {"titre": {"rmse": 0.2, "skill_carry_over": skill}}}
        scores = tmp_path / f"{skill}.txt"
        scores.write_text(str(skill), encoding="utf-8")
        track(replace(record, metrics=metrics, folds_hash=folds, artifacts={"scores": scores}), tmp_path)
    mlflow = run_store(tmp_path)
    champion = mlflow.MlflowClient().get_model_version_by_alias(record.model_name, CHAMPION)
    assert (champion.tags["skill"], champion.tags["folds_sha256"], str(champion.version)) == ("0.625", "f", "4")


@pytest.mark.usefixtures("alone")
def test_run_pages__lead_to_the_experiments_of_this_project(logged: tuple[Path, str]) -> None:
    (page,) = run_pages(logged[0], 5123)
    assert page.startswith("scalebridge-pot: http://127.0.0.1:5123/#/experiments/")
    assert page.endswith("workflowType=machine_learning&compareRunsMode=CHART&viewStateShareKey=scalebridge-runs")
    assert tracking_uri(logged[0]) in server_command(logged[0], 5123)


def test_tracking_uri__is_a_file_of_the_project_unless_the_environment_says_otherwise(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    assert tracking_uri(tmp_path) == f"sqlite:///{tmp_path / 'mlflow.db'}"
    assert tracking_uri(tmp_path / ".dvc/tmp/exps/standalone") == tracking_uri(tmp_path)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://server:5000")
    assert tracking_uri(tmp_path) == "http://server:5000"


def test_shown_uri__has_neither_user_nor_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for given, shown in (
        ("postgresql://mlflow:secret@db.example.org/runs", "postgresql://db.example.org/runs"),
        ("https://user:word@mlflow.example.org", "https://mlflow.example.org"),
        ("http://127.0.0.1:5000", "http://127.0.0.1:5000"),
    ):
        monkeypatch.setenv("MLFLOW_TRACKING_URI", given)
        assert shown_uri(tmp_path) == shown
