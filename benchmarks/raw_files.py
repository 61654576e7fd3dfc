"""From raw exports to feature rows, as the stages ingest, validate, features and split do."""

import polars as pl

from pipeline.domain.process.process import Process
from pipeline.domain.scale import scale_levels
from pipeline.features.table import build
from pipeline.history.assemble import assemble
from pipeline.history.tables import History
from pipeline.history.typed_rows import TypedRows


def history_of(process: Process, typed: dict[str, TypedRows]) -> History:
    """Return the canonical tables of typed sources (name → typed rows). Quarantine and ledger are left out."""
    quarantine, ledger = (
        pl.concat([getattr(source, part) for source in typed.values()]) for part in ("quarantine", "ledger")
    )
    found = assemble(process, {name: source.rows for name, source in typed.items()}, quarantine, ledger)
    return History(found.batches, found.results, found.lots, found.genealogy, found.trajectories, found.deviations)


def feature_rows(process: Process, history: History) -> pl.DataFrame:
    """Return the feature rows of a history, with the scale level of each batch."""
    rows = build(process, history)
    return rows.with_columns(scale_levels(rows["scale"], process.scale.tolerance).alias("scale_level"))
