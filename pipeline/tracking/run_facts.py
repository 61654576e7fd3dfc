"""What a reader wants to know first about a run: the process, the history, what answers, and which limits are met."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from pipeline.assessment.acceptance import Acceptance, acceptance
from pipeline.assessment.acceptance_ledger import AcceptanceConfig
from pipeline.domain.config_files import load, parse, read_json
from pipeline.domain.process.process import Process
from pipeline.domain.reading.stored import read_table
from pipeline.tracking.record import RunRecord


@dataclass(frozen=True)
class RunFacts:
    """Facts of a run that are read from its published files."""

    process: Process
    products: tuple[str, ...]
    """Names of the products, sorted."""
    batches: int
    """Number of batches with features."""
    scales: tuple[str, ...]
    """Batch sizes from the smallest to the largest, as text in the unit of the process definition."""
    first: str | None
    """Date of the first batch."""
    last: str | None
    """Date of the last batch."""
    limits: AcceptanceConfig
    """Acceptance limits that were fixed before scoring."""
    judged: tuple[Acceptance, ...]
    """What was reached for each attribute under the protocol of the limits."""

    @property
    def verdict(self) -> str:
        """Say for how many attributes the limits are met."""
        return f"met for {sum(one.met for one in self.judged)} of {len(self.judged)}"

    @property
    def not_met(self) -> tuple[str, ...]:
        """Attributes that do not meet the limits."""
        return tuple(one.attribute for one in self.judged if not one.met)


def facts_of(record: RunRecord) -> RunFacts:
    """Return the facts of a run."""
    of_run = record.bundle.places
    process: Process = load(of_run.config, "process", Process)
    rows = read_table(of_run.features)
    dates = rows["started_at"].drop_nulls() if "started_at" in rows.columns else pl.Series([], dtype=pl.Datetime)
    fixed = parse(AcceptanceConfig, read_json(of_run.acceptance)["limits"], str(of_run.acceptance))
    return RunFacts(
        process=process,
        products=tuple(sorted(str(name) for name in rows["product"].drop_nulls().unique())),
        batches=rows.height,
        scales=_scales(process, rows),
        first=str(dates.min())[:10] if len(dates) else None,
        last=str(dates.max())[:10] if len(dates) else None,
        limits=fixed,
        judged=tuple(acceptance(fixed, record.metrics, process.targets)),
    )


def _scales(process: Process, rows: pl.DataFrame) -> tuple[str, ...]:
    """Batch sizes as text, without unit and without a separator of thousands, since people search for them."""
    unit = process.attributes[process.scale.attribute].si
    found = sorted(float(unit.from_si(float(value))) for value in rows["scale"].drop_nulls().unique())
    return tuple(dict.fromkeys(f"{value:.6g}" for value in found))


def skills(metrics: Mapping[str, Mapping[str, Mapping[str, float]]], protocol: str, score: str) -> dict[str, float]:
    """Return one score under one protocol: attribute → value. Attributes without it are left out."""
    cqas = metrics.get(protocol, {})
    return {cqa: numbers[score] for cqa, numbers in cqas.items() if score in numbers}
