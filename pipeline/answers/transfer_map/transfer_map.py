"""Transfer map: data, method and competence per attribute at the sending and the receiving site, and which gaps stop a prediction.

The map is our own. It does not claim to conform to any standard.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Literal

from pipeline.answers.case.proposed_batch import ProposedBatch
from pipeline.answers.limits import TransferConfig
from pipeline.answers.result.transfer_map import (
    Blocked,
    GapCounts,
    Lacking,
    SiteFindings,
    TransferLine,
    TransferMap,
    TransferSide,
)
from pipeline.answers.transfer_map.known_values import KnownValues
from pipeline.answers.transfer_map.states import TransferSite, both_sites, findings
from pipeline.domain.display import percent
from pipeline.domain.errors import ScalebridgeError, listed
from pipeline.domain.process.process import Process
from pipeline.domain.proposal import Proposal
from pipeline.domain.site_knowledge import PARTS, SiteKnowledge
from pipeline.features.catalogue import catalogue, names_of
from pipeline.history.tables import History

TITLE = "Transfer map (our own; not a claim of conformance to any standard)"
VARIED_WITHOUT_VALUE = "the proposal gives a tolerance or limits of it, but no value is stated or known from a reference"
ROLES = ("CPP", "CMA", "IPC", "CQA")
Readers = dict[str, dict[str, list[str]]]
"""Attribute → quality attribute whose model reads it → features made from the attribute."""


def transfer_map(
    process: Process,
    proposal: Proposal,
    history: History,
    proposed: ProposedBatch,
    reads: Mapping[str, Iterable[str]],
    sites: SiteKnowledge,
    config: TransferConfig,
    known: KnownValues | None = None,
) -> TransferMap:
    """Return the state of every parameter, material attribute, control and quality attribute at both sites.

    reads: quality attribute → the features that its model reads; known: of the history, if it was collected before. A gap that the
    receiving site states blocks the quality attributes whose models read it. An attribute is lacking if the proposal has no value
    of it, and the models learned from it or the proposal gives a tolerance or limits of it. Raises ScalebridgeError for an unknown
    site or attribute in `sites`.
    """
    known = known or KnownValues(process, history)
    sending, receiving = both_sites(process, proposal, proposed.reference, known, config, proposed.change)
    place: Literal["site", "device"] = "device" if proposed.change == "device" else "site"
    _check(process, history, receiving, sites)
    readers = _read_by_models(process, reads)
    lacking = _without_value(proposed.missing, known, history.batches.height, readers, config.present_share)
    lacking |= {name: VARIED_WITHOUT_VALUE for name in (*proposal.tolerances, *proposal.limits) if name in proposed.missing}
    lines = tuple(
        _line(process, name, (sending, receiving), readers.get(name, {}), sites)
        for name, attribute in process.attributes.items()
        if attribute.role in ROLES and attribute.kind != "date"
    )
    return TransferMap(
        TITLE,
        _side(sending),
        _side(receiving),
        lines,
        _gaps([line.sending for line in lines]),
        _gaps([line.receiving for line in lines]),
        tuple(Blocked(line.attribute, line.blocks, tuple(sorted(readers[line.attribute]))) for line in lines if line.blocks),
        tuple(Lacking(name, reason) for name, reason in lacking.items()),
        _rules(process, config, place),
        place,
    )


def withheld(found: TransferMap, process: Process) -> dict[str, str]:
    """Return quality attribute → why it is not answered: all stated gaps of the receiving site in the inputs of its model."""
    names, reasons = names_of(process), dict[str, list[str]]()
    for gap in found.blocked:
        for target in gap.targets:
            reasons.setdefault(target, []).append(f"its model reads {names[gap.attribute]}, {gap.reason}")
    return {target: "; ".join(given) for target, given in reasons.items()}


def _rules(process: Process, config: TransferConfig, place: str) -> dict[str, str]:
    share = percent(config.present_share)
    within = f" within {percent(process.scale.tolerance)} of the scale" if process.states_scale else ""
    return {
        "data": f"present: at least {share} of the {place}'s batches have a value; missing: no batch has one",
        "method": f"present: all of the {place}'s {config.newest_batches} newest batches have a value; partial also where "
        f"more than {percent(config.censored_share)} of the results lie beyond the reporting limit",
        "competence": f"present: the {place} made at least {config.competent_batches} batches with it" + within,
        "blocked": "the receiving site itself states that data, method or competence is missing: a quality attribute whose model "
        "reads it is not answered, no chance that one batch meets all specifications is given, and no scenarios are computed",
        "lacking": f"a model reads it, at least {share} of history has it, and the proposal has no value of it: the prediction "
        "treats it as unknown, and no scenarios are computed; the same holds if the proposal gives a tolerance or limits of it",
    }


def _check(process: Process, history: History, receiving: TransferSite, sites: SiteKnowledge) -> None:
    known = {*history.batches["site"].drop_nulls(), receiving.site or receiving.name}
    if unknown := sorted(set(sites.sites) - known):
        raise ScalebridgeError(
            f"Transfer: there is no site {listed(map(repr, unknown))}; available: {listed(sorted(known), 20)}"
        )
    for site, attributes in sites.sites.items():
        if wrong := sorted(set(attributes) - set(process.attributes)):
            raise ScalebridgeError(
                f"Transfer, site '{site}': {listed(map(repr, wrong))} is not an attribute; "
                f"available: {listed(process.attributes, 60)}"
            )


def _read_by_models(process: Process, reads: Mapping[str, Iterable[str]]) -> Readers:
    made_from = {entry.feature: entry.inputs for entry in catalogue(process)}
    found: Readers = {}
    for target, features in reads.items():
        for feature in features:
            for name in made_from.get(feature, ()):
                found.setdefault(name, {}).setdefault(target, []).append(feature)
    return found


def _without_value(
    missing: Iterable[str], known: KnownValues, batches: int, readers: Collection[str], present_share: float
) -> dict[str, str]:
    """Return attribute → reason for attributes that a model learned from but that have no value in the proposed batch."""
    shares = {name: known.count(name) / batches for name in missing if name in readers}
    return {
        name: "the proposal has no value of it, stated or from the reference; the model learned from it in "
        f"{percent(share)} of the batches"
        for name, share in shares.items()
        if share >= present_share
    }


def _line(
    process: Process,
    name: str,
    both: tuple[TransferSite, TransferSite],
    read: Mapping[str, list[str]],
    sites: SiteKnowledge,
) -> TransferLine:
    attribute = process.attributes[name]
    sending, receiving = (findings(name, attribute, site, sites) for site in both)
    stated = sites.sites.get(both[1].site, {}).get(name)
    missing = [part for part in PARTS if stated is not None and getattr(stated, part) == "missing"]
    return TransferLine(
        name,
        attribute.description,
        attribute.role,
        attribute.unit,
        sending,
        receiving,
        tuple(dict.fromkeys(feature for features in read.values() for feature in features)),
        name in process.targets,
        bool(read) and _has_gap(receiving),
        f"{' and '.join(missing)} missing at {both[1].name}: {stated.note}" if stated and missing and read else None,
    )


def _has_gap(found: SiteFindings) -> bool:
    return any(part.state != "present" for part in (found.data, found.method, found.competence))


def _side(site: TransferSite) -> TransferSide:
    return TransferSide(site.name, len(site.rows), site.unit.from_si(site.scale), site.unit.label)


def _gaps(found: list[SiteFindings]) -> GapCounts:
    data, method, competence = (sum(getattr(one, part).state != "present" for one in found) for part in PARTS)
    return GapCounts(data, method, competence)
