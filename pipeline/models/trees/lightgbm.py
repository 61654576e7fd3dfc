"""Gradient-boosted trees and forests, fitted by LightGBM. No other file imports lightgbm."""

import io
import re
import warnings
from collections.abc import Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any, Literal

import numpy as np
import polars as pl
from pydantic import Field
from pydantic.dataclasses import dataclass as configuration

from pipeline.domain.arrays import BoolArray, FloatArray, IntArray
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.strict_config import STRICT
from pipeline.engine.shared_fit import fit_together
from pipeline.models.base import Task
from pipeline.models.encoding import categories_of, columns_for_trees, matrix_for_trees
from pipeline.models.file_format import SavedLightGBM
from pipeline.models.target_scale import RECORDED, TargetScale, mean_slope, target_scale_from_dict, transformed_scale
from pipeline.models.trees.evaluate import Trees
from pipeline.models.trees.text_format import trees_of

BINS: dict[str, str | float | list[int]] = {
    "min_data_in_bin": 1,
    "bin_construct_sample_cnt": 5_000,
    "feature_pre_filter": False,  # else the rows could serve only one smallest number of rows in a leaf
}
"""How the values of many rows are sorted into bins."""
BY_COLUMN: dict[str, str | float | list[int]] = {"force_row_wise": False, "force_col_wise": True}
"""How LightGBM counts many rows: a fifth faster than by row."""


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
    new_products_apart: bool = False
    """Predict a product without training batches by trees of their own, which do not read the product. Trees that read it split on
    it where a quantity could explain the difference, and such a split says nothing about another product."""
    target_scale: Literal["recorded", "transformed"] = "recorded"
    """Scale of the target: as recorded, or the logarithm or logit that `transformed_scale` finds."""
    over_workers: bool = False
    """Fit with all workers of the cluster together, each with a part of the rows: for more rows than one machine takes. It needs
    SCALEBRIDGE_CLUSTER. The trees differ from those of one machine, and from those of another number of workers. A blend or
    forest on few rows gains nothing."""
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
    of_new_products: "FittedLightGBM | None" = None
    """Trees that do not read the product. They predict products that `categories` does not hold."""
    target_scale: TargetScale = RECORDED
    """Scale of the target that the trees predict."""
    kind: Literal["lightgbm"] = "lightgbm"

    def predict(self, rows: pl.DataFrame) -> FloatArray:
        """Predict one value per row."""
        if self.of_new_products is None:
            return self._predicted(rows)
        predicted = np.empty(rows.height)
        for model, own in self._parts(rows):
            predicted[own] = model._predicted(rows.filter(own))
        return predicted

    def contributions(self, rows: pl.DataFrame) -> tuple[FloatArray, pl.DataFrame]:
        """Return exact tree SHAP values (Lundberg et al. 2020, Nat. Mach. Intell. 2, 56).

        On a transformed scale of the target each is times the mean slope of the target, as in the hierarchical model.
        """
        shap = np.zeros((rows.height, len(self.task.columns) + 1))
        for model, own in self._parts(rows):
            places = np.array([*(self.task.columns.index(name) for name in model.task.columns), -1])
            shap[np.ix_(own, places)] = model._shap(rows.filter(own))
        return shap[:, -1], pl.DataFrame(shap[:, :-1], schema=list(self.task.columns))

    def _parts(self, rows: pl.DataFrame) -> list[tuple["FittedLightGBM", BoolArray]]:
        """Return the trees that predict some of the rows, each with a mark of these rows, (rows,)."""
        new = np.zeros(rows.height, dtype=bool)
        if self.of_new_products is not None:
            new = _are_new(rows, self.categories["product"]).to_numpy()
        both = ((self, ~new), (self.of_new_products, new))
        return [(model, own) for model, own in both if model is not None and own.any()]

    def _predicted(self, rows: pl.DataFrame) -> FloatArray:
        """Return the prediction of these trees, shape (n,), in SI."""
        columns = columns_for_trees(rows, self.task, self.categories, indicators=self.indicators)
        return self.target_scale.recorded(self._trees.predict(columns, rows.height))

    def _shap(self, rows: pl.DataFrame) -> FloatArray:
        """Return the SHAP value of each feature in these trees, then the base: (n, features + 1)."""
        shap = np.asarray(self._booster.predict(self.matrix(rows), pred_contrib=True, num_threads=1))
        features = _feature_of_columns(self.task, self.categories, self.indicators)
        columns = [[i for i, feature in enumerate(features) if feature == name] for name in self.task.columns]
        base, shares = shap[:, -1], np.column_stack([shap[:, own].sum(axis=1) for own in columns])
        slope = mean_slope(self.target_scale, base, shares.sum(axis=1))
        return np.column_stack([slope[:, None] * shares, self.target_scale.recorded(base)])

    @property
    def reads(self) -> tuple[str, ...]:
        """All features."""
        return self.task.columns

    def to_dict(self) -> SavedLightGBM:
        """Return the model in the form in which it is saved."""
        saved: SavedLightGBM = {
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
        if self.of_new_products is not None:
            saved["of_new_products"] = self.of_new_products.to_dict()
        if self.target_scale != RECORDED:
            saved["target_scale"] = self.target_scale.to_dict()
        return saved

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
    apart = lightgbm_from_dict(saved["of_new_products"]) if "of_new_products" in saved else None
    scale = target_scale_from_dict(saved.get("target_scale"))
    return FittedLightGBM(task, saved["categories"], saved["text"], saved["indicators"], apart, scale)


def fit_lightgbm(
    config: LightGBM, rows: pl.DataFrame, y: FloatArray, task: Task, seed: int, asked: pl.DataFrame | None = None
) -> FittedLightGBM:
    """Fit the trees to results y, shape (n,).

    asked: the rows that are to be predicted, if they are known. Trees that none of them needs are not fitted.
    """
    task = task if config.words else replace(task, categorical=())
    apart = config.new_products_apart and "product" in task.categorical and rows["product"].n_unique() > 1
    if not apart:
        return _fit(config, rows, y, task, seed)
    without = replace(task, categorical=tuple(name for name in task.categorical if name != "product"))
    new = None if asked is None else _are_new(asked, rows["product"].unique().to_list())
    if new is not None and new.all():
        return _fit(config, rows, y, without, seed)
    fitted = _fit(config, rows, y, task, seed)
    return (
        fitted
        if new is not None and not new.any()
        else replace(fitted, of_new_products=_fit(config, rows, y, without, seed))
    )


def _are_new(rows: pl.DataFrame, products: list[str]) -> pl.Series:
    """Tell for each row whether its product is none of these."""
    return (~rows["product"].is_in(products)).fill_null(False)


def _fit(config: LightGBM, rows: pl.DataFrame, y: FloatArray, task: Task, seed: int) -> FittedLightGBM:
    """Fit trees that read all features of the task.

    LightGBM gets one thread: on a busy machine two threads wait for each other and take many times longer.
    """
    import lightgbm

    scale = transformed_scale(y, task) if config.target_scale == "transformed" else RECORDED
    y = scale.transformed(y)
    deviation = float(y.std()) or 1.0
    categories = categories_of(rows, task)
    matrix = matrix_for_trees(rows, task, categories, indicators=config.forest)
    words = [] if config.forest else list(range(len(task.numeric), len(task.columns)))
    features = _feature_of_columns(task, categories, config.forest)
    parameters = _parameters(config, task, features, seed)
    # limits of the gain of a split depend on the unit of the target, so the target gets unit variance
    if config.over_workers:
        booster = fit_together(partial(_fit_together, parameters, config.rounds, words), matrix, y / deviation)
    else:
        binning = {"verbose": -1, "num_threads": 1, "min_data_in_bin": 1}
        data = lightgbm.Dataset(matrix, y / deviation, categorical_feature=words, params=binning)
        booster = lightgbm.train(parameters, data, num_boost_round=config.rounds)
    text = _NETWORK.sub("", booster.model_to_string())
    text = _with_constant_trees(text, float(y.mean()) / deviation) if config.forest else text
    text = _rescaled(text, booster.num_trees(), deviation)
    return FittedLightGBM(task, categories, text, config.forest, target_scale=scale)


_NETWORK = re.compile(r"^\[(machines|num_machines|local_listen_port|time_out): .*\]\n", re.MULTILINE)
"""Lines of a model's text that say on which machines it was fitted."""
_SILENT_MINUTES = 10
"""Minutes after which a worker that no longer answers ends the fit of the others."""


def _fit_together(
    parameters: Mapping[str, object], rounds: int, words: list[int], client: Any, matrix: Any, y: Any, hosts: str
) -> Any:
    """Fit trees with all workers of a cluster, each of which has a block of the rows. `words` are the columns of categories."""
    import lightgbm

    client.gather([client.submit(_forget_network, workers=[worker], pure=False) for worker in client.nthreads()])
    network = {"machines": hosts, "tree_learner": "data", "time_out": _SILENT_MINUTES}
    told = {name: value for name, value in parameters.items() if name != "num_threads"}  # a worker has one thread
    with warnings.catch_warnings(), redirect_stdout(io.StringIO()):  # LightGBM shows the addresses of the workers
        warnings.filterwarnings("ignore", module="lightgbm")
        model = lightgbm.DaskLGBMRegressor(client=client, n_estimators=rounds, min_data_in_bin=1, **told, **network)
        return model.fit(matrix, y, categorical_feature=words or "auto").booster_


def _forget_network() -> None:
    """Let LightGBM forget the workers of an earlier fit in this thread. It does not by itself if that fit was broken off."""
    import lightgbm

    lightgbm.basic._LIB.LGBM_NetworkFree()


@dataclass(frozen=True)
class BinnedRows:
    """Many rows of numeric features, whose values LightGBM has sorted into bins once, to fit trees to several targets.

    Sorting 20,000 rows takes longer than fitting 60 trees to them. The borders of the bins come from a part of the rows.
    """

    task: Task
    data: Any
    """LightGBM's own object."""

    def part(self, places: IntArray) -> "BinnedRows":
        """Return the rows at some places, sorted, with the same borders of bins."""
        return BinnedRows(self.task, self.data.subset(places.tolist()))

    def fitted(self, config: LightGBM, y: FloatArray, seed: int) -> FittedLightGBM:
        """Fit boosted trees to y, shape (rows,), on its recorded scale."""
        import lightgbm

        deviation = float(y.std()) or 1.0
        parameters = _parameters(config, self.task, list(self.task.numeric), seed) | BY_COLUMN | BINS
        booster = lightgbm.train(parameters, self.data.construct().set_label(y / deviation), num_boost_round=config.rounds)
        return FittedLightGBM(self.task, {}, _rescaled(booster.model_to_string(), booster.num_trees(), deviation))


def binned(rows: pl.DataFrame, target: str) -> BinnedRows:
    """Sort the values of rows into bins. target: what the trees predict; all columns are numeric features."""
    import lightgbm

    task = Task(target, tuple(rows.columns), ())
    values = matrix_for_trees(rows, task, {}, indicators=False)
    data = lightgbm.Dataset(values, np.zeros(len(values)), params={"verbose": -1, "num_threads": 1, **BINS})
    return BinnedRows(task, data.construct())


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
