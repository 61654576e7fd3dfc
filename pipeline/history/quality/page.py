"""The page of the data quality: the verdict first, then rows read, set aside and left out, and the values of each attribute."""

from collections.abc import Mapping
from importlib import resources

import jinja2
import polars as pl

from pipeline.domain.display import digits, unit_label
from pipeline.domain.names.shown import visible
from pipeline.domain.process.process import Process
from pipeline.history.assemble import AssembledHistory
from pipeline.history.quality.balances import balance_findings
from pipeline.history.quality.causes import Cause, general_reasons
from pipeline.history.quality.findings import findings
from pipeline.history.quality.profile import counts, profile
from pipeline.history.quality.verdict import Verdict

CAUSES = 40
"""Number of causes that the page shows. The sheet has all."""
RECORDS = 200
"""Number of single records that the page shows."""


def render(process: Process, history: AssembledHistory, found: Verdict, balances: pl.DataFrame | None = None) -> str:
    """Make the report as one HTML page that loads nothing else. balances: the table of balances, if some are declared."""
    text = resources.files("pipeline.history.quality").joinpath("page.html.j2").read_text(encoding="utf-8")
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, finalize=visible)
    environment.filters["four_digits"] = lambda value: digits(value, 4)
    template = environment.from_string(text)
    corrected = history.corrected.group_by("rule", "attribute", maintain_order=True).len("cells").sort("rule", "attribute")
    return template.render(
        process=process,
        verdict=found,
        causes=[_shown(cause) for cause in found.causes[:CAUSES]],
        counts=[
            (_LABELS[name], count) for name, count in counts(history).items() if name != "products" or process.states_product
        ],
        findings=[_with_code(sentence) for sentence in findings(process, history)],
        balances=[] if balances is None else balance_findings(process, balances),
        ledger=history.ledger.to_dicts(),
        left_out=history.left_out.to_dicts(),
        corrected=corrected.to_dicts(),
        rules={rule.name: rule.reason for rule in process.corrections},
        reasons=_reasons(history.quarantine).to_dicts(),
        quarantine=rarest_first(history.quarantine).head(RECORDS).to_dicts(),
        quarantined=history.quarantine.height,
        profile=[_for_reading(row) for row in profile(process, history).iter_rows(named=True)],
    )


_LABELS = {
    "batches": "batches used",
    "batches_set_aside": "batches set aside",
    "batches_left_out": "batches left out on purpose",
    "products": "products",
    "rows_read": "rows read",
    "rows_valid": "valid rows",
    "rows_quarantined": "quarantined rows",
    "rows_left_out": "rows left out on purpose",
    "cells_corrected": "corrected cells",
    "results_censored": "censored results",
    "deviations": "deviations that a log states",
}
_KNOWN = {"plan": "before", "in_process": "during", "release": "after"}
"""Horizon → when the value is known, seen from the batch."""


def _shown(cause: Cause) -> Mapping[str, object]:
    """A cause as the page shows it."""
    return {**cause.__dict__, "edits": [_with_code(edit.text) for edit in cause.edits]}


def _with_code(text: str) -> list[tuple[bool, str]]:
    """Split a text at its backticks. The parts between two of them are code."""
    return [(n % 2 == 1, part) for n, part in enumerate(text.split("`"))]


def _for_reading(row: dict[str, object]) -> dict[str, object]:
    """A row of the profile with its unit and horizon as people write them."""
    return row | {"unit": unit_label(str(row["unit"])), "known": _KNOWN[str(row["horizon"])]}


def _reasons(quarantine: pl.DataFrame) -> pl.DataFrame:
    """Count the quarantine records per source, file and reason. Reasons that differ in a row number alone count as one."""
    key = ["source", "file", "reason"]
    return general_reasons(quarantine).group_by(key).len("records").sort(key)


def rarest_first(quarantine: pl.DataFrame) -> pl.DataFrame:
    """Sort records by how often their reason occurs: frequent ones mostly follow from a rare one."""
    often = pl.len().over("source", "file", "reason").alias("_often")
    return quarantine.with_columns(often).sort("_often", "source", "file", "row").drop("_often")
