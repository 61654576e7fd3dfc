"""Log runs to MLflow, complete those that a killed program began, and open its pages."""

import importlib
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from pipeline.domain.config_files import as_json
from pipeline.domain.display import in_words
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.locks import one_at_a_time
from pipeline.domain.places import Places, home
from pipeline.domain.reading.stored import read_table
from pipeline.tracking.database import database_of, prepare
from pipeline.tracking.description import EXPERIMENT, description_of
from pipeline.tracking.nested_runs import NestedRun, nested_runs
from pipeline.tracking.record import RunRecord
from pipeline.tracking.registration import choose_champion, log_files, model_of_run, version_of
from pipeline.tracking.run_entries import CONTENTS, NOTE, name_of, parameters_of, tags_of
from pipeline.tracking.run_facts import RunFacts, facts_of
from pipeline.tracking.run_metrics import deciding, metrics_of_run, skills_by_protocol
from pipeline.tracking.saved_views import KIND, RUNS, views

PARENT = "mlflow.parentRunId"
"""Tag of a nested run with the id of the run that it belongs to."""
VIEW = f"workflowType=machine_learning&compareRunsMode=CHART&viewStateShareKey={RUNS}"
"""Of a page of runs: shown as model training, as charts, in the view that compares runs."""
DATASET = Places.under(Path("data")).features
"""The table that the models learned from, as it is named in the project."""


def tracking_uri(folder: Path) -> str:
    """Address of the store of runs: `MLFLOW_TRACKING_URI`, or a SQLite file in the project."""
    return os.environ.get("MLFLOW_TRACKING_URI") or f"sqlite:///{home(folder) / 'mlflow.db'}"


def track(record: RunRecord, folder: Path) -> str:
    """Log a run with its nested runs and its model, unless the store has it already. Return its id.

    A run with the same contents that is not finished, since the program that logged it was killed, is completed. Raises
    ScalebridgeError if the store cannot be used.
    """
    lock = home(folder) / "mlflow.db.lock"
    with one_at_a_time(lock, "logs a run to MLflow", 600.0), _store(folder) as mlflow:
        client, contents = mlflow.MlflowClient(), record.contents()
        experiment, facts = _experiment(mlflow, record.experiment, folder), facts_of(record)
        _show(client, experiment, record, facts)
        attempts = _with_contents(client, experiment, contents)
        finished = next((run for run in attempts if _is_whole(client, run)), None)
        run = finished or (attempts[0] if attempts else _new_run(mlflow, experiment, record, facts, folder))
        for other in attempts:
            if other.info.run_id != run.info.run_id and other.info.status != "FINISHED":
                _discard(client, experiment, other.info.run_id)
        if finished is None:
            _complete(mlflow, record, facts, run)
        return str(run.info.run_id)


def find(folder: Path, contents: Mapping[str, object]) -> str | None:
    """Return the id of the finished run with these contents (`RunRecord.contents`).

    None if the store has no such run, or has lost its files.
    """
    with _store(folder) as mlflow:
        client = mlflow.MlflowClient()
        if (experiment := client.get_experiment_by_name(str(contents["experiment"]))) is None:
            return None
        runs = _with_contents(client, experiment.experiment_id, contents)
        return next((str(run.info.run_id) for run in runs if _is_whole(client, run)), None)


def add_files(folder: Path, experiment: str, published: str, files: Path, place: str) -> str:
    """Add the files of a folder to the MLflow run that logged a published run, in its folder `place`. Return the id of the run.

    Raises ScalebridgeError if the store does not have the run.
    """
    with _store(folder) as mlflow:
        client = mlflow.MlflowClient()
        run = _of_published(client, experiment, published)
        if run is None:
            raise ScalebridgeError(
                f"MLflow at {tracking_uri(folder)} does not have the run that logged the published run {published}; "
                "run `python -m pipeline.stages.track data` to log it"
            )
        client.log_artifacts(run, str(files), place)
        return run


def _of_published(client: Any, experiment: str, published: str) -> str | None:
    """Id of the latest finished MLflow run that logged a published run; None if there is none."""
    if (found := client.get_experiment_by_name(experiment)) is None:
        return None
    wanted = f"tags.published_run = '{published}' and attributes.status = 'FINISHED'"
    runs = client.search_runs([found.experiment_id], wanted, order_by=["attributes.start_time DESC"])
    return str(runs[0].info.run_id) if runs else None


