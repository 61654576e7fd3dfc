"""Models that Scalebridge is compared with. Each one learns from the training rows of a fold and predicts its test rows.

A competitor takes training rows with the column `observed`, test rows, the task (target and features) and a seed. It returns one
value per test row in SI. All competitors get the same rows and the same features. A censored result counts at its limit.
"""

import warnings
from collections.abc import Callable, Mapping, Sequence

import lightgbm
import numpy as np
import polars as pl
from fitting import Rows, best, coded, fitted, indicators, levels_of, matrices, scaled, target, unscaled
from others import engin_core, mixed_model, pyphi_pls
from sklearn.cross_decomposition import PLSRegression
from sklearn.ensemble import ExtraTreesRegressor
from sklearn.exceptions import ConvergenceWarning
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel
from sklearn.linear_model import Ridge, RidgeCV

from pipeline.domain.arrays import FloatArray
from pipeline.models.registry import CarryOver, Task, fit

Competitor = Callable[[pl.DataFrame, pl.DataFrame, Task, int], FloatArray]
MEAN, CARRY_OVER, INFORMED = "training mean", "carry-over", "informed carry-over"
DEFAULT = "LightGBM default"
BLEND, BLENDED = "mean of three", (INFORMED, "ExtraTrees", "LightGBM small")
"""Name of the mean of three predictors, and their names."""
PENALTIES = np.logspace(-1, 5, 13).tolist()
SHRINKAGE = np.logspace(-1, 2, 10)
"""Penalties of the additive table: the number of batches after which a level has half of its own effect."""
HYPER_ROWS = 300
"""Rows on which the kernel of a Gaussian process is chosen. The prediction then uses all rows."""
SMALL = {"num_leaves": 4, "learning_rate": 0.05, "min_data_in_leaf": 20, "feature_fraction": 0.5, "lambda_l2": 10.0}
TUNED: tuple[tuple[int, dict[str, float]], ...] = tuple(
    (rounds, SMALL | {"num_leaves": leaves, "min_data_in_leaf": least})
    for rounds, leaves, least in ((60, 3, 20), (150, 4, 20), (150, 8, 10), (300, 4, 20))
)


def competitors(informed: Sequence[str]) -> dict[str, Competitor]:
    """Return all competitors by name, simplest first. `informed` are the groupings of the informed carry-over."""
    return {
        MEAN: mean,
        CARRY_OVER: carry_over,
        INFORMED: table_on(informed),
        "ridge": ridge,
        "PLS (scikit-learn)": pls,
        "PLS (pyphi-mvda)": pyphi_pls,
        "mixed model (statsmodels)": mixed_model(informed),
        "Gaussian process (scikit-learn)": gaussian_process,
        "Gaussian process (engin-core)": engin_core,
        "ExtraTrees": extra_trees,
        DEFAULT: lightgbm_default,
        "LightGBM default, raw columns": lightgbm_raw,
        "LightGBM small": lightgbm_small,
        "LightGBM tuned": lightgbm_tuned,
    }


def mean(train: pl.DataFrame, test: pl.DataFrame, task: Task, seed: int) -> FloatArray:
    """Predict the mean of all training batches."""
    return np.full(test.height, target(train).mean())


def carry_over(train: pl.DataFrame, test: pl.DataFrame, task: Task, seed: int) -> FloatArray:
    """Predict the product's mean at its largest known scale; for a new product that of its line, for a new line that of all."""
    return fit(CarryOver(), train, target(train), task, seed).predict(test)


def table_on(columns: Sequence[str]) -> Competitor:
    """Return the informed carry-over: an additive table of the groupings (such as strength and API source), shrunk to the mean.

    It is ridge on indicator columns. The penalty is chosen inside the training rows by leave-one-out (Golub, Heath, Wahba 1979).
    """

    def informed(train: pl.DataFrame, test: pl.DataFrame, task: Task, seed: int) -> FloatArray:
        levels = levels_of(train, columns)
        return fitted(RidgeCV(SHRINKAGE), indicators(train, levels), indicators(test, levels), target(train))

    return informed


def ridge(train: pl.DataFrame, test: pl.DataFrame, task: Task, seed: int) -> FloatArray:
    """Predict by ridge on all features, with logarithms of those that span decades; penalty chosen on hidden products."""
    x, new = matrices(train, test, task)
    y = target(train)

    def predict(penalty: float, learned: Rows, asked: Rows) -> FloatArray:
        return fitted(Ridge(penalty), x[learned], x[asked], y[learned])

    return fitted(Ridge(best(PENALTIES, predict, train)), x, new, y)


