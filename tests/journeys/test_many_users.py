"""Many users of one workspace at once: two `dvc repro`, answers, watches and the service, while a new run is learned and published.

No answer mixes two runs, no lock is left, and MLflow holds each run once.
"""

import json
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import yaml

from pipeline.domain.places import Places
from pipeline.publication.runs import current_run, names_of_runs
from tests.journeys.conftest import Run, choose
from tests.support.run_store import run_store
from tests.support.serving import served

pytestmark = pytest.mark.long
PROPOSAL = "data/proposals/mab_to_15000L.yaml"
LOCKED = ("Unable to acquire lock", "is busy", "being written", "being read")
"""What DVC says where another `dvc repro` is at work."""
PAUSE = 2.0
"""Seconds between two questions of a user."""


@dataclass
class Seen:
    """What the users saw while both runs were made."""

    repro: list[tuple[int, str]] = field(default_factory=list)
    """Exit code and output of each `dvc repro`."""
    answers: list[tuple[str, float]] = field(default_factory=list)
    """Published run and predicted titre of each answer of a command."""
    served: list[tuple[str, float]] = field(default_factory=list)
    """The same of the service."""
    watched: list[str] = field(default_factory=list)
    """Published run of each watch."""
    failures: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def folder(quick_run: Callable[[str], Path], run: Run) -> Path:
    folder = quick_run("many_users")
    run(folder, "python", "-m", "pipeline.stages.track", "data")
    return folder


@pytest.fixture(scope="module")
def runs(folder: Path) -> dict[str, float]:
    """Published run → its titre. The second is added by `seen`."""
    return {current_run(Places.under(folder / "data")).run: _titre(folder / "data/answers/mab_to_15000L/result.json")}


@pytest.fixture(scope="module")
def seen(folder: Path, run: Run, runs: dict[str, float]) -> Seen:
    """Change the seed, and let everybody work until two `dvc repro` have ended."""
    found, done = Seen(), threading.Event()
    batch = _a_batch(folder)
    choose(folder, seed=2)
    learning = [threading.Thread(target=_repro, args=(folder, run, found)) for _ in range(2)]
    proposal = yaml.safe_load((folder / PROPOSAL).read_text(encoding="utf-8"))
    with served(folder) as service:

        def ask() -> None:
            reply = service.ask("POST", "/answers?depth=numbers", proposal)
            if reply.status != 200:
                found.failures.append(f"service {reply.status}: {reply.body[:300]!r}")
                return
            answer = json.loads(reply.body)
            found.served.append((answer["record"]["hashes"]["run"], _value(answer)))

        users = [
            threading.Thread(target=_until, args=(done, work, found))
            for work in (
                lambda: _predict(folder, run, found, "one.json"),
                lambda: _predict(folder, run, found, "two.json"),
                lambda: _watch(folder, batch, found),
                ask,
            )
        ]
        for thread in (*learning, *users):
            thread.start()
        for thread in learning:
            thread.join()
        done.set()
        for thread in users:
            thread.join()
    run(folder, "dvc", "repro")  # the one that DVC refused is repeated, as it says
    runs[current_run(Places.under(folder / "data")).run] = _titre(folder / "data/answers/mab_to_15000L/result.json")
    tracking = [threading.Thread(target=lambda: run(folder, "scalebridge", "track")) for _ in range(2)]
    for thread in tracking:
        thread.start()
    for thread in tracking:
        thread.join()
    return found


def _until(done: threading.Event, work: Callable[[], None], found: Seen) -> None:
    """Work again and again. A pause leaves the processors to those who learn."""
    while not done.wait(PAUSE):
        try:
            work()
        except Exception as error:  # it would end the thread unseen
            found.failures.append(f"{type(error).__name__}: {error}")


def _repro(folder: Path, run: Run, found: Seen) -> None:
    try:
        done = run(folder, "dvc", "repro")
        found.repro.append((0, done.stdout + done.stderr))
    except Exception as error:
        found.repro.append((1, str(error)))


def _predict(folder: Path, run: Run, found: Seen, out: str) -> None:
    run(folder, "scalebridge", "predict", PROPOSAL, "--out", out)
    answer = json.loads((folder / out).read_text(encoding="utf-8"))
    found.answers.append((answer["record"]["hashes"]["run"], _value(answer)))


def _watch(folder: Path, batch: str, found: Seen) -> None:
    command = [str(Path(sys.executable).parent / "scalebridge"), "watch", batch, "--out", "watch.json"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=600, check=False)
    if done.returncode not in (0, 3):
        found.failures.append(f"watch {done.returncode}: {done.stdout[-300:]} {done.stderr[-500:]}")
        return
    found.watched.append(json.loads((folder / "watch.json").read_text(encoding="utf-8"))["record"]["run"])


def _a_batch(folder: Path) -> str:
    import polars as pl

    trajectories = pl.read_parquet(folder / "data/history/trajectories.parquet", columns=["batch_id"])
    return str(trajectories["batch_id"].unique().sort()[0])


def _value(answer: dict) -> float:  # type: ignore[type-arg]
    return float(answer["steps"][0]["attributes"]["titre"]["outcome"]["value"])


def _titre(path: Path) -> float:
    return _value(json.loads(path.read_text(encoding="utf-8")))


def test_many_users__one_of_two_runs_is_made_and_the_other_is_not_half_made(seen: Seen) -> None:
    assert len(seen.repro) == 2
    assert any(code == 0 for code, _ in seen.repro), seen.repro
    for code, said in seen.repro:
        assert code == 0 or any(text in said for text in LOCKED), said


def test_many_users__nobody_fails(seen: Seen) -> None:
    assert not seen.failures
    assert min(len(seen.answers), len(seen.served), len(seen.watched)) >= 2


def test_many_users__no_answer_mixes_two_runs(seen: Seen, runs: dict[str, float]) -> None:
    assert len(runs) == 2
    for name, titre in (*seen.answers, *seen.served):
        assert titre == runs[name]
    assert set(seen.watched) <= set(runs)


def test_many_users__no_lock_and_nothing_half_written_is_left(seen: Seen, folder: Path, run: Run) -> None:
    assert "up to date" in run(folder, "dvc", "status", "publish", "predict", "track").stdout
    held = folder / ".dvc/tmp/rwlock"
    assert not held.exists() or not any(json.loads(held.read_text(encoding="utf-8")).values())
    hidden = {path.name for path in (folder / "data").rglob(".*") if path.suffix != ".part"}
    assert hidden <= {".gitignore", ".lock"}
    assert not list((folder / "data").rglob(".*.part"))


def test_many_users__mlflow_has_each_run_once(seen: Seen, folder: Path, runs: dict[str, float]) -> None:
    mlflow = run_store(folder)
    found = mlflow.search_runs(search_all_experiments=True)
    assert set(found["status"]) == {"FINISHED"}
    whole = found[found["tags.level"] == "run"]
    assert sorted(whole["tags.published_run"]) == sorted(runs)
    assert sorted(names_of_runs(Places.under(folder / "data"))) == sorted(runs)
