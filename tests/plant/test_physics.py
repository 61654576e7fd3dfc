"""Scale acts through physics alone: what is known of stirred vessels appears in the plant's arithmetic and its culture."""

import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from pipeline.plant import build, physics
from pipeline.plant.build import plan
from pipeline.plant.config import PlantConfig
from pipeline.plant.dynamics import gases, initial
from pipeline.plant.truth import culture_of, final_states, noise_free

SMALL = PlantConfig(products=6, batches=90, families=2, historian_hours=12)
GROWN = 10.0
"""Viable cells [1e9/L] of a culture in its second week."""


@pytest.fixture(scope="module")
def rows() -> pl.DataFrame:
    return plan(SMALL)[0]


def _blend_time(diameter: float, per_volume: float) -> float:
    """A vessel with H = T and D = 0.4 T, stirred at a power per volume [W/m³]."""
    tank, impeller, number = np.array([diameter]), np.array([0.4 * diameter]), np.array([1.3])
    volume = np.pi / 4 * tank**3
    speed = physics.agitation_for_power(np.array([per_volume]), volume, impeller, number, np.array([1.0]))
    return float(physics.blend_time(speed, impeller, tank, number, tank)[0])


def test_blend_time__grows_with_the_two_thirds_power_of_the_diameter_at_equal_power_per_volume() -> None:
    assert _blend_time(1.6, 25.0) / _blend_time(0.2, 25.0) == pytest.approx(8 ** (2 / 3), rel=1e-9)


def test_blend_time__worked_by_hand_of_grenville() -> None:
    """N 1/s, Np 1, D/T ½, H = T: 5.2 / (1 · 1 · ¼) = 20.8 s."""
    one = np.ones(1)
    assert physics.blend_time(one, one / 2, one, one, one)[0] == pytest.approx(20.8)


def test_power__of_a_speed_found_for_a_power_is_that_power() -> None:
    diameter, number, count, volume = (np.array([x]) for x in (0.5, 1.3, 2.0, 2.0))
    speed = physics.agitation_for_power(np.array([26.0]), volume, diameter, number, count)
    assert physics.power(speed, diameter, number, count)[0] / 2.0 == pytest.approx(26.0)


def _carbon_dioxide(rows: pl.DataFrame) -> np.ndarray:
    culture = culture_of(rows)
    state = initial(culture)
    state[1] = GROWN
    return gases(culture, state, 200.0).co2


def test_carbon_dioxide__rises_where_gas_per_volume_falls(rows: pl.DataFrame) -> None:
    less = rows.with_columns(gas_flow=pl.col("gas_flow") * 0.5)
    assert (_carbon_dioxide(less) > _carbon_dioxide(rows)).all()


def test_carbon_dioxide__rises_with_head_pressure(rows: pl.DataFrame) -> None:
    pressed = rows.with_columns(head_pressure=pl.col("head_pressure") + 5e4)
    assert (_carbon_dioxide(pressed) > _carbon_dioxide(rows)).all()


def test_carbon_dioxide__rises_with_scale_in_the_plant_as_it_is_run(rows: pl.DataFrame) -> None:
    median = rows.with_columns(co2=pl.Series(_carbon_dioxide(rows))).group_by("working_volume").agg(pl.col("co2").median())
    assert median.sort("working_volume")["co2"].is_sorted()


def test_quality__answers_to_slow_blending_and_to_the_trait_that_makes_it_matter(rows: pl.DataFrame) -> None:
    large = rows.filter(pl.col("working_volume") == pl.col("working_volume").max())
    sensitive, indifferent = (noise_free(large.with_columns(gradient_sensitivity=pl.lit(x))) for x in (2.0, 0.0))
    assert (sensitive["viability"] < indifferent["viability"]).all()
    assert (sensitive["galactosylation"] < indifferent["galactosylation"]).all()


def test_culture__no_state_is_negative_and_no_product_is_more_than_all_of_it(rows: pl.DataFrame) -> None:
    state = final_states(rows)
    assert state.min_horizontal().min() >= 0  # type: ignore[operator]
    for part in ("aggregate", "acidic", "galactosylated"):
        assert (state[part] <= state["product"]).all()


def test_lots__do_not_depend_on_the_clock_of_the_machine() -> None:
    """With this seed the number of lots lies at a boundary that half a day of local time would cross."""
    code = (
        "from pipeline.plant.build import plan; from pipeline.plant.config import PlantConfig;"
        "print({name: lots.height for name, lots in plan(PlantConfig(seed=23))[1].items()})"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", code], env={**os.environ, "TZ": zone}, capture_output=True, text=True, check=True
        ).stdout
        for zone in ("UTC", "Pacific/Auckland")
    }
    assert len(said) == 1


def test_build__default_size_takes_seconds(tmp_path: Path) -> None:
    begun = time.perf_counter()
    build(PlantConfig(), tmp_path / "raw", tmp_path / "truth")
    assert time.perf_counter() - begun < 15
    assert sum(path.stat().st_size for path in (tmp_path / "raw").rglob("*.parquet")) < 15e6
