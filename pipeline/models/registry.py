"""The ladder of models, from the plain mean upwards: one way to fit, save and load them all."""

from dataclasses import replace
from typing import Annotated, Any

import polars as pl
from pydantic import Field

from pipeline.domain.arrays import FloatArray
from pipeline.domain.errors import ScalebridgeError
from pipeline.extrapolation.kinds import SHIFTS, TrainingExtent
from pipeline.models.base import FittedModel, Task
from pipeline.models.baselines import (
    CarryOver,
    FittedCarryOver,
    FittedGlobalMean,
    GlobalMean,
    fit_carry_over,
    fit_global_mean,
)
from pipeline.models.blend.fitting import fit_members, fit_super_learner
from pipeline.models.blend.model import FittedSuperLearner, SuperLearner
from pipeline.models.hierarchical.model import (
    AdditiveTable,
    FittedHierarchical,
    Hierarchical,
    fit_hierarchical,
    hierarchical_from_dict,
)
from pipeline.models.residual_boosting import Boosted, boosted_from_dict, fit_boosted
from pipeline.models.ridge import Ridge, fit_ridge, ridge_from_dict
from pipeline.models.trees.lightgbm import LightGBM, fit_lightgbm, lightgbm_from_dict

ModelConfig = Annotated[
    GlobalMean | CarryOver | AdditiveTable | Ridge | Hierarchical | Boosted | LightGBM | SuperLearner,
    Field(discriminator="kind"),
]

__all__ = [
    "AdditiveTable",
    "Boosted",
    "CarryOver",
    "FittedModel",
    "GlobalMean",
    "Hierarchical",
    "LightGBM",
    "ModelConfig",
    "Ridge",
    "SuperLearner",
    "Task",
    "fit",
    "from_dict",
    "ladder",
    "refit",
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
        case AdditiveTable() | Hierarchical():
            return fit_hierarchical(config, rows, y, task)
        case Boosted():
            return fit_boosted(config, rows, y, task, seed)
        case SuperLearner():
            return fit_super_learner(config, rows, y, task, seed, SHIFTS).fitted


def refit(fitted: FittedModel, config: ModelConfig, rows: pl.DataFrame, y: FloatArray, task: Task, seed: int) -> FittedModel:
    """Fit a model anew to other rows; a blend keeps its weights, which were learned on hidden parts of all of history."""
    if isinstance(config, SuperLearner) and isinstance(fitted, FittedSuperLearner):
        return replace(fitted, members=fit_members(config, rows, y, task, seed, fitted.members)[0])
    return fit(config, rows, y, task, seed)


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
        case "hierarchical" | "additive_table":
            return hierarchical_from_dict(saved)
        case "boosted":
            return boosted_from_dict(values)
        case "super_learner":
            return _super_learner(values)
        case kind:
            known = "global_mean, carry_over, additive_table, ridge, hierarchical, boosted, lightgbm, super_learner"
            raise ScalebridgeError(f"A saved model has the kind '{kind}'; known are {known}")


def _super_learner(values: dict[str, Any]) -> FittedSuperLearner:
    """Members that stand for themselves first: the base of a boosted one, and the gauge, may be the place of one of them."""
    saved: list[dict[str, Any]] = values["members"]
    alone = {place: from_dict(member) for place, member in enumerate(saved) if not isinstance(member.get("base"), int)}

    def shared(given: Any) -> FittedHierarchical | None:
        found = alone[given] if isinstance(given, int) else None if given is None else hierarchical_from_dict(given)
        return found if isinstance(found, FittedHierarchical) else None

    members = [alone.get(place) or boosted_from_dict(member, shared(member["base"])) for place, member in enumerate(saved)]
    weights = {shift: tuple(given) for shift, given in values["weights"].items()}
    return FittedSuperLearner(tuple(members), weights, TrainingExtent.from_dict(values["known"]), shared(values["gauge"]))


def ladder(chosen: ModelConfig) -> tuple[ModelConfig, ...]:
    """Give the models that a run compares: the baselines, what an engineer expects without a model first, and the chosen one."""
    baselines: tuple[ModelConfig, ...] = (CarryOver(), GlobalMean(), AdditiveTable())
    return (*(model for model in baselines if model.kind != chosen.kind), chosen)
