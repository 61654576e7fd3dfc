"""The whole train: masses close, pooling carries states on, noise and changes act where they should."""

import itertools

import numpy as np
import polars as pl
import pytest

from pipeline.simulators.antibody_train.campaigns import STEPS
from pipeline.simulators.antibody_train.train import Simulation, TrainRun, simulate


def test_simulate__what_one_step_gives_the_next_one_takes(simulation: Simulation, run: TrainRun) -> None:
    for before, after in itertools.pairwise(STEPS):
        assert run.steps[after].taken.sum() == pytest.approx(run.steps[before].given.sum(), rel=1e-12)
        links = simulation.campaigns.links[after]
        assert np.allclose(run.steps[after].taken, links.taken(run.steps[before].given))


def test_simulate__no_step_gives_and_loses_more_than_it_takes_but_for_its_noise(run: TrainRun) -> None:
    for step in STEPS[1:]:
        one = run.steps[step]
        closed = (one.given + one.lost) / one.taken
        assert closed.max() < 1.03
        assert closed.min() > 0.85


def test_simulate__without_noise_the_balance_is_below_one(simulation: Simulation) -> None:
    quiet = simulate(simulation, 0.0)
    for step in STEPS[1:]:
        one = quiet.steps[step]
        assert ((one.given + one.lost) / one.taken < 1).all()


def test_simulate__a_lot_of_two_cultures_has_the_mean_of_their_aggregates_by_mass(
    simulation: Simulation, run: TrainRun
) -> None:
    rows = simulation.rows["capture"].with_row_index("place").filter(pl.col("pattern") == "cultures pooled")
    links, harvest = simulation.campaigns.links["capture"], run.steps["harvest"]
    for place in rows["place"].head(5):
        own = links.sources[links.targets == place]
        assert len(own) == 2
        mean = np.average(harvest.after["hmw"][own], weights=harvest.given[own])
        assert run.steps["capture"].before["hmw"][place] == pytest.approx(mean)


def test_simulate__a_change_of_one_step_leaves_the_steps_before_it_alone(simulation: Simulation, run: TrainRun) -> None:
    changed = simulate(
        simulation, 1.0, decisions=run.decisions, changes={"capture": lambda d: {**d, "elution_ph": d["elution_ph"] - 0.2}}
    )
    assert np.array_equal(changed.steps["harvest"].after["hmw"], run.steps["harvest"].after["hmw"])
    assert (changed.steps["filtration"].after["hmw"] > run.steps["filtration"].after["hmw"]).all()


def test_simulate__kept_reduces_what_is_given_and_what_follows(simulation: Simulation, run: TrainRun) -> None:
    kept = np.ones(len(run.steps["harvest"].given))
    kept[3] = 0.8
    changed = simulate(simulation, 1.0, {"harvest": kept}, run.decisions)
    assert changed.steps["harvest"].given[3] == pytest.approx(0.8 * run.steps["harvest"].given[3])
    assert changed.steps["filtration"].given.sum() < run.steps["filtration"].given.sum()


def test_simulate__no_equation_reads_a_scale_or_a_site(simulation: Simulation) -> None:
    """Two batches with equal drivers and traits are equal, whatever their scale: all drivers are given to `respond`."""
    medians = {
        step: (lambda d: {name: np.full_like(value, np.median(value)) for name, value in d.items()}) for step in STEPS
    }
    quiet = simulate(simulation, 0.0, changes=medians)
    rows = simulation.rows["filtration"].with_columns(hmw=pl.Series(quiet.steps["filtration"].after["hmw"]))
    spread = rows.group_by("product").agg(
        spread=pl.col("hmw").max() - pl.col("hmw").min(), stages=pl.col("stage").n_unique()
    )
    assert (spread["spread"] < 1e-9).all()
    assert spread["stages"].max() == 5
