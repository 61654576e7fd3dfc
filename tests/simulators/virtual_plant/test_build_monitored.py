"""What a monitored plant exports besides the usual: further tags, a log of deviations, and records at any number of minutes."""

import hashlib
import zipfile
from dataclasses import fields, replace
from datetime import datetime
from pathlib import Path
from typing import get_args

import numpy as np
import polars as pl
import pytest

from pipeline.domain.config_files import parse, read_yaml
from pipeline.history.assemble import AssembledHistory
from pipeline.simulators.virtual_plant.build import build
from pipeline.simulators.virtual_plant.config import FurtherTag, PlantConfig
from pipeline.simulators.virtual_plant.deviations_log import deviations_log
from pipeline.simulators.virtual_plant.faults import CAUSES, faults
from pipeline.simulators.virtual_plant.physics import DENSITY
from tests.simulators.virtual_plant.test_build import read

PLAIN = PlantConfig(products=6, batches=110, families=2, historian_minutes=120, deviations=0.3, causes=CAUSES)  # type: ignore[arg-type]
MONITORED = replace(PLAIN, further_tags=get_args(FurtherTag), deviations_log=True)
FURTHER = {
    "feed_flow_series",
    "weight_series",
    "head_pressure_series",
    "offline_ph_series",
    "offline_co2_series",
}
RECORDED = {
    "default": "63fb53af963bb977662a472a67c250c0efe7c2d86ac30221bef9ebd4cfa3c0a3",
    "small": "34660b3ed87cf5e986bbcbf29ebb2baa99e8f537bdd864d52b1616bb42336e4c",
}
"""Option of conf/plant/ → hash of what its raw files hold."""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("plant")
    build(MONITORED, folder / "raw", folder / "truth")
    return folder


@pytest.fixture(scope="module")
def history(built: Path, root: Path) -> AssembledHistory:
    return read(built, root)


@pytest.fixture(scope="module")
def truth(built: Path) -> pl.DataFrame:
    """Settings and fault of each batch; cause and onset are null in a sound one."""
    rows, faulty = (pl.read_parquet(built / f"truth/{name}.parquet") for name in ("rows", "faults"))
    return rows.join(faulty, on="batch_id", how="left")


def _content(raw: Path) -> str:
    """Hash of what the files of a plant hold, whatever the version of the libraries that compress them."""
    found = hashlib.sha256()
    for path in sorted(path for path in raw.rglob("*") if path.is_file()):
        found.update(path.relative_to(raw).as_posix().encode())
        if path.suffix == ".parquet":
            found.update(pl.read_parquet(path).write_csv().encode())
        elif path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as book:
                found.update(b"".join(book.read(f"xl/{name}.xml") for name in ("worksheets/sheet1", "sharedStrings")))
        else:
            found.update(path.read_bytes())
    return found.hexdigest()


@pytest.mark.parametrize("option", RECORDED)
def test_build__plants_without_the_further_options_keep_their_files(option: str, root: Path, tmp_path: Path) -> None:
    config = parse(PlantConfig, read_yaml(root / f"conf/plant/{option}.yaml"), option)
    build(config, tmp_path / "raw", tmp_path / "truth")
    assert _content(tmp_path / "raw") == RECORDED[option]


def test_build__the_monitored_plant_is_the_default_plant_with_every_option_and_more_faults(root: Path) -> None:
    default, monitored = (
        parse(PlantConfig, read_yaml(root / f"conf/plant/{name}.yaml"), name) for name in ("default", "monitored")
    )
    differs = {one.name for one in fields(PlantConfig) if getattr(default, one.name) != getattr(monitored, one.name)}
    assert differs == {"causes", "further_tags", "deviations_log", "deviations"}
    assert monitored.causes == CAUSES
    assert monitored.further_tags == get_args(FurtherTag)