@contextmanager
def _store(folder: Path) -> Iterator[ModuleType]:
    """Give MLflow with the store of this project. An error of the store becomes a sentence."""
    mlflow = load_mlflow()
    uri = tracking_uri(folder)
    mlflow.set_tracking_uri(uri)
    mlflow.set_registry_uri(uri)
    try:
        if (path := database_of(uri)) is not None:
            prepare(path, lambda address: _ask(mlflow, address), lambda address: _accepts(mlflow, address))
        yield mlflow
    except _errors(mlflow) as error:
        said = " ".join(str(error).split())[:300]
        raise ScalebridgeError(
            f"MLflow at {uri} failed: {said}. Check that the store can be reached and written, then run "
            "`python -m pipeline.stages.track data`"
        ) from None


def _errors(mlflow: ModuleType) -> tuple[type[Exception], ...]:
    """What MLflow raises if its store fails. It lets errors of its database layer through."""
    from sqlalchemy.exc import SQLAlchemyError

    return mlflow.MlflowException, SQLAlchemyError, OSError


def load_mlflow() -> ModuleType:
    """Return the library, quiet and without telemetry."""
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
    os.environ.setdefault("MLFLOW_SQLALCHEMYSTORE_POOLCLASS", "NullPool")  # an open file would hide that it was deleted
    import logging

    import mlflow

    for name in ("alembic", "mlflow"):
        logging.getLogger(name).setLevel(logging.WARNING)
    module: ModuleType = mlflow
    return module


def _ask(mlflow: ModuleType, address: str) -> None:
    """Ask a store for its experiments. MLflow makes a database if there is none."""
    mlflow.MlflowClient(address, address).search_experiments(max_results=1)


def _accepts(mlflow: ModuleType, address: str) -> bool:
    """Tell whether MLflow accepts the form of a database."""
    try:
        _ask(mlflow, address)
    except (
        Exception
    ):  # MLflow, its database layer and its migrations raise many kinds of errors for a database of another form
        return False
    return True


def _experiment(mlflow: ModuleType, name: str, folder: Path) -> str:
    """Id of an experiment, made if it does not exist. Its files get an absolute path, independent of the working directory."""
    client = mlflow.MlflowClient()
    if (found := client.get_experiment_by_name(name)) is None:
        local = tracking_uri(folder).startswith("sqlite")
        place = (home(folder) / "mlartifacts" / name).as_uri() if local else None
        try:
            return str(client.create_experiment(name, place, tags=KIND))
        except mlflow.MlflowException:
            found = client.get_experiment_by_name(name)  # another program was faster
            if found is None:
                raise
    return str(found.experiment_id)


def _show(client: Any, experiment: str, record: RunRecord, facts: RunFacts) -> None:
    """Set what MLflow shows of an experiment: its kind, its description, and the views that people open.

    Experiments of an earlier version get it as well.
    """
    skill = skills_by_protocol(record.metrics, facts)
    shown = views(list(deciding(record, facts)), skill, [in_words(protocol) for protocol in skill])
    there = client.get_experiment(experiment).tags
    for name, text in {NOTE: EXPERIMENT, **KIND, **shown}.items():
        if there.get(name) != text:
            client.set_experiment_tag(experiment, name, text)


def _with_contents(client: Any, experiment: str, contents: Mapping[str, object]) -> list[Any]:
    """Runs with these contents, finished or not, the oldest first."""
    wanted = f"tags.{CONTENTS} = '{contents[CONTENTS]}'"
    return list(client.search_runs([experiment], wanted, order_by=["attributes.start_time ASC"]))


def _is_whole(client: Any, run: Any) -> bool:
    """Whether a run is finished and has its files."""
    return run.info.status == "FINISHED" and bool(client.list_artifacts(run.info.run_id))


def _new_run(mlflow: ModuleType, experiment: str, record: RunRecord, facts: RunFacts, folder: Path) -> Any:
    """Begin a run. It is made with all its tags at once, so that a killed program leaves a run that can be found."""
    tags = {NOTE: description_of(record, facts), **tags_of(record, facts, folder)}
    return _begin(mlflow, experiment, name_of(record), tags)


