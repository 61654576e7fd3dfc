"""A program that is killed while it logs a run leaves nothing that the next call does not complete."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from pipeline.domain.places import Places
from pipeline.tracking.database import PART
from tests.conftest import ROOT

pytestmark = pytest.mark.long
NESTED = {"titre", "candidate ridge", "candidate carry_over"}


def _begin(project: Places, folder: Path) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "tests.support.track_once", str(project.features.parent), str(folder)]
    environment = {name: text for name, text in os.environ.items() if name != "MLFLOW_TRACKING_URI"}
    return subprocess.Popen(
        command, cwd=ROOT, env=environment | {"PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, start_new_session=True,
    )  # fmt: skip


def _whole(project: Places, folder: Path) -> str:
    """Log without a kill. Return the id of the run."""
    out, err = (process := _begin(project, folder)).communicate(timeout=300)
    assert process.returncode == 0, err
    return out.split()[-1]


def _killed(project: Places, folder: Path, reached: Callable[[], bool]) -> bool:
    """Kill the program as soon as it has reached a point. False if it ended before that was seen."""
    process = _begin(project, folder)
    while process.poll() is None:
        if reached():
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            return process.returncode == -signal.SIGKILL
        time.sleep(0.01)
    process.communicate()
    return False


def _count(folder: Path, table: str) -> int:
    """Rows of a table of the store; 0 while there is no store or it cannot be read."""
    try:
        with closing(sqlite3.connect(f"file:{folder / 'mlflow.db'}?mode=ro", uri=True, timeout=5)) as connection:
            return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
    except sqlite3.Error:
        return 0


def _rows(folder: Path, statement: str) -> list[Any]:
    with closing(sqlite3.connect(folder / "mlflow.db")) as connection:
        return connection.execute(statement).fetchall()


def test_track__a_run_that_was_killed_at_any_point_is_completed(project: Places, tmp_path: Path) -> None:
    points: dict[str, Callable[[], bool]] = {
        "the database is being made": lambda: any(
            part.stat().st_size > 50_000 for part in tmp_path.glob(f"mlflow.db.*{PART}")
        ),
        "the run is begun": lambda: _count(tmp_path, "runs") > 0,
        "a nested run is begun": lambda: _count(tmp_path, "runs") > 2,
        "files of the model are being copied": lambda: any(tmp_path.glob("mlartifacts/*/models/*/artifacts/*")),
    }
    for name, reached in points.items():
        assert _killed(project, tmp_path, reached), f"the program was not killed when {name}"
    assert _count(tmp_path, "runs") == 4  # the third attempt began two nested runs, the fourth the last of them
    _killed(project, tmp_path, lambda: _count(tmp_path, "model_versions") > 0)  # so late that it may have ended before
    run = _whole(project, tmp_path)

    assert _rows(tmp_path, "SELECT run_id FROM model_versions") == [(run,)]
    runs = _rows(tmp_path, "SELECT name, status, lifecycle_stage FROM runs")
    assert {(status, stage) for _, status, stage in runs} == {("FINISHED", "active")}
    assert Counter(name for name, _, _ in runs) == Counter([*NESTED, "ridge-brief-plan"])
    assert _rows(tmp_path, "SELECT count(*), min(status), max(status) FROM logged_models") == [(1, 2, 2)]
    assert _rows(tmp_path, "SELECT max(n) FROM (SELECT count(*) n FROM metrics GROUP BY run_uuid, key)") == [(1,)]
    assert _rows(tmp_path, "SELECT count(*) FROM inputs WHERE source_type = 'RUN_OUTPUT'") == [(1,)]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["artifacts", "mlartifacts", "mlflow.db", "mlflow.db.lock"]


def test_track__two_calls_at_the_same_time_log_one_run(project: Places, tmp_path: Path) -> None:
    both = [_begin(project, tmp_path), _begin(project, tmp_path)]
    said = [process.communicate(timeout=300) for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert len({out.split()[-1] for out, _ in said}) == 1
    assert _count(tmp_path, "runs") == 1 + len(NESTED)
    assert _count(tmp_path, "model_versions") == 1
