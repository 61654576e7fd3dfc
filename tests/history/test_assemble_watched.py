"""The histories of a polymer reactor and of a metal etcher: every batch is read, with the counts of the published files."""

from pathlib import Path

import polars as pl
import pytest

from pipeline.domain.config_files import read_yaml
from pipeline.domain.left_out import LeftOut
from pipeline.domain.process.process import Process
from pipeline.history.assemble import AssembledHistory
from pipeline.history.quality.verdict import read_history_of
from pipeline.history.trajectories import BACK
from tests.conftest import data_folder, process_of


def _process(root: Path, name: str) -> Process:
    return process_of(read_yaml(root / f"conf/process/{name}.yaml"))


def _history(root: Path, name: str) -> AssembledHistory:
    return read_history_of(_process(root, name), data_folder(name), LeftOut())


@pytest.fixture(scope="module")
def sbr(root: Path) -> AssembledHistory:
    return _history(root, "sbr")


@pytest.fixture(scope="module")
def etch(root: Path) -> AssembledHistory:
    return _history(root, "metal_etch")


def test_sbr__every_batch_has_200_samples_of_9_tags_and_5_results(sbr: AssembledHistory) -> None:
    assert sbr.quarantine.is_empty()
    assert sbr.trajectories.group_by("batch_id", "tag").len()["len"].to_list() == [200] * 53 * 9
    assert sbr.results.group_by("batch_id").len()["len"].to_list() == [5] * 53


def test_sbr__one_sample_counts_as_one_minute(sbr: AssembledHistory) -> None:
    times = sbr.trajectories.filter(batch_id="1", tag="conversion")["time"]
    assert times.to_list() == [60.0 * sample for sample in range(200)]


def test_sbr__the_particle_size_of_two_batches_is_odd_and_they_stay(sbr: AssembledHistory) -> None:
    size = sbr.results.filter(attribute="particle_size")
    away = (pl.col("value") - pl.col("value").median()).abs()
    odd = size.filter(away / (1.4826 * away.median()) > 5)
    assert set(odd["batch_id"]) == {"34", "37"}


def test_etch__predicts_nothing_and_reads_every_wafer(root: Path, etch: AssembledHistory) -> None:
    assert _process(root, "metal_etch").targets == ()
    assert etch.batches.height == etch.trajectories["batch_id"].n_unique() == 129
    assert etch.trajectories["tag"].n_unique() == 20
    assert etch.results.is_empty()


def test_etch__named_faults_are_deviations_by_what_was_changed(etch: AssembledHistory) -> None:
    wafers = etch.batches.join(etch.deviations, on="batch_id", how="left")
    counts = wafers.group_by("experiment").agg(pl.len(), pl.col("cause").count().alias("faults")).sort("experiment")
    assert counts.rows() == [("29", 43, 9), ("31", 43, 6), ("33", 43, 6)]
    causes = dict(etch.deviations.select("batch_id", "cause").iter_rows())
    assert (causes["l2915.txm"], causes["l3122.txm"]) == ("TCP power high", "RF power high")
    assert len(set(causes.values())) == 11


def test_etch__a_row_whose_time_goes_back_is_a_copy_of_the_first_row_of_the_next_wafer(etch: AssembledHistory) -> None:
    aside = etch.quarantine.filter(source="series")
    assert set(aside["reason"]) == {BACK}
    rows = pl.read_csv(data_folder("metal_etch") / "series.csv").with_row_index("row", offset=2)
    copies = rows.join(aside.select(pl.col("row").cast(pl.UInt32)), on="row").sort("row")
    after = rows.filter((pl.col("row") - 1).is_in(copies["row"].implode())).sort("row")
    assert copies.height == 127
    assert copies.drop("row", "wafer").equals(after.drop("row", "wafer"))
    assert etch.trajectories.filter(tag="rf_power").height == rows.height - 127


def test_etch__two_wafers_are_short(etch: AssembledHistory) -> None:
    records = etch.trajectories.filter(tag="chamber_pressure").group_by("batch_id").len().filter(pl.col("len") < 90)
    assert set(records["batch_id"]) == {"l3122.txm", "l3125.txm"}