def _begin(mlflow: ModuleType, experiment: str, name: str, tags: Mapping[str, str]) -> Any:
    with_context = mlflow.tracking.context.registry.resolve_tags(tags)  # user, and command that logs
    return mlflow.MlflowClient().create_run(experiment, tags=with_context, run_name=name)


def _complete(mlflow: ModuleType, record: RunRecord, facts: RunFacts, run: Any) -> None:
    """Log everything of a run. Each step may be repeated: it leaves what is there already, and adds what is missing."""
    client, number = mlflow.MlflowClient(), run.info.run_id
    client.update_run(number, status="RUNNING")
    _log(mlflow, run, parameters_of(record), {})
    client.log_inputs(number, datasets=[_dataset(mlflow, record)])
    model = model_of_run(mlflow, client.get_run(number))
    _log(mlflow, run, {}, metrics_of_run(record, facts), model.model_id)
    for place, path in record.artifacts.items():
        (client.log_artifacts if path.is_dir() else client.log_artifact)(number, str(path), place)
    there = {run.data.tags.get("mlflow.runName"): run for run in _nested(client, run.info.experiment_id, number)}
    for nested in nested_runs(record, facts):
        child = there.get(nested.name) or _new_nested(mlflow, run, nested)
        _log(mlflow, child, dict(nested.parameters), nested.metrics)
        client.set_terminated(child.info.run_id)
    log_files(mlflow, record, model)
    choose_champion(mlflow, record, version_of(mlflow, record, facts, model))
    client.set_terminated(number)


def _dataset(mlflow: ModuleType, record: RunRecord) -> Any:
    """The features of the history as the input of a run. The digest is that of the raw data; the path is that in the project."""
    table = read_table(record.bundle.places.features)
    name, digest = record.choices["process"], record.data_hash[:36]  # MLflow allows 36 characters
    source = importlib.import_module("mlflow.data.dataset_source_registry").get_dataset_source_from_json(
        as_json({"uri": DATASET.as_posix()}), "local"
    )
    found = mlflow.data.from_polars(table, source=source, name=name, digest=digest)
    tag = mlflow.entities.InputTag("mlflow.data.context", "training")
    return mlflow.entities.DatasetInput(found._to_mlflow_entity(), [tag])


def _log(
    mlflow: ModuleType, run: Any, parameters: Mapping[str, str], metrics: Mapping[str, float], model: str | None = None
) -> None:
    """Log parameters and metrics at the time at which the run began, so that repeating it adds nothing."""
    entities, time_of = mlflow.entities, run.info.start_time
    mlflow.MlflowClient().log_batch(
        run.info.run_id,
        [entities.Metric(key, value, time_of, 0, model_id=model) for key, value in metrics.items()],
        [entities.Param(key, value) for key, value in parameters.items()],
    )


def _nested(client: Any, experiment: str, parent: str) -> list[Any]:
    return list(client.search_runs([experiment], f"tags.`{PARENT}` = '{parent}'", max_results=1000))


def _new_nested(mlflow: ModuleType, parent: Any, nested: NestedRun) -> Any:
    tags = {PARENT: parent.info.run_id, NOTE: nested.description, **nested.tags}
    return _begin(mlflow, parent.info.experiment_id, nested.name, tags)


def _discard(client: Any, experiment: str, run: str) -> None:
    """End and delete an unfinished run and its nested runs, of which there is another one with the same contents."""
    for number in (*(child.info.run_id for child in _nested(client, experiment, run)), run):
        client.set_terminated(number, "KILLED")
        client.delete_run(number)


def run_pages(folder: Path, port: int) -> list[str]:
    """Links to each experiment: the view with the skill by attribute and protocol, which the start page of MLflow does not show."""
    with _store(folder) as mlflow:
        experiments = mlflow.search_experiments(filter_string="name LIKE 'scalebridge-%'", order_by=["name"])
    base = f"http://127.0.0.1:{port}/#/experiments"
    return [f"{e.name}: {base}/{e.experiment_id}/runs?{VIEW}" for e in experiments]


def server_command(folder: Path, port: int) -> list[str]:
    """The command that serves the pages of MLflow with the runs of this project on this computer alone."""
    where = ["--backend-store-uri", tracking_uri(folder), "--host", "127.0.0.1", "--port", str(port)]
    return [sys.executable, "-m", "mlflow", "server", *where, "--workers", "1"]
