"""`make help` lists every target, and `make clean` removes what its help line says."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")

NO_MAKE = shutil.which("make") is None or sys.platform == "win32"
pytestmark = pytest.mark.skipif(NO_MAKE, reason="the Makefile needs make and a POSIX shell")


def make(target: str, folder: Path) -> str:
    """Run a target in a folder. VENV is set, because `make clean` removes the environment that it names."""
    own = {name: value for name, value in os.environ.items() if name not in ("VENV", "MAKEFLAGS", "MAKELEVEL")}
    command = ["make", "-s", target, "VENV=.venv"]
    return subprocess.run(command, cwd=folder, env=own, check=True, capture_output=True, text=True).stdout


def test_help__lists_every_target_with_one_line() -> None:
    targets = re.findall(r"^([a-z]+):", MAKEFILE, re.MULTILINE)
    [phony] = re.findall(r"^\.PHONY: (.+)$", MAKEFILE, re.MULTILINE)
    lines = make("help", ROOT).splitlines()
    assert [line.split()[0] for line in lines] == targets
    assert sorted(targets) == sorted(phony.split())
    assert all(len(line.split()) > 2 for line in lines)


REMOVED = (
    ".venv/bin/python",
    ".mypy_cache/x",
    ".coverage",
    "site/index.html",
    "docs/reference/stages.md",
    "scalebridge.egg-info/PKG-INFO",
    "pipeline/__pycache__/cli.pyc",
    "data/model/about.json",
    "data/answers/mab_to_2000L/result.json",
    "data/features.parquet",
)
KEPT = (
    "data/raw/tablets/batches.csv",
    "data/raw/virtual_plant/plan.csv",
    "data/raw/mine/batches.csv",
    "data/proposals/mine.yaml",
    "data/acceptance_ledger.jsonl",
    "data/runs/current",
    "mlflow.db",
    "mlruns/1/artifacts/report.html",
    ".dvc/cache/files/md5/00/ff",
)


def test_clean__keeps_raw_data_proposals_and_the_record_of_runs(tmp_path: Path) -> None:
    for file in ("Makefile", ".gitignore", "data/.gitignore", "data/raw/.gitignore", ".dvc/.gitignore"):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / file, tmp_path / file)
    for file in (*REMOVED, *KEPT):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text("x", encoding="utf-8")
    for folder in ("tests", "benchmarks", "docs"):
        (tmp_path / folder).mkdir(exist_ok=True)
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    make("clean", tmp_path)
    assert [file for file in REMOVED if (tmp_path / file).exists()] == []
    assert [file for file in KEPT if not (tmp_path / file).exists()] == []
