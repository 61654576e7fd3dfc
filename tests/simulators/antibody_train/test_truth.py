"""The truth: noise-free quality, and at which step it is decided."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from pipeline.simulators.antibody_train.campaigns import STEPS
from pipeline.simulators.antibody_train.train import Simulation, TrainRun
from pipeline.simulators.antibody_train.truth import ancestor_shares, noise_free, times


def test_contributions__changes_of_the_steps_sum_to_the_value_without_noise(built: Path) -> None:
    table = pl.read_parquet(built / "truth/contributions.parquet")
    summed = table.filter(pl.col("attribute") != "concentration").group_by("batch", "attribute").agg(pl.col("change").sum())
    quality = pl.read_parquet(built / "truth/noise_free.parquet").unpivot(index="batch", variable_name="attribute")
    joined = summed.join(quality, on=["batch", "attribute"])
    assert joined.height == 3 * 240
    assert np.allclose(joined["change"], joined["value"], rtol=1e-9)


def test_contributions__several_steps_decide_hmw_and_the_last_one_decides_concentration(built: Path) -> None:
    table = pl.read_parquet(built / "truth/contributions.parquet")
    spread = {(a, s): v for a, s, v in table.group_by("attribute", "step").agg(pl.col("effect").std()).rows()}
    assert all(spread["hmw", step] > 0.04 for step in ("culture", "capture", "polishing", "filtration"))
    assert spread["concentration", "filtration"] > 3 * spread["concentration", "culture"]
    assert spread["hcp", "capture"] > spread["hcp", "filtration"]
    assert spread["acidic_variants", "culture"] == max(spread["acidic_variants", step] for step in STEPS)


def test_noise_free__a_higher_capture_load_costs_aggregates(simulation: Simulation, run: TrainRun) -> None:
    usual = noise_free(simulation, run.decisions)
    more = noise_free(simulation, run.decisions, {"capture": times("load", 1.12)})
    assert (more["hmw"] > usual["hmw"]).mean() > 0.95  # an overloaded column loses so much that polishing has less to do
    assert (more["hcp"] < usual["hcp"]).mean() > 0.95
    assert np.mean(more["hmw"] - usual["hmw"]) == pytest.approx(0.025, abs=0.02)


def test_noise_free__is_the_centre_of_the_noisy_quality(simulation: Simulation, run: TrainRun) -> None:
    ratio = run.steps["filtration"].after["hmw"] / noise_free(simulation, run.decisions)["hmw"]
    assert np.median(ratio) == pytest.approx(1, abs=0.02)
    assert 0.02 < np.std(np.log(ratio)) < 0.08


def test_ancestor_shares__sum_to_one_and_follow_the_transfers(simulation: Simulation, run: TrainRun) -> None:
    shares = ancestor_shares(simulation, run)
    for step in STEPS:
        assert np.allclose(shares[step].sum(axis=1), 1)
    lots = simulation.rows["filtration"].with_row_index("place").filter(pl.col("pattern") == "cultures pooled")
    assert ((shares["culture"][lots["place"].to_numpy()] > 0).sum(axis=1) == 2).all()
