"""The ladder of models, from the plain mean upwards: one way to fit, save and load them all."""

from typing import Annotated, Any

import polars as pl
from pydantic import Field

from pipeline.domain.errors import ScalebridgeError
from pipeline.models.baselines import (
    CarryOver,
    FittedCarryOver,
    FittedGlobalMean,
    GlobalMean,
    fit_carry_over,
    fit_global_mean,
)
from pipeline.models.lightgbm import LightGBM, fit_lightgbm, lightgbm_from_dict
from pipeline.models.ridge import Ridge, fit_ridge, ridge_from_dict
from pipeline.models.task import FittedModel, FloatArray, Task

ModelConfig = Annotated[GlobalMean | CarryOver | Ridge | LightGBM, Field(discriminator="kind")]

__all__ = [
    "CarryOver",
    "FittedModel",
    "GlobalMean",
    "LightGBM",
    "ModelConfig",
    "Ridge",
    "Task",
    "fit",
    "from_dict",
    "ladder",
]


def fit(config: ModelConfig, rows: pl.DataFrame, y: FloatArray, task: Task, seed: int) -> FittedModel:
    """Fit a model to training rows (n) and their observed target, shape (n,), in SI.

    Raises ScalebridgeError where there are no rows.
    """
    if not len(y):
        raise ScalebridgeError(f"Model '{config.kind}' has no result of '{task.target}' to learn from")
    if words := [name for name in task.numeric if not rows.schema[name].is_numeric()]:
        raise ScalebridgeError(
            f"Model '{config.kind}' was given '{words[0]}' as a number, but it is {rows.schema[words[0]]}"
        )
    match config:
        case GlobalMean():
            return fit_global_mean(y)
        case CarryOver():
            return fit_carry_over(rows, y)
        case Ridge():
            return fit_ridge(config, rows, y, task)
        case LightGBM():
            return fit_lightgbm(config, rows, y, task, seed)


def from_dict(saved: dict[str, Any]) -> FittedModel:
    """Read what a fitted model's `to_dict` gave.

    Raises ScalebridgeError for a kind that no model has.
    """
    values = {key: value for key, value in saved.items() if key != "kind"}
    match saved.get("kind"):
        case "global_mean":
            return FittedGlobalMean(**values)
        case "carry_over":
            return FittedCarryOver(**values)
        case "ridge":
            return ridge_from_dict(values)
        case "lightgbm":
            return lightgbm_from_dict(values)
        case kind:
            raise ScalebridgeError(
                f"A saved model has the kind '{kind}'; known are global_mean, carry_over, ridge, lightgbm"
            )


def ladder(chosen: ModelConfig) -> tuple[ModelConfig, ...]:
    """Give the models that a run compares: both baselines and the chosen one, simplest first."""
    baselines: tuple[ModelConfig, ...] = (GlobalMean(), CarryOver())
    return (*(model for model in baselines if model.kind != chosen.kind), chosen)
