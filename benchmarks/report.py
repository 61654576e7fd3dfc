"""How every benchmark reports: Markdown tables on the screen, and with `--write` the same text in a file of the documentation.

A benchmark parses its arguments with `command`, collects its tables in a `Report` and hands both to `publish`. The file is
`docs/benchmarks/tables/<name>.md`. The last line of the text says which command, commit, date, seeds and number of rows
the figures come from. Nothing else in the text depends on when and where it was written.
"""

import argparse
import math
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[1]
TABLES = ROOT / "docs/benchmarks/tables"
MEASURED = ("benchmarks", "conf", "data/proposals", "params.yaml", "pipeline")
"""What decides a figure: a change here that is not committed is named beside the commit."""
LOCAL = ("--write", "--jobs", "--save", "--folder", "--plants", "--checkout")
"""Options that change no figure. All but the first take a value."""

Cell = str | int | float | None


@dataclass(frozen=True)
class Table:
    """One table: a caption, a heading per column, and rows whose first cell is the name of the row."""

    caption: str
    """One plain sentence that says what the numbers are."""
    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    digits: int = 2
    """Decimals of every number that is not whole."""
    note: str = ""
    """What a reader must know to read the table; stands below it."""


@dataclass(frozen=True)
class Report:
    """All tables of one benchmark."""

    name: str
    """Name of the file, without its extension."""
    tables: Sequence[Table]
    seeds: Sequence[int]
    """Seeds of simulated plants or of the learners; empty where nothing is random."""
    counted: Mapping[str, int]
    """How many rows the figures stand on, by what a row is: {"proposals": 36}."""


@dataclass(frozen=True)
class Source:
    """Where figures come from."""

    command: str
    commit: str
    date: str


def command(description: str) -> argparse.ArgumentParser:
    """Return the parser of a benchmark, with the option `--write`; what it parses holds the `source` of the figures."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help=f"write the tables to {TABLES.relative_to(ROOT)}/ as well")
    source = Source(command_line(sys.argv), commit(), f"{datetime.now(UTC):%Y-%m-%d}")
    parser.set_defaults(source=source)
    return parser


def compares(parts: "argparse._SubParsersAction[argparse.ArgumentParser]", do: Callable[[argparse.Namespace], None]) -> None:
    """Add the part `report BEFORE AFTER` to the parts of a benchmark, which compares the forecasts in two folders."""
    tell = parts.add_parser("report")
    tell.add_argument("before", type=Path)
    tell.add_argument("after", type=Path)
    tell.set_defaults(do=do)


def publish(report: Report, given: argparse.Namespace, folder: Path = TABLES) -> None:
    """Print the tables; write the same text to `<folder>/<name>.md` if the command was called with `--write`."""
    text = markdown(report, given.source)
    print("\n" + text, end="")
    if given.write:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{report.name}.md").write_text(text, encoding="utf-8")


def markdown(report: Report, source: Source) -> str:
    """Return the tables as Markdown, and a last line with the source of the figures."""
    return "\n\n".join([*(_block(table) for table in report.tables), origin(report, source)]) + "\n"


def origin(report: Report, source: Source) -> str:
    """Return the line that says where the figures come from.

    >>> origin(Report("bridge", [], [7, 101], {"proposals": 36}), Source("python benchmarks/bridge.py", "1a2b3c4", "2026-11-26"))
    '*Written by `python benchmarks/bridge.py`, commit 1a2b3c4, 2026-11-26. Seeds: 7, 101. Rows: 36 proposals.*'
    """
    seeds = ", ".join(str(seed) for seed in report.seeds) or "none"
    rows = ", ".join(f"{number:,} {what}" for what, number in report.counted.items())
    return f"*Written by `{source.command}`, commit {source.commit}, {source.date}. Seeds: {seeds}. Rows: {rows}.*"


def aligned(head: Sequence[str], rows: Sequence[Sequence[Cell]], digits: int = 2) -> str:
    """Return a Markdown table with columns of equal width: names on the left, all other cells on the right.

    >>> print(aligned(["model", "error"], [["mean", 1.0], ["ridge", None], ["batches", 1005]]))
    | model   | error |
    |:--------|------:|
    | mean    |  1.00 |
    | ridge   |     – |
    | batches | 1,005 |
    """
    lines = [[*map(_escaped, head)], *([_cell(cell, digits) for cell in row] for row in rows)]
    widths = [max(3, *(len(line[i]) for line in lines)) for i in range(len(head))]
    rule = [":" + "-" * (widths[0] + 1), *("-" * (width + 1) + ":" for width in widths[1:])]
    first, *others = (_row(line, widths) for line in lines)
    return "\n".join([first, "|" + "|".join(rule) + "|", *others])


def command_line(arguments: Sequence[str]) -> str:
    """Return the command that gives the same figures, without the options that change none of them and without absolute folders.

    >>> command_line(["/anywhere/bridge.py", "scaleup", "7", "--write", "--jobs", "2"])
    'python benchmarks/bridge.py scaleup 7'
    >>> command_line(["/anywhere/sharper.py", "report", "/anywhere/before", "/anywhere/after"])
    'python benchmarks/sharper.py report before after'
    """
    kept: list[str] = []
    values_to_skip = 0
    for argument in arguments[1:]:
        name, _, value = argument.partition("=")
        if values_to_skip:
            values_to_skip -= 1
        elif name not in LOCAL:
            kept.append(Path(argument).name if Path(argument).is_absolute() else argument)
        elif name != LOCAL[0] and not value:
            values_to_skip = 1
    return " ".join(["python", f"benchmarks/{Path(arguments[0]).name}", *kept])


def commit() -> str:
    """Return the short hash of the commit, and say so if what decides the figures has changes that are not committed."""
    changed = _git("status", "--porcelain", "--", *MEASURED)
    return _git("rev-parse", "--short=10", "HEAD") + (" with uncommitted changes" if changed else "")


def _git(*arguments: str) -> str:
    found = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    return found.stdout.strip() if found.returncode == 0 else "unknown"


def _block(table: Table) -> str:
    parts = [f"**{table.caption}**", aligned(table.head, table.rows, table.digits), table.note]
    return "\n\n".join(part for part in parts if part)


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    right = (cell.rjust(width) for cell, width in zip(cells[1:], widths[1:], strict=True))
    return "| " + " | ".join([cells[0].ljust(widths[0]), *right]) + " |"


def _cell(value: Cell, digits: int) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "–"
    if isinstance(value, str):
        return _escaped(value)
    return f"{value:,}" if isinstance(value, int) else _without_negative_zero(f"{value:,.{digits}f}")


def _without_negative_zero(number: str) -> str:
    return number.removeprefix("-") if not number.strip("-0.,") else number


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")
