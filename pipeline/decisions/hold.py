"""Which setting holds a comparable quantity constant: the pipeline's own formulas, solved for one of their inputs.

Rows are feature tables (SI): a changed setting or vessel is written into its column, and `rebuilt` makes every quantity that
is computed from a batch row anew, by the same expressions as those of history.
"""

from collections.abc import Collection

import numpy as np
import polars as pl

from pipeline.domain.process import Process
from pipeline.features import offered
from pipeline.models.task import FloatArray
from pipeline.operations import scale

POINTS = 65
"""Places per row where a change of sign is looked for: a factor of 1.24 apart over six decades."""
STEPS = 32
"""Halvings of a bracket: from a factor of 1.24 to ten digits."""

ALIKE = 1e-9
"""A quantity this near to the wanted value has it: where it is flat, any setting would do, and the row keeps its own."""


def rebuilt(process: Process, rows: pl.DataFrame, only: Collection[str] | None = None) -> pl.DataFrame:
    """Compute the quantities of scale and operations, or `only` some, again from the columns that they are made from."""
    size = process.scale.attribute
    known = rows if size in rows.columns else rows.with_columns(pl.col("scale").alias(size))
    made = {
        f"{name}.{feature.name}": feature.compute(*(pl.col(operation.inputs[given]) for given in feature.inputs))
        for name, operation, feature in offered(process)
    } | {feature.name: feature.compute(pl.col("scale")) for feature in scale.FEATURES}
    finite = [
        pl.when(value.is_finite()).then(value).alias(name) for name, value in made.items() if only is None or name in only
    ]
    return known.with_columns(finite).select(rows.columns)


def inputs_of(process: Process, quantity: str) -> tuple[str, ...]:
    """Attributes that a quantity of an operation is computed from; none for a quantity that no operation computes."""
    for name, operation, feature in offered(process):
        if f"{name}.{feature.name}" == quantity:
            return tuple(operation.inputs[given] for given in feature.inputs)
    return ()


def hold(
    process: Process, rows: pl.DataFrame, setting: str, quantity: list[str], wanted: FloatArray, decades: float = 3.0
) -> FloatArray:
    """Find for each row the value of a setting at which a quantity has the wanted value.

    rows: n feature rows; quantity: n names; wanted: shape (n,), SI. Looks up to `decades` below and above the row's own
    value, takes the change of sign nearest to it (on a logarithmic axis) and halves it. Returns shape (n,), NaN where the
    quantity never has that value, or where setting or wanted value is missing.
    """
    start = rows[setting].cast(pl.Float64).to_numpy()
    usable = np.isfinite(start) & (start > 0) & np.isfinite(wanted)
    centre = np.where(usable, start, 1.0)
    grid = centre[:, None] * 10 ** np.linspace(-decades, decades, POINTS)
    gap = _gap(process, rows, setting, quantity, wanted, grid)
    turns = (gap[:, :-1] * gap[:, 1:] <= 0) & usable[:, None]
    middle = np.abs(np.arange(POINTS - 1) - (POINTS - 2) / 2)
    place = np.argmin(np.where(turns, middle, np.inf), axis=1)
    line = np.arange(rows.height)
    low, high, below = np.log(grid[line, place]), np.log(grid[line, place + 1]), gap[line, place]
    for _ in range(STEPS):
        half = (low + high) / 2
        same = _gap(process, rows, setting, quantity, wanted, np.exp(half)[:, None])[:, 0] * below > 0
        low, high = np.where(same, half, low), np.where(same, high, half)
    found = np.where(turns.any(axis=1), np.exp((low + high) / 2), np.nan)
    there = usable & (np.abs(gap[:, POINTS // 2]) <= ALIKE * np.abs(wanted))
    return np.asarray(np.where(there, start, found))


def _gap(
    process: Process, rows: pl.DataFrame, setting: str, quantity: list[str], wanted: FloatArray, values: FloatArray
) -> FloatArray:
    """Distance of the quantity from the wanted value at k values of the setting, (n, k) to (n, k)."""
    n, k = values.shape
    many = rows[np.repeat(np.arange(n), k)].with_columns(pl.Series(setting, values.ravel()))
    made = rebuilt(process, many, quantity)
    found = np.full((n, k), np.nan)
    names = np.array(quantity)
    for name in dict.fromkeys(quantity):
        at = names == name
        found[at] = made[name].to_numpy().astype(float).reshape(n, k)[at]
    return np.asarray(found - wanted[:, None])
