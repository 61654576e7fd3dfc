"""The causes for which rows were set aside, with what each costs and the edits that would mend it."""

from dataclasses import dataclass

import polars as pl

from pipeline.domain.process.process import Process
from pipeline.history.assemble import AssembledHistory
from pipeline.history.quality.edits import Edit, Found
from pipeline.history.quality.rules import edits_of
from pipeline.history.quarantine import NO_VALID_BATCH

EXAMPLES = 3
"""Number of example places per cause."""
KEY = ["source", "column", "reason"]
"""What makes a cause."""
_DIFFERS = {
    r"^(repeats|contradicts) row \d+ of .+?(: same .+|$)": "${1} another row${2}",
    r"^replaced by a newer version of the same key: .+$": "replaced by a newer version of the same key",
    r"^superseded by revision .+$": "superseded by a newer revision",
    r"^(the shares are not known: .+ (?:cannot be read|cannot be used|has no lot)), row .+$": "${1}",
    r"^a later result replaces it: .+$": "a later result replaces it",
    r"^repeats row \d+ of .+, an earlier file": "repeats a row of an earlier file",
    r"^revisions '.+' and '.+' cannot be compared$": "revisions that cannot be compared",
    r"^the line has \d+ cells, and the header has (\d+): it was": "the line has fewer than the ${1} cells of the header: it was",
    r"^the line has \d+ cells, and the header has (\d+): a cell": "the line has more than the ${1} cells of the header: a cell",
}
"""Reasons that name another row or revision → the general reason."""


@dataclass(frozen=True)
class Place:
    """A cell that is an example of a cause."""

    file: str
    row: int
    value: str | None


@dataclass(frozen=True)
class Cause:
    """All cells of one column of a source that were set aside for one reason."""

    source: str
    column: str | None
    """Column of the file; None if the reason belongs to the whole row."""
    reason: str
    cells: int
    rows: int
    batches: int
    """Batches that the rows name."""
    lost: int
    """Batches that are set aside and that this cause is one reason for."""
    alone: int
    """Batches that are set aside for this cause alone. They are read again once it is mended."""
    follows: bool
    """The rows wait for the row of their batch, which is itself set aside. Nothing is to be done for them."""
    places: tuple[Place, ...]
    """Up to three examples, of different values where there are such."""
    edits: tuple[Edit, ...]
    """What would mend it: edits of the process definition, or of the file."""


def general_reasons(quarantine: pl.DataFrame) -> pl.DataFrame:
    """Replace reasons that differ in a row number or a revision alone by the same one."""
    reason = pl.col("reason")
    for pattern, general in _DIFFERS.items():
        reason = reason.str.replace(pattern, general)
    return quarantine.with_columns(reason)


def causes(process: Process, history: AssembledHistory) -> list[Cause]:
    """List the causes, the costliest first: by batches that are set aside, then by batches, then by cells that they touch."""
    records = _marked(process, history)
    if records.is_empty():
        return []
    key = [*KEY, _FOLLOWS]
    counts = records.group_by(key).agg(
        pl.len().alias("cells"),
        pl.struct("file", "row").n_unique().alias("rows"),
        pl.col("batch_id").drop_nulls().n_unique().alias("batches"),
        pl.col("batch_id").filter(pl.col(_LOST)).n_unique().alias("lost"),
        pl.col("batch_id").filter(pl.col(_LOST) & pl.col(_ALONE)).n_unique().alias("alone"),
    )
    costliest = counts.sort(
        _FOLLOWS, "lost", "batches", "cells", *KEY, descending=[False, True, True, True, False, False, False]
    )
    texts = _by_cause(records.group_by([*key, "value"], maintain_order=True).agg(pl.len().alias("cells")))
    places = _by_cause(_examples(records, key))
    read = dict(history.ledger.group_by("source").agg(pl.col("read").sum()).iter_rows())
    marks = _largest_share_of_marks(texts, read)
    batches = tuple(history.batch_states["batch_id"])
    found = []
    for row in costliest.iter_rows(named=True):
        one = tuple(row[name] for name in key)
        values = texts[one].select("value", "cells").sort("cells", "value", descending=[True, False], nulls_last=True)
        seen = Found(process, row["source"], row["column"], values, marks.get(row["source"], 0.0), batches)
        found.append(
            Cause(
                **{name: row[name] for name in (*KEY, "cells", "rows", "batches", "lost", "alone")},
                follows=row[_FOLLOWS],
                places=tuple(Place(*place) for place in places[one].select("file", "row", "value").iter_rows()),
                edits=() if row[_FOLLOWS] else edits_of(seen, row["reason"]),
            )
        )
    return found


_FOLLOWS, _LOST, _ALONE = "_follows", "_lost", "_alone"


def _marked(process: Process, history: AssembledHistory) -> pl.DataFrame:
    """Quarantine records with their general reason, whether they follow from another row, and what they cost."""
    states = history.batch_states
    aside = states.filter(pl.col("state") == "set aside")["batch_id"].implode()
    of_batches = [name for name, source in process.sources.items() if source.gives in ("batches", "details")]
    waits = pl.col("reason").str.starts_with(NO_VALID_BATCH) & pl.col("batch_id").is_in(aside).fill_null(False)
    lost = ~pl.col(_FOLLOWS) & pl.col("source").is_in(of_batches) & pl.col("batch_id").is_in(aside).fill_null(False)
    marked = general_reasons(history.quarantine).with_columns(waits.alias(_FOLLOWS)).with_columns(lost.alias(_LOST))
    number = marked.filter(_LOST).select("batch_id", *KEY).unique().group_by("batch_id").len("_causes")
    counted = marked.join(number, on="batch_id", how="left", maintain_order="left")
    return counted.with_columns((pl.col("_causes") == 1).fill_null(False).alias(_ALONE)).drop("_causes")


def _by_cause(frame: pl.DataFrame) -> dict[tuple[object, ...], pl.DataFrame]:
    """Rows of each cause."""
    return frame.partition_by([*KEY, _FOLLOWS], as_dict=True, maintain_order=True)


def _examples(records: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    """The first places of each cause, of different values where there are such."""
    again = pl.int_range(pl.len()).over([*key, "value"]) > 0
    ordered = records.with_columns(again.alias("_again")).sort("_again", maintain_order=True)
    return ordered.group_by(key, maintain_order=True).head(EXAMPLES)


def _largest_share_of_marks(texts: dict[tuple[object, ...], pl.DataFrame], read: dict[str, int]) -> dict[str, float]:
    """For each source, the largest share of rows in which one column has the decimal mark that is not declared.

    A small share means that the file has the declared mark as well, so that no mark fits the whole file.
    """
    shares: dict[str, float] = {}
    for (source, *_), frame in texts.items():
        cells = int(frame.filter(pl.col("value").str.contains(r"^\s*[+-]?\d+[.,]\d+\s*$"))["cells"].sum())
        shares[str(source)] = max(shares.get(str(source), 0.0), cells / max(read.get(str(source), 1), 1))
    return shares
