"""State of data, method and competence of an attribute at a site."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import polars as pl

from pipeline.answers.case.proposed_batch import scale_of
from pipeline.answers.limits import TransferConfig
from pipeline.answers.result.transfer_map import Finding, SiteFindings
from pipeline.domain.attributes import LAB, Attribute
from pipeline.domain.batch_columns import lot_attribute
from pipeline.domain.display import percent, size, unit_label
from pipeline.domain.process.process import Process
from pipeline.domain.proposal import Proposal
from pipeline.domain.scale import same_scale
from pipeline.domain.site_knowledge import PARTS, SiteKnowledge, State
from pipeline.domain.units import Unit
from pipeline.history.tables import History


@dataclass(frozen=True)
class Known:
    """What history has of each attribute. It depends on history alone."""

    batches: Mapping[str, frozenset[str]]
    """Attribute → batches of all sites that have a value of it."""
    results: Mapping[str, Mapping[str, tuple[int, int]]]
    """Attribute of the laboratory → batch → number of its results, and of those beyond the reporting limit."""


@dataclass(frozen=True)
class TransferSite:
    """One site of a transfer: its batches, newest last, and its scale in this transfer."""

    name: str
    batches: pl.DataFrame
    scale: float
    tolerance: float
    unit: Unit
    config: TransferConfig
    known: Known = field(repr=False)

    @cached_property
    def all(self) -> frozenset[str]:
        """Return the names of the batches of the site."""
        return frozenset(self.batches["batch_id"])

    @cached_property
    def near(self) -> frozenset[str]:
        """Return the names of its batches at the scale."""
        return frozenset(self.batches.filter(same_scale(pl.col("scale"), self.scale, self.tolerance))["batch_id"])

    @cached_property
    def newest(self) -> frozenset[str]:
        """Return the names of its newest batches."""
        return frozenset(self.batches.tail(self.config.newest_batches)["batch_id"])

    def share(self, attribute: str, batches: frozenset[str]) -> tuple[int, int]:
        """Return the number of batches with a value, and the number of all."""
        return len(batches & self.known.batches.get(attribute, frozenset())), len(batches)

    def beyond(self, attribute: str) -> float:
        """Return the share of the results that lie beyond the reporting limit; 0 without results."""
        own = [counts for batch, counts in self.known.results.get(attribute, {}).items() if batch in self.all]
        number = sum(results for results, _ in own)
        return sum(beyond for _, beyond in own) / number if number else 0.0


def both_sites(
    process: Process, proposal: Proposal, history: History, reference: pl.DataFrame, known: Known, config: TransferConfig
) -> tuple[TransferSite, TransferSite]:
    """Return the site of the reference batches, and the proposed site (by name, or by its equipment)."""
    batches = history.batches.sort("started_at", "batch_id")
    sites = reference["site"].drop_nulls().unique().sort().to_list()
    sent = batches.filter(pl.col("site").is_in(sites)) if sites else batches
    unit = process.attributes[process.scale.attribute].si
    sent_at = float(reference["scale"].median()) if reference.height else scale_of(process, proposal)  # type: ignore[arg-type]
    site, received = _receiving(proposal, batches)
    shared = (process.scale.tolerance, unit, config, known)
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


def known_values(process: Process, history: History) -> Known:
    """Return what history has of each attribute: in the batch row, a result, a lot or a sensor record."""
    results: dict[str, dict[str, tuple[int, int]]] = {}
    counted = history.results.group_by("attribute", "batch_id").agg(
        pl.len(), (pl.col("censoring") != "none").sum().alias("n")
    )
    for attribute, batch, number, beyond in counted.iter_rows():
        results.setdefault(attribute, {})[batch] = (number, beyond)
    return Known(_batches_with_values(process, history), results)


def _batches_with_values(process: Process, history: History) -> dict[str, frozenset[str]]:
    rows = history.batches
    in_batch_rows = {
        name: frozenset(rows.filter(pl.col(name).is_not_null())["batch_id"])
        for name in process.attributes
        if name in rows.columns
    }
    lots = history.genealogy.join(history.lots, on=["material", "lot_id"]).select("batch_id", lot_attribute())
    # Records are sorted by batch and tag, so the first record of each is enough.
    first = pl.any_horizontal(pl.col(name) != pl.col(name).shift() for name in ("batch_id", "tag"))
    tags = history.trajectories.filter(first.fill_null(True)).select("batch_id", pl.col("tag").alias("attribute"))
    both = pl.concat([history.results.select("batch_id", "attribute"), lots, tags]).unique()
    grouped = both.group_by("attribute").agg("batch_id")
    return in_batch_rows | {name: frozenset(batches) for name, batches in grouped.iter_rows()}


def findings(name: str, attribute: Attribute, site: TransferSite, sites: SiteKnowledge) -> SiteFindings:
    """Return data, method and competence of an attribute at a site. A statement of the site takes precedence over history."""
    stated = sites.sites.get(site.name, {}).get(name)
    found = {
        "data": _data(name, site),
        "method": _method(name, attribute, site),
        "competence": _competence(name, site),
    }
    for part in PARTS:
        state = None if stated is None else getattr(stated, part)
        if stated is not None and state is not None:
            found[part] = Finding(state, f"stated: {stated.note}" if stated.note else "stated")
    return SiteFindings(found["data"], found["method"], found["competence"])


def _data(name: str, site: TransferSite) -> Finding:
    having, total = site.share(name, site.all)
    return Finding(_state(having, total, site.config.present_share), f"{having} of {total} batches")


def _method(name: str, attribute: Attribute, site: TransferSite) -> Finding:
    """Return whether the site measured the attribute in its newest batches, and whether results exceed the reporting limit."""
    having, total = site.share(name, site.newest)
    state, reason = _state(having, total, 1.0), f"{having} of the {total} newest batches"
    if attribute.role not in LAB:
        return Finding(state, reason)
    beyond = site.beyond(name)
    if state == "present" and beyond > site.config.censored_share:
        limit = (
            "" if attribute.reporting_limit is None else f" of {attribute.reporting_limit:g} {unit_label(attribute.unit)}"
        )
        return Finding("partial", f"{percent(beyond)} of the results lie beyond the reporting limit{limit}")
    return Finding(state, reason)


def _competence(name: str, site: TransferSite) -> Finding:
    at_scale, _ = site.share(name, site.near)
    at_all_scales, _ = site.share(name, site.all)
    at = f"{size(site.unit.from_si(site.scale))} {unit_label(site.unit.label)}"
    if at_scale >= site.config.competent_batches:
        return Finding("present", f"{at_scale} batches at {at}")
    if at_all_scales:
        return Finding("partial", f"{at_scale} batches at {at}, {at_all_scales} at all scales")
    return Finding("missing", "no batch with a value")


def _state(having: int, total: int, present_share: float) -> State:
    if not having:
        return "missing"
    return "present" if having >= present_share * total else "partial"
