"""State of data, method and competence of an attribute at a site."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import polars as pl

from pipeline.answers.case.proposed_batch import scale_of
from pipeline.answers.limits import TransferConfig
from pipeline.answers.result.transfer_map import Finding, SiteFindings
from pipeline.answers.transfer_map.known_values import KnownValues
from pipeline.domain.arrays import IntArray
from pipeline.domain.attributes import LAB, Attribute
from pipeline.domain.display import percent, size, unit_label
from pipeline.domain.process.axis_words import Change
from pipeline.domain.process.process import Process
from pipeline.domain.proposal import Proposal
from pipeline.domain.scale import same_scale
from pipeline.domain.site_knowledge import PARTS, SiteKnowledge, State
from pipeline.domain.units import Unit


@dataclass(frozen=True)
class TransferSite:
    """One site of a transfer, or one device: its batches, newest last, and its scale in this transfer."""

    name: str
    site: str
    """Site whose people state what they know."""
    rows: IntArray
    """Its batches, as rows of `known`."""
    scale: float
    tolerance: float
    unit: Unit
    config: TransferConfig
    known: KnownValues = field(repr=False)

    @cached_property
    def near(self) -> IntArray:
        """Return the batches of the site at the scale."""
        near = same_scale(self.known.scales[self.rows], self.scale, self.tolerance)  # type: ignore[call-overload]
        return np.asarray(self.rows[near])

    def having(self, attribute: str, rows: IntArray) -> int:
        """Return the number of batches with a value."""
        return int(self.known.of(attribute)[rows].sum())


def both_sites(
    process: Process,
    proposal: Proposal,
    reference: pl.DataFrame,
    known: KnownValues,
    config: TransferConfig,
    change: Change = "scale",
) -> tuple[TransferSite, TransferSite]:
    """Return the site of the reference batches, and the proposed site (by name, or by its equipment).

    If the transfer changes the device alone, the two sides are the devices of the reference batches and the proposed device.
    """
    column = "equipment" if change == "device" else "site"
    names, everywhere = reference[column].drop_nulls().unique().sort().to_list(), np.arange(known.batches.height)
    sites = ", ".join(reference["site"].drop_nulls().unique().sort())
    sent = known.at(names, column) if names else everywhere
    unit = process.attributes[process.scale.attribute].si
    sent_at = float(reference["scale"].median()) if reference.height else scale_of(process, proposal)  # type: ignore[arg-type]
    site = _receiving(proposal, known.batches)
    place = proposal.equipment if change == "device" else site
    received = everywhere if place is None else known.at([place], column)
    shared = (process.scale.tolerance, unit, config, known)
    return (
        TransferSite(", ".join(names) or "not recorded", sites, sent, sent_at, *shared),
        TransferSite(place or "not stated", site or "", received, scale_of(process, proposal), *shared),
    )


def _receiving(proposal: Proposal, batches: pl.DataFrame) -> str | None:
    if proposal.site is None and proposal.equipment is not None:
        found = batches.filter(pl.col("equipment") == proposal.equipment)["site"].drop_nulls()
        return str(found[0]) if len(found) else None
    return proposal.site


def findings(name: str, attribute: Attribute, site: TransferSite, sites: SiteKnowledge) -> SiteFindings:
    """Return data, method and competence of an attribute at a site. A statement of the site takes precedence over history."""
    stated = sites.sites.get(site.site, {}).get(name)
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
    having, total = site.having(name, site.rows), len(site.rows)
    return Finding(_state(having, total, site.config.present_share), f"{having} of {total} batches")


def _method(name: str, attribute: Attribute, site: TransferSite) -> Finding:
    """Return whether the site measured the attribute in its newest batches, and whether results exceed the reporting limit."""
    newest = site.rows[-site.config.newest_batches :]
    having, total = site.having(name, newest), len(newest)
    state, reason = _state(having, total, 1.0), f"{having} of the {total} newest batches"
    if attribute.role not in LAB:
        return Finding(state, reason)
    beyond = site.known.beyond_limit(name, site.rows)
    if state == "present" and beyond > site.config.censored_share:
        limit = (
            "" if attribute.reporting_limit is None else f" of {attribute.reporting_limit:g} {unit_label(attribute.unit)}"
        )
        return Finding("partial", f"{percent(beyond)} of the results lie beyond the reporting limit{limit}")
    return Finding(state, reason)


def _competence(name: str, site: TransferSite) -> Finding:
    at_scale, at_all_scales = site.having(name, site.near), site.having(name, site.rows)
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
