"""Batches of all steps: scales, names, pooling and splitting."""

import polars as pl
import pytest

from pipeline.domain.errors import ScalebridgeError
from pipeline.simulators.tablet_train.campaigns import SCALE_STAGES, Batches, batches, furthest
from pipeline.simulators.tablet_train.config import TabletTrainConfig


@pytest.fixture(scope="module")
def made() -> Batches:
    return batches(TabletTrainConfig())


def test_batches__have_names_of_their_own_in_each_step(made: Batches) -> None:
    names = [
        made.granulations["granulation"],
        made.blends["blending"],
        made.cores["compression"],
        made.coated["coating"],
    ]
    together = pl.concat([name.alias("name") for name in names])
    assert together.n_unique() == len(together)
    assert 240 <= made.coated.height <= 290


def test_batches__are_pooled_and_split(made: Batches) -> None:
    into_blends = made.granulations.group_by("blending").len()["len"]
    into_cores = made.cores.group_by("blending").len()["len"]
    into_coated = made.coated.group_by("compression").len()["len"]
    for counts in (into_blends, into_cores, into_coated):
        assert set(counts) == {1, 2}


def test_batches__products_scale_up_over_time(made: Batches) -> None:
    first = made.blends.group_by("product", "batch_size").agg(pl.col("started_at").min()).sort("product", "batch_size")
    gap = first.with_columns(gap=pl.col("started_at").diff().over("product"))["gap"].drop_nulls()
    assert (gap.dt.total_days() > 0).mean() > 0.9
    assert set(made.blends["batch_size"]) == {stage.mass for stage in SCALE_STAGES}
    assert made.blends.filter(pl.col("product") == "TAB-09")["batch_size"].max() == 50
    years = (made.coated["started_at"].max() - made.coated["started_at"].min()).days / 365.25  # type: ignore[operator,union-attr]
    assert 4.5 < years < 7
    assert made.coated["site"].n_unique() == 3


@pytest.mark.parametrize("products", [4, 5, 9, 20])
def test_furthest__some_reach_the_largest_scale_and_the_last_is_at_pilot_scale(products: int) -> None:
    reached = furthest(products)
    assert len(reached) == products
    assert reached[0] == len(SCALE_STAGES) - 1
    assert SCALE_STAGES[reached[-1]].mass == 50
    assert max(reached[:-1]) > reached[-1]
    if products > 4:
        assert SCALE_STAGES[reached[4]].mass == 50


def test_batches__too_few_blends_are_refused() -> None:
    with pytest.raises(ScalebridgeError, match="Set more `blends`"):
        batches(TabletTrainConfig(products=30, blends=40))
