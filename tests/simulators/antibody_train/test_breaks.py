"""Planted breaks of the balance are what the truth says they are."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from pipeline.simulators.antibody_train.amounts import BALANCED, measured
from pipeline.simulators.antibody_train.breaks import KINDS, SIZES, booked, planted, really_lost
from pipeline.simulators.antibody_train.train import Simulation, TrainRun, simulate
from tests.simulators.antibody_train.conftest import CONFIG

FILES = {
    "harvest": (("harvest_batches.csv",), ("Product in [g]", "Product out [g]", None)),
    "polishing": (("polishing_batches.csv",), ("Product in [g]", "Pool [g]", "Strip [g]")),
    "filtration": (("substance_lots.csv",), ("Product in [g]", "Substance [g]", "Rinse [g]")),
}


@pytest.fixture(scope="module")
def breaks(built: Path) -> pl.DataFrame:
    return pl.read_parquet(built / "truth/breaks.parquet")


def test_breaks__are_eight_of_all_kinds_at_all_steps(breaks: pl.DataFrame) -> None:
    assert breaks.height == 8
    assert set(breaks["kind"]) == set(KINDS)
    assert set(breaks["step"]) == set(BALANCED)
    assert breaks["batch"].n_unique() == 8
    assert breaks["size"].abs().is_between(*SIZES).all()


def test_planted__moves_the_yield_by_the_stated_number_of_standard_deviations(simulation: Simulation, run: TrainRun) -> None:
    sound = measured(CONFIG.seed, 1.0, run)
    found = planted(CONFIG, simulation, sound)
    counts = {step: rows.height for step, rows in simulation.rows.items()}
    broken = simulate(simulation, 1.0, really_lost(found, counts), run.decisions)
    books = booked(found, measured(CONFIG.seed, 1.0, broken))
    for one in found:
        moved = books[one.step].recovered[one.index] - sound[one.step].recovered[one.index]
        assert moved / np.std(sound[one.step].recovered) == pytest.approx(one.size, abs=0.05), one
        assert abs(one.size) >= 4.5


def test_planted__other_batches_keep_their_yields(simulation: Simulation, run: TrainRun) -> None:
    """A real loss upstream leaves less for the following steps, but does not break their balances."""
    sound = measured(CONFIG.seed, 1.0, run)
    found = planted(CONFIG, simulation, sound)
    counts = {step: rows.height for step, rows in simulation.rows.items()}
    broken = simulate(simulation, 1.0, really_lost(found, counts), run.decisions)
    books = booked(found, measured(CONFIG.seed, 1.0, broken))
    for step in BALANCED:
        own = np.ones(counts[step], bool)
        own[[one.index for one in found if one.step == step]] = False
        spread = np.std(sound[step].recovered)
        assert np.abs(books[step].recovered - sound[step].recovered)[own].max() < spread


def test_breaks__stand_in_the_raw_files(built: Path, breaks: pl.DataFrame) -> None:
    for step, (names, (taken, given, lost)) in FILES.items():
        table = pl.concat([pl.read_csv(built / "raw" / name) for name in names])
        recovered = (table[given] + (table[lost] if lost else 0)) / table[taken]
        centre, spread = float(recovered.median()), float(recovered.quantile(0.84) - recovered.quantile(0.16)) / 2  # type: ignore[arg-type, operator]
        away = table.with_columns(away=(recovered - centre) / spread)
        named = breaks.filter(step=step).join(away.rename({table.columns[0]: "batch"}), on="batch")
        assert named.height == 2
        assert (named["away"].sign() == named["size"].sign()).all()
        assert (named["away"].abs() > 2.5).all()
        above = named.filter(kind="given above taken")
        assert (above[given] > above[taken]).all()
