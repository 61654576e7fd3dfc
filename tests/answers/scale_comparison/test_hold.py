"""Settings that hold a quantity, against formulas solved by hand."""

import numpy as np
import polars as pl
import pytest

from pipeline.answers.scale_comparison.hold import hold, inputs_of, rebuilt
from tests.support.example_result import plant_process, rows

PROCESS = plant_process()


def test_hold__power_per_volume_and_tip_speed_in_a_larger_vessel() -> None:
    """P/V ∝ N³D⁵/V and tip speed ∝ N·D, solved for N by hand."""
    lab, plant = rows(PROCESS, "lab", [3.0], 5e-6), rows(PROCESS, "plant", [1.0, 1.0], 5e-4)
    names = ["bioreactor.power_per_volume", "bioreactor.tip_speed"]
    found = hold(PROCESS, plant, "agitation", names, np.array([lab[name][0] for name in names]))
    by_power = 3.0 * (2.0 / 0.005) ** (1 / 3) * (0.07 / 0.5) ** (5 / 3)
    assert found == pytest.approx([by_power, 3.0 * 0.07 / 0.5])


def test_hold__what_cannot_be_reached_or_is_unknown_is_nan() -> None:
    plant = rows(PROCESS, "plant", [1.0, 1.0], 5e-4)
    plant = plant.with_columns(pl.when(pl.int_range(pl.len()) == 0).then("agitation").alias("agitation"))
    wanted = np.array([1e12, np.nan])
    assert np.isnan(hold(PROCESS, plant, "agitation", ["bioreactor.blend_time"] * 2, wanted)).all()


def test_hold__a_flat_quantity_keeps_the_setting() -> None:
    plant = rows(PROCESS, "plant", [1.0], 5e-4)
    wanted = plant["bioreactor.wall_area_per_volume"].to_numpy()
    assert hold(PROCESS, plant, "agitation", ["bioreactor.wall_area_per_volume"], wanted) == pytest.approx([1.0])


def test_rebuilt__is_what_the_feature_table_holds() -> None:
    lab = rows(PROCESS, "lab", [3.0, 4.0], 5e-6)
    assert rebuilt(PROCESS, lab).equals(lab)
    assert inputs_of(PROCESS, "bioreactor.tip_speed") == ("agitation", "impeller_diameter")
    assert inputs_of(PROCESS, "temperature") == ()
