"""Run a stage from the command line: paths in the order of the function's parameters."""

import inspect
import sys
from collections.abc import Callable
from pathlib import Path

import polars as pl

from pipeline.domain.errors import ScalebridgeError


def run(stage: Callable[..., None]) -> None:
    """Call a stage with the paths given on the command line; a user's mistake ends as a sentence and exit code 1."""
    names = list(inspect.signature(stage).parameters)
    given = sys.argv[1:]
    if len(given) != len(names):
        sys.exit(f"{stage.__name__} takes {len(names)} paths ({', '.join(names)}), not {len(given)}")
    try:
        stage(*map(Path, given))
    except ScalebridgeError as error:
        sys.exit(f"{stage.__name__}: {error}")


def write(frame: pl.DataFrame, path: Path) -> None:
    """Write a table; the bytes are the same for the same table."""
    path.parent.mkdir(parents=True, exist_ok=True)
    frame.write_parquet(path)


def write_text(text: str, path: Path) -> None:
    """Write a text file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