def pls(train: pl.DataFrame, test: pl.DataFrame, task: Task, seed: int) -> FloatArray:
    """Predict by partial least squares of scikit-learn; 1 to 10 components, chosen on products hidden inside the training rows."""
    x, new = matrices(train, test, task)
    y = target(train)

    def predict(size: int, learned: Rows, asked: Rows) -> FloatArray:
        return fitted(PLSRegression(size), x[learned], x[asked], y[learned])

    sizes = range(1, min(10, x.shape[1]) + 1)
    return fitted(PLSRegression(best(sizes, predict, train)), x, new, y)


def extra_trees(train: pl.DataFrame, test: pl.DataFrame, task: Task, seed: int) -> FloatArray:
    """Predict by 100 extremely randomised trees of scikit-learn (Geurts, Ernst, Wehenkel 2006), at least 3 rows in a leaf.

    Each cut may use a third of the columns. On the tablets this is better than the default, all columns.
    """
    trees = ExtraTreesRegressor(100, min_samples_leaf=3, max_features=1 / 3, random_state=seed, n_jobs=1)
    return fitted(trees, *matrices(train, test, task), target(train))


def gaussian_process(train: pl.DataFrame, test: pl.DataFrame, task: Task, seed: int) -> FloatArray:
    """Predict by a Gaussian process of scikit-learn with one length scale; kernel chosen on at most 300 rows, prediction by all."""
    x, new = matrices(train, test, task)
    y = target(train)
    kernel = ConstantKernel() * RBF(np.sqrt(x.shape[1]), (1e-1, 1e3)) + WhiteKernel(0.5, (1e-5, 1e2))
    part = np.random.default_rng(seed).permutation(len(y))[:HYPER_ROWS]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # a bound that is reached, a search that ends on a plateau
        chosen = GaussianProcessRegressor(kernel, random_state=seed).fit(x[part], scaled(y, y)[part]).kernel_
    return fitted(GaussianProcessRegressor(chosen, optimizer=None), x, new, y)


def lightgbm_default(train: pl.DataFrame, test: pl.DataFrame, task: Task, seed: int) -> FloatArray:
    """Predict by LightGBM with default parameters: 100 rounds, 31 leaves."""
    return boosted(train, test, task, seed, 100, {})


def lightgbm_raw(train: pl.DataFrame, test: pl.DataFrame, task: Task, seed: int) -> FloatArray:
    """Predict by LightGBM with default parameters, without the quantities that an operation offers (`operation.quantity`)."""
    raw = Task(task.target, tuple(name for name in task.numeric if "." not in name), task.categorical)
    return lightgbm_default(train, test, raw, seed)


def lightgbm_small(train: pl.DataFrame, test: pl.DataFrame, task: Task, seed: int) -> FloatArray:
    """Predict by small, strongly regularised LightGBM: 150 rounds, 4 leaves, half of the features per tree."""
    return boosted(train, test, task, seed, 150, SMALL)


def lightgbm_tuned(train: pl.DataFrame, test: pl.DataFrame, task: Task, seed: int) -> FloatArray:
    """Predict by LightGBM with the best of four sets of parameters on products hidden inside the training rows."""

    def predict(choice: tuple[int, dict[str, float]], learned: Rows, asked: Rows) -> FloatArray:
        return boosted(train[learned], train[asked], task, seed, *choice)

    return boosted(train, test, task, seed, *best(TUNED, predict, train))


def boosted(
    train: pl.DataFrame, test: pl.DataFrame, task: Task, seed: int, rounds: int, parameters: Mapping[str, float]
) -> FloatArray:
    """Predict by LightGBM with one thread on the scaled target."""
    fixed = {"objective": "regression", "verbose": -1, "num_threads": 1, "seed": seed, "deterministic": True}
    x, new = coded(train, test, task)
    y = target(train)
    words = list(range(len(task.numeric), len(task.columns)))
    data = lightgbm.Dataset(x, scaled(y, y), categorical_feature=words, params={"verbose": -1, "num_threads": 1})
    booster = lightgbm.train({**fixed, "force_row_wise": True, **parameters}, data, rounds)
    return unscaled(np.asarray(booster.predict(new, num_threads=1)), y)
