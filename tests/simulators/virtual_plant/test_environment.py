"""What the cells meet: oxygen, pH and carbon dioxide follow from gas, vessel and base."""

import numpy as np
import polars as pl

from pipeline.simulators.virtual_plant import physics, states
from pipeline.simulators.virtual_plant.culture import culture_of
from pipeline.simulators.virtual_plant.dynamics import (
    initial,
)
from pipeline.simulators.virtual_plant.environment import DEADBAND, environment
from tests.support.culture_course import course


def test_gas__oxygen_transfer_equals_oxygen_uptake(rows: pl.DataFrame) -> None:
    culture = culture_of(rows)
    state = states.of(course(culture, np.array([200.0]))[0])
    meets = environment(culture, state, 200.0)
    height = physics.liquid_height(
        culture.vessel["working_volume"] * state.volume / (1 + culture.setting["feed_share"]),
        culture.vessel["tank_diameter"],
    )
    pressure = physics.mean_pressure(height, culture.setting["head_pressure"])
    entering = meets.kla * (physics.OXYGEN_SOLUBILITY * pressure * meets.oxygen_in_gas - meets.oxygen)
    enriched = meets.oxygen_in_gas > physics.AIR_OXYGEN
    assert enriched.any()
    assert np.allclose(entering[enriched], meets.uptake[enriched], rtol=1e-6)


def test_ph__is_held_within_its_range_with_more_base_at_large_scale(rows: pl.DataFrame) -> None:
    culture = culture_of(rows)
    kept = [states.of(values) for values in course(culture, np.arange(24.0, 288.0, 12.0))]
    for hour, state in zip(np.arange(24.0, 288.0, 12.0), kept, strict=True):
        ph = environment(culture, state, float(hour)).ph
        assert (np.abs(ph - culture.setting["ph"]) < DEADBAND + 0.06).all()
    volume = culture.vessel["working_volume"]
    base = kept[-1].base
    assert np.median(base[volume > 1]) > 2 * np.median(base[volume < 0.01])


def _co2(rows: pl.DataFrame) -> np.ndarray:
    culture = culture_of(rows)
    state = states.of(initial(culture))._replace(viable=np.full(rows.height, 12.0))
    return environment(culture, state, 200.0).co2


def test_carbon_dioxide__rises_when_gas_per_volume_falls(large: pl.DataFrame) -> None:
    assert (_co2(large.with_columns(pl.col("gas_flow") * 0.5)) > _co2(large)).all()


def test_carbon_dioxide__rises_with_head_pressure(large: pl.DataFrame) -> None:
    assert (_co2(large.with_columns(pl.col("head_pressure") + 5e4)) > _co2(large)).all()


def test_carbon_dioxide__is_highest_at_the_largest_scale_of_the_plant(rows: pl.DataFrame) -> None:
    median = rows.with_columns(co2=pl.Series(_co2(rows))).group_by("working_volume").agg(pl.col("co2").median())
    assert median.sort("working_volume")["co2"].tail(3).is_sorted()
    assert median.sort("co2")["working_volume"][-1] == rows["working_volume"].max()
