"""Gradient-boosted trees and forests, fitted by LightGBM. No other file imports lightgbm."""

import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np
import polars as pl
from pydantic import Field
from pydantic.dataclasses import dataclass as configuration

from pipeline.domain.arrays import FloatArray
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.strict_config import STRICT
from pipeline.models.base import Task
from pipeline.models.encoding import categories_of, columns_for_trees, matrix_for_trees
from pipeline.models.file_format import SavedLightGBM
from pipeline.models.trees.evaluate import Trees
from pipeline.models.trees.text_format import trees_of


@configuration(config=STRICT, frozen=True)
class LightGBM:
    """Gradient-boosted trees, or a forest (Ke et al. 2017, NeurIPS 30).

    Trees are constant outside the training range, so scale must enter through features that stay comparable across scales.
    """

    kind: Literal["lightgbm"] = "lightgbm"
    from_rows: int = Field(default=0, ge=0)
    """Number of batches from which a blend uses this member."""
    rounds: int = Field(default=150, ge=1)
    """Number of trees."""
    learning_rate: float = Field(default=0.05, gt=0, le=1)
    """Factor on the contribution of each tree."""
    leaves: int = Field(default=8, ge=2)
    """Largest number of leaves of a tree."""
    min_rows_per_leaf: int = Field(default=10, ge=1)
    """Smallest number of batches in a leaf."""
    feature_fraction: float = Field(default=0.8, gt=0, le=1)
    """Share of the features that each tree may use, or in a forest each split."""
    l2: float = Field(default=1.0, ge=0)
    """Penalty on the square of the leaf values."""
    row_fraction: float = Field(default=1.0, gt=0, le=1)
    """Share of the batches that each tree is fitted to."""
    extra_trees: bool = False
    """Split at random thresholds (Geurts, Ernst, Wehenkel 2006, Mach. Learn. 63, 3): smoother and more stable with few batches."""
    words: bool = True
    """Use text features such as the product beside the numeric ones."""
    forest: bool = False
    """Average independent trees (Breiman 2001, Mach. Learn. 45, 5). Each category is then an indicator column."""

    def __post_init__(self) -> None:
        """Refuse a forest whose trees would all be equal."""
        if self.forest and self.row_fraction == 1:
            raise ValueError("trees of a forest differ by their rows: row_fraction must be below 1; it is 1")


@dataclass(frozen=True)
class FittedLightGBM:
    """Trees in LightGBM's text format, and the categories that they know."""

    task: Task
    categories: dict[str, list[str]]
    text: str
    indicators: bool = False
    """Whether each category is a column of its own."""
    kind: Literal["lightgbm"] = "lightgbm"

    def predict(self, rows: pl.DataFrame) -> FloatArray:
        """Predict one value per row."""
        columns = columns_for_trees(rows, self.task, self.categories, indicators=self.indicators)
        return self._trees.predict(columns, rows.height)

    def contributions(self, rows: pl.DataFrame) -> tuple[FloatArray, pl.DataFrame]:
        """Return exact tree SHAP values (Lundberg et al. 2020, Nat. Mach. Intell. 2, 56)."""
        matrix = self.matrix(rows)
        shap = np.asarray(self._booster.predict(matrix, pred_contrib=True, num_threads=1))
        features = _feature_of_columns(self.task, self.categories, self.indicators)
        shares = {name: shap[:, [i for i, feature in enumerate(features) if feature == name]] for name in self.task.columns}
        return shap[:, -1], pl.DataFrame({name: columns.sum(axis=1) for name, columns in shares.items()})

    @property
    def reads(self) -> tuple[str, ...]:
        """All features."""
        return self.task.columns

    def to_dict(self) -> SavedLightGBM:
        """Return the model in the form in which it is saved."""
        return {
            "kind": self.kind,
            "task": {
                "target": self.task.target,
                "numeric": list(self.task.numeric),
                "categorical": list(self.task.categorical),
            },
            "categories": self.categories,
            "text": self.text,
            "indicators": self.indicators,
        }

    def matrix(self, rows: pl.DataFrame) -> FloatArray:
        """Return the rows as LightGBM takes them."""
        return matrix_for_trees(rows, self.task, self.categories, indicators=self.indicators)

    @cached_property
    def _trees(self) -> Trees:
        """The trees for predictions, read from the text once."""
        try:
            return trees_of(self.text)
        except ScalebridgeError as error:
            raise ScalebridgeError(f"Model 'lightgbm' of '{self.task.target}': {error}") from None

    @cached_property
    def _booster(self) -> Any:
        """The trees as LightGBM's own object, for SHAP values."""
        import lightgbm

        return lightgbm.Booster(model_str=self.text)


