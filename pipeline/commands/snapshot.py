"""The verb `snapshot`: pull sources from databases, historians and feeds, and keep what came."""

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.commands.shared import PLACES, say
from pipeline.domain.errors import ScalebridgeError, close_to, listed
from pipeline.domain.whole_files import write_whole

if TYPE_CHECKING:
    from pipeline.domain.process.process import Process
    from pipeline.domain.sources import Source
    from pipeline.history.pulls.pulling import Outcome

BETWEEN = 5.0
"""Seconds between two lines on the progress of a pull."""
ENTRY = "README.md"
"""File that keeps the folder of raw files of a process without raw files."""
_NOTE = """\
The sources of this process are pulled from databases. `scalebridge snapshot` keeps what it pulled in
data/snapshots/{name}/. This folder is here because a run expects it.
"""


def snapshot(
    sources: Annotated[
        list[str] | None, typer.Argument(help="sources to pull; default: all pulled sources of the process in params.yaml")
    ] = None,
    full: Annotated[bool, typer.Option("--full", help="read all rows, also of a source with a watermark")] = False,
    check: Annotated[
        bool, typer.Option("--check", help="only open the connections and look for the columns; pull nothing")
    ] = False,
) -> None:
    """Pull the sources that a process reads from databases, historians and feeds, keep what is new in data/snapshots/, and pin it.

    Unchanged data adds nothing. A source that cannot be read adds nothing either; the others are pulled, and the exit code is 1.
    """
    from pipeline.config import compose, validate

    process = validate(compose(PLACES.conf, PLACES.params), str(PLACES.params)).process
    chosen = _chosen(process, sources or [])
    if check:
        _check(process, chosen)
        return
    _make_raw_folder(process.name)
    outcomes, problems = _pull(process.name, chosen, full)
    _show(outcomes)
    _pin(process.name, outcomes)
    if problems:
        raise ScalebridgeError("\n".join(problems))


def _chosen(process: "Process", names: list[str]) -> "dict[str, Source]":
    from pipeline.history.pulls.pulling import pulled_sources

    pulled = pulled_sources(process)
    if not pulled:
        raise ScalebridgeError(
            f"Process '{process.name}' has no source with `pull`: its sources are files ({listed(process.sources)})"
        )
    if unknown := [name for name in names if name not in pulled]:
        near = close_to(unknown[0], pulled)
        raise ScalebridgeError(
            f"'{unknown[0]}' is no pulled source of process '{process.name}'; these are {listed(pulled, 30)}"
            + (f". The closest is {near}" if near else "")
        )
    return {name: source for name, source in pulled.items() if not names or name in names}


def _check(process: "Process", chosen: "dict[str, Source]") -> None:
    from pipeline.history.pulls.pulling import check_source

    problems = []
    for name, source in chosen.items():
        try:
            say(check_source(name, source, process, Path()))
        except ScalebridgeError as problem:
            problems.append(str(problem))
    if problems:
        raise ScalebridgeError("\n".join(problems))


def _pull(process: str, chosen: "dict[str, Source]", full: bool) -> "tuple[list[Outcome], list[str]]":
    """Pull each source. Returns what came, and a sentence for each source that failed."""
    from pipeline.history.pulls.pulling import pull_source

    outcomes, problems = [], []
    for name, source in chosen.items():
        try:
            folder = PLACES.snapshots / process / name
            received = PLACES.received / process / name
            found = pull_source(name, source, folder, Path(), full=full, progress=_Progress(), received=received)
            outcomes.append(found)
        except ScalebridgeError as problem:
            problems.append(str(problem))
    return outcomes, problems


class _Progress:
    """Says on the error output how many rows have come, a few times a minute."""

    def __init__(self) -> None:
        self.last = time.monotonic()

    def __call__(self, source: str, rows: int) -> None:
        """Say the number of rows, unless it was said just before."""
        if time.monotonic() - self.last >= BETWEEN:
            self.last = time.monotonic()
            print(f"  {source}: {rows:,} rows so far", file=sys.stderr, flush=True)


def _show(outcomes: "list[Outcome]") -> None:
    from pipeline.reports.terminal.answer import terminal
    from pipeline.reports.terminal.snapshot import notes_on, show_snapshot

    if outcomes:
        show_snapshot(outcomes, terminal())
    for note in notes_on(outcomes):
        say(note)


def _pin(process: str, outcomes: "list[Outcome]") -> None:
    from pipeline.history.snapshots.pinning import has_dvc, is_pinned, pin

    folders = [PLACES.snapshots / process / one.source for one in outcomes]
    changed = [folder for folder in folders if not is_pinned(folder)]
    if not changed:
        return
    if not has_dvc(Path()):
        say("Nothing was pinned, since DVC does not know this folder. `dvc init` makes it known.")
        return
    pin(changed, Path())
    entry = PLACES.raw / process / ENTRY
    kept = [PLACES.snapshots / process, *([entry] if entry.is_file() else [])]
    say(f"Pinned with DVC. Keep it in git: git add {' '.join(path.as_posix() for path in kept)}")


def _make_raw_folder(process: str) -> None:
    """Make the folder of raw files, which the stage `ingest` depends on, with a file that git keeps."""
    folder = PLACES.raw / process
    if not folder.exists():
        write_whole(folder / ENTRY, _NOTE.format(name=process))
