"""Trees that several workers fit together: close to those of one machine, and also if a worker is lost."""

from pathlib import Path
from threading import Timer

import numpy as np
import polars as pl
import pytest

from pipeline.domain.arrays import FloatArray
from pipeline.engine.address import VARIABLE
from pipeline.models.base import Task
from pipeline.models.trees.lightgbm import LightGBM, fit_lightgbm
from tests.support.cluster import real_cluster

TASK = Task("y", ("a", "b"), ("product",))


def _history(rows: int) -> tuple[pl.DataFrame, FloatArray]:
    rng = np.random.default_rng(3)
    a, b, product = rng.normal(size=rows), rng.normal(size=rows), rng.integers(0, 5, rows)
    y = a + np.sin(2 * b) + product % 3 + 0.3 * rng.normal(size=rows)
    return pl.DataFrame({"a": a, "b": b, "product": [f"p{one}" for one in product]}), y


@pytest.mark.long
@pytest.mark.parametrize("more", [{}, {"forest": True, "row_fraction": 0.6}], ids=["boosted", "forest"])
def test_over_workers__trees_are_as_good_as_those_of_one_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: dict[str, float], capfd: pytest.CaptureFixture[str]
) -> None:
    rows, y = _history(5_000)
    alone = fit_lightgbm(LightGBM(**more), rows, y, TASK, 1)  # type: ignore[arg-type]
    with real_cluster(tmp_path) as cluster:
        monkeypatch.setenv(VARIABLE, cluster.address)
        together = fit_lightgbm(LightGBM(over_workers=True, **more), rows, y, TASK, 1)  # type: ignore[arg-type]
    errors = [float(np.sqrt(np.mean((model.predict(rows) - y) ** 2))) for model in (alone, together)]
    assert errors[1] == pytest.approx(errors[0], rel=0.05)
    assert float(np.sqrt(np.mean((alone.predict(rows) - together.predict(rows)) ** 2))) < 0.1 * y.std()
    written = capfd.readouterr()
    assert "127.0.0.1" not in together.text + written.out + written.err


@pytest.mark.long
def test_over_workers__a_lost_worker_costs_time_and_no_fit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows, y = _history(20_000)
    with real_cluster(tmp_path) as cluster:
        monkeypatch.setenv(VARIABLE, cluster.address)
        fit_lightgbm(LightGBM(over_workers=True, rounds=2), rows, y, TASK, 1)  # the workers load LightGBM
        Timer(1.5, cluster.workers[0].kill).start()
        fitted = fit_lightgbm(LightGBM(over_workers=True, rounds=1500), rows, y, TASK, 1)
        assert cluster.workers[0].wait() != 0
    assert float(np.sqrt(np.mean((fitted.predict(rows) - y) ** 2))) < 0.4