def lightgbm_from_dict(saved: SavedLightGBM) -> FittedLightGBM:
    """Return the model that was saved."""
    task = Task(saved["task"]["target"], tuple(saved["task"]["numeric"]), tuple(saved["task"]["categorical"]))
    return FittedLightGBM(task, saved["categories"], saved["text"], saved["indicators"])


def fit_lightgbm(config: LightGBM, rows: pl.DataFrame, y: FloatArray, task: Task, seed: int) -> FittedLightGBM:
    """Fit the trees. LightGBM gets one thread: on a busy machine two threads wait for each other and take many times longer."""
    import lightgbm

    deviation = float(y.std()) or 1.0
    task = task if config.words else replace(task, categorical=())
    categories = categories_of(rows, task)
    data = lightgbm.Dataset(
        matrix_for_trees(rows, task, categories, indicators=config.forest),
        y / deviation,  # limits of the gain of a split depend on the unit of the target, so the target gets unit variance
        categorical_feature=[] if config.forest else list(range(len(task.numeric), len(task.columns))),
        params={"verbose": -1, "num_threads": 1, "min_data_in_bin": 1},
    )
    features = _feature_of_columns(task, categories, config.forest)
    booster = lightgbm.train(_parameters(config, task, features, seed), data, num_boost_round=config.rounds)
    text = booster.model_to_string()
    text = _with_constant_trees(text, float(y.mean()) / deviation) if config.forest else text
    text = _rescaled(text, booster.num_trees(), deviation)
    return FittedLightGBM(task, categories, text, config.forest)


def _feature_of_columns(task: Task, categories: dict[str, list[str]], indicators: bool) -> list[str]:
    """Return the feature that each column of the matrix belongs to."""
    texts = [name for name in task.categorical for _ in (categories[name] if indicators else [name])]
    return [*task.numeric, *texts]


def _parameters(config: LightGBM, task: Task, features: list[str], seed: int) -> dict[str, str | float | list[int]]:
    """Return LightGBM's parameters; features: the feature that each column belongs to."""
    fraction = "feature_fraction_bynode" if config.forest else "feature_fraction"
    return {
        "objective": "regression",
        "boosting": "rf" if config.forest else "gbdt",
        "learning_rate": config.learning_rate,
        "num_leaves": config.leaves,
        "min_data_in_leaf": config.min_rows_per_leaf,
        fraction: config.feature_fraction,
        "lambda_l2": config.l2,
        "bagging_fraction": config.row_fraction,
        "bagging_freq": int(config.row_fraction < 1),
        "extra_trees": config.extra_trees,
        "monotone_constraints": [(name in task.rising) - (name in task.falling) for name in features],
        "min_data_per_group": 5,
        "cat_smooth": 5.0,
        "seed": seed,
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": 1,
        "verbose": -1,
    }


def _with_constant_trees(text: str, mean: float) -> str:
    """Return the text of a forest in which each tree without a split predicts the mean of the results.

    LightGBM adds the mean only to the trees that split, so that a tree without a split would count as about 0. Boosted trees
    need no such change: their first tree holds the mean, also where no tree splits.
    """
    return re.sub(
        r"(?<=\nnum_leaves=1\n)(.*?)^leaf_value=.*?$", rf"\g<1>leaf_value={mean!r}", text, flags=re.DOTALL | re.MULTILINE
    )


def _rescaled(text: str, trees: int, factor: float) -> str:
    """Return the text of the trees with all leaf values times a factor, as a sum of trees.

    LightGBM averages the trees of a forest. Their leaf values are divided by the number of trees instead. The line with the
    lengths of the trees' texts is left out, since the lengths change.
    """
    text = re.sub(r"^tree_sizes=.*\n", "", text, flags=re.MULTILINE)
    text, averaged = re.subn(r"^average_output\n", "", text, flags=re.MULTILINE)
    each = factor / trees if averaged else factor
    return re.sub(r"(?<=^leaf_value=).*$", lambda found: _times(found[0], each), text, flags=re.MULTILINE)


def _times(numbers: str, factor: float) -> str:
    return " ".join(repr(float(number) * factor) for number in numbers.split())
