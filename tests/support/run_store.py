"""MLflow with the runs and the models of one project."""

from pathlib import Path
from types import ModuleType


def run_store(folder: Path) -> ModuleType:
    """Return MLflow, set to the SQLite file in a project's folder.

    MLflow keeps the address of the runs and that of the models for the whole process. Both are set here: otherwise a test would
    look for its models where an earlier test of the same process had set the second one.
    """
    import mlflow

    address = f"sqlite:///{folder / 'mlflow.db'}"
    mlflow.set_tracking_uri(address)
    mlflow.set_registry_uri(address)
    module: ModuleType = mlflow
    return module
