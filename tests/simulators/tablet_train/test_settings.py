"""What operators set: habits of the sites, and how well the drying time meets its aim."""

import numpy as np
import polars as pl
import pytest

from pipeline.simulators.tablet_train.granulation import tip_speed
from pipeline.simulators.tablet_train.train import Train, numbers


def test_settings__ulm_raises_the_tip_speed_with_the_bowl_and_porto_keeps_it(default: Train) -> None:
    rows = default.inputs["granulation"]
    relative = rows.with_columns(ratio=pl.Series(tip_speed(numbers(rows, 0.0))) / pl.col("usual_tip_speed"))
    large = relative.filter(pl.col("batch_size") == 600).group_by("site").agg(pl.col("ratio").mean())
    ratio = dict(large.iter_rows())
    assert ratio["Porto"] == pytest.approx(1.0, abs=0.03)
    assert ratio["Ulm"] > 1.2


def test_settings__ulm_keeps_the_revolutions_of_the_blender_and_the_others_do_not(default: Train) -> None:
    rows = default.inputs["blending"].with_columns(
        ratio=pl.col("rotation") * pl.col("lubrication_time") / pl.col("usual_turns")
    )
    large = dict(rows.filter(pl.col("batch_size") >= 200).group_by("site").agg(pl.col("ratio").mean()).iter_rows())
    assert large["Ulm"] == pytest.approx(1.0, abs=0.05)
    assert large["Leeds"] < 0.6
    assert large["Porto"] < 0.5


def test_settings__drying_meets_the_usual_loss_on_drying_on_average(default: Train) -> None:
    rows = default.inputs["drying"]
    moisture = default.states["drying"]["moisture"]
    found = 100 * moisture / (1 + moisture) - rows["usual_lod"].to_numpy()
    assert abs(np.median(found)) < 0.4
    assert np.std(found) < 1.0


def test_settings__become_narrower_at_large_scales(default: Train) -> None:
    rows = default.inputs["granulation"].with_columns(liquid=pl.col("liquid_mass") / pl.col("mass") / pl.col("usual_liquid"))
    spread = dict(rows.group_by("batch_size").agg(pl.col("liquid").std()).iter_rows())
    assert spread[600.0] < 0.5 * spread[2.0]
