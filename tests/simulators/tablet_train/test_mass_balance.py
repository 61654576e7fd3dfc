"""Amounts close in truth at every step and between steps, and weighing has the error that is stated."""

import numpy as np
import polars as pl
import pytest

from pipeline.simulators.tablet_train.mass_balance import BALANCES, SCALES, step_yield, weighed
from pipeline.simulators.tablet_train.train import STEPS, Train


@pytest.mark.parametrize("step", STEPS)
def test_amounts__taken_is_given_and_lost(default: Train, step: str) -> None:
    balance, table = BALANCES[step], default.amounts[step]
    lost = table["other_loss"] + (table[balance.measured_loss] if balance.measured_loss else 0.0)
    taken = table.select(pl.sum_horizontal(balance.taken)).to_series()
    assert (table[balance.given] + lost).to_numpy() == pytest.approx(taken.to_numpy())
    share = (table["other_loss"] / taken).to_numpy()
    assert share.min() > 0.002
    assert share.max() < 0.035


@pytest.mark.parametrize("step", ["blending", "compression", "coating"])
def test_transfers__all_that_a_step_gave_went_into_the_next(default: Train, step: str) -> None:
    source = STEPS[STEPS.index(step) - 1]
    gave = default.amounts[source].select("batch", pl.col(BALANCES[source].given).alias("given"))
    sent = (
        default.transfers[step].group_by("source").agg(pl.col("mass").sum()).join(gave, left_on="source", right_on="batch")
    )
    assert sent.height == gave.height
    assert sent["mass"].to_numpy() == pytest.approx(sent["given"].to_numpy())
    took = default.amounts[step].select("batch", pl.col(BALANCES[step].taken[0]).alias("taken"))
    arrived = (
        default.transfers[step].group_by("target").agg(pl.col("mass").sum()).join(took, left_on="target", right_on="batch")
    )
    assert arrived["mass"].to_numpy() == pytest.approx(arrived["taken"].to_numpy())


def test_drying__removes_the_water_that_the_moistures_state(default: Train) -> None:
    table = default.amounts["drying"]
    dry = table["dryer_load"].to_numpy() / (1 + default.states["granulation"]["moisture"])
    left = table["dryer_load"].to_numpy() - dry - table["water_removed"].to_numpy()
    assert left / dry == pytest.approx(default.states["drying"]["moisture"])


def test_weighed__has_the_error_of_a_scale(default: Train) -> None:
    true = default.amounts["blending"]
    ratio = (weighed(3, 1.0, "blending", true)["final_blend"] / true["final_blend"]).to_numpy() - 1
    assert np.std(ratio) == pytest.approx(SCALES, rel=0.2)
    assert weighed(3, 0.0, "blending", true)["final_blend"].equals(true["final_blend"])


@pytest.mark.parametrize("step", STEPS)
def test_step_yield__lies_just_below_one(default: Train, step: str) -> None:
    found = step_yield(step, weighed(1, 1.0, step, default.amounts[step]))
    assert 0.975 < np.median(found) < 0.998
    assert 0.002 < np.std(found) < 0.008
