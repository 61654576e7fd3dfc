"""Gradient-boosted trees; the only door to lightgbm."""

import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np
import polars as pl
from pydantic import Field
from pydantic.dataclasses import dataclass as configuration

from pipeline.domain.arrays import FloatArray
from pipeline.domain.strict_config import STRICT
from pipeline.models.base import Task
from pipeline.models.encoding import categories_of, columns_for_trees, matrix_for_trees
from pipeline.models.trees.evaluate import Trees
from pipeline.models.trees.text_format import trees_of


@configuration(config=STRICT, frozen=True)
class LightGBM:
    """Ke et al. (2017), NeurIPS 30. Trees are constant outside what they have seen: scale must enter by the features."""

    kind: Literal["lightgbm"] = "lightgbm"
    rounds: int = Field(default=150, ge=1)
    """Number of trees."""
    learning_rate: float = Field(default=0.05, gt=0, le=1)
    """Factor on the contribution of each tree."""
    leaves: int = Field(default=8, ge=2)
    """Largest number of leaves of a tree."""
    min_rows_per_leaf: int = Field(default=10, ge=1)
    """Smallest number of batches in a leaf."""
    feature_fraction: float = Field(default=0.8, gt=0, le=1)
    """Share of the features that each tree may use; in a forest, that each cut may."""
    l2: float = Field(default=1.0, ge=0)
    """Penalty on the square of the leaf values."""
    row_fraction: float = Field(default=1.0, gt=0, le=1)
    """Share of the batches that each tree is grown on."""
    extra_trees: bool = False
    """Cut at random places (Geurts, Ernst, Wehenkel 2006, Mach. Learn. 63, 3): smoother, and steadier where data is thin."""
    words: bool = True
    """Use words such as the product beside the numbers."""
    forest: bool = False
    """Average trees that know nothing of each other (Breiman 2001, Mach. Learn. 45, 5), each word a column of its own."""

    def __post_init__(self) -> None:
        """Refuse a forest of equal trees."""
        if self.forest and self.row_fraction == 1:
            raise ValueError("trees of a forest differ by their rows: row_fraction must be below 1; it is 1")


@dataclass(frozen=True)
class FittedLightGBM:
    """Boosted trees as text, and the words that they know."""

    task: Task
    categories: dict[str, list[str]]
    text: str
    indicators: bool = False
    """Each word is a column of its own."""
    kind: str = "lightgbm"

    def predict(self, rows: pl.DataFrame) -> FloatArray:
        """Predict one value per row."""
        columns = columns_for_trees(rows, self.task, self.categories, apart=self.indicators)
        return self._trees.predict(columns, rows.height)

    def contributions(self, rows: pl.DataFrame) -> tuple[FloatArray, pl.DataFrame]:
        """Exact tree SHAP values (Lundberg et al. 2020, Nat. Mach. Intell. 2, 56)."""
        matrix = self.matrix(rows)
        shap = np.asarray(self._booster.predict(matrix, pred_contrib=True, num_threads=1))
        owners = _owners(self.task, self.categories, self.indicators)
        shares = {name: shap[:, [i for i, owner in enumerate(owners) if owner == name]] for name in self.task.columns}
        return shap[:, -1], pl.DataFrame({name: part.sum(axis=1) for name, part in shares.items()})

    @property
    def reads(self) -> tuple[str, ...]:
        """All features."""
        return self.task.columns

    def to_dict(self) -> dict[str, Any]:
        """Plain data; the trees in LightGBM's own text format."""
        return {
            "kind": self.kind,
            "task": {"target": self.task.target, "numeric": self.task.numeric, "categorical": self.task.categorical},
            "categories": self.categories,
            "text": self.text,
            "indicators": self.indicators,
        }

    def matrix(self, rows: pl.DataFrame) -> FloatArray:
        """Rows as LightGBM takes them."""
        return matrix_for_trees(rows, self.task, self.categories, apart=self.indicators)

    @cached_property
    def _trees(self) -> Trees:
        """The trees as predictions need them, read from their text once."""
        return trees_of(self.text)

    @cached_property
    def _booster(self) -> Any:
        """The trees as LightGBM has them, for what only LightGBM can do."""
        import lightgbm

        return lightgbm.Booster(model_str=self.text)


def lightgbm_from_dict(data: dict[str, Any]) -> FittedLightGBM:
    """Make a fitted model of plain data."""
    given = data["task"]
    task = Task(given["target"], tuple(given["numeric"]), tuple(given["categorical"]))
    return FittedLightGBM(task, data["categories"], data["text"], data["indicators"])


def fit_lightgbm(config: LightGBM, rows: pl.DataFrame, y: FloatArray, task: Task, seed: int) -> FittedLightGBM:
    """Fit the trees, with one thread: two on a busy machine spin and take many times longer."""
    import lightgbm

    spread = float(y.std()) or 1.0
    task = task if config.words else replace(task, categorical=())
    categories = categories_of(rows, task)
    data = lightgbm.Dataset(
        matrix_for_trees(rows, task, categories, apart=config.forest),
        y / spread,  # trees are split by gain, whose limits mean the same for every unit only on one scale
        categorical_feature=[] if config.forest else list(range(len(task.numeric), len(task.columns))),
        params={"verbose": -1, "num_threads": 1, "min_data_in_bin": 1},
    )
    owners = _owners(task, categories, config.forest)
    booster = lightgbm.train(_parameters(config, task, owners, seed), data, num_boost_round=config.rounds)
    return FittedLightGBM(task, categories, _rescaled(booster, spread), config.forest)


def _owners(task: Task, categories: dict[str, list[str]], apart: bool) -> list[str]:
    """The feature behind each column of the matrix."""
    words = [name for name in task.categorical for _ in (categories[name] if apart else [name])]
    return [*task.numeric, *words]


def _parameters(config: LightGBM, task: Task, columns: list[str], seed: int) -> dict[str, Any]:
    each = "feature_fraction_bynode" if config.forest else "feature_fraction"
    return {
        "objective": "regression",
        "boosting": "rf" if config.forest else "gbdt",
        "learning_rate": config.learning_rate,
        "num_leaves": config.leaves,
        "min_data_in_leaf": config.min_rows_per_leaf,
        each: config.feature_fraction,
        "lambda_l2": config.l2,
        "bagging_fraction": config.row_fraction,
        "bagging_freq": int(config.row_fraction < 1),
        "extra_trees": config.extra_trees,
        "monotone_constraints": [(name in task.rising) - (name in task.falling) for name in columns],
        "min_data_per_group": 5,
        "cat_smooth": 5.0,
        "seed": seed,
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": 1,
        "verbose": -1,
    }


def _rescaled(booster: Any, spread: float) -> str:
    """Write the trees in the target's own unit, a forest as the sum that it is; without the lengths of texts, which change."""
    text = re.sub(r"^tree_sizes=.*\n", "", booster.model_to_string(), flags=re.MULTILINE)
    text, averaged = re.subn(r"^average_output\n", "", text, flags=re.MULTILINE)
    factor = spread / booster.num_trees() if averaged else spread
    return re.sub(r"(?<=^leaf_value=).*$", lambda found: _times(found[0], factor), text, flags=re.MULTILINE)


def _times(numbers: str, factor: float) -> str:
    return " ".join(repr(float(number) * factor) for number in numbers.split())
