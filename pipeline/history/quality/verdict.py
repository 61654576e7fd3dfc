"""The verdict on the data in a few sentences: how many batches are set aside, for which causes, and what would mend them."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import polars as pl

from pipeline.domain.display import counted, noun
from pipeline.domain.errors import ScalebridgeError, listed
from pipeline.domain.left_out import LeftOut
from pipeline.domain.process.process import Process
from pipeline.domain.scope import EVERYONE, Scope
from pipeline.history.assemble import AssembledHistory, assemble
from pipeline.history.clients.within_scope import within_scope
from pipeline.history.ingest import ingest
from pipeline.history.quality.balances import balance_counts
from pipeline.history.quality.causes import Cause, causes
from pipeline.history.quality.edits import printable
from pipeline.history.quality.profile import counts

MOST = 3
"""Number of causes that a message names."""
MOST_IN_FILE = 20
"""Number of causes that the JSON file holds."""


@dataclass(frozen=True)
class Verdict:
    """How many batches the files name, what became of them, and the causes for which rows were set aside."""

    process: str
    used: int
    set_aside: int
    left_out: int
    causes: tuple[Cause, ...]
    """Causes that something can be done about, the costliest first."""
    follow: tuple[Cause, ...]
    """Rows that wait for the row of their batch."""

    @property
    def costly(self) -> tuple[Cause, ...]:
        """Causes for which batches are set aside."""
        return tuple(cause for cause in self.causes if cause.lost)

    @property
    def groups(self) -> tuple[tuple[Cause, ...], ...]:
        """Causes of one source with the same reason, such as a decimal comma in several columns.

        Only the costly ones, if there are such.
        """
        shown = self.costly or self.causes
        keys = dict.fromkeys((cause.source, cause.reason) for cause in shown)
        return tuple(tuple(cause for cause in shown if (cause.source, cause.reason) == key) for key in keys)

    @property
    def headline(self) -> str:
        """The verdict in one sentence."""
        named = self.used + self.set_aside
        apart = f" {_batches(self.left_out)} left out on purpose." if self.left_out else ""
        if not named:
            return f"No row of the batch files names a batch.{apart}"
        if not self.set_aside:
            return f"All {named:,} batches are used.{apart}" if named > 1 else f"The one batch is used.{apart}"
        number = len(self.groups) if self.costly else 0
        why = f", for {counted(number, 'cause')}" if number else ""
        return f"{self.set_aside:,} of {named:,} batches are set aside{why}.{apart}"


def _batches(number: int) -> str:
    return f"{counted(number, 'batch')} {'is' if number == 1 else 'are'}"


def verdict(process: Process, history: AssembledHistory) -> Verdict:
    """Return the verdict on a history."""
    states = history.batch_states["state"]
    used, aside = (int((states == state).sum()) for state in ("used", "set aside"))
    found = causes(process, history)
    return Verdict(
        process.name,
        used,
        aside,
        history.batches_left_out,
        tuple(cause for cause in found if not cause.follows),
        tuple(cause for cause in found if cause.follows),
    )


def read_history_of(
    process: Process, folder: Path, left_out: LeftOut, scope: Scope = EVERYONE, snapshots: Path | None = None
) -> AssembledHistory:
    """Read the raw files below a folder and the snapshots, as the stages `ingest` and `validate` do. Nothing is written.

    Raises ScalebridgeError if a file or a column is missing.
    """
    typed = ingest(process, folder, snapshots)
    quarantine, ledger = (pl.concat([getattr(one, part) for one in typed.values()]) for part in ("quarantine", "ledger"))
    rows = {name: one.rows for name, one in typed.items()}
    return within_scope(process, assemble(process, rows, quarantine, ledger, left_out), rows, scope)[0]


def in_words(group: Sequence[Cause]) -> str:
    """Name source, columns, reason and cost of causes with the same source and reason."""
    first = group[0]
    columns = [f"'{printable(cause.column)}' ({_cost(cause)})" for cause in group if cause.column]
    if not columns:
        return f"source '{first.source}' ({_cost(first)}): {printable(first.reason)}"
    return f"source '{first.source}', {noun(len(columns), 'column')} {listed(columns)}: {printable(first.reason)}"


def _cost(cause: Cause) -> str:
    """Say how many cells, rows and batches a cause touches."""
    cells = counted(cause.cells, "cell")
    rows = f" in {counted(cause.rows, 'row')}" if cause.rows != cause.cells else ""
    number = cause.lost or cause.batches
    batches = f", {counted(number, 'batch')}" if number else ""
    return f"{cells}{rows}{batches}"


def in_short(found: Verdict) -> list[str]:
    """Return the verdict as a few lines: the headline, and the costliest causes with their edits."""
    lines = [found.headline]
    for group in found.groups[:MOST]:
        edits = {(edit.kind, "" if edit.kind else edit.text): edit.text for cause in reversed(group) for edit in cause.edits}
        lines.append(f"- {in_words(group)}. {' '.join([*edits.values()][:MOST])}")
    if len(found.groups) > MOST:
        lines.append(f"- and {len(found.groups) - MOST:,} more, which `dvc repro` writes to data/quality.html")
    return lines


def require_batches(found: Verdict, page: Path | None = None) -> None:
    """Raise ScalebridgeError with the biggest causes if no batch is left.

    page: the page that shows all causes and edits; None where none was written, so that a command is named which lists the rows.
    """
    if found.used:
        return
    biggest = [in_words(group) for group in found.groups[:MOST]]
    reasons = f" The biggest cause{' is' if len(biggest) == 1 else 's are'} {'; '.join(biggest)}." if biggest else ""
    look = (
        "`scalebridge quarantine --out quarantine.xlsx` writes every row that is set aside, with its reason and what brings it back"
        if page is None
        else f"Open {page}: it names every cause, with example cells and the edit that mends it"
    )
    raise ScalebridgeError(f"Process '{found.process}' has no valid batch. {found.headline}{reasons} {look}")


def summary(history: AssembledHistory, found: Verdict, balances: pl.DataFrame | None = None) -> dict[str, object]:
    """Return what a JSON file holds: the counts, which `dvc metrics` shows, and the costliest causes.

    balances: the table of balances, if some are declared.
    """
    of_balances = {} if balances is None else {"balances": balance_counts(balances)}
    return {
        **counts(history),
        **of_balances,
        "verdict": found.headline,
        "causes": [asdict(cause) for cause in found.causes[:MOST_IN_FILE]],
    }
