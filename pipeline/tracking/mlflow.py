"""Log runs to MLflow, register their models, and open its pages."""

import os
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from pipeline.domain.config_files import as_json
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.places import home
from pipeline.tracking.record import RunRecord

CHAMPION = "champion"
"""Alias of the best version of a registered model."""
CONTENTS = "run_sha256"
"""Tag by which a run is found again, and key of the same hash in `RunRecord.contents`."""
DECIDING_PROTOCOL = "largest_scale_out"
"""Protocol whose scores decide which version is the champion."""
SERVING = ("polars", "lightgbm", "numpy", "pydantic", "pyyaml", "dataframely", "joblib", "scipy", "mlflow")
"""Packages that a machine needs to serve the model."""
NOTE = """Runs of Scalebridge. One run per configuration, one nested run per quality attribute.

To compare runs, select them and click **Compare**, or open the **chart view**. Metrics are named `protocol/cqa.metric`. Nested
runs have the same metrics as `protocol.metric` and the tag `cqa`: to compare one attribute over all runs, search for
`tags.cqa = "..."`. The alias `champion` of a registered model marks the version with the best mean skill against the carry-over
mean at the largest scale."""


def tracking_uri(folder: Path) -> str:
    """Address of the store of runs: `MLFLOW_TRACKING_URI`, or a SQLite file in the project."""
    return os.environ.get("MLFLOW_TRACKING_URI") or f"sqlite:///{home(folder) / 'mlflow.db'}"


