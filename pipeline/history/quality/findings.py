"""Gaps and contradictions of the valid rows, as sentences."""

import polars as pl

from pipeline.domain.display import noun
from pipeline.domain.errors import listed
from pipeline.domain.process.process import Process
from pipeline.history.assemble import AssembledHistory
from pipeline.history.lots_used_once import repeated_lot_findings
from pipeline.history.notes.determined_scale import determined_scale_notes
from pipeline.history.notes.look_alikes import look_alike_findings
from pipeline.history.notes.row_filters import left_out_notes


def findings(process: Process, history: AssembledHistory) -> list[str]:
    """List gaps and contradictions of the data that a reader should know, one sentence each."""
    if history.batches.is_empty():
        return []
    return [
        *_contradicting_lots(history),
        *_lots_without_properties(process, history),
        *repeated_lot_findings(process, history.genealogy),
        *_without_details(process, history),
        *_no_result(process, history),
        *_no_log(process, history),
        *_values_of_historians(process),
        *(note for source in _of_batches_or_results(process) for note in left_out_notes(history.quarantine, source)),
        *look_alike_findings(process, history),
        *determined_scale_notes(process, history),
        *history.notes,
    ]


def _contradicting_lots(history: AssembledHistory) -> list[str]:
    """Sentences on lots that are recorded with different properties."""
    ids = history.lots.select("material", pl.col("lot_id").str.replace(r" \(\d+\)$", "").alias("lot"), "lot_id").unique()
    counts = (
        ids.group_by("material", "lot").len().group_by("material").agg(pl.len(), (pl.col("len") > 1).sum().alias("many"))
    )
    return [
        f"Material '{material}': {many} of {lots} lots {_verb(many, 'is', 'are')} recorded with different properties in "
        "different rows; each batch keeps the values of its own row."
        for material, lots, many in counts.sort("material").iter_rows()
        if many
    ]


def _lots_without_properties(process: Process, history: AssembledHistory) -> list[str]:
    unknown = history.genealogy.join(history.lots, on=["material", "lot_id"], how="anti").sort("material", "lot_id")
    return [
        f"Material '{material}': {n} {noun(n, 'lot')} used in {batches} {noun(batches, 'batch')} "
        f"{_verb(n, 'has', 'have')} no recorded properties."
        for material, n, batches in unknown.group_by("material", maintain_order=True)
        .agg(pl.col("lot_id").n_unique(), pl.col("batch_id").n_unique())
        .iter_rows()
    ]


def _without_details(process: Process, history: AssembledHistory) -> list[str]:
    sentences = []
    for name in process.sources_that_give("details"):
        columns = [n for n in process.written_in(name) if n in history.batches.columns and n != process.batch]
        own = [c for c in columns if c not in process.sources[name].key and c not in ("product", "lineage")]
        if own:
            missing = history.batches.filter(pl.all_horizontal(pl.col(c).is_null() for c in own)).height
            if missing:
                sentences.append(f"{_of_batches(missing, history)} no values from source '{name}'.")
    return sentences


def _no_result(process: Process, history: AssembledHistory) -> list[str]:
    have = dict(history.results.group_by("attribute").len().iter_rows())
    return [
        f"{_of_batches(history.batches.height - have.get(name, 0), history)} no result of '{name}'."
        for name in process.targets
        if have.get(name, 0) < history.batches.height
    ]


def _no_log(process: Process, history: AssembledHistory) -> list[str]:
    """Sentences on optional sources of which no file exists."""
    read = set(history.ledger["source"])
    return [
        f"Source '{name}' has no file ({listed(source.files)}), and is optional: no deviation of a past batch is known from it."
        for name, source in process.sources_that_give("deviations").items()
        if name not in read
    ]


_VALUES = {
    "raw": "the records as the historian stored them",
    "interpolated": "values that the historian computed between its records; noise and short events are not in them",
}


def _values_of_historians(process: Process) -> list[str]:
    """Sentences on what the series that were pulled hold, as the definition states it."""
    pulled = {name: source.pull.values for name, source in process.sources.items() if source.pull is not None}
    return [f"Source '{name}' holds {_VALUES[values]}." for name, values in pulled.items() if values is not None]


def _of_batches_or_results(process: Process) -> list[str]:
    """Sources from which models learn. A row of a log of deviations that is filtered out takes no batch away."""
    return [name for name, source in process.sources.items() if source.gives != "deviations"]


def _of_batches(number: int, history: AssembledHistory) -> str:
    return f"{number} of {history.batches.height} batches {_verb(number, 'has', 'have')}"


def _verb(number: int, one: str, many: str) -> str:
    return one if number == 1 else many
