from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.domain.errors import ScalebridgeError
from pipeline.engine.address import VARIABLE
from pipeline.engine.shared_fit import fit_together
from tests.support.cluster import RealCluster, real_cluster

MATRIX, Y = np.arange(20.0).reshape(10, 2), np.arange(10.0)


def _shapes(client: Any, matrix: Any, y: Any, hosts: str) -> tuple[object, ...]:
    return matrix.chunks, y.chunks, len(hosts.split(",")), np.asarray(matrix), np.asarray(y)


def test_fit_together__without_a_cluster_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    with pytest.raises(ScalebridgeError, match=r"asks for `over_workers`, and SCALEBRIDGE_CLUSTER names no cluster"):
        fit_together(_shapes, MATRIX, Y)


@pytest.mark.long
def test_fit_together__each_worker_has_a_block_of_the_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with real_cluster(tmp_path) as cluster:
        monkeypatch.setenv(VARIABLE, cluster.address)
        rows, results, hosts, matrix, y = fit_together(_shapes, MATRIX, Y)
    assert (rows, results, hosts) == (((5, 5), (2,)), ((5, 5),), 2)
    assert np.array_equal(matrix, MATRIX)  # type: ignore[arg-type]
    assert np.array_equal(y, Y)  # type: ignore[arg-type]


@pytest.mark.long
def test_fit_together__an_error_of_the_fit_is_raised_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(client: Any, matrix: Any, y: Any, hosts: str) -> None:
        raise ScalebridgeError("the fit is wrong")

    with real_cluster(tmp_path) as cluster:
        monkeypatch.setenv(VARIABLE, cluster.address)
        with pytest.raises(ScalebridgeError, match="the fit is wrong"):
            fit_together(wrong, MATRIX, Y)


@pytest.mark.long
def test_fit_together__begins_again_if_a_worker_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[int] = []

    def fit(client: Any, matrix: Any, y: Any, hosts: str) -> int:
        begun.append(len(hosts.split(",")))
        if len(begun) == 1:
            _lose(cluster)
            raise OSError("the connection to the other worker is lost")
        return matrix.numblocks[0]

    with real_cluster(tmp_path) as cluster:
        monkeypatch.setenv(VARIABLE, cluster.address)
        assert fit_together(fit, MATRIX, Y) == 1
    assert begun == [2, 1]


def _lose(cluster: RealCluster) -> None:
    cluster.workers[0].kill()
    cluster.workers[0].wait()
