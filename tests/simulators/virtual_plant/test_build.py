"""The raw files of the virtual plant: equal seeds give equal bytes, and validation finds exactly the planted errors."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from pipeline.domain.config_files import parse, read_yaml
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.process.process import Process
from pipeline.history.assemble import AssembledHistory, assemble
from pipeline.history.ingest import ingest
from pipeline.simulators.virtual_plant.build import build
from pipeline.simulators.virtual_plant.config import USUAL_CAUSES, PlantConfig

SMALL = PlantConfig(products=6, batches=110, families=2, historian_minutes=60)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("plant")
    build(SMALL, folder / "raw", folder / "truth")
    return folder


def read(folder: Path, root: Path) -> AssembledHistory:
    process = parse(Process, read_yaml(root / "conf/process/virtual_plant.yaml"), "virtual_plant")
    typed = ingest(process, folder / "raw")
    rows = {name: source.rows for name, source in typed.items()}
    quarantine = pl.concat([source.quarantine for source in typed.values()])
    return assemble(process, rows, quarantine, pl.concat([source.ledger for source in typed.values()]))


@pytest.fixture(scope="module")
def history(built: Path, root: Path) -> AssembledHistory:
    return read(built, root)


def _digest(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_build__the_same_seed_gives_the_same_bytes_in_another_time_zone(built: Path, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from pipeline.simulators.virtual_plant.build import build; "
        "from pipeline.simulators.virtual_plant.config import PlantConfig; "
        "build(PlantConfig(products=6, batches=110, families=2, historian_minutes=60), *map(Path, sys.argv[1:]))"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "raw"), str(tmp_path / "truth")]
    subprocess.run(command, env={**os.environ, "TZ": "Pacific/Auckland"}, check=True)
    assert _digest(tmp_path) == _digest(built)


def test_build__another_seed_gives_another_plant(built: Path, tmp_path: Path) -> None:
    build(
        PlantConfig(seed=8, products=6, batches=110, families=2, historian_minutes=1440),
        tmp_path / "raw",
        tmp_path / "truth",
    )
    one, other = (pl.read_parquet(folder / "truth/noise_free.parquet") for folder in (built, tmp_path))
    assert not one["titre"].equals(other["titre"])


def test_build__validation_sets_aside_exactly_the_expected_rows(built: Path, history: AssembledHistory) -> None:
    """They are: planted errors, rows of a batch whose record has an error, replaced results, times that occur twice."""
    expected = pl.read_parquet(built / "truth/expected_quarantine.parquet")
    found = history.quarantine.unique(["file", "row"])
    missed = expected.join(found, on=["file", "row"], how="anti")
    too_many = found.join(expected, on=["file", "row"], how="anti")
    assert missed.is_empty(), missed
    assert too_many.is_empty(), too_many
    planted = pl.read_parquet(built / "truth/errors.parquet")
    assert planted.height > 30
    assert planted["kind"].n_unique() > 15


def test_build__holds_for_other_seeds_and_over_clock_changes(root: Path, tmp_path: Path) -> None:
    clocks = 0
    for seed in (21, 22):
        folder = tmp_path / str(seed)
        build(PlantConfig(seed=seed, products=9, batches=200, historian_minutes=30), folder / "raw", folder / "truth")
        expected = pl.read_parquet(folder / "truth/expected_quarantine.parquet")
        found = read(folder, root).quarantine.unique(["file", "row"])
        assert found.join(expected, on=["file", "row"], how="anti").is_empty()
        assert expected.join(found, on=["file", "row"], how="anti").is_empty()
        visp = pl.read_parquet(folder / "raw/historian/visp/*.parquet")
        back = pl.col("Zeit").diff().over("Charge", "Messstelle") <= pl.duration(seconds=0)
        clocks += visp.select(back.sum()).item()
    assert clocks > 10  # the clock was set back during batches


def test_build__elapsed_times_are_right_for_every_clock(built: Path, history: AssembledHistory) -> None:
    """For local times, times with a zone and UTC, the times since inoculation are multiples of the sampling interval."""
    minutes = history.trajectories["time"] / 60
    assert (minutes % SMALL.historian_minutes).abs().max() == 0  # type: ignore[operator]
    longest = history.trajectories.group_by("batch_id").agg((pl.col("time").max() / 86400).alias("days"))
    rows = pl.read_parquet(built / "truth/rows.parquet")
    faults = pl.read_parquet(built / "truth/faults.parquet").filter(cause="contamination")
    joined = longest.join(rows, on="batch_id").join(faults, on="batch_id", how="anti")
    assert (joined["days"] <= joined["duration_days"]).all()
    assert (joined["days"] > joined["duration_days"] - 1.0).all()


def test_build__sensors_show_the_set_points(built: Path, history: AssembledHistory) -> None:
    rows = pl.read_parquet(built / "truth/rows.parquet")
    tags = history.trajectories.filter(pl.col("time") < 86400).group_by("batch_id", "tag").agg(pl.col("value").mean())
    joined = tags.filter(tag="agitation_series").join(rows, on="batch_id")
    assert np.allclose(joined["value"], joined["agitation"], rtol=0.02)
    joined = tags.filter(tag="temperature_series").join(rows, on="batch_id")
    assert np.allclose(joined["value"] - 273.15, joined["temperature"], atol=0.1)


def test_build__batches_of_three_sites_are_read_in_one_unit(built: Path, history: AssembledHistory) -> None:
    truth = pl.read_parquet(built / "truth/rows.parquet").join(history.batches, on="batch_id", suffix="_read")
    assert truth["site"].n_unique() == 3
    assert np.allclose(truth["agitation"], truth["agitation_read"], rtol=2e-3)
    assert np.allclose(truth["temperature"] + 273.15, truth["temperature_read"], atol=0.006)
    assert np.allclose(truth["gas_flow"], truth["gas_flow_read"], rtol=2e-3)


def test_build__raw_files_hold_no_truth(built: Path) -> None:
    columns = {column for path in (built / "raw").glob("*.csv") for column in path.read_text().splitlines()[0].split(",")}
    assert columns.isdisjoint({"growth_rate", "productivity", "cause", "onset_hours"})


def test_build__faults_of_every_cause_have_onsets_within_the_run(tmp_path: Path) -> None:
    build(PlantConfig(batches=400, deviations=0.3, historian_minutes=1440), tmp_path / "raw", tmp_path / "truth")
    faults = pl.read_parquet(tmp_path / "truth/faults.parquet")
    assert set(faults["cause"]) == set(USUAL_CAUSES)
    assert 0.2 < faults.height / 400 < 0.4
    lims = pl.read_csv(tmp_path / "raw/lims_results.csv", infer_schema=False)
    given_up = faults.filter(cause="contamination")["batch_id"]
    assert lims.filter(pl.col("batch").is_in(given_up.implode())).is_empty()
    with_fault, without = (pl.read_parquet(tmp_path / f"truth/{name}.parquet") for name in ("quality", "noise_free"))
    differs = with_fault.filter(with_fault["titre"] != without["titre"])["batch_id"]
    assert set(differs) <= set(faults["batch_id"])


def test_build__products_have_reached_every_scale_and_the_last_one_only_the_bench(built: Path) -> None:
    rows = pl.read_parquet(built / "truth/rows.parquet")
    reached = rows.group_by("product").agg(pl.col("working_volume").max()).sort("product")
    assert reached["working_volume"].max() == 15.0
    assert reached["working_volume"][-1] == 0.005
    assert reached["working_volume"].n_unique() >= 4


@pytest.mark.parametrize("batches", [50, 300])
def test_build__has_the_wanted_number_of_batches(batches: int, tmp_path: Path) -> None:
    build(PlantConfig(products=8, batches=batches, historian_minutes=1440), tmp_path / "raw", tmp_path / "truth")
    assert pl.read_parquet(tmp_path / "truth/rows.parquet").height == batches


def test_build__too_few_batches_for_the_products_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ScalebridgeError, match=r"has 60 batches; its 99 products need at least \d+, .* Set more `batches`"):
        build(PlantConfig(products=99, batches=60), tmp_path / "raw", tmp_path / "truth")