def test_build__validation_sets_aside_exactly_the_expected_rows_of_a_monitored_plant(
    built: Path, history: AssembledHistory
) -> None:
    expected = pl.read_parquet(built / "truth/expected_quarantine.parquet")
    found = history.quarantine.unique(["file", "row"])
    assert expected.join(found, on=["file", "row"], how="anti").is_empty()
    assert found.join(expected, on=["file", "row"], how="anti").is_empty()


def test_build__further_tags_change_no_usual_record(built: Path, tmp_path: Path) -> None:
    build(PLAIN, tmp_path / "raw", tmp_path / "truth")
    assert not (tmp_path / "raw/deviations.csv").exists()
    for site, tag in (("boston", "tag"), ("visp", "Messstelle"), ("cork", "Tag")):
        plain, further = (
            pl.read_parquet(folder / f"raw/historian/{site}/part-00000.parquet", columns=None)
            for folder in (tmp_path, built)
        )
        usual = set(plain[tag].unique()) - {"SPARE_7"}
        assert len(usual) == 8
        assert set(further[tag].unique()) - {"SPARE_7"} - usual
        columns = plain.columns
        same = plain.join(further, on=columns, how="semi")
        assert same.height > plain.height - 10  # the planted errors lie in other rows


def _tag(history: AssembledHistory, truth: pl.DataFrame, name: str) -> pl.DataFrame:
    """Records of one tag, in SI and hours, with the settings and the fault of the batch."""
    own = history.trajectories.filter(tag=name).with_columns(hour=pl.col("time") / 3600)
    return own.join(truth, on="batch_id")


def test_build__all_further_tags_of_all_sites_are_read(history: AssembledHistory) -> None:
    sites = history.trajectories.join(history.batches.select("batch_id", "site"), on="batch_id")
    for (site,), part in sites.group_by("site"):
        assert set(part["tag"].unique()) >= FURTHER, site


def test_feed_flow__is_zero_before_the_feed_and_then_that_of_the_plan_at_every_scale(
    history: AssembledHistory, truth: pl.DataFrame
) -> None:
    records = _tag(history, truth, "feed_flow_series").filter(pl.col("cause").is_null())
    assert records["working_volume"].n_unique() == 6
    assert records.filter(pl.col("hour") < 60)["value"].max() == 0
    fed = records.filter(pl.col("hour") > 80)
    started = fed["working_volume"] / (1 + fed["feed_share"])
    planned = started * fed["feed_share"] / (24 * fed["duration_days"] - 72) / 3600
    assert np.allclose(fed["value"], planned, rtol=0.06)


def test_weight__rises_from_the_inoculated_volume_to_at_least_the_working_volume(
    history: AssembledHistory, truth: pl.DataFrame
) -> None:
    records = _tag(history, truth, "weight_series").filter(pl.col("cause").is_null())
    first = records.filter(pl.col("hour") < 24)
    assert np.allclose(first["value"], DENSITY * first["working_volume"] / (1 + first["feed_share"]), rtol=0.01)
    last = records.sort("hour").group_by("batch_id").last()
    assert (last["value"] > 0.97 * DENSITY * last["working_volume"]).all()
    assert (last["value"] < 1.1 * DENSITY * last["working_volume"]).all()


def test_head_pressure__is_that_of_the_plan_without_foam(history: AssembledHistory, truth: pl.DataFrame) -> None:
    records = _tag(history, truth, "head_pressure_series")
    foamed = (pl.col("cause") == "vent filter foam-out").fill_null(False)
    sound, faulty = (
        records.filter(~foamed),
        records.filter(foamed, pl.col("hour").is_between(pl.col("onset_hours") + 4, pl.col("onset_hours") + 12)),
    )
    assert np.allclose(sound["value"], sound["head_pressure"], atol=1100)
    assert faulty.height > 5
    assert np.allclose(faulty["value"], faulty["head_pressure"] + 1e4, atol=1100)


