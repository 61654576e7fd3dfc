"""A copy of the project as a user would have it: its own folder, its own git, nothing computed yet."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

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


def choose(project: Path, **choices: object) -> None:
    """Change choices in params.yaml."""
    params = project / "params.yaml"
    params.write_text(yaml.safe_dump(yaml.safe_load(params.read_text(encoding="utf-8")) | choices), encoding="utf-8")
