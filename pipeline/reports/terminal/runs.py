"""The published runs as a table in the terminal."""

from collections.abc import Sequence
from datetime import UTC, datetime

from rich.console import Console
from rich.table import Table

from pipeline.domain.config_files import read_json, read_yaml
from pipeline.domain.errors import ScalebridgeError
from pipeline.publication.bundle import Bundle, read_manifest
from pipeline.publication.runs import PublishedRun

CHOICES = ("process", "model", "split", "horizon")
"""Choices that the table shows."""
WIDE = 100
"""Number of columns that a terminal needs to show the whole table."""


def show_runs(runs: Sequence[PublishedRun], console: Console) -> None:
    """Print one line per run: name, time, choices, number of batches and size. An arrow marks the current run.

    A narrow terminal gets fewer columns.
    """
    wide = console.width >= WIDE
    table = Table(box=None, padding=(0, 1), header_style="bold", pad_edge=False)
    for name in ("", "run", "published (UTC)"):
        table.add_column(name, no_wrap=True)
    for name in CHOICES if wide else CHOICES[:2]:
        table.add_column(name, overflow="fold")
    for name in ("batches", "size [MB]") if wide else ("batches",):
        table.add_column(name, justify="right", no_wrap=True)
    for run in runs:
        when = datetime.fromtimestamp(run.published, UTC).strftime("%Y-%m-%d %H:%M")
        *choices, batches = _contents(run)
        cells = (*choices, batches, f"{run.size / 1e6:.1f}") if wide else (*choices[:2], batches)
        table.add_row("→" if run.current else "", run.run, when, *cells)
    console.print(table)


def _contents(run: PublishedRun) -> list[str]:
    """Choices and number of valid batches of a run, as texts."""
    try:
        places = Bundle(run.run, run.folder, read_manifest(run.folder)).places
        choices, batches = read_yaml(places.params), read_json(places.quality)["batches"]
    except (ScalebridgeError, OSError, ValueError, KeyError):
        return ["damaged", *("" for _ in CHOICES)]
    return [*(str(choices.get(name, "")) for name in CHOICES), str(batches)]
