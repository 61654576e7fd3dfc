"""A project with the options of the repository, git and DVC, as a folder to work in."""

import shutil
import subprocess
import sys
from pathlib import Path

import yaml

from pipeline.domain.places import Places

ROOT = Path(__file__).parents[2]


def project_with_dvc(folder: Path, process: str = "virtual_plant") -> Places:
    """Make a project without raw files that git and DVC know."""
    places = Places.under(folder / "data")
    shutil.copytree(ROOT / "conf", places.conf)
    choices = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
    places.params.write_text(yaml.safe_dump({**choices, "process": process, "plant": "small"}), encoding="utf-8")
    places.snapshots.mkdir(parents=True)
    for name in (".gitignore", ".dvcignore", "data/snapshots/.gitignore"):
        shutil.copyfile(ROOT / name, folder / name)
    for command in (["git", "init", "--quiet"], [sys.executable, "-m", "dvc", "init", "--quiet"]):
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return places


def dvc(folder: Path, *arguments: str) -> str:
    """Call DVC in a project, and return what it prints."""
    return subprocess.run(
        [sys.executable, "-m", "dvc", *arguments], cwd=folder, check=True, capture_output=True, text=True
    ).stdout


def choose(places: Places, process: str) -> None:
    """Write the process of a project into its choices."""
    choices = yaml.safe_load(places.params.read_text(encoding="utf-8"))
    places.params.write_text(yaml.safe_dump({**choices, "process": process}), encoding="utf-8")
