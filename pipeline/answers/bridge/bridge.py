"""The bridge from lab to plant: what moves the predicted quality of a product from its reference batches to the proposed one.

The difference f(proposed) − mean f(reference batches) is shared out by Shapley values, with the product's own reference batches
as the background (interventional: Štrumbelj, Kononenko 2014, Knowl. Inf. Syst. 41, 647; Lundberg, Lee 2017, NeurIPS 30; a
difference against a chosen group instead of all data: Merrick, Taly 2020, CD-MAKE, LNCS 12279, 17). Three views of the same
difference, each of which sums to it: by cause, by quantity and by unit operation.

By cause: players are causes, every coalition is a batch whose quantities are computed from its own settings and vessel.
By quantity: each step of a cause changes several quantities at once; the step is shared out among them in random orders. So a
table of cause × quantity arises whose rows sum to the causes and whose columns to the quantities.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.answers.bridge import shapley
from pipeline.answers.bridge.causes import Cause, MixedBatches, carried_over, causes_of, changed, merged
from pipeline.domain.process.process import Process
from pipeline.forecasting.outcome import QualityForecaster

FloatArray = shapley.FloatArray
MOST_ROWS = 20_000
"""Rows of coalitions that are predicted at once; more players than that allows are sampled."""
PAIRS = 24
"""Pairs of random orders: for causes per background batch where there are too many, for the quantities within one cause."""
SEED = 20241101
KEYS_AS_SIZE = ("scale", "scale_level")


@dataclass(frozen=True)
class BridgeShares:
    """Shares of the difference, SI, one column per target."""

    causes: tuple[Cause, ...]
    quantities: tuple[str, ...]
    reference: pl.DataFrame
    """1 row: mean prediction of the reference batches."""
    proposed: pl.DataFrame
    """1 row: prediction of the proposed batch."""
    shares: Mapping[str, FloatArray]
    """Target → (causes, quantities)."""
    error: Mapping[str, float]
    """Target → largest standard error of a share by quantity; the sum has none."""
    exact: bool
    """Every coalition of causes was valued."""


def bridge(
    process: Process, forecaster: QualityForecaster, proposed: pl.DataFrame, reference: pl.DataFrame, stated: Collection[str]
) -> BridgeShares:
    """Share out the difference between a proposed batch (1 feature row) and its reference batches (n rows).

    stated: attributes and materials that the proposal names; the rest is one cause. Raises ValueError without reference.
    """
    if reference.is_empty():
        raise ValueError("a bridge needs reference batches to start from")
    background = reference.select(proposed.columns)
    causes = merged(changed(causes_of(process, proposed.columns), proposed, background), _stated(process, stated))
    between = MixedBatches.of(process, proposed, background, causes)
    low, high = _ends(forecaster, between)
    by_cause, is_exact = _by_cause(forecaster, between)
    names = _quantities(proposed)
    parts = [_within_cause(forecaster, between, at, names) for at in range(len(causes))]
    shares = np.array([_adjusted(table, total) for (table, _), total in zip(parts, by_cause, strict=True)])
    shares = shares.reshape(len(causes), len(names), len(low))
    error = np.max([error for _, error in parts], axis=(0, 1)) if parts else np.zeros(len(low))
    targets = forecaster.targets
    return BridgeShares(
        tuple(causes),
        tuple(names),
        pl.DataFrame([low], schema=list(targets), orient="row"),
        pl.DataFrame([high], schema=list(targets), orient="row"),
        {target: shares[:, :, k] for k, target in enumerate(targets)},
        {target: float(error[k]) for k, target in enumerate(targets)},
        is_exact,
    )


def shares_of_causes(
    process: Process,
    forecaster: QualityForecaster,
    proposed: pl.DataFrame,
    reference: pl.DataFrame,
    causes: list[Cause],
    most_rows: int = MOST_ROWS,
) -> FloatArray:
    """Share of each cause, (causes, targets): the first level of a bridge alone."""
    between = MixedBatches.of(process, proposed, reference.select(proposed.columns), causes)
    return _by_cause(forecaster, between, most_rows)[0]


def _stated(process: Process, stated: Collection[str]) -> set[str]:
    """A setting that follows the vessel is decided with the vessel, stated or not."""
    every = [Cause(name, "setting", (name,)) for name, a in process.attributes.items() if a.role == "CPP"]
    return {*stated, *carried_over(process, every)}


def _ends(forecaster: QualityForecaster, between: MixedBatches) -> tuple[FloatArray, FloatArray]:
    """Mean prediction of the reference batches and prediction of the proposed one, (targets,) each."""
    whole = np.array([[False], [True]]).repeat(len(between.causes), axis=1)
    reference, proposed = _valued(forecaster, between, whole)
    return reference.mean(axis=0), proposed.mean(axis=0)


def _by_cause(forecaster: QualityForecaster, between: MixedBatches, most_rows: int = MOST_ROWS) -> tuple[FloatArray, bool]:
    """Share of each cause, (causes, targets), and whether every coalition was valued."""
    players, n = len(between.causes), between.background.height
    if 2**players * n <= most_rows:
        return shapley.exact(_valued(forecaster, between, shapley.all_masks(players)).mean(axis=1)), True
    order = shapley.orders(players, PAIRS, SEED)
    masks = shapley.masks_along(order)
    values = _valued(forecaster, between, masks.reshape(-1, players)).mean(axis=1)
    return shapley.along(order, values.reshape(*masks.shape[:2], -1)).mean(axis=0), False


def _valued(forecaster: QualityForecaster, between: MixedBatches, masks: shapley.Masks) -> FloatArray:
    """Predictions of every coalition of every background batch, (masks, n, targets)."""
    return _predict(forecaster, between.rows(masks)).reshape(len(masks), between.background.height, -1)


def _within_cause(
    forecaster: QualityForecaster, between: MixedBatches, at: int, names: list[str]
) -> tuple[FloatArray, FloatArray]:
    """Share out the steps of one cause among the quantities that it changes: (quantities, targets) and its error.

    Each draw: a background batch, a coalition of the other causes as Shapley weighs it, and an order of the quantities with its
    reverse. Before and after the step are two whole batches; between them quantities change one by one.
    """
    before, after = _steps(between, at)
    moved = _moved(before, after, names)
    shares = np.zeros((len(names), len(forecaster.targets)))
    errors = np.zeros_like(shares)
    if not moved:
        return shares, errors
    order = shapley.orders(len(moved), PAIRS, SEED + at)
    masks = shapley.masks_along(order)
    values = _predict(forecaster, _mixed(before, after, moved, masks)).reshape(*masks.shape[:2], -1)
    steps = shapley.along(order, values)
    places = [names.index(name) for name in moved]
    shares[places], errors[places] = steps.mean(axis=0), shapley.error_of_mean(steps)
    return shares, errors


def _moved(before: pl.DataFrame, after: pl.DataFrame, names: list[str]) -> list[str]:
    """Columns in which any row differs."""
    both = before.select(names).hstack(after.select(pl.col(name).alias(f"{name} after") for name in names))
    differ = both.select(pl.col(name).ne_missing(pl.col(f"{name} after")).any() for name in names).row(0)
    return [name for name, one in zip(names, differ, strict=True) if one]


def _steps(between: MixedBatches, at: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows before and after a cause joins, one for each of 2·PAIRS orders; an order and its reverse share the batches."""
    rng = np.random.default_rng(SEED + at)
    players = len(between.causes)
    others = [i for i in range(players) if i != at]
    masks = np.zeros((PAIRS, players), dtype=bool)
    for mask in masks:
        mask[rng.permutation(others)[: rng.integers(0, players)]] = True
    batches = np.arange(PAIRS) % between.background.height
    joined = masks.copy()
    joined[:, at] = True
    twice = np.repeat(np.arange(PAIRS), 2)
    return between.rows(masks, batches)[twice], between.rows(joined, batches)[twice]


