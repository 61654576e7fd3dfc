"""Stages on a real cluster of two workers: the files of the serial run, also if a worker is killed.

A cluster that is not there, or that ends, is a sentence.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from pipeline.domain.places import Places
from pipeline.engine.address import VARIABLE
from tests.support.cluster import RealCluster, real_cluster
from tests.support.project import copy_of

ROOT = Path(__file__).parents[2]
STAGES = ("train", "transfer", "monitor")
"""Stages that spread calls."""
pytestmark = pytest.mark.long


def _environment(**more: str) -> dict[str, str]:
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    return {**os.environ, "PYTHONPATH": path, "POLARS_MAX_THREADS": "1", **more}


def _stage(name: str, places: Places, **environment: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-P", "-m", f"pipeline.stages.{name}", str(places.model.parent)]
    return subprocess.Popen(
        command, env=_environment(**environment), text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def _run(name: str, places: Places, **environment: str) -> str:
    """Run a stage to its end, and return what it said."""
    stage = _stage(name, places, **environment)
    said = "".join(stage.communicate(timeout=300))
    assert stage.returncode == 0, said
    return said


def _made(places: Places) -> Mapping[str, str]:
    """Path → hash of each file that the stages write."""
    outputs = (
        places.model,
        places.forecasts,
        places.calibrations,
        places.hidden,
        places.transfer,
        places.monitor,
        places.monitoring,
    )
    files = [file for out in outputs for file in ([out] if out.is_file() else sorted(out.rglob("*"))) if file.is_file()]
    return {str(file.relative_to(places.model.parent)): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def _remove(places: Places) -> None:
    for out in (places.model, places.monitor):
        shutil.rmtree(out)
    for file in (places.forecasts, places.calibrations, places.hidden, places.transfer, places.monitoring):
        file.unlink()


def _workers(cluster: RealCluster, number: int) -> None:
    for _ in range(number):
        cluster.add_worker(POLARS_MAX_THREADS="1")
    cluster.wait_for(number)


def test_stages__on_two_workers_write_the_bytes_of_the_serial_run_and_no_address(project: Places, tmp_path: Path) -> None:
    places = copy_of(project, tmp_path)
    for name in STAGES:
        _run(name, places)
    serial = _made(places)
    assert "forecasts.parquet" in serial
    _remove(places)
    with real_cluster(tmp_path, workers=0) as cluster:
        _workers(cluster, 2)
        said = "".join(_run(name, places, **{VARIABLE: cluster.address}) for name in STAGES)
        assert _made(places) == serial
        address = cluster.address.encode()
        assert address not in said.encode()
        files = [file for file in (tmp_path / "project").rglob("*") if file.is_file()]
        assert not [file for file in files if address in file.read_bytes()]


def test_stages__a_killed_worker_changes_no_byte(project: Places, tmp_path: Path) -> None:
    places = copy_of(project, tmp_path)
    _run("train", places)
    serial = _made(places)
    shutil.rmtree(places.model)
    with real_cluster(tmp_path, workers=0) as cluster:
        _workers(cluster, 2)
        stage = _stage("train", places, **{VARIABLE: cluster.address})
        _wait_for_calls(cluster)
        assert stage.poll() is None
        cluster.workers[0].kill()
        said = "".join(stage.communicate(timeout=300))
        assert stage.returncode == 0, said
    assert _made(places) == serial


def _wait_for_calls(cluster: RealCluster) -> None:
    """Wait until the workers have begun to call."""
    import distributed

    with distributed.Client(cluster.address, set_as_default=False) as client:  # type: ignore[no-untyped-call]
        for _ in range(3000):
            if any(client.processing().values()):
                return
            time.sleep(0.01)
    raise AssertionError("the stage sent no call")


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "10.1.2.3:8786"])
def test_stages__a_cluster_that_is_not_there_ends_as_a_sentence(project: Places, tmp_path: Path, address: str) -> None:
    places = copy_of(project, tmp_path)
    stage = _stage("train", places, **{VARIABLE: address, "DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "1s"})
    _, said = stage.communicate(timeout=60)
    assert stage.returncode == 1
    assert said.startswith("train: ")
    assert VARIABLE in said
    assert "Traceback" not in said
    assert address.rpartition("/")[2] not in said


def test_stages__a_killed_scheduler_ends_as_a_sentence(project: Places, tmp_path: Path) -> None:
    places = copy_of(project, tmp_path)
    with real_cluster(tmp_path, workers=0) as cluster:
        _workers(cluster, 2)
        stage = _stage("train", places, **{VARIABLE: cluster.address, "DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "3s"})
        _wait_for_calls(cluster)
        assert cluster.scheduler is not None
        cluster.scheduler.kill()
        _, said = stage.communicate(timeout=60)
        assert stage.returncode == 1
        assert "scheduler of the cluster" in said
        assert "Traceback" not in said
        assert cluster.address not in said
