"""All kinds of models: one function to fit any of them, and one to make any of them from its saved form."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

import polars as pl
from pydantic import Field

from pipeline.domain.arrays import FloatArray
from pipeline.domain.errors import ScalebridgeError
from pipeline.extrapolation.kinds import KINDS, TrainingExtent
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
from pipeline.models.blend.model import FittedMember, FittedSuperLearner, SuperLearner
from pipeline.models.file_format import SavedGaussian, SavedMember, SavedModel, SavedSuperLearner
from pipeline.models.hierarchical.fitting import fit_hierarchical
from pipeline.models.hierarchical.model import AdditiveTable, FittedHierarchical, Hierarchical
from pipeline.models.hierarchical.sealed import any_hierarchical_from_dict
from pipeline.models.intermediates import Intermediates, fit_intermediates, intermediates_from_dict
from pipeline.models.residual_boosting import Boosted, boosted_from_dict, fit_boosted
from pipeline.models.ridge import Ridge, fit_ridge, ridge_from_dict
from pipeline.models.smooth.model import SmoothSurface, fit_smooth_surface, smooth_surface_from_dict
from pipeline.models.spectral.model import spectral_from_dict
from pipeline.models.trees.extra_trees import ExtraTrees, extra_trees_from_dict, fit_extra_trees
from pipeline.models.trees.lightgbm import LightGBM, fit_lightgbm, lightgbm_from_dict

ModelConfig = Annotated[
    GlobalMean
    | CarryOver
    | AdditiveTable
    | Ridge
    | Hierarchical
    | Intermediates
    | SmoothSurface
    | Boosted
    | LightGBM
    | ExtraTrees
    | SuperLearner,
    Field(discriminator="kind"),
]
SAVED_KINDS = (
    "global_mean",
    "carry_over",
    "additive_table",
    "ridge",
    "hierarchical",
    "intermediates",
    "smooth_surface",
    "boosted",
    "lightgbm",
    "extra_trees",
    "sealed",
    "spectral",
    "super_learner",
)
"""Values of the key `kind` of a saved model."""

__all__ = [
    "AdditiveTable",
    "Boosted",
    "CarryOver",
    "ExtraTrees",
    "FittedModel",
    "GlobalMean",
    "Hierarchical",
    "Intermediates",
    "LightGBM",
    "ModelConfig",
    "Ridge",
    "SmoothSurface",
    "SuperLearner",
    "Task",
    "fit",
    "fit_again",
    "from_dict",
    "ladder",
]


def fit(config: ModelConfig, rows: pl.DataFrame, y: FloatArray, task: Task, seed: int) -> FittedModel:
    """Fit a model to training rows and their results y, shape (n,), in SI.

    Raises ScalebridgeError where there are no rows, and where a numeric feature holds text.
    """
    if not len(y):
        raise ScalebridgeError(f"Model '{config.kind}' has no result of '{task.target}' to learn from")
    if texts := [name for name in task.numeric if not rows.schema[name].is_numeric()]:
        raise ScalebridgeError(
            f"Model '{config.kind}' was given '{texts[0]}' as a number, but it is {rows.schema[texts[0]]}"
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
        case ExtraTrees():
            return fit_extra_trees(config, rows, y, task, seed)
        case AdditiveTable() | Hierarchical():
            return fit_hierarchical(config, rows, y, task)
        case Intermediates():
            return fit_intermediates(config, rows, y, task)
        case SmoothSurface():
            return fit_smooth_surface(config, rows, y, task)
        case Boosted():
            return fit_boosted(config, rows, y, task, seed)
        case SuperLearner():
            return fit_super_learner(config, rows, y, task, seed, KINDS).fitted


def fit_again(
    fitted: FittedModel, config: ModelConfig, rows: pl.DataFrame, y: FloatArray, task: Task, seed: int
) -> FittedModel:
    """Fit a fitted model to other rows. A blend keeps its weights, which were learned from re-enactments on all of history."""
    if isinstance(config, SuperLearner) and isinstance(fitted, FittedSuperLearner):
        used = config.for_task(task).with_members(len(fitted.members))
        return replace(fitted, members=fit_members(used, rows, y, task, seed, fitted.members)[0])
    return fit(config, rows, y, task, seed)


def from_dict(saved: SavedModel) -> FittedModel:
    """Return the model that was saved.

    Raises ScalebridgeError for an unknown kind of model.
    """
    match saved["kind"]:
        case "ridge":
            return ridge_from_dict(saved)
        case "super_learner":
            return _super_learner(saved)
        case _:
            return _member(saved, [])


def _member(saved: SavedMember, members: Sequence[FittedMember | None]) -> FittedMember:
    """Return a member of a blend; members: the members that are made already, which a boosted member may refer to."""
    match saved["kind"]:
        case "global_mean":
            return FittedGlobalMean(saved["mean"])
        case "carry_over":
            return FittedCarryOver(saved["products"], saved["lineages"], saved["mean"])
        case "lightgbm":
            return lightgbm_from_dict(saved)
        case "extra_trees":
            return extra_trees_from_dict(saved)
        case "hierarchical" | "additive_table" | "sealed":
            return any_hierarchical_from_dict(saved)
        case "intermediates":
            return intermediates_from_dict(saved, _hierarchical(saved["second"], members))
        case "smooth_surface":
            return smooth_surface_from_dict(saved)
        case "boosted":
            return boosted_from_dict(saved, _hierarchical(saved["base"], members))
        case "spectral":
            return spectral_from_dict(saved)
        case unknown:
            raise ScalebridgeError(
                f"A saved model has the unknown kind '{unknown}'; known are {', '.join(SAVED_KINDS)}. "
                "Train the model again with `dvc repro`"
            )


def _hierarchical(saved: SavedGaussian | int, members: Sequence[FittedMember | None]) -> FittedHierarchical:
    """Return a hierarchical model that is saved in full, or as the index of a member."""
    if not isinstance(saved, int):
        return any_hierarchical_from_dict(saved)
    member = members[saved]
    if not isinstance(member, FittedHierarchical):
        raise ScalebridgeError(f"A saved blend refers to its member {saved} as a hierarchical model, which it is not")
    return member


def _super_learner(saved: SavedSuperLearner) -> FittedSuperLearner:
    """Make the members that were saved in full first, then the boosted members whose `base` is the index of such a member."""
    in_full = [None if _refers(member) else _member(member, []) for member in saved["members"]]
    members = [made or _member(member, in_full) for made, member in zip(in_full, saved["members"], strict=True)]
    weights = {kind: tuple(given) for kind, given in saved["weights"].items()}
    spread_model = None if saved["gauge"] is None else _hierarchical(saved["gauge"], members)
    return FittedSuperLearner(tuple(members), weights, TrainingExtent.from_dict(saved["known"]), spread_model)


def _refers(saved: SavedMember) -> bool:
    """Tell whether a saved member refers to another member."""
    match saved["kind"]:
        case "boosted":
            return isinstance(saved["base"], int)
        case "intermediates":
            return isinstance(saved["second"], int)
        case _:
            return False


def ladder(chosen: ModelConfig) -> tuple[ModelConfig, ...]:
    """Return the models that a run compares, the simplest first: the baselines and the chosen model."""
    baselines: tuple[ModelConfig, ...] = (CarryOver(), GlobalMean(), AdditiveTable())
    return (*(model for model in baselines if model.kind != chosen.kind), chosen)
