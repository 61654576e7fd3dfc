"""On what record an answer stands: model card, data card and credibility report, with hashes.

Model and data card after Mitchell et al. 2019 (FAT* 220) and Gebru et al. 2021 (Commun. ACM 64, 86); the credibility report
follows the steps of FDA's draft guidance on AI credibility of January 2025: question, context of use, risk, plan, result, limits.
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import polars as pl

from pipeline.answers.limits import DecisionConfig
from pipeline.answers.trained_run import Hashes
from pipeline.assessment.acceptance_ledger import AcceptanceConfig, acceptance, limits_hash
from pipeline.domain.display import in_words, number
from pipeline.domain.process.process import Process

PART_11 = (
    "This record supports traceability (hashes of data, configuration, code and model); it is not by itself a system under 21 CFR "
    "Part 11 or EU GMP Annex 11: audit trail, access control and signatures are the user's."
)


def record(
    process: Process,
    config: DecisionConfig,
    hashes: Hashes,
    metrics: Mapping[str, Any],
    fixed: AcceptanceConfig,
    rows: pl.DataFrame,
    result: dict[str, Any],
) -> dict[str, Any]:
    """Make the record of one answer; metrics: protocol → attribute → metric of batches that the model had not seen.

    fixed: the acceptance limits that stood before scoring. By these it is judged, whatever the configuration says now.
    """
    met = acceptance(fixed, metrics, list(result["attributes"]))
    return {
        "hashes": asdict(hashes),
        "model_card": _model_card(process, metrics, fixed.protocol, result),
        "data_card": _data_card(process, rows),
        "credibility": {
            "question": result["proposal"]["question"]
            or f"What will {result['proposal']['product']} be at the proposed scale?",
            "context_of_use": config.context_of_use,
            "risk": config.model_risk,
            "plan": _plan(fixed, config.acceptance),
            "result": met,
            "accepted": bool(met) and all(line["met"] for line in met),
            "limits": _limits(result),
        },
        "statement": PART_11,
    }


def _plan(fixed: AcceptanceConfig, now: AcceptanceConfig) -> dict[str, Any]:
    """The limits fixed before scoring, and whether those of the configuration are still the same."""
    before, after = limits_hash(fixed), limits_hash(now)
    said = f"These limits were fixed before scoring (SHA-256 {before[:12]}…) and are those of the configuration now."
    if before != after:
        said = (
            "The limits of the configuration differ from those that were fixed before scoring: they were "
            f"{_limits_in_words(fixed)} (SHA-256 {before[:12]}…) and are now {_limits_in_words(now)} ({after[:12]}…). "
            "The result is judged by the former."
        )
    return {**asdict(fixed), "sha256": before, "unchanged": before == after, "sha256_now": after, "sentence": said}


def _limits_in_words(limits: AcceptanceConfig) -> str:
    return f"a skill of {limits.least_skill:g} and a coverage of {limits.least_coverage:g} under {in_words(limits.protocol)}"


def _model_card(process: Process, metrics: Mapping[str, Any], protocol: str, result: dict[str, Any]) -> dict[str, Any]:
    return {
        "purpose": f"predicts {', '.join(result['attributes'])} of {process.title}",
        "kind": "static and deterministic: fitted once, frozen as text, not updated by use",
        "calibrated_by": sorted({str(a["calibrated_by"]) for a in result["attributes"].values() if a.get("calibrated_by")}),
        "scored_by": sorted(metrics),
        "decided_by": protocol,
    }


def _data_card(process: Process, rows: pl.DataFrame) -> dict[str, Any]:
    size = process.attributes[process.scale.attribute].si
    dates = rows["started_at"].drop_nulls()
    return {
        "process": process.title,
        "batches": rows.height,
        "products": rows["product"].n_unique(),
        "smallest_scale": number(size.from_si(float(rows["scale"].min()))),  # type: ignore[arg-type]
        "largest_scale": number(size.from_si(float(rows["scale"].max()))),  # type: ignore[arg-type]
        "scale_unit": size.label,
        "from": str(dates.min())[:10] if len(dates) else None,
        "to": str(dates.max())[:10] if len(dates) else None,
    }


def _limits(result: dict[str, Any]) -> list[str]:
    """What stands against relying on this answer, in sentences."""
    domain, found = result["domain"], []
    if domain["status"] != "inside":
        found.append(domain["sentence"])
    if not result["known_product"]:
        found.append("The product is new; no batch of it is known.")
    if result["not_stated"]:
        found.append(f"{len(result['not_stated'])} attributes are not stated and count as unknown.")
    if result["assumed_from_reference"]:
        found.append(f"{len(result['assumed_from_reference'])} settings are assumed to be as at the reference.")
    if any(not given["supported"] for a in result["attributes"].values() for given in a["intervals"].values()):
        found.append("Some levels of intervals cannot be promised with so few products; they are estimates.")
    return found
