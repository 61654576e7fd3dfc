"""The bridge from lab to plant: the causes of the predicted difference between the reference batches and the proposed one.

The difference f(proposed) − mean f(reference batches) is divided into Shapley values, with the product's own reference batches
as the background (interventional: Štrumbelj, Kononenko 2014, Knowl. Inf. Syst. 41, 647; Lundberg, Lee 2017, NeurIPS 30; a
difference against a chosen group instead of all data: Merrick, Taly 2020, CD-MAKE, LNCS 12279, 17). Three views of the same
difference, each of which sums to it: by cause, by quantity and by unit operation.

By cause: the players are causes. Every coalition is a batch whose quantities are computed from its own settings and vessel.
By quantity: a cause changes several quantities at once. Its share is divided among them with random orders. The result is a
table of cause × quantity: rows sum to the shares of the causes, columns to the shares of the quantities.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.answers.bridge import shapley
from pipeline.answers.bridge.causes import (
    Cause,
    MixedBatches,
    carried_over,
    causes_of,
    changed,
    merged,
    not_following,
    place_named,
)
from pipeline.domain.arrays import FloatArray, IntArray
from pipeline.domain.process.process import Process
from pipeline.forecasting.outcome import QualityForecaster

MOST_ROWS = 20_000
"""Largest number of rows for exact Shapley values. If all coalitions need more rows, orders of the players are sampled."""
PAIRS = 24
"""Number of pairs of random orders for causes, if there are too many for exact values; smallest for the quantities of one cause."""
MOST_BATCHES = 2 * PAIRS
"""Largest number of reference batches that the shares by quantity draw from. Of more, an even sample is taken."""
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
    """Target → largest standard error of a share by quantity. The sum of the shares has no sampling error."""
    exact: bool
    """True if every coalition of causes was evaluated."""


def bridge(
    process: Process, forecaster: QualityForecaster, proposed: pl.DataFrame, reference: pl.DataFrame, stated: Collection[str]
) -> BridgeShares:
    """Return the shares of the difference between a proposed batch (1 feature row) and its reference batches (n rows).

    stated: attributes and materials that the proposal names. All others form one cause. Raises ValueError without reference.
    """
    if reference.is_empty():
        raise ValueError("a bridge needs reference batches to start from")
    # sorted, because draws belong to batches, whatever their order in the file
    background = reference.select(proposed.columns).sort("batch_id")
    every = not_following(process, causes_of(process, proposed.columns), proposed)
    different = place_named(process, changed(every, proposed, background), proposed, background)
    causes = merged(different, _stated_or_following(process, stated))
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
    """Return the share of each cause, (causes, targets), without shares by quantity."""
    between = MixedBatches.of(process, proposed, reference.select(proposed.columns), causes)
    return _by_cause(forecaster, between, most_rows)[0]


def _stated_or_following(process: Process, stated: Collection[str]) -> set[str]:
    """Return the stated names, plus all settings that are adapted to the vessel: choosing the vessel decides them."""
    every = [Cause(name, "setting", (name,)) for name, a in process.attributes.items() if a.role == "CPP"]
    return {*stated, *carried_over(process, every)}


def _ends(forecaster: QualityForecaster, between: MixedBatches) -> tuple[FloatArray, FloatArray]:
    """Return the mean prediction of the reference batches and the prediction of the proposed one, (targets,) each."""
    whole = np.array([[False], [True]]).repeat(len(between.causes), axis=1)
    reference, proposed = _predicted_coalitions(forecaster, between, whole)
    return reference.mean(axis=0), proposed.mean(axis=0)


def _by_cause(forecaster: QualityForecaster, between: MixedBatches, most_rows: int = MOST_ROWS) -> tuple[FloatArray, bool]:
    """Return the share of each cause, (causes, targets), and whether every coalition was evaluated."""
    players, n = len(between.causes), between.background.height
    if 2**players * n <= most_rows:
        return shapley.exact(_predicted_coalitions(forecaster, between, shapley.all_masks(players)).mean(axis=1)), True
    order = shapley.orders(players, PAIRS, SEED)
    masks = shapley.masks_along(order)
    values = _predicted_coalitions(forecaster, between, masks.reshape(-1, players)).mean(axis=1)
    return shapley.along(order, values.reshape(*masks.shape[:2], -1)).mean(axis=0), False


def _predicted_coalitions(forecaster: QualityForecaster, between: MixedBatches, masks: shapley.Masks) -> FloatArray:
    """Return the predictions of every coalition for every background batch, (masks, n, targets)."""
    return _predict(forecaster, between.rows(masks)).reshape(len(masks), between.background.height, -1)


def _within_cause(
    forecaster: QualityForecaster, between: MixedBatches, at: int, names: list[str]
) -> tuple[FloatArray, FloatArray]:
    """Return the shares of the quantities in one cause, (quantities, targets), and their standard errors.

    Each draw has a background batch, a coalition of the other causes with its Shapley weight, and an order of the quantities
    with its reverse. The batch without and the batch with the cause are known. From one to the other, the quantities are changed
    one after the other.
    """
    before, after = _steps(between, at)
    changing = _changed_columns(before, after, names)
    shares = np.zeros((len(names), len(forecaster.targets)))
    errors = np.zeros_like(shares)
    if not changing:
        return shares, errors
    order = shapley.orders(len(changing), before.height // 2, SEED + at)
    masks = shapley.masks_along(order)
    values = _predict(forecaster, _rows_between(before, after, changing, masks)).reshape(*masks.shape[:2], -1)
    steps = shapley.along(order, values)
    places = [names.index(name) for name in changing]
    shares[places], errors[places] = steps.mean(axis=0), shapley.error_of_mean(steps)
    return shares, errors


def _changed_columns(before: pl.DataFrame, after: pl.DataFrame, names: list[str]) -> list[str]:
    """Return the columns in which at least one row differs."""
    both = before.select(names).hstack(after.select(pl.col(name).alias(f"{name} after") for name in names))
    differ = both.select(pl.col(name).ne_missing(pl.col(f"{name} after")).any() for name in names).row(0)
    return [name for name, one in zip(names, differ, strict=True) if one]


def _steps(between: MixedBatches, at: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return rows without and with a cause, two for each draw. An order and its reverse use the same batches."""
    rng = np.random.default_rng(SEED + at)
    players, batches = len(between.causes), _drawn(between.background.height)
    others = np.delete(np.arange(players), at)
    masks = np.zeros((len(batches), players), dtype=bool)
    for mask in masks:
        mask[rng.permutation(others)[: rng.integers(0, players)]] = True
    joined = masks.copy()
    joined[:, at] = True
    twice = np.repeat(np.arange(len(batches)), 2)
    return between.rows(masks, batches)[twice], between.rows(joined, batches)[twice]


