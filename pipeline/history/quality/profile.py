"""Describe each attribute of the valid rows, and count what was read, set aside and left out."""

from collections.abc import Iterable

import polars as pl

from pipeline.domain.attributes import LAB, Attribute, SourceColumn
from pipeline.domain.batch_columns import lot_channels, trajectory_tags
from pipeline.domain.process.process import Process
from pipeline.domain.units import unit
from pipeline.history.assemble import AssembledHistory
from pipeline.history.spectra.source import channel_columns


def profile(process: Process, history: AssembledHistory) -> pl.DataFrame:
    """Describe each attribute: number of values, missing, censored, quarantined and corrected cells; range in its unit.

    `missing` counts the batches without a value.
    """
    counts = {
        "quarantined": _cells(process, history.quarantine),
        "corrected": dict(history.corrected.group_by("attribute").len().iter_rows()),
    }
    rows = [
        _describe(name, attribute, values, history.batches.height)
        | {key: found.get(name, 0) for key, found in counts.items()}
        for name, attribute in process.stated_attributes.items()
        for values in [_values(name, process, history)]
    ]
    return pl.DataFrame(rows, infer_schema_length=None)


def _cells(process: Process, quarantine: pl.DataFrame) -> dict[str, int]:
    """Count the quarantined cells of each attribute. A quarantine record names the column of the file, not the attribute."""
    found = {(source, column): count for source, column, count in quarantine.group_by("source", "column").len().iter_rows()}
    return {
        name: sum(
            found.get((column.source, cell), 0) for column in attribute.column for cell in _cells_of(attribute, column)
        )
        for name, attribute in process.attributes.items()
    }


def _cells_of(attribute: Attribute, column: SourceColumn) -> Iterable[str]:
    """The columns of the file that an attribute is read from: a spectrum has one per channel."""
    return channel_columns(attribute, column) if attribute.kind == "spectrum" else (column.column,)


def _values(name: str, process: Process, history: AssembledHistory) -> pl.DataFrame:
    """Values of an attribute with their batch, from the table that holds it. Results also have their censoring.

    An in-process control can be a laboratory result, or be recorded over time such as a daily sample.
    """
    attribute = process.attributes[name]
    if name in trajectory_tags(process):
        return history.trajectories.filter(pl.col("tag") == name).select("batch_id", "value")
    if attribute.role in LAB and attribute.kind != "spectrum":
        return history.results.filter(pl.col("attribute") == name).select("batch_id", "value", "censoring")
    if attribute.material is not None:
        first = name if attribute.kind != "spectrum" else lot_channels(name, attribute)[0]
        own = history.lots.filter(pl.col("attribute") == first)
        return history.genealogy.join(own, on=["material", "lot_id"]).select("batch_id", "value")
    column = {process.batch: "batch_id", process.started: "started_at"}.get(name, name)
    present = pl.col(column) if column in history.batches.columns else pl.lit(None, dtype=pl.String)  # a date is no column
    return history.batches.select("batch_id", present.alias("value"))


def _describe(name: str, attribute: Attribute, values: pl.DataFrame, batches: int) -> dict[str, object]:
    known = values.drop_nulls("value")
    numbers = known["value"] if attribute.kind == "number" and known.height else None
    low, middle, high = (
        (None, None, None)
        if numbers is None
        else (unit(attribute.unit).from_si(float(x)) for x in (numbers.min(), numbers.median(), numbers.max()))  # type: ignore[arg-type]
    )
    return {
        "attribute": name,
        "role": attribute.role,
        "horizon": attribute.horizon,
        "unit": attribute.unit,
        "values": known.height,
        "missing": max(batches - known["batch_id"].n_unique(), 0),
        "distinct": known["value"].n_unique(),
        "censored": known.filter(pl.col("censoring") != "none").height if "censoring" in known.columns else 0,
        "smallest": low,
        "median": middle,
        "largest": high,
    }


def counts(history: AssembledHistory) -> dict[str, int]:
    """Count batches, rows and cells by what became of them."""
    ledger, states = history.ledger, history.batch_states["state"]
    return {
        "batches": history.batches.height,
        "batches_set_aside": int((states == "set aside").sum()),
        "batches_left_out": history.batches_left_out,
        "products": history.batches["product"].n_unique(),
        "rows_read": int(ledger["read"].sum()),
        "rows_valid": int(ledger["valid"].sum()),
        "rows_quarantined": int(ledger["quarantined"].sum()),
        "rows_left_out": int(ledger["left_out"].sum()),
        "cells_corrected": history.corrected.height,
        "results_censored": history.results.filter(pl.col("censoring") != "none").height,
        "deviations": history.deviations.height,
    }
