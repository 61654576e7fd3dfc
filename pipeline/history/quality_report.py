"""The report of data quality: what is in each column, what was set aside and why, what was corrected. For people."""

from importlib import resources

import jinja2
import polars as pl

from pipeline.domain.attributes import Attribute
from pipeline.domain.process.process import Process
from pipeline.domain.units import unit
from pipeline.history.assemble import AssembledHistory


def profile(process: Process, history: AssembledHistory) -> pl.DataFrame:
    """Describe every attribute: values, missing, censored, quarantined cells, corrected cells, range in its own unit."""
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
    """Count the quarantined cells of each attribute; a record names the file's column, not the attribute."""
    found = {(source, column): count for source, column, count in quarantine.group_by("source", "column").len().iter_rows()}
    return {
        name: sum(found.get((column.source, column.column), 0) for column in attribute.column)
        for name, attribute in process.attributes.items()
    }


def _values(name: str, process: Process, history: AssembledHistory) -> tuple[pl.Series, int]:
    """Values of an attribute from the table where it stands, and how many of them are censored."""
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
    """Say in sentences what a person should know before trusting the data."""
    return [
        *_contradicting_lots(history),
        *_lots_without_properties(process, history),
        *_without_details(process, history),
        *_no_result(process, history),
    ]


def _contradicting_lots(history: AssembledHistory) -> list[str]:
    """Lots that are recorded with several sets of values."""
    ids = history.lots.select("material", pl.col("lot_id").str.replace(r" \(\d+\)$", "").alias("lot"), "lot_id").unique()
    counts = (
        ids.group_by("material", "lot").len().group_by("material").agg(pl.len(), (pl.col("len") > 1).sum().alias("many"))
    )
    return [
        f"Material '{material}': {many} of {lots} lots are recorded with more than one set of properties; "
        "each batch keeps the values of its own row."
        for material, lots, many in counts.sort("material").iter_rows()
        if many
    ]


def _lots_without_properties(process: Process, history: AssembledHistory) -> list[str]:
    unknown = history.genealogy.join(history.lots, on=["material", "lot_id"], how="anti").sort("material", "lot_id")
    return [
        f"Material '{material}': {n} lots in the genealogy have no recorded property, so {batches} batches lack its attributes."
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
                sentences.append(f"{missing} of {history.batches.height} batches have no values from source '{name}'.")
    return sentences


def _no_result(process: Process, history: AssembledHistory) -> list[str]:
    have = dict(history.results.group_by("attribute").len().iter_rows())
    return [
        f"{history.batches.height - have.get(name, 0)} of {history.batches.height} batches have no result of '{name}'."
        for name in process.targets
        if have.get(name, 0) < history.batches.height
    ]


def summary(process: Process, history: AssembledHistory) -> dict[str, object]:
    """Numbers of the report for `dvc metrics`."""
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
    """Write the report as one page of HTML without anything from outside."""
    text = resources.files("pipeline.history").joinpath("quality_report.html.j2").read_text(encoding="utf-8")
    template = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined).from_string(text)
    corrected = history.corrected.group_by("rule", "attribute", maintain_order=True).len("cells").sort("rule", "attribute")
    key = ["source", "file", "reason"]
    reasons = history.quarantine.group_by(key).len("cells").sort(key)
    # what happens once needs eyes; what happens a thousand times hangs on something else
    rarest = (
        history.quarantine.with_columns(pl.len().over(key).alias("_often"))
        .sort("_often", "source", "file", "row")
        .drop("_often")
    )
    return template.render(
        process=process,
        summary=summary(process, history),
        findings=findings(process, history),
        ledger=history.ledger.to_dicts(),
        corrected=corrected.to_dicts(),
        rules={rule.name: rule.reason for rule in process.corrections},
        reasons=reasons.to_dicts(),
        quarantine=rarest.head(200).to_dicts(),
        quarantined=history.quarantine.height,
        profile=profile(process, history).to_dicts(),
    )