def _drawn(batches: int) -> IntArray:
    """Return the background batch of each draw: every batch equally often, or an even sample of `MOST_BATCHES` batches."""
    if batches > MOST_BATCHES:
        return np.linspace(0, batches - 1, MOST_BATCHES).round().astype(np.int64)
    return np.tile(np.arange(batches), -(-PAIRS // batches))


def _columns(quantity: str) -> tuple[str, ...]:
    """Return the columns of the feature table that belong to one quantity of the bridge."""
    return (quantity, *KEYS_AS_SIZE) if quantity == "log10_scale" else (quantity,)


def _rows_between(before: pl.DataFrame, after: pl.DataFrame, changing: list[str], masks: shapley.Masks) -> pl.DataFrame:
    """Return orders·steps rows. Each quantity is taken from `after` if its mask (orders, steps, quantities) is true."""
    times = masks.shape[1]
    index = np.repeat(np.arange(before.height), times)
    rows, later = before[index], after[index]
    flat = masks.reshape(-1, masks.shape[2])
    return rows.with_columns(
        pl.when(pl.Series(flat[:, i])).then(later[column]).otherwise(pl.col(column)).alias(column)
        for i, name in enumerate(changing)
        for column in _columns(name)
        if column in rows.columns
    )


def _adjusted(table: FloatArray, total: FloatArray) -> FloatArray:
    """Return the sampled shares of one cause, adjusted to sum to `total`. The correction is proportional to their size."""
    size = np.abs(table)
    whole = size.sum(axis=0)
    weight = np.where(whole > 0, size / np.where(whole > 0, whole, 1), 1 / max(len(table), 1))
    return np.asarray(table + weight * (total - table.sum(axis=0)))


def _quantities(proposed: pl.DataFrame) -> list[str]:
    """Return all columns except batch names and dates. The scale is counted once, as its logarithm."""
    left_out = {"batch_id", "started_at", *(KEYS_AS_SIZE if "log10_scale" in proposed.columns else ())}
    return [name for name in proposed.columns if name not in left_out]


def _predict(forecaster: QualityForecaster, rows: pl.DataFrame) -> FloatArray:
    return np.asarray(forecaster.mean(rows).select(forecaster.targets).to_numpy(), dtype=np.float64)
