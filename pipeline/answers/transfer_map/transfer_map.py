"""Transfer map: data, method and competence per attribute at the sending and the receiving site, and which gaps stop a prediction.

Our own map of what practitioners ask in a technology transfer; it does not claim to conform to any standard.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from pipeline.answers.case.proposed_batch import ProposedBatch
from pipeline.answers.transfer_map.states import CENSORED, ENOUGH, MOST, NEWEST, TransferSite, _at, _known_values, _places
from pipeline.domain.display import in_words
from pipeline.domain.errors import ScalebridgeError, listed
from pipeline.domain.process.process import Process
from pipeline.domain.proposal import Proposal
from pipeline.domain.site_knowledge import PARTS, SiteKnowledge
from pipeline.features.catalogue import catalogue
from pipeline.history.tables import History

SPREAD_ALONE = "the proposal states a tolerance or limit of it, and no value is stated or known from a reference"
ROLES = ("CPP", "CMA", "IPC", "CQA")


def transfer_map(
    process: Process,
    proposal: Proposal,
    history: History,
    proposed: ProposedBatch,
    reads: Mapping[str, Iterable[str]],
    transfer: SiteKnowledge,
) -> dict[str, Any]:
    """Judge every parameter, material attribute, control and quality attribute at both sites.

    `reads` are the features that the model of each quality attribute reads. Returns plain data: sites; one line per attribute;
    `blocked`, with its reason and the quality attributes that are not answered for it, per gap that the site itself states and a
    model reads; `lacking`, with its reason, per attribute that the proposal has no value of though the models learned from it
    or it is to vary; and what each state stands on. Raises ScalebridgeError for a site or attribute in `transfer` that nobody
    knows.
    """
    known = _known_values(process, history)
    sending, receiving = _places(process, proposal, history, proposed.reference, known)
    _check(process, history, receiving, transfer)
    inputs = _read_by_models(process, reads)
    lacking = _without_value(proposed.missing, known, history.batches.height, inputs)
    lacking |= {name: SPREAD_ALONE for name in (*proposal.tolerances, *proposal.limits) if name in proposed.missing}
    lines = [
        _line(process, name, history, (sending, receiving), inputs.get(name, {}), transfer)
        for name, attribute in process.attributes.items()
        if attribute.role in ROLES and attribute.kind != "date"
    ]
    return {
        "title": "Transfer map (our own; not a claim of conformance to any standard)",
        "sending": _about(sending),
        "receiving": _about(receiving),
        "attributes": lines,
        "gaps": _counts(lines),
        "blocked": [
            {"attribute": line["attribute"], "reason": line["blocks"], "targets": sorted(inputs[line["attribute"]])}
            for line in lines
            if line["blocks"]
        ],
        "lacking": [{"attribute": name, "reason": reason} for name, reason in lacking.items()],
        "rules": _rules(process),
    }


def withheld(mapped: Mapping[str, Any]) -> dict[str, str]:
    """Quality attribute → why it is not answered for: every gap stated at the receiving site that its model reads."""
    reasons: dict[str, list[str]] = {}
    for gap in mapped["blocked"]:
        for target in gap["targets"]:
            reasons.setdefault(target, []).append(f"its model reads {in_words(gap['attribute'])}, {gap['reason']}")
    return {target: "; ".join(found) for target, found in reasons.items()}


def _rules(process: Process) -> dict[str, str]:
    return {
        "data": f"present: at least {MOST:.0%} of the site's batches have a value; missing: none has",
        "method": f"present: all of the site's {NEWEST} newest batches have it; partial also where more than "
        f"{CENSORED:.0%} of the results lie under the reporting limit",
        "competence": f"present: the site made at least {ENOUGH} batches with it within {process.scale.tolerance:.0%} of the scale",
        "blocked": "the receiving site itself states that data, method or competence is missing: a quality attribute whose model "
        "reads it is not answered, no joint chance is given, and nothing is simulated",
        "lacking": f"a model reads it, at least {MOST:.0%} of history has it, and the proposal has no value of it: the prediction "
        "counts it as unknown, and nothing is simulated; the same where it is to vary",
    }


def _check(process: Process, history: History, receiving: TransferSite, transfer: SiteKnowledge) -> None:
    sites = {*history.batches["site"].drop_nulls(), receiving.name}
    if unknown := sorted(set(transfer.sites) - sites):
        raise ScalebridgeError(
            f"Transfer: there is no site {listed(map(repr, unknown))}; there is {listed(sorted(sites), 20)}"
        )
    for site, attributes in transfer.sites.items():
        if wrong := sorted(set(attributes) - set(process.attributes)):
            raise ScalebridgeError(
                f"Transfer, site '{site}': {listed(map(repr, wrong))} is no attribute; there is {listed(process.attributes, 60)}"
            )


def _read_by_models(process: Process, reads: Mapping[str, Iterable[str]]) -> dict[str, dict[str, list[str]]]:
    """Attribute → quality attribute whose model reads it → the features made from it."""
    made_from = {entry.feature: entry.inputs for entry in catalogue(process)}
    found: dict[str, dict[str, list[str]]] = {}
    for target, features in reads.items():
        for feature in features:
            for name in made_from.get(feature, ()):
                found.setdefault(name, {}).setdefault(target, []).append(feature)
    return found


def _without_value(
    missing: Iterable[str], known: Mapping[str, frozenset[str]], batches: int, inputs: Collection[str]
) -> dict[str, str]:
    """Attributes that a model learned from and the proposed batch has no value of."""
    shares = {name: len(known.get(name, ())) / batches for name in missing if name in inputs}
    return {
        name: f"the proposal has no value of it, stated or from the reference; the model learned from it in {share:.0%} of "
        "the batches"
        for name, share in shares.items()
        if share >= MOST
    }


def _line(
    process: Process,
    name: str,
    history: History,
    places: tuple[TransferSite, TransferSite],
    read: Mapping[str, list[str]],
    transfer: SiteKnowledge,
) -> dict[str, Any]:
    attribute = process.attributes[name]
    judged = [_at(name, attribute, history, place, transfer) for place in places]
    said = transfer.sites.get(places[1].name, {}).get(name)
    declared = [part for part in PARTS if said is not None and getattr(said, part) == "missing"]
    return {
        "attribute": name,
        "description": attribute.description,
        "role": attribute.role,
        "unit": attribute.unit,
        "sending": judged[0],
        "receiving": judged[1],
        "model_inputs": list(dict.fromkeys(feature for features in read.values() for feature in features)),
        "predicted": name in process.targets,
        "gap_touches_model": bool(read) and any(judged[1][part]["state"] != "present" for part in PARTS),
        "blocks": f"{' and '.join(declared)} missing at {places[1].name}: {said.note}"
        if said and declared and read
        else None,
    }


def _about(place: TransferSite) -> dict[str, Any]:
    return {
        "site": place.name,
        "batches": place.batches.height,
        "scale": float(f"{place.unit.from_si(place.scale):.6g}"),
        "unit": place.unit.label,
    }


def _counts(lines: list[dict[str, Any]]) -> dict[str, dict[str, int]]:
    """Number of gaps per part and site."""
    return {
        side: {part: sum(line[side][part]["state"] != "present" for line in lines) for part in PARTS}
        for side in ("sending", "receiving")
    }
