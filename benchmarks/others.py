"""Competitors of other open-source packages (extra `bench`): statsmodels, pyphi-mvda, engin-core."""

import contextlib
import io
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import polars as pl
from fitting import Rows, best, indicators, levels_of, matrices, scaled, target, unscaled

from pipeline.domain.arrays import FloatArray
from pipeline.models.registry import Task

NOT_EXPRESSED = (
    "pyphi-mvda: its joint-Y PLS (transfer between sites) predicts only for a campaign that it was fitted with. It cannot predict "
    "a scale or product that never ran. Its PLS can, and is used here. It has no intervals for a new product.",
    "engin-core: a Gaussian process of one titre on numbers in the unit cube, made for five design variables. It has no products, "
    "lots, words or scale. It gets the 8 numbers that correlate most with the target and at most 200 rows. Its kernel search "
    "has no restarts.",
)
"""Limits of the other packages for these questions."""
LINEAR_TERMS = 6
KNOBS = 8
KNOB_ROWS = 200


def mixed_model(informed: Sequence[str]) -> Callable[[pl.DataFrame, pl.DataFrame, Task, int], FloatArray]:
    """Return MixedLM of statsmodels: crossed random intercepts of product and groupings, fixed slopes of scale and six numbers.

    The six are those that correlate most with the target in the training rows. A level that is not in the training rows adds
    nothing. The fit is by restricted maximum likelihood. If the search stops at a singular matrix (a variance of zero), a search
    without gradients is tried. If that stops too, least squares without random effects is used.
    """

    def predict(train: pl.DataFrame, test: pl.DataFrame, task: Task, seed: int) -> FloatArray:
        from statsmodels.regression.mixed_linear_model import MixedLM, VCSpec

        y = target(train)
        x, new = _slopes(train, test, task)
        names = [name for name in dict.fromkeys(("product", *informed)) if train[name].n_unique() > 1]
        levels = levels_of(train, names)
        parts = [indicators(train, {name: levels[name]}) for name in names]
        crossed = VCSpec(names, [[levels[name]] for name in names], [[part] for part in parts])
        for method in ("lbfgs", "nm"):
            with warnings.catch_warnings(), contextlib.suppress(np.linalg.LinAlgError):
                warnings.simplefilter("ignore")  # of convergence and of variances at zero, common here and harmless
                model = MixedLM(scaled(y, y), x, np.zeros(len(y)), exog_vc=crossed).fit(method=[method], maxiter=100)
                effects = next(iter(model.random_effects.values())).to_numpy()
                return unscaled(new @ np.asarray(model.fe_params) + indicators(test, levels) @ effects, y)
        return unscaled(new @ np.linalg.lstsq(x, scaled(y, y))[0], y)

    return predict


def pyphi_pls(train: pl.DataFrame, test: pl.DataFrame, task: Task, seed: int) -> FloatArray:
    """Predict by PLS of pyphi-mvda (NIPALS); 1 to 5 components, chosen on products hidden inside the training rows."""
    with contextlib.redirect_stdout(io.StringIO()):  # its import prints which optimisers are missing
        from pyphi import calc

    x, new = matrices(train, test, task)
    y = target(train)

    def learned_from(size: int, rows: Rows, asked: FloatArray) -> FloatArray:
        keep = x[rows].std(axis=0) > 0
        model: Any = calc.pls(x[rows][:, keep], scaled(y, y)[rows][:, None], size, force_nipals=False, shush=True)
        return unscaled(np.asarray(calc.pls_pred(asked[:, keep], model)["Yhat"]).ravel(), y)

    size = best(range(1, 6), lambda one, learned, asked: learned_from(one, learned, x[asked]), train)
    return learned_from(size, np.arange(len(y)), new)


def engin_core(train: pl.DataFrame, test: pl.DataFrame, task: Task, seed: int) -> FloatArray:
    """Predict by engin-core: Gaussian process on the 8 numbers that correlate most with the target, at most 200 rows by seed."""
    from engin_core import fit_gp

    x, new = matrices(train, test, Task(task.target, task.numeric, ()))
    y = target(train)
    knobs = _closest(x, y, KNOBS)
    low, high = x[:, knobs].min(axis=0), x[:, knobs].max(axis=0)
    part = np.random.default_rng(seed).permutation(len(y))[:KNOB_ROWS]
    model = fit_gp(((x[:, knobs] - low) / (high - low))[part], scaled(y, y)[part], seed=seed, n_restarts=0)
    return unscaled(model.predict((new[:, knobs] - low) / (high - low))[0], y)


def _slopes(train: pl.DataFrame, test: pl.DataFrame, task: Task) -> tuple[FloatArray, FloatArray]:
    """Return an intercept, the logarithm of scale if it differs, and the numbers that correlate most with the target."""
    numbers = matrices(train, test, Task(task.target, task.numeric, ()))
    logs = [np.log(rows["scale"].to_numpy()) for rows in (train, test)]
    x, new = (np.column_stack([log - logs[0].mean(), part]) for log, part in zip(logs, numbers, strict=True))
    chosen = _closest(x, target(train), LINEAR_TERMS, [0] if np.ptp(logs[0]) > 0 else [])
    return (
        np.column_stack([np.ones(len(x)), x[:, chosen]]),
        np.column_stack([np.ones(len(new)), new[:, chosen]]),
    )


def _closest(x: FloatArray, y: FloatArray, count: int, taken: Sequence[int] = ()) -> list[int]:
    """Return `taken`, then the columns that correlate most with the target, none with |r| ≥ 0.95 to an earlier one."""
    with np.errstate(divide="ignore", invalid="ignore"):
        between = np.nan_to_num(np.corrcoef(np.column_stack([x, y]), rowvar=False))
    chosen = [*taken]
    for column in np.argsort(-np.abs(between[-1, :-1]), kind="stable"):
        fresh = x[:, column].std() > 0 and np.all(np.abs(between[column, chosen]) < 0.95)
        if len(chosen) < count + len(taken) and fresh:
            chosen.append(int(column))
    return chosen
