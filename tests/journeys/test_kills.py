"""A run that is killed again and again ends with the same files as a run that was left alone.

Each kill is a SIGKILL of `dvc repro` and everything that it started, when a stage writes its first file, or at a random time.
`SCALEBRIDGE_KILLS` sets the number of kills; a seed fixes their order and times.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from pipeline.domain.places import Places
from pipeline.publication.runs import current_run, names_of_runs
from tests.journeys.conftest import Run, choose_quickly
from tests.support.run_store import run_store

pytestmark = pytest.mark.long
KILLS = int(os.environ.get("SCALEBRIDGE_KILLS", "8"))
SEED = 20241101
FIRST_WRITES = (
    "raw/virtual_plant",
    "sources",
    "history",
    "model",
    "scores.parquet",
    "explanations",
    "runs",
    "answers",
    "../mlflow.db*",
)
"""What the stages write first, as patterns below the data folder: kills happen when a file of one is new or has changed."""
LONGEST = 120.0
"""Most seconds that a test waits for a first write before it kills."""


@pytest.fixture(scope="module")
def left_alone(quick_run: Callable[[str], Path]) -> Path:
    return quick_run("left_alone")


@pytest.fixture(scope="module")
def killed(clone: Callable[[str], Path], run: Run) -> Path:
    """The same project after all kills, and then a run that was left alone."""
    folder, chance = clone("killed"), random.Random(SEED)
    choose_quickly(folder)
    for nth in range(KILLS):
        first = FIRST_WRITES[nth] if nth < len(FIRST_WRITES) else None
        _run_and_kill(folder, first, chance)
    run(folder, "dvc", "repro")
    run(folder, "python", "-m", "pipeline.stages.track", "data")
    return folder


def _run_and_kill(folder: Path, first: str | None, chance: random.Random) -> None:
    """Start `dvc repro` and kill it: at the first write of a place, or, without a place, at a random time."""
    binaries = str(Path(sys.executable).parent)
    environment = os.environ | {"PATH": binaries + os.pathsep + os.environ["PATH"], "MLFLOW_DISABLE_TELEMETRY": "true"}
    environment.pop("PYTHONPATH", None)
    before = _state(folder, first)
    program = subprocess.Popen(
        ["dvc", "repro"],
        cwd=folder,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    end = time.monotonic() + (LONGEST if first else chance.uniform(1.0, 30.0))
    while program.poll() is None and time.monotonic() < end and (first is None or _state(folder, first) == before):
        time.sleep(0.002)
    time.sleep(chance.uniform(0.0, 0.05))
    if program.poll() is None:
        os.killpg(program.pid, signal.SIGKILL)
    program.wait()


def _state(folder: Path, pattern: str | None) -> set[tuple[str, int, int]]:
    """Name, size and time of every file of a place."""
    return set(_files(folder / "data", pattern)) if pattern else set()


def _files(data: Path, pattern: str) -> Iterator[tuple[str, int, int]]:
    for place in data.glob(pattern) if "*" in pattern else [data / pattern]:
        for path in [place, *place.rglob("*")]:
            try:
                found = path.stat()
            except FileNotFoundError:
                continue
            if path.is_file():
                yield str(path), found.st_size, found.st_mtime_ns


def _outputs(folder: Path) -> dict[str, str]:
    """Output → MD5, as DVC recorded them."""
    stages = yaml.safe_load((folder / "dvc.lock").read_text(encoding="utf-8"))["stages"].values()
    return {out["path"]: out["md5"] for stage in stages for out in stage.get("outs", [])}


def test_kills__every_output_is_the_same(left_alone: Path, killed: Path) -> None:
    expected = _outputs(left_alone)
    assert {"data/model", "data/answers", "data/runs/current", "data/acceptance_ledger.jsonl"} <= set(expected)
    assert _outputs(killed) == expected


def test_kills__the_published_run_is_whole_and_the_only_one(left_alone: Path, killed: Path) -> None:
    places = Places.under(killed / "data")
    assert current_run(places).run == current_run(Places.under(left_alone / "data")).run
    assert names_of_runs(places) == [current_run(places).run]


def test_kills__nothing_half_written_is_left(killed: Path) -> None:
    hidden = {path.name for path in (killed / "data").rglob(".*") if path.suffix != ".part"}
    assert hidden <= {".gitignore", ".lock"}


def test_kills__mlflow_has_one_finished_run_and_no_other(killed: Path) -> None:
    mlflow = run_store(killed)
    found = mlflow.search_runs(search_all_experiments=True)
    assert set(found["status"]) == {"FINISHED"}
    assert (found["tags.level"] == "run").sum() == 1
    assert len(mlflow.MlflowClient().search_model_versions("name = 'scalebridge-virtual_plant-plan'")) == 1


def test_kills__a_command_answers_afterwards(killed: Path, run: Run) -> None:
    assert "HMW" in run(killed, "scalebridge", "predict", "data/proposals/mab_to_15000L.yaml").stdout
