"""The report of data quality: rows read and quarantined, corrected cells, and the values of each attribute."""

from importlib import resources

import jinja2
import polars as pl

from pipeline.domain.attributes import Attribute
from pipeline.domain.display import digits, unit_label
from pipeline.domain.names.shown import visible
from pipeline.domain.process.process import Process
from pipeline.domain.units import unit
from pipeline.history.assemble import AssembledHistory
from pipeline.history.notes.look_alikes import look_alike_findings
from pipeline.history.notes.source_notes import left_out_notes


def profile(process: Process, history: AssembledHistory) -> pl.DataFrame:
    """Describe each attribute: number of values, missing, censored, quarantined and corrected cells; range in its unit."""
    counts = {
        "quarantined": _cells(process, history.quarantine),
        "corrected": dict(history.corrected.group_by("attribute").len().iter_rows()),
    }
    rows = [
        _describe(name, attribute, values, censored, history.batches.height)
        | {key: found.get(name, 0) for key, found in counts.items()}
        for name, attribute in process.attributes.items()
        for values, censored in [_values(name, process, history)]
    ]
    return pl.DataFrame(rows, infer_schema_length=None)


def _cells(process: Process, quarantine: pl.DataFrame) -> dict[str, int]:
    """Count the quarantined cells of each attribute. A quarantine record names the column of the file, not the attribute."""
    found = {(source, column): count for source, column, count in quarantine.group_by("source", "column").len().iter_rows()}
    return {
        name: sum(found.get((column.source, column.column), 0) for column in attribute.column)
        for name, attribute in process.attributes.items()
    }


def _values(name: str, process: Process, history: AssembledHistory) -> tuple[pl.Series, int]:
    """Values of an attribute, from the table that holds it, and the number of censored ones."""
    attribute = process.attributes[name]
    if attribute.role in ("CQA", "IPC"):
        rows = history.results.filter(pl.col("attribute") == name)
        return rows["value"], rows.filter(pl.col("censoring") != "none").height
    if attribute.material is not None:
        own = history.lots.filter(pl.col("attribute") == name)
        return history.genealogy.join(own, on=["material", "lot_id"])["value"], 0
    if name == process.batch:
        return history.batches["batch_id"], 0
    if name == process.started:
        return history.batches["started_at"], 0
    if name in history.batches.columns:
        return history.batches[name], 0
    return history.trajectories.filter(pl.col("tag") == name)["value"], 0


def _describe(name: str, attribute: Attribute, values: pl.Series, censored: int, batches: int) -> dict[str, object]:
    known = values.drop_nulls()
    number = attribute.kind == "number" and len(known) > 0
    low, middle, high = (
        (unit(attribute.unit).from_si(float(x)) for x in (known.min(), known.median(), known.max()))  # type: ignore[arg-type]
        if number
        else (None, None, None)
    )
    return {
        "attribute": name,
        "role": attribute.role,
        "horizon": attribute.horizon,
        "unit": attribute.unit,
        "values": len(known),
        "missing": max(batches - len(known), 0),
        "distinct": known.n_unique(),
        "censored": censored,
        "smallest": low,
        "median": middle,
        "largest": high,
    }


def findings(process: Process, history: AssembledHistory) -> list[str]:
    """List gaps and contradictions of the data that a reader should know, one sentence each."""
    return [
        *_contradicting_lots(history),
        *_lots_without_properties(process, history),
        *_without_details(process, history),
        *_no_result(process, history),
        *(note for source in process.sources for note in left_out_notes(history.quarantine, source)),
        *look_alike_findings(process, history),
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
        f"Material '{material}': {_count(n, 'lot', 'lots')} used in {_count(batches, 'batch', 'batches')} "
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


def _of_batches(number: int, history: AssembledHistory) -> str:
    return f"{number} of {history.batches.height} batches {_verb(number, 'has', 'have')}"


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _verb(number: int, one: str, many: str) -> str:
    return one if number == 1 else many


def summary(process: Process, history: AssembledHistory) -> dict[str, object]:
    """Counts of the report, which `dvc metrics` shows."""
    ledger = history.ledger
    return {
        "batches": history.batches.height,
        "products": history.batches["product"].n_unique(),
        "rows_read": int(ledger["read"].sum()),
        "rows_valid": int(ledger["valid"].sum()),
        "rows_quarantined": int(ledger["quarantined"].sum()),
        "cells_corrected": history.corrected.height,
        "results_censored": history.results.filter(pl.col("censoring") != "none").height,
    }


def render(process: Process, history: AssembledHistory) -> str:
    """Make the report as one HTML page that loads nothing else."""
    text = resources.files("pipeline.history").joinpath("quality_report.html.j2").read_text(encoding="utf-8")
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, finalize=visible)
    environment.filters["four_digits"] = lambda value: digits(value, 4)
    template = environment.from_string(text)
    corrected = history.corrected.group_by("rule", "attribute", maintain_order=True).len("cells").sort("rule", "attribute")
    return template.render(
        process=process,
        counts=[(_LABELS[name], count) for name, count in summary(process, history).items()],
        findings=findings(process, history),
        ledger=history.ledger.to_dicts(),
        corrected=corrected.to_dicts(),
        rules={rule.name: rule.reason for rule in process.corrections},
        reasons=_reasons(history.quarantine).to_dicts(),
        quarantine=_rarest_first(history.quarantine).head(200).to_dicts(),
        quarantined=history.quarantine.height,
        profile=[_for_reading(row) for row in profile(process, history).iter_rows(named=True)],
    )


_LABELS = {
    "batches": "batches",
    "products": "products",
    "rows_read": "rows read",
    "rows_valid": "valid rows",
    "rows_quarantined": "quarantined rows",
    "cells_corrected": "corrected cells",
    "results_censored": "censored results",
}
_KNOWN = {"plan": "before", "in_process": "during", "release": "after"}
"""Horizon → when the value is known, seen from the batch."""


def _for_reading(row: dict[str, object]) -> dict[str, object]:
    """A row of the profile with its unit and horizon as people write them."""
    return row | {"unit": unit_label(str(row["unit"])), "known": _KNOWN[str(row["horizon"])]}


def _reasons(quarantine: pl.DataFrame) -> pl.DataFrame:
    """Count the quarantine records per source, file and reason. Reasons that differ in a row number alone count as one."""
    other_row = r"(repeats|contradicts) row \d+ of .+?(: same .+|$)"
    key = ["source", "file", "reason"]
    general = quarantine.with_columns(pl.col("reason").str.replace(other_row, "${1} another row${2}"))
    return general.group_by(key).len("records").sort(key)


def _rarest_first(quarantine: pl.DataFrame) -> pl.DataFrame:
    """Sort records by how often their reason occurs: frequent ones mostly follow from a rare one."""
    often = pl.len().over("source", "file", "reason").alias("_often")
    return quarantine.with_columns(often).sort("_often", "source", "file", "row").drop("_often")
