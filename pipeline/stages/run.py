"""Run a stage from the command line, and write its files."""

import sys
from collections.abc import Callable
from pathlib import Path

import polars as pl

from pipeline.domain.boundary.boundary import guarded
from pipeline.domain.places import ERRORS, Places
from pipeline.domain.tool import refuse_other_tool
from pipeline.domain.whole_files import write_by, write_whole


def run(stage: Callable[[Places], None]) -> None:
    """Call a stage on the data folder that the command line names. Every error ends as a sentence and exit code 1."""
    if len(sys.argv) != 2:
        sys.exit(f"{stage.__name__} takes one argument, the data folder; there are {len(sys.argv) - 1}")
    folder = Path(sys.argv[1])
    guarded(stage.__name__, lambda: _run(stage, folder), folder / ERRORS)


def _run(stage: Callable[[Places], None], data: Path) -> None:
    refuse_other_tool(data.parent)
    stage(Places.under(data))


def write(frame: pl.DataFrame, path: Path) -> None:
    """Write a table as Parquet; the bytes are the same for the same table."""
    write_by(path, frame.write_parquet)


def write_text(text: str, path: Path) -> None:
    """Write a text file."""
    write_whole(path, text)
