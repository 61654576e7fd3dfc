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


def show_runs(runs: Sequence[PublishedRun], console: Console) -> None:
    """Print one line per run: name, time, choices, number of batches and size. An arrow marks the current run."""
    table = Table(box=None, padding=(0, 1), header_style="bold", pad_edge=False)
    for name in ("", "run", "published (UTC)", *CHOICES):
        table.add_column(name, no_wrap=True)
    for name in ("batches", "size [MB]"):
        table.add_column(name, justify="right", no_wrap=True)
    for run in runs:
        when = datetime.fromtimestamp(run.published, UTC).strftime("%Y-%m-%d %H:%M")
        table.add_row("→" if run.current else "", run.run, when, *_contents(run), f"{run.size / 1e6:.1f}")
    console.print(table)


def _contents(run: PublishedRun) -> list[str]:
    """Choices and number of valid batches of a run, as texts."""
    try:
        places = Bundle(run.run, run.folder, read_manifest(run.folder)).places
        choices, batches = read_yaml(places.params), read_json(places.quality)["batches"]
    except (ScalebridgeError, OSError, ValueError, KeyError):
        return ["damaged", *("" for _ in CHOICES)]
    return [*(str(choices.get(name, "")) for name in CHOICES), str(batches)]
