"""What a snapshot brought, as a table in the terminal."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from pipeline.history.pulls.pulling import Outcome
from pipeline.history.snapshots.store import Added


def show_snapshot(outcomes: Sequence[Outcome], console: Console) -> None:
    """Print one line per source: new rows, rows that were replaced, rows in all, the new file and the time."""
    table = Table(box=None, padding=(0, 1), header_style="bold", pad_edge=False)
    table.add_column("source", overflow="fold")
    for name in ("new rows", "replaced", "in all"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("file", no_wrap=True)
    table.add_column("seconds", justify="right", no_wrap=True)
    for one in outcomes:
        found = one.found
        added = (f"{found.rows:,}", f"{found.replaced:,}") if isinstance(found, Added) else ("0", "0")
        file = found.file if isinstance(found, Added) else "unchanged"
        table.add_row(one.source, *added, f"{found.total:,}", file, f"{one.seconds:.1f}")
    console.print(table)


def notes_on(outcomes: Sequence[Outcome]) -> list[str]:
    """Return sentences on what a reader of the table could miss."""
    notes = [f"Source '{one.source}': {one.note}." for one in outcomes if one.note]
    return notes + [
        f"Source '{one.source}': {one.found.older:,} rows were left out, since the same pull holds a newer version of their key."
        for one in outcomes
        if isinstance(one.found, Added) and one.found.older
    ]
