"""The raw files of the tablet train: equal seeds give equal bytes, and they are read with conf/process/tablet_train.yaml."""

import hashlib
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from pipeline.domain.config_files import parse, read_yaml
from pipeline.domain.process.process import Process
from pipeline.history.assemble import AssembledHistory, assemble
from pipeline.history.ingest import ingest
from pipeline.simulators.tablet_train.build import build
from tests.simulators.tablet_train.conftest import SMALL


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("train")
    build(SMALL, folder / "raw", folder / "truth")
    return folder


@pytest.fixture(scope="module")
def history(built: Path, root: Path) -> AssembledHistory:
    process = parse(Process, read_yaml(root / "conf/process/tablet_train.yaml"), "tablet_train")
    typed = ingest(process, built / "raw")
    rows = {name: source.rows for name, source in typed.items()}
    quarantine = pl.concat([source.quarantine for source in typed.values()])
    return assemble(process, rows, quarantine, pl.concat([source.ledger for source in typed.values()]))


def _digest(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_build__the_same_seed_gives_the_same_bytes_in_another_time_zone(built: Path, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from pipeline.simulators.tablet_train.build import build; "
        "from pipeline.simulators.tablet_train.config import TabletTrainConfig; "
        "build(TabletTrainConfig(products=5, blends=60), *map(Path, sys.argv[1:]))"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "raw"), str(tmp_path / "truth")]
    subprocess.run(command, env={**os.environ, "TZ": "Pacific/Auckland"}, check=True)
    assert _digest(tmp_path) == _digest(built)


def test_build__another_seed_gives_another_train(built: Path, tmp_path: Path) -> None:
    build(replace(SMALL, seed=12), tmp_path / "raw", tmp_path / "truth")
    one, other = (pl.read_parquet(folder / "truth/noise_free.parquet") for folder in (built, tmp_path))
    assert not one["dissolution"].equals(other["dissolution"])


def test_build__every_row_is_read(history: AssembledHistory) -> None:
    assert history.quarantine.is_empty()
    assert history.batches.height >= 60


def test_build__the_history_holds_what_the_truth_holds(built: Path, history: AssembledHistory) -> None:
    """Units of three sites, decimal commas, pooling and splitting: checked with one number of each step."""
    truth = {
        step: pl.read_parquet(built / f"truth/inputs_{step}.parquet") for step in ("granulation", "blending", "coating")
    }
    rows = history.batches.sort("batch_id")
    final = truth["coating"].sort("batch")
    assert rows["batch_id"].to_list() == final["batch"].to_list()
    assert rows["pan_speed"].to_numpy() == pytest.approx(final["pan_speed"].to_numpy(), rel=1e-3)
    assert rows["scale"].to_numpy() == pytest.approx(final["batch_size"].to_numpy())
    blends = final.join(truth["blending"].select(pl.col("batch").alias("blending"), "rotation"), on="blending", how="left")
    assert rows["blender_speed"].to_numpy() == pytest.approx(blends.sort("batch")["rotation"].to_numpy(), rel=2e-3)
    pool = (
        truth["granulation"]
        .group_by("blending")
        .agg(pl.col("impeller_speed").min().alias("low"), pl.col("impeller_speed").max())
    )
    bounds = final.join(pool, on="blending", how="left").sort("batch")
    speed = rows["impeller_speed"].to_numpy()
    assert ((bounds["low"].to_numpy() * 0.998 <= speed) & (speed <= bounds["impeller_speed"].to_numpy() * 1.002)).all()


def test_build__transfers_pool_and_split(history: AssembledHistory) -> None:
    stated = history.transfers.filter(pl.col("from_batch") != pl.col("to_batch"))
    assert stated.group_by("to_step", "to_batch").len()["len"].max() == 2
    assert stated.group_by("from_step", "from_batch").len()["len"].max() == 2
    whole = history.transfers.filter(pl.col("from_batch") == pl.col("to_batch"))
    assert set(whole["to_step"]) == {"drying", "milling"}


def test_build__traits_are_in_no_raw_file(built: Path) -> None:
    hidden = {"optimum_liquid", "yield_pressure", "lubricant_sensitivity", "hydrolysis", "deviation"}
    for path in (built / "raw").glob("*.csv"):
        header = path.read_text().splitlines()[0]
        assert not any(name in header for name in hidden), path
