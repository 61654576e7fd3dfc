"""A copy of the project as a user would have it: its own folder, its own git, nothing computed yet."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from filelock import FileLock

from tests.support.project import QUICK_MONITORING

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def clone(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Make a copy of the files that git knows or would add, without outputs."""

    def make(name: str) -> Path:
        target = tmp_path_factory.mktemp(name) / "project"
        listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
        files = subprocess.run(listed, cwd=root, check=True, capture_output=True, text=True).stdout.split("\n")
        for file in filter(None, files):
            if (root / file).is_file() and not file.startswith(("notebooks/", "tests/")):
                (target / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(root / file, target / file)
        for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "copy"]):
            identity = ["-c", "user.name=test", "-c", "user.email=test@example.org"]
            subprocess.run(["git", *identity, *command], cwd=target, check=True)
        return target

    return make


@pytest.fixture(scope="session")
def run() -> Run:
    """Run a command of the environment in a folder; a failure shows what it printed."""

    def call(folder: Path, *command: str, expect: int = 0) -> subprocess.CompletedProcess[str]:
        bin_folder = str(Path(sys.executable).parent)
        extra = {"PATH": bin_folder + os.pathsep + os.environ["PATH"], "MLFLOW_DISABLE_TELEMETRY": "true"}
        environment = {k: v for k, v in os.environ.items() if k not in ("MLFLOW_TRACKING_URI", "PYTHONPATH")} | extra
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=900, check=False)
        assert done.returncode == expect, f"{command}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        return done

    return call


@pytest.fixture(scope="session")
def quick_run(clone: Callable[[str], Path], run: Run, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Make a copy of a project after `dvc repro` on quick choices. That run is made once for all processes of the test run.

    The copy has no MLflow store, since a store holds the folder in which it was made.
    """
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "quick_run"

    def make(name: str) -> Path:
        with FileLock(f"{shared}.lock"):
            if not shared.exists():
                made = clone("quick_run")
                choose_quickly(made)
                run(made, "dvc", "repro")
                (made / "mlflow.db").unlink()
                shutil.rmtree(made / "mlartifacts")
                made.rename(shared)
        return Path(shutil.copytree(shared, tmp_path_factory.mktemp(name) / "project", symlinks=True))

    return make


def choose_quickly(project: Path, **choices: object) -> None:
    """Choose a plant, a model, a test and a monitor that take seconds. choices: further ones, or others in their place."""
    quick = project / "conf/monitoring/quick.yaml"
    quick.write_text(yaml.safe_dump(QUICK_MONITORING), encoding="utf-8")
    choose(project, **{"plant": "small", "model": "ridge", "split": "largest_scale_out", "monitoring": "quick", **choices})


def choose(project: Path, **choices: object) -> None:
    """Change choices in params.yaml."""
    params = project / "params.yaml"
    params.write_text(yaml.safe_dump(yaml.safe_load(params.read_text(encoding="utf-8")) | choices), encoding="utf-8")
