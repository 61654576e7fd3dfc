"""Which files of the repository a workspace begins with. The build of the wheel (`wheel_files.py`) loads this file alone."""

from collections.abc import Iterator
from pathlib import Path

SOURCES = (
    "dvc.yaml",
    "params.yaml",
    "conf/**/*.yaml",
    "data/.gitignore",
    "data/snapshots/.gitignore",
    "data/proposals/mab_to_*.yaml",
    ".dvc/.gitignore",
    ".dvcignore",
    ".gitattributes",
)
"""Patterns of paths in the repository. `dvc.yaml` is rewritten, see `flow.py`; the others are copied as they are."""


def source_files(root: Path) -> Iterator[Path]:
    """Yield the path of each such file, relative to the repository, in order. Raises FileNotFoundError if a pattern has no file."""
    for pattern in SOURCES:
        found = sorted(path.relative_to(root) for path in root.glob(pattern) if path.is_file())
        if not found:
            raise FileNotFoundError(f"{root} has no file {pattern}")
        yield from found