def git_commit(folder: Path) -> str:
    """The commit of the code, with the ending `-dirty` if files were changed since; `unknown` without git."""
    try:
        commit = _git(folder, "rev-parse", "HEAD")
        return commit + ("-dirty" if _git(folder, "status", "--porcelain", "--untracked-files=no") else "")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def _git(folder: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


def track(record: RunRecord, folder: Path) -> str:
    """Log a run with its nested runs and its model, unless the store has it already. Return its id."""
    mlflow, contents = _mlflow(folder), record.contents()
    if known := find(folder, contents):
        return known
    _experiment(mlflow, record.experiment, folder)
    with mlflow.start_run(run_name="-".join(record.choices[k] for k in ("model", "split", "horizon"))) as run:
        mlflow.log_params(dict(_flat({k: v for k, v in record.config.items() if k != "process"})) | dict(record.choices))
        mlflow.set_tags(_tags(record, folder) | {CONTENTS: str(contents[CONTENTS])})
        mlflow.log_metrics(dict(_named(record.metrics)))
        for place, path in record.artifacts.items():
            (mlflow.log_artifacts if path.is_dir() else mlflow.log_artifact)(str(path), place)
        for cqa in sorted({cqa for cqas in record.metrics.values() for cqa in cqas}):
            _log_attribute(mlflow, record, cqa)
        for candidate in record.candidates:
            _log_candidate(mlflow, record, candidate)
        version = _register(mlflow, record)
    _choose_champion(mlflow, record, version)
    return str(run.info.run_id)


def find(folder: Path, contents: Mapping[str, object]) -> str | None:
    """Return the id of the finished run with these contents (`RunRecord.contents`).

    None if the store has no such run, or has lost its files.
    """
    client = _mlflow(folder).MlflowClient()
    if (experiment := client.get_experiment_by_name(str(contents["experiment"]))) is None:
        return None
    wanted = f"tags.{CONTENTS} = '{contents[CONTENTS]}' and attributes.status = 'FINISHED'"
    runs = [run.info.run_id for run in client.search_runs([experiment.experiment_id], wanted)]
    return next((run for run in runs if client.list_artifacts(run)), None)


def add_files(folder: Path, experiment: str, published: str, files: Path, place: str) -> str:
    """Add the files of a folder to the MLflow run that logged a published run, in its folder `place`. Return the id of the run.

    Raises ScalebridgeError if the store does not have the run.
    """
    run = _of_published(_mlflow(folder).MlflowClient(), experiment, published)
    if run is None:
        raise ScalebridgeError(
            f"MLflow at {tracking_uri(folder)} does not have the run that logged the published run {published}; "
            "run `python -m pipeline.stages.track data` to log it"
        )
    _mlflow(folder).MlflowClient().log_artifacts(run, str(files), place)
    return run


def _of_published(client: Any, experiment: str, published: str) -> str | None:
    """Id of the latest finished MLflow run that logged a published run; None if there is none."""
    if (found := client.get_experiment_by_name(experiment)) is None:
        return None
    wanted = f"tags.published_run = '{published}' and attributes.status = 'FINISHED'"
    runs = client.search_runs([found.experiment_id], wanted, order_by=["attributes.start_time DESC"])
    return runs[0].info.run_id if runs else None


def _mlflow(folder: Path) -> ModuleType:
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
    import logging

    import mlflow

    for name in ("alembic", "mlflow"):
        logging.getLogger(name).setLevel(logging.WARNING)
    mlflow.set_tracking_uri(tracking_uri(folder))
    mlflow.set_registry_uri(tracking_uri(folder))
    module: ModuleType = mlflow
    return module


def _experiment(mlflow: ModuleType, name: str, folder: Path) -> None:
    """Create the experiment if it does not exist. Its files get an absolute path, independent of the working directory."""
    if mlflow.get_experiment_by_name(name) is None:
        local = tracking_uri(folder).startswith("sqlite")
        place = (home(folder) / "mlartifacts" / name).as_uri() if local else None
        experiment = mlflow.create_experiment(name, artifact_location=place)
        mlflow.MlflowClient().set_experiment_tag(experiment, "mlflow.note.content", NOTE)
    mlflow.set_experiment(name)


def _tags(record: RunRecord, folder: Path) -> dict[str, str]:
    return {
        "data_sha256": record.data_hash,
        "folds_sha256": record.folds_hash,
        "acceptance_sha256": record.acceptance_hash,
        "git_commit": git_commit(folder),
        "level": "run",
        "batches_left_out": str(record.batches_left_out),
        "published_run": record.run,
        **{key: record.choices[key] for key in ("process", "model", "split", "horizon")},
    }


def _flat(data: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Flatten nested settings to pairs of `group.key` and text; lists become JSON."""
    for key, value in data.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", as_json(value, indent=None).strip() if isinstance(value, list) else str(value)


def _named(metrics: Mapping[str, Mapping[str, Mapping[str, float]]]) -> Iterator[tuple[str, float]]:
    """Give each number as `protocol/cqa.metric`, and the mean skill per protocol, which ranks runs."""
    for protocol, cqas in metrics.items():
        for cqa, numbers in cqas.items():
            for metric, value in numbers.items():
                yield f"{protocol}/{cqa}.{metric}", value
        if (skill := mean_skill(cqas)) is not None:
            yield f"{protocol}/mean_skill_carry_over", skill


def mean_skill(cqas: Mapping[str, Mapping[str, float]]) -> float | None:
    """Mean over the CQAs of the skill against the carry-over mean."""
    skills = [numbers["skill_carry_over"] for numbers in cqas.values() if "skill_carry_over" in numbers]
    return sum(skills) / len(skills) if skills else None


def _log_candidate(mlflow: ModuleType, record: RunRecord, model: str) -> None:
    """Log a nested run for a model that was compared, with the CQAs that it was chosen for."""
    with mlflow.start_run(run_name=f"candidate {model}", nested=True):
        answers = ", ".join(cqa for cqa, kind in record.chosen.items() if kind == model)
        choices = {k: record.choices[k] for k in ("process", "split", "horizon")}
        mlflow.set_tags({"level": "candidate", "candidate": model, "answers_for": answers or "none", **choices})
        mlflow.log_metrics(dict(_named(record.candidates[model])))


def _log_attribute(mlflow: ModuleType, record: RunRecord, cqa: str) -> None:
    with mlflow.start_run(run_name=cqa, nested=True):
        mlflow.set_tags(
            {"cqa": cqa, "level": "cqa", **{k: record.choices[k] for k in ("process", "model", "split", "horizon")}}
        )
        mlflow.log_params(dict(record.choices))
        own = {p: cqas[cqa] for p, cqas in record.metrics.items() if cqa in cqas}
        mlflow.log_metrics({f"{p}.{metric}": value for p, numbers in own.items() for metric, value in numbers.items()})


def _register(mlflow: ModuleType, record: RunRecord) -> str:
    """Log the model as code and text files, without pickles, and register it. Return its version."""
    from importlib.metadata import version

    from mlflow.models import infer_signature

    from pipeline.forecasting.trained_model import TrainedModel

    code = Path(__file__).parents[1]
    requirements = [
        f"{package}=={version(package)}"
        for package in ("polars", "lightgbm", "numpy", "pydantic", "pyyaml", "dataframely", "scipy", "mlflow")
    ]
    example = record.example.to_pandas()
    answers = TrainedModel.load(record.model).predict(record.example).to_pandas()
    info = mlflow.pyfunc.log_model(
        name="model",
        python_model=str(Path(__file__).parent / "served_model.py"),
        artifacts={"model": str(record.model)},
        code_paths=[str(code)],
        pip_requirements=requirements,
        signature=infer_signature(example, answers),
        input_example=example.head(2),
        registered_model_name=record.model_name,
    )
    return str(info.registered_model_version)


def _choose_champion(mlflow: ModuleType, record: RunRecord, version: str) -> None:
    """Give the alias `champion` to the version with the best skill on the same folds of the same data."""
    client, name = mlflow.MlflowClient(), record.model_name
    skill = mean_skill(record.metrics.get(DECIDING_PROTOCOL, {}))
    tags = {
        "data_sha256": record.data_hash,
        "folds_sha256": record.folds_hash,
        "skill": "" if skill is None else repr(skill),
    }
    for key, value in tags.items():
        client.set_model_version_tag(name, version, key, value)
    rivals = [
        (float(other.tags["skill"]), int(other.version))
        for other in client.search_model_versions(f"name = '{name}'")
        if other.tags.get("folds_sha256") == record.folds_hash
        and other.tags.get("data_sha256") == record.data_hash
        and other.tags.get("skill")
    ]
    client.set_registered_model_alias(name, CHAMPION, str(max(rivals)[1]) if rivals else version)


def run_pages(folder: Path, port: int) -> list[str]:
    """Links to the chart view of each experiment, which the start page of MLflow does not show."""
    experiments = _mlflow(folder).search_experiments(filter_string="name LIKE 'scalebridge-%'", order_by=["name"])
    base = f"http://127.0.0.1:{port}/#/experiments"
    return [f"{e.name}: {base}/{e.experiment_id}/runs?compareRunsMode=CHART" for e in experiments]


def ui_command(folder: Path) -> list[str]:
    """The command that opens the pages of MLflow with the runs of this project."""
    return ["mlflow", "ui", "--backend-store-uri", tracking_uri(folder), "--workers", "1"]
