"""The setting that holds a comparable quantity constant: the formulas of the features, solved for one of their inputs.

Rows are feature tables (SI). A changed setting or vessel is written into its column. Then `rebuilt` recomputes every quantity
that is computed from a batch row, with the same expressions as for history.
"""

from collections.abc import Collection

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipeline.domain.arrays import FloatArray
from pipeline.domain.process.process import Process
from pipeline.features.arguments import arguments
from pipeline.features.catalogue import inputs_of as attributes_of
from pipeline.features.catalogue import offered
from pipeline.features.scales import scale_columns
from pipeline.history.derive import derive

POINTS = 65
"""Grid points per row and round in the search for a change of sign. In the first round they are a factor of 1.24 apart."""
ROUNDS = 6
"""Number of rounds. Each searches between two points of the last one. Six decades shrink to a relative step of 10⁻¹⁰."""
ALIKE = 1e-9
"""Relative difference below which a quantity has the wanted value. Then the row keeps its setting, also if the quantity is flat."""


def following(process: Process, rows: pl.DataFrame) -> tuple[str, ...]:
    """Return the derived numbers that have the value of their formula in all rows, so that they follow when a part is changed.

    A derived attribute that a proposal states otherwise, or whose parts are not known, does not follow. Neither does one that was
    computed before batches of a step were pooled.
    """
    known = _with_size(process, rows)
    derived = [name for name in process.derivations() if name in rows.columns and rows.schema[name].is_numeric()]
    derived = [name for name in derived if set(process.derived_from(name)) <= set(known.columns)]
    made = derive(known, process, derived)
    same = ((made[name] - rows[name]).abs() <= ALIKE * rows[name].abs() for name in derived)
    return tuple(name for name, one in zip(derived, same, strict=True) if one.fill_null(False).all())


def rebuilt(
    process: Process, rows: pl.DataFrame, only: Collection[str] | None = None, derived: Collection[str] = ()
) -> pl.DataFrame:
    """Return rows with the quantities of scale and operations (only those in `only`, if given) recomputed from their inputs.

    derived: attributes that are recomputed before, where their parts are known; see `following`.
    """
    known = _with_size(process, rows)
    if derived:
        made_again = derive(known, process, derived)
        known = known.with_columns(pl.coalesce(made_again[name], known[name]).alias(name) for name in derived)
    made = {
        f"{name}.{feature.name}": feature.compute(*arguments(process, operation, feature))
        for name, operation, feature in offered(process)
        if only is None or f"{name}.{feature.name}" in only
    }
    made |= {name: value for name, value in scale_columns(process).items() if only is None or name in only}
    finite = [pl.when(value.is_finite()).then(value).alias(name) for name, value in made.items()]
    return known.with_columns(finite).select(rows.columns)


def _with_size(process: Process, rows: pl.DataFrame) -> pl.DataFrame:
    """Add the attribute that holds the batch size; a feature table has it as `scale`."""
    size = process.scale.attribute
    return rows if size in rows.columns else rows.with_columns(pl.col("scale").alias(size))


def inputs_of(process: Process, quantity: str) -> tuple[str, ...]:
    """Return the attributes that a quantity of an operation is computed from; none if no operation computes it."""
    for name, operation, feature in offered(process):
        if f"{name}.{feature.name}" == quantity:
            return attributes_of(feature, operation)
    return ()


def is_possible(process: Process, setting: str, value: float) -> bool:
    """Tell whether a value [SI] lies in the possible range of a setting. An end that is not stated allows every value."""
    low, high = process.attributes[setting].possible or (None, None)
    return bool((-np.inf if low is None else low) <= value <= (np.inf if high is None else high))


def hold(
    process: Process, rows: pl.DataFrame, setting: str, quantity: list[str], wanted: FloatArray, decades: float = 3.0
) -> FloatArray:
    """Return for each row the value of a setting at which a quantity has the wanted value, shape (n,).

    rows: n feature rows; quantity: n names; wanted: shape (n,), SI. The search covers `decades` below and above the row's own
    value and takes the change of sign nearest to it on a logarithmic axis. NaN if the quantity never has that value, or if the
    setting or the wanted value is missing.
    """
    start = rows[setting].cast(pl.Float64).to_numpy()
    usable = np.isfinite(start) & (start > 0) & np.isfinite(wanted)
    centre = np.log(np.where(usable, start, 1.0))
    low, high = centre - decades * np.log(10), centre + decades * np.log(10)
    unchanged, found, derived = np.zeros(len(start), dtype=bool), usable, following(process, rows)
    for round_number in range(ROUNDS):
        grid = low[:, None] + (high - low)[:, None] * np.linspace(0, 1, POINTS)
        gap = _gap(process, rows, setting, quantity, wanted, np.exp(grid), derived)
        if round_number == 0:
            unchanged = usable & (np.abs(gap[:, POINTS // 2]) <= ALIKE * np.abs(wanted))
        place, turns = _nearest_turn(gap)
        found = found & turns
        line = np.arange(len(start))
        low, high = grid[line, place], grid[line, place + 1]
    return np.asarray(np.where(unchanged, start, np.where(found, np.exp((low + high) / 2), np.nan)))


def _nearest_turn(gap: FloatArray) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Return the interval nearest to the middle in which each row changes its sign, and whether there is one."""
    turns = gap[:, :-1] * gap[:, 1:] <= 0
    middle = np.abs(np.arange(gap.shape[1] - 1) - (gap.shape[1] - 2) / 2)
    return np.argmin(np.where(turns, middle, np.inf), axis=1), np.asarray(np.any(turns, axis=1))


def _gap(
    process: Process,
    rows: pl.DataFrame,
    setting: str,
    quantity: list[str],
    wanted: FloatArray,
    values: FloatArray,
    derived: Collection[str],
) -> FloatArray:
    """Return quantity minus wanted value at k values of the setting; values and result have shape (n, k)."""
    n, k = values.shape
    many = rows[np.repeat(np.arange(n), k)].with_columns(pl.Series(setting, values.ravel()))
    made = rebuilt(process, many, quantity, derived)
    found = np.full((n, k), np.nan)
    names = np.array(quantity)
    for name in dict.fromkeys(quantity):
        at = names == name
        found[at] = made[name].to_numpy().astype(float).reshape(n, k)[at]
    return np.asarray(found - wanted[:, None])
