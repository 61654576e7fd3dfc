"""The feature table: attributes, properties of lots, and quantities of unit operations, one row per batch."""

from collections.abc import Sequence

import polars as pl

from pipeline.domain.process.parts import RESULT_LABORATORY
from pipeline.domain.process.process import Process
from pipeline.features.arguments import arguments
from pipeline.features.catalogue import KEYS, catalogue, is_measured, offered
from pipeline.features.lots import controls, lot_properties, main_lots
from pipeline.features.scales import scale_columns
from pipeline.features.spectra import treated_spectra
from pipeline.features.trajectories import trajectory_features
from pipeline.history.tables import History


def build(process: Process, history: History, series: Sequence[pl.DataFrame] | None = None) -> pl.DataFrame:
    """Make the feature table: the key columns, one column per entry of `catalogue`, and the groupings.

    series: the tables that `series_features` returns, if they were made before.
    Values are in SI; rows are sorted by batch. A quantity is null for a batch in which one of its inputs is missing.
    """
    rows = history.batches
    for more in (controls(process, history.results), lot_properties(history.lots, history.genealogy)):
        rows = rows.join(more, on="batch_id", how="left", maintain_order="left")
    rows = treated_spectra(process, rows.with_columns(_absent(process, rows)))
    rows = rows.with_columns(
        feature.compute(*arguments(process, operation, feature)).alias(f"{name}.{feature.name}")
        for name, operation, feature in offered(process)
    )
    rows = rows.with_columns(value.alias(name) for name, value in scale_columns(process).items())
    for more in series_features(process, history) if series is None else series:
        rows = rows.join(more, on="batch_id", how="left", maintain_order="left")
    rows = rows.join(main_lots(process, history.genealogy), on="batch_id", how="left", maintain_order="left")
    finite = [
        pl.when(pl.col(entry.feature).is_finite()).then(pl.col(entry.feature)).alias(entry.feature)
        if entry.kind == "number"
        else pl.col(entry.feature)
        for entry in catalogue(process)
    ]
    made = [column for column in finite if column.meta.output_name() not in KEYS]
    if RESULT_LABORATORY in process.grouping_columns:  # each attribute has its own; a row that is asked has none
        rows = rows.with_columns(pl.lit(None, pl.String).alias(RESULT_LABORATORY))
    names = {*KEYS, *(column.meta.output_name() for column in made)}
    groupings = [pl.col(name) for name in process.grouping_columns if name not in names]
    return rows.select(*KEYS, *made, *groupings).sort("batch_id")


def series_features(process: Process, history: History) -> list[pl.DataFrame]:
    """Return the features of series of all operations: tables with `batch_id`, always the same ones in the same order."""
    return [
        table
        for name, operation in process.operations.items()
        for table in trajectory_features(process, name, operation, history)
    ]


def _absent(process: Process, rows: pl.DataFrame) -> list[pl.Expr]:
    """Empty columns of attributes that have no value in any batch."""
    return [
        pl.lit(None, dtype=pl.Float64 if attribute.kind == "number" else pl.String).alias(name)
        for name, attribute in process.attributes.items()
        if name not in rows.columns and is_measured(process, name) and attribute.kind != "spectrum"
    ]
