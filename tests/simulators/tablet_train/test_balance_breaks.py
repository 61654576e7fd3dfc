"""Planted breaks are what they say."""

import numpy as np
import polars as pl
import pytest

from pipeline.simulators.tablet_train.balance_breaks import plant_breaks
from pipeline.simulators.tablet_train.mass_balance import BALANCES, step_yield, weighed
from pipeline.simulators.tablet_train.train import STEPS, Train


@pytest.fixture(scope="module")
def recorded(default: Train) -> dict[str, pl.DataFrame]:
    return {step: weighed(11, 1.0, step, default.amounts[step]) for step in STEPS}


def test_breaks__move_the_step_yield_by_their_size_and_nothing_else(recorded: dict[str, pl.DataFrame]) -> None:
    changed, breaks = plant_breaks(11, 8, recorded)
    assert breaks.height == 8
    assert set(breaks["step"]) == set(STEPS)
    for step in STEPS:
        before, after = step_yield(step, recorded[step]), step_yield(step, changed[step])
        sd = np.std(before, ddof=1)
        sizes = pl.DataFrame({"batch": recorded[step]["batch"], "moved": (after - before) / sd})
        own = breaks.filter(pl.col("step") == step).join(sizes, on="batch")
        assert own["moved"].to_numpy() == pytest.approx(own["size_sd"].to_numpy())
        others = sizes.join(own, on="batch", how="anti")
        assert others["moved"].abs().max() == 0
        assert changed[step].drop(BALANCES[step].given).equals(recorded[step].drop(BALANCES[step].given))


def test_breaks__are_at_least_four_standard_deviations_of_both_signs(recorded: dict[str, pl.DataFrame]) -> None:
    sizes = plant_breaks(11, 8, recorded)[1]["size_sd"]
    assert sizes.abs().min() >= 4
    assert (sizes > 0).any()
    assert (sizes < 0).any()


def test_breaks__none_are_planted_if_none_are_wanted(recorded: dict[str, pl.DataFrame]) -> None:
    changed, breaks = plant_breaks(11, 0, recorded)
    assert breaks.is_empty()
    assert all(changed[step].equals(recorded[step]) for step in STEPS)
