"""The cell balance: it closes in truth, planted breaks are what they say, and nothing else breaks it."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from pipeline.simulators.cell_therapy.balance_breaks import KINDS
from pipeline.simulators.cell_therapy.config import CellTherapyConfig
from pipeline.simulators.cell_therapy.plan import Plan, plan
from pipeline.simulators.cell_therapy.records import size_in_deviations, step_records
from pipeline.simulators.cell_therapy.simulation import STEPS, Outcome, simulate


def lost_shares(made: Plan, step: str) -> np.ndarray:
    return made.causes[f"lost_in_{step}"]


@pytest.mark.parametrize("step", STEPS)
def test_truth__what_is_taken_is_given_lost_or_in_a_lost_bag(made: Plan, outcome: Outcome, step: str) -> None:
    taken, given, lost = (outcome.cells[f"{step}_{part}"] for part in ("taken", "given", "lost"))
    kept = given / (1 - lost_shares(made, step))
    assert np.allclose(taken, kept + lost)
    assert (lost > 0).all()


@pytest.mark.parametrize("step", STEPS)
def test_records__of_unbroken_batches_close_within_the_noise_of_counts(
    records: dict[str, pl.DataFrame], made: Plan, step: str
) -> None:
    own = records[step].join(made.breaks, on="lot", how="anti")
    closure = ((own["given"] + own["lost"]) / own["taken"]).to_numpy()
    assert np.median(closure) == pytest.approx(1.0, abs=0.03)
    assert 0.07 < np.std(closure) < 0.18
    assert (np.abs(closure - np.median(closure)) < 5 * np.std(closure)).all()


def test_breaks__are_spread_over_steps_and_kinds(made: Plan) -> None:
    assert made.breaks.height == 8
    assert made.breaks["lot"].is_unique().all()
    assert set(made.breaks["step"]) == set(STEPS)
    assert set(made.breaks["kind"]) == {kind.name for kind in KINDS}


@pytest.mark.parametrize("seed", range(11, 17))
def test_breaks__are_four_standard_deviations_of_the_step_yield_or_more(seed: int) -> None:
    config = CellTherapyConfig(seed=seed, breaks=16)
    made = plan(config)
    found = size_in_deviations(step_records(config, made, simulate(made.causes)), made.breaks)
    assert found.height == 16
    assert found["deviations"].min() > 4  # type: ignore[operator]


def test_breaks__a_wrong_booking_changes_the_record_alone(
    made: Plan, outcome: Outcome, records: dict[str, pl.DataFrame]
) -> None:
    unbroken = step_records(CellTherapyConfig(), replace(made, breaks=made.breaks.clear()), outcome)
    for lot, step, booked in made.breaks.filter(pl.col("lost") == 0).select("lot", "step", "booked").iter_rows():
        wrong, right = (frames[step].filter(pl.col("lot") == lot)["given"][0] for frames in (records, unbroken))
        assert wrong == pytest.approx(right * booked)
    without = simulate({**made.causes, **{f"lost_in_{step}": np.zeros(made.rows.height) for step in STEPS}})
    booked_lots = made.breaks.filter(pl.col("lost") == 0)["lot"]
    same = made.rows["lot"].is_in(booked_lots.to_list()).to_numpy()
    assert np.array_equal(without.quality["dose"][same], outcome.quality["dose"][same])


def test_breaks__a_lost_bag_lowers_the_dose(made: Plan, outcome: Outcome) -> None:
    gone = made.rows["lot"].is_in(made.breaks.filter(pl.col("lost") > 0)["lot"].to_list()).to_numpy()
    without = simulate({**made.causes, **{f"lost_in_{step}": np.zeros(made.rows.height) for step in STEPS}})
    assert gone.sum() == 2
    assert (outcome.quality["dose"][gone] < 0.9 * without.quality["dose"][gone]).all()
    assert np.array_equal(outcome.quality["dose"][~gone], without.quality["dose"][~gone])


def test_breaks__none_are_planted_if_none_are_wanted() -> None:
    made = plan(CellTherapyConfig(patients=60, breaks=0))
    assert made.breaks.is_empty()
    assert all((lost_shares(made, step) == 0).all() for step in STEPS)
