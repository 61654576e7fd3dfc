"""The truth as a function: noise-free quality of any product in any vessel with any settings and materials."""

import numpy as np
import polars as pl

from pipeline.plant.dynamics import STATES, Culture, simulate
from pipeline.plant.faults import CAUSES
from pipeline.plant.quality import harvest_quality
from pipeline.plant.values import Array, columns


def culture_of(rows: pl.DataFrame, onset: dict[str, Array] | None = None) -> Culture:
    """Make the culture of rows that hold every trait, vessel property, setting and material property as a column."""
    values = columns(rows)
    never = {cause: np.full(rows.height, np.inf) for cause in CAUSES}
    return Culture(values, values, values, values, never if onset is None else onset)


def noise_free(rows: pl.DataFrame) -> pl.DataFrame:
    """Quality attributes of each row without noise or fault; columns as `quality.NOISE`, in its units."""
    culture = culture_of(rows)
    state = simulate(culture, 10**6, lambda hour, state: None)
    return pl.DataFrame(harvest_quality(culture.trait, state))


def sensitivity(rows: pl.DataFrame, setting: str, change: float) -> pl.DataFrame:
    """Partial derivative of each attribute by a setting: central difference over ± `change`."""
    up, down = (noise_free(rows.with_columns(pl.col(setting) + sign * change)) for sign in (1, -1))
    return (up - down) / (2 * change)


def final_states(rows: pl.DataFrame) -> pl.DataFrame:
    """States at harvest, for balances."""
    state = simulate(culture_of(rows), 10**6, lambda hour, state: None)
    return pl.DataFrame(dict(zip(STATES, state, strict=True)))
