"""A part of a published run as a model of MLflow: a folder of code and text files, without pickles."""

import shutil
from importlib.metadata import version as installed
from pathlib import Path
from types import ModuleType
from typing import Any

import polars as pl

from pipeline.answers.predicting_run import PredictingRun
from pipeline.tracking.description import input_columns_in_words
from pipeline.tracking.served_answer import output_columns
from pipeline.tracking.served_columns import InputColumn, example, input_columns

SERVING = ("polars", "lightgbm", "numpy", "pydantic", "pyyaml", "dataframely", "joblib", "scipy", "pandas", "mlflow")
"""Packages that a machine needs to serve the model."""


def save_model(mlflow: ModuleType, served: PredictingRun, part: Path, horizon: str, folder: Path, known: Any = None) -> None:
    """Save a part of a published run as a model of MLflow.

    served: what the part holds; part: its folder, named after the run; horizon: what is known when it predicts; folder: the model,
    which must not exist; known: what MLflow knows of the model already.
    """
    columns = input_columns(served.process)
    mlflow.pyfunc.save_model(
        path=folder,
        python_model=str(Path(__file__).parent / "served_model.py"),
        artifacts={"run": str(part)},
        code_paths=[str(Path(__file__).parents[1])],
        pip_requirements=[f"{package}=={installed(package)}" for package in SERVING],
        signature=mlflow.models.ModelSignature(
            mlflow.types.Schema([_input(mlflow, column) for column in columns.values()]),
            mlflow.types.Schema(
                [mlflow.types.ColSpec(kind, name, required=False) for name, kind in output_columns(served).items()]
            ),
        ),
        input_example=pl.DataFrame(example(served, columns.values()), infer_schema_length=None).to_pandas(),
        metadata={
            "columns": input_columns_in_words(columns),
            "units": {name: column.unit for name, column in columns.items() if column.unit},
            "horizon": horizon,
            "published_run": part.name,
        },
        **({} if known is None else {"mlflow_model": known}),
    )
    for cache in [*folder.rglob("__pycache__")]:
        shutil.rmtree(cache)


def _input(mlflow: ModuleType, column: InputColumn) -> Any:
    """A column of the signature. A number may be written with its unit, and a lot as a list, so these have no type."""
    typed = column.unit is None and column.part != "lots"
    kind = "string" if typed else mlflow.types.schema.AnyType()
    return mlflow.types.ColSpec(kind, column.name, required=column.required)