def test_offline_values__stand_at_the_hours_of_the_daily_samples(history: AssembledHistory, truth: pl.DataFrame) -> None:
    for name in ("offline_ph_series", "offline_co2_series"):
        records = _tag(history, truth, name)
        assert (records["hour"] % 24).abs().max() == 0  # type: ignore[operator]
        cells = _tag(history, truth, "vcd_series")
        assert records.height > 0.99 * cells.height


def test_offline_ph__is_the_true_ph_where_the_probe_drifts(history: AssembledHistory, truth: pl.DataFrame) -> None:
    records = _tag(history, truth, "offline_ph_series")
    probe = history.trajectories.filter(tag="ph_series").select("batch_id", "time", probe="value")
    both = records.join(probe, on=["batch_id", "time"]).with_columns(error=pl.col("value") - pl.col("probe"))
    drifts = (pl.col("cause") == "ph probe drift").fill_null(False) & (pl.col("hour") > pl.col("onset_hours"))
    sound = both.filter(~drifts)["error"]
    assert abs(float(sound.mean())) < 0.003  # type: ignore[arg-type]
    assert 0.018 < float(sound.std()) < 0.025  # type: ignore[arg-type]
    drifted = both.filter(drifts)
    assert drifted.height > 10
    assert np.allclose(drifted["error"], 0.0016 * (drifted["hour"] - drifted["onset_hours"]), atol=0.09)


def test_log__states_most_faults_late_and_is_closed_after_the_batch(history: AssembledHistory, truth: pl.DataFrame) -> None:
    used = truth.join(history.batches.select("batch_id", "started_at"), on="batch_id", suffix="_read")
    joined = history.deviations.join(used, on="batch_id", suffix="_true")
    assert joined.height == history.deviations.height
    assert (joined["cause"] == joined["cause_true"]).all()
    assert (joined["began"] > joined["onset_hours"] - 0.02).all()  # minutes are rounded down
    assert joined.filter(pl.col("began") > pl.col("onset_hours") + 0.5).height > 0.8 * joined.height
    aborted = pl.when(pl.col("cause") == "contamination").then(pl.col("onset_hours") + 40)
    ends = joined.with_columns(end=pl.min_horizontal(24 * pl.col("duration_days"), aborted))
    assert (ends["began"] <= ends["end"] + 0.02).all()
    known = (ends["available_at"] - ends["started_at"]).dt.total_hours()
    assert (known >= ends["end"] + 72).all()
    assert (known <= ends["end"] + 32 * 24).all()


def test_log__lacks_one_fault_in_five() -> None:
    config = PlantConfig(batches=3000, deviations=0.5, causes=CAUSES)  # type: ignore[arg-type]
    rows = pl.DataFrame(
        {"batch_id": [f"B{n:04d}" for n in range(3000)], "started_at": datetime(2024, 1, 1), "duration_days": 14.0}
    )
    faulty = faults(config, rows)
    entries = deviations_log(config, rows, faulty)
    assert 0.77 < entries.height / faulty.height < 0.83
    stated = entries.group_by("Cause").len().join(faulty.group_by("cause").len(), left_on="Cause", right_on="cause")
    assert stated.height == len(CAUSES)
    assert (stated["len"] / stated["len_right"]).is_between(0.65, 0.95).all()  # whatever the cause is


def test_build__records_at_any_number_of_minutes_have_exact_times(root: Path, tmp_path: Path) -> None:
    config = PlantConfig(products=4, batches=50, families=2, historian_minutes=7, further_tags=("weight",))
    build(config, tmp_path / "raw", tmp_path / "truth")
    found = read(tmp_path, root)
    expected = pl.read_parquet(tmp_path / "truth/expected_quarantine.parquet")
    aside = found.quarantine.unique(["file", "row"])
    assert aside.join(expected, on=["file", "row"], how="anti").is_empty()
    assert expected.join(aside, on=["file", "row"], how="anti").is_empty()
    series = found.trajectories.filter(pl.col("tag").is_in(["temperature_series", "weight_series"]))
    assert (series["time"] % 420).abs().max() == 0  # type: ignore[operator]
