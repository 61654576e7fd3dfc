"""Campaigns: products scale up one after the other; runs pool and split."""

import itertools

import polars as pl

from pipeline.simulators.antibody_train.campaigns import PATTERNS, STEPS, campaigns, furthest, numbers
from pipeline.simulators.antibody_train.config import AntibodyTrainConfig
from pipeline.simulators.antibody_train.equipment import VOLUMES

CONFIG = AntibodyTrainConfig()


def test_furthest__the_first_product_reaches_the_largest_scale_and_the_last_stays_at_the_bench() -> None:
    reached = furthest(9)
    assert reached[0] == len(VOLUMES) - 1
    assert reached == sorted(reached, reverse=True)
    assert reached[-1] == 1


def test_numbers__every_product_has_lots_at_every_scale_up_to_its_largest() -> None:
    cells = numbers(CONFIG)
    assert sum(count for _, _, count in cells) == CONFIG.batches
    assert min(count for _, _, count in cells) >= 2
    assert {product for product, _, _ in cells} == set(range(9))


def test_campaigns__products_meet_each_scale_in_turn() -> None:
    lots = campaigns(CONFIG).batches["filtration"]
    first = lots.group_by("product", "stage").agg(pl.col("started").min()).sort("product", "stage")
    later = first.with_columns(before=pl.col("started").shift(1).over("product")).drop_nulls()
    assert (later["started"] > later["before"]).all()
    assert lots["started"].max() - lots["started"].min() > pl.select(pl.duration(days=5 * 365)).item()  # type: ignore[operator]


def test_campaigns__pool_and_split_by_every_pattern() -> None:
    plan = campaigns(CONFIG)
    assert set(plan.batches["filtration"]["pattern"]) == {pattern.name for pattern in PATTERNS}
    taken = pl.DataFrame({"to": plan.links["capture"].targets, "from": plan.links["capture"].sources})
    assert taken.group_by("to").len()["len"].max() == 2  # two harvests in one capture lot
    assert taken.group_by("from").len()["len"].max() == 2  # one harvest in two capture lots
    for step in STEPS[1:]:
        links = plan.links[step]
        shares = pl.DataFrame({"from": links.sources, "share": links.shares}).group_by("from").agg(pl.col("share").sum())
        assert ((shares["share"] - 1).abs() < 1e-12).all()
        assert set(links.targets) == set(range(plan.batches[step].height))


def test_campaigns__batches_of_a_step_have_names_of_their_own() -> None:
    plan = campaigns(CONFIG)
    names = {step: set(rows["batch"]) for step, rows in plan.batches.items()}
    assert all(len(names[step]) == plan.batches[step].height for step in STEPS)
    shared = names["culture"] & names["harvest"]
    assert shared
    assert all(name.startswith("GW") for name in shared)
    assert not names["harvest"] & names["capture"]
    assert not names["polishing"] & names["filtration"]


def test_campaigns__a_step_begins_after_the_step_before() -> None:
    plan = campaigns(CONFIG)
    starts = [plan.batches[step].group_by("run").agg(pl.col("started").min()).sort("run")["started"] for step in STEPS]
    assert all((later >= earlier).all() for earlier, later in itertools.pairwise(starts))


def test_campaigns__a_small_train_pools_and_splits_as_well() -> None:
    plan = campaigns(AntibodyTrainConfig(products=5, batches=60))
    links = plan.links["capture"]
    assert pl.Series(links.targets).value_counts()["count"].max() == 2
    assert pl.Series(links.sources).value_counts()["count"].max() == 2
    assert plan.batches["filtration"]["site"].n_unique() == 3
    assert plan.batches["filtration"]["stage"].n_unique() == len(VOLUMES)
