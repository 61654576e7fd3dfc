"""A user without the repository: the built wheel, `scalebridge init`, `dvc repro`, an answer, an upgrade.

The environment has the wheel of its own and sees the libraries of the tests. `.ci/fresh_machine` installs them as well.
"""

import os
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from pipeline.answers.result.files import read_answer
from pipeline.domain.places import Places
from pipeline.publication.runs import current_name
from pipeline.workspace.listing import source_files
from tests.conftest import ROOT
from tests.journeys.conftest import choose_quickly
from tests.support.git_settings import IDENTITY
from tests.support.markdown_blocks import blocks

pytestmark = pytest.mark.long
PAGE = ROOT / "docs/how_to/start_a_workspace.md"
BASH = ("bash", "-euo", "pipefail", "-c")
PROPOSAL = "data/proposals/mab_to_2000L.yaml"


@dataclass(frozen=True)
class Machine:
    """A machine with the wheel, and a folder of a user."""

    environment: Path
    home: Path

    def call(self, folder: Path, *command: str, expect: int = 0) -> str:
        """Give a command. Returns what it printed. The time that it took is printed as well."""
        paths = os.pathsep.join([str(self.environment / "bin"), os.environ["PATH"]])
        kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "MLFLOW_TRACKING_URI")}
        own = {"PATH": paths, "MLFLOW_DISABLE_TELEMETRY": "true", "GIT_CONFIG_GLOBAL": str(self.home / "gitconfig")}
        begun = time.monotonic()
        done = subprocess.run(command, cwd=folder, env=kept | own, capture_output=True, text=True, timeout=600, check=False)
        print(f"{time.monotonic() - begun:6.1f} s  {' '.join(command)}")
        assert done.returncode == expect, f"{command}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        return done.stdout + done.stderr

    @property
    def package(self) -> Path:
        """The installed package."""
        return next((self.environment / "lib").glob("python*/site-packages")) / "pipeline"


@pytest.fixture(scope="module")
def machine(clone: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Machine:
    source, home = clone("source"), tmp_path_factory.mktemp("home")
    (home / "gitconfig").write_text(IDENTITY, encoding="utf-8")
    made = Machine(home / "env", home)
    pip = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check")
    made.call(home, *pip, "wheel", "--no-deps", "--wheel-dir", str(home), str(source))
    made.call(home, sys.executable, "-m", "venv", "--without-pip", str(made.environment))
    (made.package.parent / "libraries.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    [wheel] = home.glob("*.whl")
    made.call(home, *pip, "--python", str(made.environment / "bin/python"), "install", "--no-deps", str(wheel))
    (made.environment / "bin/dvc").write_text('#!/bin/sh\nexec python -m dvc "$@"\n', encoding="utf-8")
    (made.environment / "bin/dvc").chmod(0o755)
    return made


@pytest.fixture(scope="module")
def workspace(machine: Machine) -> Path:
    """A workspace, made and used by the commands of the page in their order, but with choices that are quick."""
    first, *others = [block for block in blocks(PAGE, "bash") if not block.not_run]
    above = machine.home / "Größen 1"
    above.mkdir()
    machine.call(above, *BASH, first.text)
    folder = above / "antibodies"
    choose_quickly(folder)
    for block in others:
        machine.call(folder, *BASH, block.text)
    return folder


def test_wheel__is_the_one_package_that_is_used(machine: Machine, workspace: Path) -> None:
    text = machine.call(workspace, "python", "-c", "import pipeline.workspace.sources as s; print(s.__file__, s._root())")
    assert text.split() == [str(machine.package / "workspace/sources.py"), str(machine.package / "workspace/files")]
    assert str(ROOT) not in text
    carried = {path.relative_to(machine.package / "workspace/files") for path in _files(machine.package / "workspace/files")}
    assert carried == set(source_files(ROOT))
    for path in carried:
        assert (machine.package / "workspace/files" / path).read_bytes() == (ROOT / path).read_bytes(), path


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_workspace__a_second_run_does_nothing_and_git_holds_what_it_should(machine: Machine, workspace: Path) -> None:
    assert "Data and pipelines are up to date." in machine.call(workspace, "dvc", "repro")
    tracked = machine.call(workspace, "git", "ls-files").splitlines()
    assert {"dvc.lock", "data/metrics.json", "data/acceptance_ledger.jsonl", "data/config/process.yaml"} <= set(tracked)
    assert not [path for path in tracked if path.endswith((".parquet", ".db", ".html", ".csv"))]
    machine.call(workspace, "scalebridge", "summary")
    assert machine.call(workspace, "git", "status", "--porcelain") == ""


def test_workspace__answers_name_the_run(machine: Machine, workspace: Path, tmp_path: Path) -> None:
    out = tmp_path / "result.json"
    text = machine.call(workspace, "scalebridge", "predict", PROPOSAL, "--out", str(out))
    run = current_name(Places.under(workspace / "data"))
    assert read_answer(out).record.hashes.run == run
    assert run in text
    assert run in machine.call(workspace, "scalebridge", "runs")
    assert run in machine.call(workspace, "scalebridge", "use", run[:6])


def test_workspace__verbs_work(machine: Machine, workspace: Path, tmp_path: Path) -> None:
    assert "virtual_plant" in machine.call(workspace, "scalebridge", "check")
    assert "MLflow run" in machine.call(workspace, "scalebridge", "track")
    draft = ("scalebridge", "propose", "--product", "mAb-01", "--scale", "2000 L", "--equipment", "V-2001")
    machine.call(workspace, *draft, "--out", str(tmp_path / "draft.yaml"))
    (workspace / "data/raw/mine").mkdir()
    (workspace / "data/raw/mine/batches.csv").write_text(
        "batch,product,volume,titre\nB1,P,1,2\nB2,P,10,3\n", encoding="utf-8"
    )
    assert "scalebridge check" in machine.call(workspace, "scalebridge", "scaffold", "mine")


def test_upgrade__after_a_change_of_the_tool_every_stage_runs_again(machine: Machine, workspace: Path) -> None:
    """The last test of this module: it changes the installed package."""
    machine.call(workspace, "git", "add", "--all")
    machine.call(workspace, "git", "commit", "--quiet", "--allow-empty", "-m", "before the upgrade")
    changed = machine.package / "simulators/__init__.py"
    changed.write_text(changed.read_text(encoding="utf-8") + "# changed\n", encoding="utf-8")
    told = machine.call(workspace, "python", "-m", "pipeline.stages.split", "data", expect=1)
    assert "The workspace was made for scalebridge" in told
    assert "`scalebridge upgrade` carries the workspace over" in machine.call(workspace, "scalebridge", "runs")
    assert "git add .scalebridge.json tool.json" in machine.call(workspace, "scalebridge", "upgrade")
    stages = yaml.safe_load((workspace / "dvc.yaml").read_text(encoding="utf-8"))["stages"]
    stale = machine.call(workspace, "dvc", "status")
    assert [stage for stage in stages if f"{stage}:" not in stale] == []
