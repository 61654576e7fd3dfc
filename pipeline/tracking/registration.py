"""The model of a run in MLflow: logged once as code and text files, without pickles, and registered once.

Each step can be repeated. A run that was killed between two steps is completed with its own model and version.
"""

import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any

from pipeline.answers.predicting_run import read_by_a_prediction, read_predicting_run
from pipeline.domain.places import Places
from pipeline.publication.bundle import copy_part
from pipeline.tracking.description import description_of_version
from pipeline.tracking.record import RunRecord
from pipeline.tracking.run_facts import RunFacts
from pipeline.tracking.run_metrics import mean_skill
from pipeline.tracking.saved_model import save_model
from pipeline.tracking.served_columns import input_columns

CHAMPION = "champion"
"""Alias of the best version of a registered model."""
DECIDING_PROTOCOL = "largest_scale_out"
"""Protocol whose scores decide which version is the champion. Where it does not apply, that of the acceptance limits decides."""


def model_of_run(mlflow: ModuleType, run: Any) -> Any:
    """Return the logged model of a run, made if the run has none. Its files may not be there yet (`log_files`)."""
    client = mlflow.MlflowClient()
    experiment, number = run.info.experiment_id, run.info.run_id
    found = client.search_logged_models([experiment], filter_string=f"source_run_id = '{number}'")
    model = found[0] if found else client.create_logged_model(experiment, "model", number, params=dict(run.data.params))
    if model.model_id not in {one.model_id for one in client.get_run(number).outputs.model_outputs}:
        client.log_outputs(number, [mlflow.entities.LoggedModelOutput(model.model_id, step=0)])
    return model


def log_files(mlflow: ModuleType, record: RunRecord, model: Any) -> None:
    """Save the files of a logged model, unless it is complete."""
    client = mlflow.MlflowClient()
    if model.status == "READY" and client.list_logged_model_artifacts(model.model_id):
        return
    with tempfile.TemporaryDirectory() as folder:
        _save(mlflow, record, model, Path(folder))
        client.log_model_artifacts(model.model_id, str(Path(folder) / "model"))
    client.finalize_logged_model(model.model_id, "READY")


def _save(mlflow: ModuleType, record: RunRecord, model: Any, folder: Path) -> None:
    part = copy_part(record.bundle, read_by_a_prediction(Places.under(Path())), folder)
    known = mlflow.models.Model(
        artifact_path=model.artifact_location,
        run_id=model.source_run_id,
        model_uuid=model.model_id,
        model_id=model.model_id,
    )
    save_model(mlflow, read_predicting_run(record.bundle), part, record.choices["horizon"], folder / "model", known)


def version_of(mlflow: ModuleType, record: RunRecord, facts: RunFacts, model: Any) -> str:
    """Return the version of the registered model that belongs to a run, registered if there is none."""
    client = mlflow.MlflowClient()
    skill = mean_skill(record.metrics.get(DECIDING_PROTOCOL) or record.metrics.get(facts.limits.protocol, {}))
    tags = {
        "data_sha256": record.data_hash,
        "folds_sha256": record.folds_hash,
        "skill": "" if skill is None else repr(skill),
    }
    known = client.search_model_versions(f"name = '{record.model_name}' and run_id = '{model.source_run_id}'")
    if known:
        number = str(min(int(one.version) for one in known))
    else:
        number = str(mlflow.register_model(f"models:/{model.model_id}", record.model_name, tags=tags).version)
    columns = input_columns(facts.process).values()
    client.update_model_version(record.model_name, number, description_of_version(record, facts, columns))
    return number


def choose_champion(mlflow: ModuleType, record: RunRecord, version: str) -> None:
    """Give the alias `champion` to the version with the best skill on the same folds of the same data."""
    client, name = mlflow.MlflowClient(), record.model_name
    rivals = [
        (float(other.tags["skill"]), int(other.version))
        for other in client.search_model_versions(f"name = '{name}'")
        if other.tags.get("folds_sha256") == record.folds_hash
        and other.tags.get("data_sha256") == record.data_hash
        and other.tags.get("skill")
    ]
    client.set_registered_model_alias(name, CHAMPION, str(max(rivals)[1]) if rivals else version)