def _columns(quantity: str) -> tuple[str, ...]:
    """Columns of the feature table that one quantity of the bridge stands for."""
    return (quantity, *KEYS_AS_SIZE) if quantity == "log10_scale" else (quantity,)


def _mixed(before: pl.DataFrame, after: pl.DataFrame, moved: list[str], masks: shapley.Masks) -> pl.DataFrame:
    """Between before and after: (orders, steps, quantities) masks to orders·steps rows."""
    times = masks.shape[1]
    index = np.repeat(np.arange(before.height), times)
    rows, later = before[index], after[index]
    flat = masks.reshape(-1, masks.shape[2])
    return rows.with_columns(
        pl.when(pl.Series(flat[:, i])).then(later[column]).otherwise(pl.col(column)).alias(column)
        for i, name in enumerate(moved)
        for column in _columns(name)
        if column in rows.columns
    )


def _adjusted(table: FloatArray, total: FloatArray) -> FloatArray:
    """Make sampled shares of one cause sum to its own share; the difference is spread by their size."""
    size = np.abs(table)
    whole = size.sum(axis=0)
    weight = np.where(whole > 0, size / np.where(whole > 0, whole, 1), 1 / max(len(table), 1))
    return np.asarray(table + weight * (total - table.sum(axis=0)))


def _quantities(proposed: pl.DataFrame) -> list[str]:
    """All columns but dates and names of batches; the scale in its plain form belongs to its logarithm."""
    left_out = {"batch_id", "started_at", *(KEYS_AS_SIZE if "log10_scale" in proposed.columns else ())}
    return [name for name in proposed.columns if name not in left_out]


def _predict(forecaster: QualityForecaster, rows: pl.DataFrame) -> FloatArray:
    return np.asarray(forecaster.mean(rows).select(forecaster.targets).to_numpy(), dtype=np.float64)
