"""Features of series that are read some batches at a time are those of all records at once, bit by bit."""

from dataclasses import replace
from pathlib import Path
from threading import Timer

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.process.process import Process
from pipeline.engine.address import VARIABLE
from pipeline.features.series import features_of_file, features_of_partitions
from pipeline.features.table import build, series_features
from tests.support.bucket import BUCKET, served_bucket
from tests.support.cluster import real_cluster
from tests.support.press_series import press, press_history, write_partitions


@pytest.mark.parametrize(("most", "jobs"), [(1, 1), (500, 1), (500, 2), (10_000, 1)])
def test_features_of_file__are_those_of_all_records(tablets: Process, tmp_path: Path, most: int, jobs: int) -> None:
    process, history = press(tablets), press_history()
    history.trajectories.write_parquet(tmp_path / "t.parquet", row_group_size=100)
    found = features_of_file(process, history, tmp_path / "t.parquet", most, jobs)
    whole = series_features(process, history)
    assert len(whole) > 1
    for one, other in zip(found, whole, strict=True):
        assert_frame_equal(one, other, check_exact=True)
    assert_frame_equal(build(process, history, found), build(process, history), check_exact=True)


def test_features_of_file__without_records_are_missing(tablets: Process, tmp_path: Path) -> None:
    process, history = press(tablets), press_history()
    nothing = replace(history, trajectories=history.trajectories.clear())
    nothing.trajectories.write_parquet(tmp_path / "t.parquet")
    found = build(process, nothing, features_of_file(process, nothing, tmp_path / "t.parquet"))
    assert_frame_equal(found, build(process, nothing), check_exact=True)


@pytest.mark.parametrize("most", [1, 10_000])
def test_features_of_partitions__are_those_of_all_records(tablets: Process, tmp_path: Path, most: int) -> None:
    process, history = press(tablets), press_history()
    write_partitions(history, tmp_path)
    found = features_of_partitions(process, history, str(tmp_path), most, jobs=1)
    assert found["batch_id"].to_list() == history.batches["batch_id"].to_list()
    for table in series_features(process, history):
        assert_frame_equal(found.select(table.columns), table.sort("batch_id"), check_exact=True)


def test_features_of_partitions__are_read_from_a_bucket(
    tablets: Process, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    process, history = press(tablets), press_history()
    write_partitions(history, tmp_path / "plant")
    here = features_of_partitions(process, history, str(tmp_path / "plant"), jobs=1)
    with served_bucket(tmp_path) as settings:
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        found = features_of_partitions(process, history, f"s3://{BUCKET}/plant", most=500, jobs=1)
    assert_frame_equal(found, here, check_exact=True)


@pytest.mark.long
def test_features_of_partitions__on_a_cluster_are_those_of_this_machine_also_if_a_worker_is_lost(
    tablets: Process, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    process, history = press(tablets), press_history(records=20_000)
    write_partitions(history, tmp_path / "plant")
    here = features_of_partitions(process, history, str(tmp_path / "plant"), jobs=1)
    with real_cluster(tmp_path) as cluster:
        monkeypatch.setenv(VARIABLE, cluster.address)
        assert_frame_equal(features_of_partitions(process, history, str(tmp_path / "plant")), here, check_exact=True)
        Timer(0.3, cluster.workers[0].kill).start()
        found = features_of_partitions(process, history, str(tmp_path / "plant"), most=1)
    assert_frame_equal(found, here, check_exact=True)


def test_features_of_partitions__a_batch_in_two_folders_is_refused(tablets: Process, tmp_path: Path) -> None:
    process, history = press(tablets), press_history()
    write_partitions(history, tmp_path)
    (tmp_path / "site=B/product=p/1.parquet").rename(tmp_path / "site=B/1.parquet")
    history.trajectories.filter(batch_id="B05").write_parquet(tmp_path / "site=B/product=p/2.parquet")
    with pytest.raises(ScalebridgeError, match=r"Batch 'B05' lies in several folders: .*site=B, .*product=p"):
        features_of_partitions(process, history, str(tmp_path), jobs=1)


def test_features_of_partitions__without_features_of_series_is_refused(tablets: Process, tmp_path: Path) -> None:
    history = press_history()
    write_partitions(history, tmp_path)
    with pytest.raises(ScalebridgeError, match="offers no feature of a series"):
        features_of_partitions(replace(press(tablets), operations={}), history, str(tmp_path), jobs=1)


def test_features_of_file__other_tags_change_nothing(tablets: Process, tmp_path: Path) -> None:
    process, history = press(tablets), press_history()
    other = pl.DataFrame({"batch_id": ["B00"], "tag": ["unknown"], "time": [1.0], "value": [2.0]})
    pl.concat([history.trajectories, other]).sort("batch_id", "tag", "time").write_parquet(tmp_path / "t.parquet")
    found = features_of_file(process, history, tmp_path / "t.parquet")
    for one, whole in zip(found, series_features(process, history), strict=True):
        assert_frame_equal(one, whole, check_exact=True)
