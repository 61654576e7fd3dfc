"""The default plant at 2,000 to 15,000 L lies in the published ranges (table in docs/explanation/virtual_plant.md)."""

import numpy as np
import polars as pl
import pytest

from pipeline.simulators.virtual_plant import states
from pipeline.simulators.virtual_plant.build import plan
from pipeline.simulators.virtual_plant.config import PlantConfig
from pipeline.simulators.virtual_plant.culture import culture_of
from pipeline.simulators.virtual_plant.dynamics import simulate
from pipeline.simulators.virtual_plant.environment import environment

RANGES = {
    "viable": (8, 25),
    "viability": (60, 95),
    "titre": (1, 9),
    "lactate": (10, 45),
    "ammonia": (2, 12),
    "co2": (60, 180),
    "osmolality": (330, 450),
    "kla": (1, 15),
    "blend_2": (20, 100),
    "blend_15": (60, 180),
}


@pytest.fixture(scope="module")
def found() -> dict[str, np.ndarray]:
    """Quantity → 10 % and 90 % quantile of the batches."""
    rows = plan(PlantConfig())[0].filter(pl.col("working_volume") >= 2)
    culture = culture_of(rows)
    lactate, viable, co2, kla = [], [], [], []

    def record(hour: float, values: np.ndarray) -> None:
        state = states.of(values)
        meets = environment(culture, state, hour)
        lactate.append(state.lactate)
        viable.append(state.viable)
        co2.append(np.where((hour >= 192) & (hour < culture.end), meets.co2, np.nan))
        kla.append(3600 * meets.kla)

    end = states.of(simulate(culture, np.arange(0, 336, 12.0), record))
    volume = rows["working_volume"].to_numpy()
    quantities = {
        "viable": np.max(viable, axis=0),
        "viability": 100 * end.viable / (end.viable + end.dead),
        "titre": end.product,
        "lactate": np.max(lactate, axis=0),
        "ammonia": end.ammonia,
        "co2": np.nanmedian(co2, axis=0),
        "osmolality": environment(culture, end, culture.end).osmolality,
        "kla": np.median(kla, axis=0),
        "blend_2": culture.motion_as_set.blend_time[volume < 10],
        "blend_15": culture.motion_as_set.blend_time[volume > 10],
    }
    return {name: np.quantile(values, [0.1, 0.9]) for name, values in quantities.items()}


@pytest.mark.parametrize("quantity", RANGES)
def test_dynamics__is_within_published_ranges(quantity: str, found: dict[str, np.ndarray]) -> None:
    low, high = RANGES[quantity]
    assert low <= found[quantity][0]
    assert found[quantity][1] <= high
