"""Settings that hold a quantity, against formulas solved by hand."""

import numpy as np
import polars as pl
import pytest

from pipeline.answers.scale_comparison.hold import following, hold, inputs_of, rebuilt
from pipeline.domain.process.process import Process
from tests.support.example_result import plant_process, rows
from tests.support.many_steps import feature_rows, long_history

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


@pytest.fixture(scope="module")
def captured(tmp_path_factory: pytest.TempPathFactory) -> tuple[Process, pl.DataFrame]:
    return feature_rows(long_history(tmp_path_factory.mktemp("derived")))


def test_following__is_a_derived_attribute_that_has_the_value_of_its_formula(captured: tuple[Process, pl.DataFrame]) -> None:
    process, rows = captured
    assert following(process, rows) == ("load_per_resin",)
    stated = rows.with_columns(load_per_resin=pl.lit(99.0))
    assert following(process, stated) == ()


def test_rebuilt__computes_what_follows_from_a_changed_part(captured: tuple[Process, pl.DataFrame]) -> None:
    process, rows = captured
    moved = rows.with_columns(load=2 * pl.col("load"))
    again = rebuilt(process, moved, derived=following(process, rows))["load_per_resin"]
    assert again.to_list() == pytest.approx((2 * rows["load_per_resin"]).to_list())
    assert rebuilt(process, moved)["load_per_resin"].equals(rows["load_per_resin"])
