"""Gradient-boosted trees; the only door to lightgbm."""

import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np
import polars as pl
from pydantic import Field
from pydantic.dataclasses import dataclass as configuration

from pipeline.domain.strict import STRICT
from pipeline.models.encoding import categories_of, codes
from pipeline.models.task import FloatArray, Task


@configuration(config=STRICT, frozen=True)
class LightGBM:
    """Ke et al. (2017), NeurIPS 30. Trees are constant outside what they have seen: scale must enter by the features."""

    kind: Literal["lightgbm"] = "lightgbm"
    rounds: int = Field(default=150, ge=1)
    learning_rate: float = Field(default=0.05, gt=0, le=1)
    leaves: int = Field(default=8, ge=2)
    min_rows_per_leaf: int = Field(default=10, ge=1)
    feature_fraction: float = Field(default=0.8, gt=0, le=1)
    """Share of the features that each tree may use."""
    l2: float = Field(default=1.0, ge=0)
    row_fraction: float = Field(default=1.0, gt=0, le=1)
    """Share of the batches that each tree is grown on."""
    extra_trees: bool = False
    """Cut at random places (Geurts et al. 2006, Mach. Learn. 63, 3): smoother, and steadier where data is thin."""
    words: bool = True
    """Use words such as the product beside the numbers."""


@dataclass(frozen=True)
class FittedLightGBM:
    """Boosted trees as text, and the words that they know."""

    task: Task
    categories: dict[str, list[str]]
    text: str
    kind: str = "lightgbm"

    def predict(self, rows: pl.DataFrame) -> FloatArray:
        """Predict one value per row."""
        return np.asarray(self._booster.predict(codes(rows, self.task, self.categories), num_threads=1))

    def contributions(self, rows: pl.DataFrame) -> tuple[FloatArray, pl.DataFrame]:
        """Exact tree SHAP values (Lundberg et al. 2020, Nat. Mach. Intell. 2, 56)."""
        matrix = codes(rows, self.task, self.categories)
        shap = np.asarray(self._booster.predict(matrix, pred_contrib=True, num_threads=1))
        return shap[:, -1], pl.DataFrame({name: shap[:, i] for i, name in enumerate(self.task.columns)})

    def to_dict(self) -> dict[str, Any]:
        """Plain data; the trees in LightGBM's own text format."""
        return {
            "kind": self.kind,
            "task": {"target": self.task.target, "numeric": self.task.numeric, "categorical": self.task.categorical},
            "categories": self.categories,
            "text": self.text,
        }

    @cached_property
    def _booster(self) -> Any:
        """The trees, read from their text once."""
        import lightgbm

        return lightgbm.Booster(model_str=self.text)


def lightgbm_from_dict(data: dict[str, Any]) -> FittedLightGBM:
    """Make a fitted model of plain data."""
    given = data["task"]
    task = Task(given["target"], tuple(given["numeric"]), tuple(given["categorical"]))
    return FittedLightGBM(task, data["categories"], data["text"])


def fit_lightgbm(config: LightGBM, rows: pl.DataFrame, y: FloatArray, task: Task, seed: int) -> FittedLightGBM:
    """Fit the trees, with one thread: two on a busy machine spin and take many times longer."""
    import lightgbm

    spread = float(y.std()) or 1.0
    task = task if config.words else replace(task, categorical=())
    categories = categories_of(rows, task)
    data = lightgbm.Dataset(
        codes(rows, task, categories),
        y / spread,  # trees are split by gain, whose limits mean the same for every unit only on one scale
        categorical_feature=list(range(len(task.numeric), len(task.columns))),
        params={"verbose": -1, "num_threads": 1, "min_data_in_bin": 1},
    )
    booster = lightgbm.train(_parameters(config, task, seed), data, num_boost_round=config.rounds)
    return FittedLightGBM(task, categories, _rescaled(booster, spread))


def _parameters(config: LightGBM, task: Task, seed: int) -> dict[str, Any]:
    return {
        "objective": "regression",
        "learning_rate": config.learning_rate,
        "num_leaves": config.leaves,
        "min_data_in_leaf": config.min_rows_per_leaf,
        "feature_fraction": config.feature_fraction,
        "lambda_l2": config.l2,
        "bagging_fraction": config.row_fraction,
        "bagging_freq": int(config.row_fraction < 1),
        "extra_trees": config.extra_trees,
        "monotone_constraints": [(name in task.rising) - (name in task.falling) for name in task.columns],
        "min_data_per_group": 5,
        "cat_smooth": 5.0,
        "seed": seed,
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": 1,
        "verbose": -1,
    }


def _rescaled(booster: Any, spread: float) -> str:
    """Write the trees in the target's own unit; without the lengths of their texts, which no longer hold."""
    text = re.sub(r"^tree_sizes=.*\n", "", booster.model_to_string(), flags=re.MULTILINE)
    return re.sub(r"(?<=^leaf_value=).*$", lambda found: _times(found[0], spread), text, flags=re.MULTILINE)


def _times(numbers: str, factor: float) -> str:
    return " ".join(repr(float(number) * factor) for number in numbers.split())
