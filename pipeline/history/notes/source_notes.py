"""What a person should know of raw files before a run: rows left out or damaged, and names that look alike."""

from collections.abc import Mapping

import polars as pl

from pipeline.domain.display import digits
from pipeline.domain.process.process import Process
from pipeline.domain.sources import GenealogyRows, LongResults, LotRows, Source, TrajectoryRows
from pipeline.history.connectors.files import RawRows
from pipeline.history.notes.look_alikes import look_alike_sentences

LEFT_OUT = "left out by `rows`"
"""Beginning of the reason of a row that the filter of its source leaves out."""
BIAS = (
    "If the filter depends on a result, or on what became of a batch, the models learn from the batches that went well alone, "
    "and their predictions are too good."
)


def source_notes(process: Process, read: Mapping[str, RawRows]) -> list[str]:
    """Sentences on the raw files of a process, for the command `check`."""
    notes = [note for name, raw in read.items() for note in (*left_out_notes(raw.set_aside, name), *_damaged(name, raw))]
    return notes + look_alike_sentences(_names(process, read))


def left_out_notes(quarantine: pl.DataFrame, source: str) -> list[str]:
    """Sentences on the rows that the filter of a source leaves out, with the warning that a filter can bias what is learned."""
    rows = quarantine.filter((pl.col("source") == source) & pl.col("reason").str.starts_with(LEFT_OUT))
    if rows.is_empty():
        return []
    counts = rows["value"].fill_null("").value_counts(sort=True).head(5)
    texts = ", ".join(f"{value!r} {count} times" for value, count in counts.iter_rows())
    return [f"Source '{source}': {rows.height} {_rows(rows.height)} {rows['reason'][0]} ({texts}). {BIAS}"]


def _damaged(name: str, raw: RawRows) -> list[str]:
    """Sentence on the rows of a source that cannot be told apart into cells."""
    bad = raw.set_aside.filter(~pl.col("reason").str.starts_with(LEFT_OUT) & (pl.col("reason") != "the line is blank"))
    if bad.is_empty():
        return []
    shown = "; ".join(
        f"{file}, row {row}: {reason}" for file, row, reason in bad.select("file", "row", "reason").head(3).iter_rows()
    )
    more = f"; and {digits(bad.height - 3, 6)} more" if bad.height > 3 else ""
    return [f"Source '{name}': {bad.height} {_rows(bad.height)} set aside: {shown}{more}."]


def _rows(count: int) -> str:
    return "row is" if count == 1 else "rows are"


def _names(process: Process, read: Mapping[str, RawRows]) -> dict[str, set[str]]:
    """The names in raw files, by what they name: batches, lots, and text attributes."""
    found: dict[str, set[str]] = {}
    for name, raw in read.items():
        for what, column in _columns_with_names(name, process).items():
            texts = raw.rows[column].cast(pl.String).unique().str.strip_chars().drop_nulls()
            found.setdefault(what, set()).update(text for text in texts if text not in ("", *process.sources[name].nulls))
    return found


def _columns_with_names(name: str, process: Process) -> dict[str, str]:
    source: Source = process.sources[name]
    texts = {
        attribute: column.column
        for attribute, (definition, column) in process.written_in(name).items()
        if definition.kind == "text" and not column.values
    }
    batch = {process.batch: source.batch} if isinstance(source, LongResults | GenealogyRows | TrajectoryRows) else {}
    lot = {"lot": source.lot} if isinstance(source, LotRows | GenealogyRows) else {}
    return {**texts, **batch, **lot}
