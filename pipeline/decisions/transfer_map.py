"""Transfer map: data, method and competence per attribute at the sending and the receiving site, and which gaps stop a prediction.

Our own map of what practitioners ask in a technology transfer; it does not claim to conform to any standard.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import polars as pl

from pipeline.decisions.plain import in_words
from pipeline.domain.attributes import Attribute
from pipeline.domain.errors import ScalebridgeError, listed
from pipeline.domain.process import Process
from pipeline.domain.proposal import Proposal
from pipeline.domain.shown import size
from pipeline.domain.transfer import PARTS, State, Transfer
from pipeline.features import History, catalogue
from pipeline.proposals.row import Proposed, scale_of

MOST = 0.9
"""Share of the batches from which on data count as present, and a model as depending on an attribute."""
NEWEST = 5
"""Newest batches of a site that tell whether it still measures something."""
ENOUGH = 5
"""Batches at the scale from which on a site counts as competent."""
CENSORED = 0.2
"""Share of results under the reporting limit from which on a method is partial."""
SPREAD_ALONE = "the proposal states a tolerance or limit of it, and no value is stated or known from a reference"
ROLES = ("CPP", "CMA", "IPC", "CQA")
LAB = ("IPC", "CQA")
"""Roles whose values are laboratory results."""


@dataclass(frozen=True)
class Finding:
    """One state and why."""

    state: State
    reason: str


@dataclass(frozen=True)
class Place:
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
        return self.batches.filter((pl.col("scale") / self.scale).log().abs() <= self.tolerance)

    def share(self, attribute: str, batches: pl.DataFrame) -> tuple[int, int]:
        """Number of batches with a value, and of all."""
        having = self.known.get(attribute, frozenset())
        return sum(batch in having for batch in batches["batch_id"]), batches.height


def transfer_map(
    process: Process,
    proposal: Proposal,
    history: History,
    proposed: Proposed,
    reads: Mapping[str, Iterable[str]],
    transfer: Transfer,
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


def _places(
    process: Process,
    proposal: Proposal,
    history: History,
    reference: pl.DataFrame,
    known: Mapping[str, frozenset[str]],
) -> tuple[Place, Place]:
    """The site of the reference batches, and the site proposed (by name, or by its equipment)."""
    batches = history.batches.sort("started_at", "batch_id")
    sites = reference["site"].drop_nulls().unique().sort().to_list()
    sent = batches.filter(pl.col("site").is_in(sites)) if sites else batches
    unit = process.attributes[process.scale.attribute].si
    sent_at = float(reference["scale"].median()) if reference.height else scale_of(process, proposal)  # type: ignore[arg-type]
    site, received = _receiving(proposal, batches)
    shared = (process.scale.tolerance, unit, known)
    return (
        Place(", ".join(sites) or "not recorded", sent, sent_at, *shared),
        Place(site, received, scale_of(process, proposal), *shared),
    )


def _receiving(proposal: Proposal, batches: pl.DataFrame) -> tuple[str, pl.DataFrame]:
    site = proposal.site
    if site is None and proposal.equipment is not None:
        found = batches.filter(pl.col("equipment") == proposal.equipment)["site"].drop_nulls()
        site = str(found[0]) if len(found) else None
    return ("not stated", batches) if site is None else (str(site), batches.filter(pl.col("site") == site))


def _check(process: Process, history: History, receiving: Place, transfer: Transfer) -> None:
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
    places: tuple[Place, Place],
    read: Mapping[str, list[str]],
    transfer: Transfer,
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


def _at(name: str, attribute: Attribute, history: History, place: Place, transfer: Transfer) -> dict[str, Any]:
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


def _data(name: str, place: Place) -> Finding:
    having, total = place.share(name, place.batches)
    return Finding(_state(having, total, MOST), f"{having} of {total} batches")


def _method(name: str, attribute: Attribute, history: History, place: Place) -> Finding:
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


def _competence(name: str, place: Place) -> Finding:
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


def _about(place: Place) -> dict[str, Any]:
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
