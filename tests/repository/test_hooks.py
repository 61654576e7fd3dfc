"""The hooks of pre-commit have the pinned versions, and refuse what must not be committed."""

import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
REPOSITORIES = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
HOOKS: dict[str, dict[str, Any]] = {hook["id"]: hook for repository in REPOSITORIES for hook in repository["hooks"]}


def pinned(package: str) -> str:
    found = re.search(rf"^{package}==(.+)$", (ROOT / "constraints.txt").read_text(encoding="utf-8"), re.MULTILINE)
    assert found is not None
    return found.group(1)


def script(name: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, ROOT / ".ci" / name, *arguments]
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)


def test_hooks__download_nothing_and_use_the_environment() -> None:
    assert {repository["repo"] for repository in REPOSITORIES} == {"local"}
    assert {hook["language"] for hook in HOOKS.values()} == {"system", "fail"}
    assert not any("additional_dependencies" in hook for hook in HOOKS.values())


@pytest.mark.parametrize("package", ["ruff", "mypy", "pre_commit", "pytest"])
def test_environment__has_the_versions_of_constraints(package: str) -> None:
    assert version(package) == pinned(package)


def test_versions__of_the_path_are_those_of_constraints(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent))
    done = script("check_versions.py")
    assert done.stdout == f"ruff {pinned('ruff')}, mypy {pinned('mypy')}: as in constraints.txt\n"
    assert done.returncode == 0


def test_versions__without_the_environment_are_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    done = script("check_versions.py")
    assert f"ruff: no version is on the PATH, constraints.txt has {pinned('ruff')}. Activate the environment" in done.stdout
    assert done.returncode == 1


@pytest.mark.parametrize(("size", "code"), [(1_000_000, 0), (1_000_001, 1)])
def test_file_sizes__more_than_a_megabyte_is_refused(tmp_path: Path, size: int, code: int) -> None:
    file = tmp_path / "table.csv"
    file.write_bytes(bytes(size))
    done = script("check_file_sizes.py", file)
    assert done.returncode == code
    assert ("the limit is 1 MB" in done.stdout) == bool(code)


@pytest.mark.parametrize(
    ("path", "refused"),
    [
        ("data/raw/mine/batches.csv", True),
        ("data/raw/batches.xlsx", True),
        ("data/raw/tablets.dvc", False),
        ("data/raw/sbr.dvc", False),
        ("data/raw/metal_etch/series.csv", True),
        ("data/raw/.gitignore", False),
        ("data/raw/pulled/README.md", False),
        ("data/snapshots/.gitignore", False),
        ("data/snapshots/plant/lims.dvc", False),
        ("data/snapshots/plant/.gitignore", False),
        ("data/snapshots/plant/lims/00001-866eb314c4cc1f1b.parquet", True),
        ("data/snapshots/plant/lims/manifest.json", True),
        ("data/proposals/mab_to_2000L.yaml", False),
    ],
)
def test_raw_data__is_refused_and_its_dvc_file_is_not(path: str, refused: bool) -> None:
    hook = HOOKS["raw-data"]
    assert bool(re.search(hook["files"], path) and not re.search(hook["exclude"], path)) == refused
