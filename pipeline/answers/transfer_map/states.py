"""State of data, method and competence of an attribute at a site."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import polars as pl

from pipeline.answers.case.proposed_batch import scale_of
from pipeline.domain.attributes import Attribute
from pipeline.domain.display import size
from pipeline.domain.process.process import Process
from pipeline.domain.proposal import Proposal
from pipeline.domain.scale import same_scale
from pipeline.domain.site_knowledge import PARTS, SiteKnowledge, State
from pipeline.history.tables import History

MOST = 0.9
"""Share of the batches from which on data count as present, and a model as depending on an attribute."""


NEWEST = 5
"""Newest batches of a site that tell whether it still measures something."""


ENOUGH = 5
"""Batches at the scale from which on a site counts as competent."""


CENSORED = 0.2
"""Share of results under the reporting limit from which on a method is partial."""


LAB = ("IPC", "CQA")
"""Roles whose values are laboratory results."""


@dataclass(frozen=True)
class Finding:
    """One state and why."""

    state: State
    reason: str


@dataclass(frozen=True)
class TransferSite:
    """One side of a transfer: its batches, newest last, and the scale that is run there."""

    name: str
    batches: pl.DataFrame
    scale: float
    tolerance: float
    unit: Any
    known: Mapping[str, frozenset[str]] = field(repr=False)
    """Attribute → batches (of all sites) that have a value of it."""

    @cached_property
    def near(self) -> pl.DataFrame:
        """Its batches at the scale."""
        return self.batches.filter(same_scale(pl.col("scale"), self.scale, self.tolerance))

    def share(self, attribute: str, batches: pl.DataFrame) -> tuple[int, int]:
        """Number of batches with a value, and of all."""
        having = self.known.get(attribute, frozenset())
        return sum(batch in having for batch in batches["batch_id"]), batches.height


def _places(
    process: Process,
    proposal: Proposal,
    history: History,
    reference: pl.DataFrame,
    known: Mapping[str, frozenset[str]],
) -> tuple[TransferSite, TransferSite]:
    """The site of the reference batches, and the site proposed (by name, or by its equipment)."""
    batches = history.batches.sort("started_at", "batch_id")
    sites = reference["site"].drop_nulls().unique().sort().to_list()
    sent = batches.filter(pl.col("site").is_in(sites)) if sites else batches
    unit = process.attributes[process.scale.attribute].si
    sent_at = float(reference["scale"].median()) if reference.height else scale_of(process, proposal)  # type: ignore[arg-type]
    site, received = _receiving(proposal, batches)
    shared = (process.scale.tolerance, unit, known)
    return (
        TransferSite(", ".join(sites) or "not recorded", sent, sent_at, *shared),
        TransferSite(site, received, scale_of(process, proposal), *shared),
    )


def _receiving(proposal: Proposal, batches: pl.DataFrame) -> tuple[str, pl.DataFrame]:
    site = proposal.site
    if site is None and proposal.equipment is not None:
        found = batches.filter(pl.col("equipment") == proposal.equipment)["site"].drop_nulls()
        site = str(found[0]) if len(found) else None
    return ("not stated", batches) if site is None else (str(site), batches.filter(pl.col("site") == site))


def _known_values(process: Process, history: History) -> dict[str, frozenset[str]]:
    """Batches that have a value of each attribute, wherever it stands: batch row, result, lot or sensor."""
    rows = history.batches
    own = {
        name: frozenset(rows.filter(pl.col(name).is_not_null())["batch_id"])
        for name in process.attributes
        if name in rows.columns
    }
    lots = history.genealogy.join(history.lots, on=["material", "lot_id"]).select("batch_id", "attribute")
    first = pl.any_horizontal(
        pl.col(name) != pl.col(name).shift() for name in ("batch_id", "tag")
    )  # by contract sorted by both
    tags = history.trajectories.filter(first.fill_null(True)).select("batch_id", pl.col("tag").alias("attribute"))
    both = pl.concat([history.results.select("batch_id", "attribute"), lots, tags]).unique()
    grouped = both.group_by("attribute").agg("batch_id")
    return own | {name: frozenset(batches) for name, batches in grouped.iter_rows()}


def _at(name: str, attribute: Attribute, history: History, place: TransferSite, transfer: SiteKnowledge) -> dict[str, Any]:
    said = transfer.sites.get(place.name, {}).get(name)
    found = {
        "data": _data(name, place),
        "method": _method(name, attribute, history, place),
        "competence": _competence(name, place),
    }
    for part in PARTS:
        state = None if said is None else getattr(said, part)
        if said is not None and state is not None:
            found[part] = Finding(state, f"stated: {said.note}" if said.note else "stated")
    return {part: {"state": finding.state, "reason": finding.reason} for part, finding in found.items()}


def _data(name: str, place: TransferSite) -> Finding:
    having, total = place.share(name, place.batches)
    return Finding(_state(having, total, MOST), f"{having} of {total} batches")


def _method(name: str, attribute: Attribute, history: History, place: TransferSite) -> Finding:
    """Whether the site measures it today, and above its reporting limit."""
    newest = place.batches.tail(NEWEST)
    having, total = place.share(name, newest)
    state, reason = _state(having, total, 1.0), f"{having} of the {total} newest batches"
    if attribute.role not in LAB:
        return Finding(state, reason)
    own = history.results.filter(pl.col("attribute") == name).join(place.batches, on="batch_id", how="semi")
    under = float((own["censoring"] != "none").mean() or 0.0) if own.height else 0.0  # type: ignore[arg-type]
    if state == "present" and under > CENSORED:
        limit = "" if attribute.reporting_limit is None else f" of {attribute.reporting_limit:g} {attribute.unit}"
        return Finding("partial", f"{under:.0%} of the results lie beyond the reporting limit{limit}")
    return Finding(state, reason)


def _competence(name: str, place: TransferSite) -> Finding:
    there, _ = place.share(name, place.near)
    elsewhere, _ = place.share(name, place.batches)
    at = f"{size(place.unit.from_si(place.scale))} {place.unit.label}"
    if there >= ENOUGH:
        return Finding("present", f"{there} batches at {at}")
    if elsewhere:
        return Finding("partial", f"{there} batches at {at}, {elsewhere} at all scales")
    return Finding("missing", "no batch with it")


def _state(having: int, total: int, most: float) -> State:
    if not having:
        return "missing"
    return "present" if having >= most * total else "partial"
