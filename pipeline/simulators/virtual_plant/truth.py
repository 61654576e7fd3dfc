"""The truth: quality without noise, for any product, vessel, settings and materials.

No code that learns may import this module. A test checks this.
"""

from collections.abc import Mapping, Sequence

import polars as pl

from pipeline.simulators.virtual_plant.culture import culture_of
from pipeline.simulators.virtual_plant.dynamics import simulate
from pipeline.simulators.virtual_plant.quality import harvest_quality

STEPS: Mapping[str, float] = {
    "agitation": 0.01,
    "gas_flow": 0.01,
    "head_pressure": 500.0,
    "temperature": 0.05,
    "temperature_after_shift": 0.05,
    "shift_day": 0.05,
    "ph": 0.005,
    "dissolved_oxygen": 0.5,
    "inoculum_density": 0.01,
    "feed_share": 0.004,
    "duration_days": 0.05,
    "copper": 0.02,
    "manganese": 0.03,
    "base_osmolality": 1.0,
    "feed_glucose": 0.5,
    "amino_acids": 1.0,
}
"""Quantity → step of its central difference, in its unit, or as a share of its value for those in `RELATIVE`."""
RELATIVE = ("agitation", "gas_flow")
"""Quantities whose step is a share of the value."""


def noise_free(rows: pl.DataFrame) -> pl.DataFrame:
    """Quality attributes of each row without noise and faults, with the columns and units of `quality.NOISE`."""
    culture = culture_of(rows)
    return pl.DataFrame(harvest_quality(culture.trait, simulate(culture)))


def partial_derivatives(
    rows: pl.DataFrame, settings: Sequence[str] = tuple(STEPS), steps: Mapping[str, float] = STEPS
) -> pl.DataFrame:
    """Partial derivative of each quality attribute by each setting or material property, by central differences over ± `steps`.

    Returns one row per setting and row of `rows`: setting, row, then one column per attribute, in its unit per unit of the
    setting.
    """
    moved = [_moved(rows, name, sign * steps[name]) for sign in (1, -1) for name in settings]
    quality = noise_free(pl.concat(moved))
    up, down = quality[: quality.height // 2], quality[quality.height // 2 :]
    width = pl.concat([_moved(rows, n, steps[n])[n] - _moved(rows, n, -steps[n])[n] for n in settings])
    named = pl.DataFrame({"setting": settings}).join(rows.select(pl.int_range(pl.len()).alias("row")), how="cross")
    return pl.concat([named, (up - down).select(pl.all() / width)], how="horizontal")


def _moved(rows: pl.DataFrame, setting: str, by: float) -> pl.DataFrame:
    column = pl.col(setting)
    return rows.with_columns(column * (1 + by) if setting in RELATIVE else column + by)
