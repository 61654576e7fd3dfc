import logging
import os
import signal
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from pipeline.domain.errors import ScalebridgeError
from pipeline.engine.address import VARIABLE
from pipeline.engine.calls import results_of
from tests.support.cluster import RealCluster, real_cluster, soon_given_up


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealCluster]:
    with real_cluster(tmp_path_factory.mktemp("cluster")) as running:
        yield running


def _slow_square(n: int) -> tuple[int, int]:
    time.sleep(0.3)
    return n * n, os.getpid()


def _refused(n: int) -> int:
    raise ScalebridgeError(f"call {n} is refused")


def test_results__come_from_both_workers_in_the_order_of_the_calls(
    cluster: RealCluster,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv(VARIABLE, cluster.address)
    with caplog.at_level(logging.DEBUG):
        found = list(results_of([partial(_slow_square, n) for n in range(8)], jobs=1))
    assert [square for square, _ in found] == [n * n for n in range(8)]
    assert {process for _, process in found} == {worker.pid for worker in cluster.workers}
    written = capfd.readouterr()
    assert cluster.address not in caplog.text + written.out + written.err


def test_results__an_error_of_a_call_is_raised_as_it_is(cluster: RealCluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, cluster.address)
    with pytest.raises(ScalebridgeError, match=r"^call 3 is refused$"):
        list(results_of([partial(_refused, 3)], jobs=1))


def test_results__no_call_needs_no_cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "tcp://127.0.0.1:9")
    assert list(results_of([], jobs=1)) == []


def test_connection__to_nothing_is_refused_in_time_without_the_address(
    cluster: RealCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "tcp://127.0.0.1:9")
    began = time.monotonic()
    with soon_given_up("1s"), pytest.raises(ScalebridgeError, match="cannot be reached within 1 s") as refused:
        list(results_of([os.getpid], jobs=1))
    assert time.monotonic() - began < 20
    assert "127.0.0.1" not in str(refused.value)
    assert refused.value.__suppress_context__


def test_connection__without_workers_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with real_cluster(tmp_path, workers=0) as empty:
        monkeypatch.setenv(VARIABLE, empty.address)
        with soon_given_up("1s"), pytest.raises(ScalebridgeError, match="has no worker"):
            list(results_of([os.getpid], jobs=1))


def test_workers__that_compute_in_another_way_are_refused_with_the_difference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with real_cluster(tmp_path, workers=0) as other:
        other.add_worker(POLARS_MAX_THREADS="7", OPENBLAS_CORETYPE="Nehalem")
        other.wait_for(1)
        monkeypatch.setenv(VARIABLE, other.address)
        with pytest.raises(ScalebridgeError, match=r"threads of polars: \d here, 7 there") as refused:
            list(results_of([os.getpid], jobs=1))
    assert str(refused.value).startswith("1 worker of the cluster would compute with something else")
    assert other.address not in str(refused.value)


def test_workers__with_several_threads_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with real_cluster(tmp_path, workers=0) as other:
        other.add_worker("--nthreads", "2")
        other.wait_for(1)
        monkeypatch.setenv(VARIABLE, other.address)
        with pytest.raises(ScalebridgeError, match="have 2 threads"):
            list(results_of([os.getpid], jobs=1))


@pytest.mark.long
def test_lost_worker__costs_no_result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with real_cluster(tmp_path) as losing:
        monkeypatch.setenv(VARIABLE, losing.address)
        results = results_of([partial(_slow_square, n) for n in range(12)], jobs=1)
        found = [next(results)]
        losing.workers[0].kill()
        found += results
    assert [square for square, _ in found] == [n * n for n in range(12)]


@pytest.mark.long
def test_lost_workers__all_of_them_end_as_a_sentence_or_are_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with real_cluster(tmp_path) as losing, soon_given_up("20s"):
        monkeypatch.setenv(VARIABLE, losing.address)
        results = results_of([partial(_slow_square, n) for n in range(8)], jobs=1)
        found = [next(results)]
        for worker in losing.workers:
            worker.kill()
        losing.add_worker()
        found += results
        assert [square for square, _ in found] == [n * n for n in range(8)]
    with real_cluster(tmp_path) as losing, soon_given_up():
        monkeypatch.setenv(VARIABLE, losing.address)
        results = results_of([partial(_slow_square, n) for n in range(8)], jobs=1)
        next(results)
        for worker in losing.workers:
            worker.kill()
        with pytest.raises(ScalebridgeError, match="lost all its workers, and none has come back within 3 s"):
            list(results)


@pytest.mark.long
def test_late_worker__that_computes_in_another_way_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with real_cluster(tmp_path, workers=1) as growing:
        monkeypatch.setenv(VARIABLE, growing.address)
        results = results_of([partial(_slow_square, n) for n in range(60)], jobs=1)
        next(results)
        growing.add_worker(POLARS_MAX_THREADS="7")
        with pytest.raises(ScalebridgeError, match=r"threads of polars: \d here, 7 there"):
            list(results)


@pytest.mark.long
def test_lost_scheduler__ends_as_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    with real_cluster(tmp_path) as losing, soon_given_up():
        monkeypatch.setenv(VARIABLE, losing.address)
        results = results_of([partial(_slow_square, n) for n in range(12)], jobs=1)
        next(results)
        assert losing.scheduler is not None
        losing.scheduler.kill()
        with pytest.raises(ScalebridgeError, match="scheduler of the cluster") as lost:
            list(results)
    written = capfd.readouterr()
    assert losing.address not in str(lost.value) + written.out + written.err


@pytest.mark.long
@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="the system cannot stop a process and keep it")
def test_silent_scheduler__is_given_up_as_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with real_cluster(tmp_path) as silent, soon_given_up():
        monkeypatch.setenv(VARIABLE, silent.address)
        results = results_of([partial(_slow_square, n) for n in range(12)], jobs=1)
        next(results)
        assert silent.scheduler is not None
        silent.scheduler.send_signal(signal.SIGSTOP)
        began = time.monotonic()
        with pytest.raises(ScalebridgeError, match="scheduler of the cluster") as lost:
            list(results)
        assert time.monotonic() - began < 60
        assert silent.address not in str(lost.value)
