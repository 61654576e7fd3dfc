"""Pin snapshots with DVC: it keeps the files, and git keeps their hash."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from pipeline.domain.errors import ScalebridgeError, first_line


def has_dvc(root: Path) -> bool:
    """Whether a folder is a project that DVC knows."""
    return (root / ".dvc").is_dir()


def pin(folders: Sequence[Path], root: Path) -> None:
    """Give folders to DVC. No network is needed.

    root: folder of the project. Raises ScalebridgeError with the reason that DVC gives; the snapshots themselves are complete.
    """
    names = [folder.resolve().relative_to(root.resolve()).as_posix() for folder in folders]
    found = subprocess.run(
        [sys.executable, "-m", "dvc", "add", "--quiet", *names], cwd=root, capture_output=True, text=True, check=False
    )
    if found.returncode != 0:
        lines = found.stderr.splitlines() or ["it gives no reason"]
        said = next((line for line in lines if line.startswith("ERROR")), lines[-1])
        raise ScalebridgeError(
            f"What was pulled is complete, and DVC could not pin it: {first_line(ValueError(said.removeprefix('ERROR: ')))}. Give "
            f"`dvc add {' '.join(names)}` when no other DVC runs"
        )


def is_pinned(folder: Path) -> bool:
    """Whether DVC was given a folder since its manifest was written."""
    pinned, manifest = folder.with_name(f"{folder.name}.dvc"), folder / "manifest.json"
    return pinned.is_file() and manifest.is_file() and pinned.stat().st_mtime >= manifest.stat().st_mtime
