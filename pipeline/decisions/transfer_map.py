"""Transfer map: data, method and competence per attribute at the sending and the receiving site, and which gaps stop a prediction.

Our own map of what practitioners ask in a technology transfer; it does not claim to conform to any standard.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from pipeline.domain.attributes import Attribute
from pipeline.domain.errors import ScalebridgeError, listed
from pipeline.domain.process import Process
from pipeline.domain.proposal import Proposal
from pipeline.domain.shown import size
from pipeline.domain.transfer import PARTS, State, Transfer
from pipeline.features import History, catalogue
from pipeline.proposals.row import propose, scale_of

MOST = 0.9
"""Share of the batches from which on data count as present, and a model as depending on an attribute."""
NEWEST = 5
"""Newest batches of a site that tell whether it still measures something."""
ENOUGH = 5
"""Batches at the scale from which on a site counts as competent."""
CENSORED = 0.2
"""Share of results under the reporting limit from which on a method is partial."""
ROLES = ("CPP", "CMA", "IPC", "CQA")


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

    def share(self, attribute: str, batches: pl.DataFrame) -> tuple[int, int]:
        """Number of batches with a value, and of all."""
        having = self.known.get(attribute, frozenset())
        return sum(batch in having for batch in batches["batch_id"]), batches.height


def transfer_map(
    process: Process, proposal: Proposal, history: History, inputs: Iterable[str], transfer: Transfer
) -> dict[str, Any]:
    """Judge every parameter, material attribute, control and quality attribute at both sites.

    `inputs` are the features that the model reads. Returns plain data: sites, one line per attribute, `blocked` with a reason per
    gap that the model depends on, and what each state stands on. Raises ScalebridgeError for a site or attribute in `transfer`
    that nobody knows.
    """
    sending, receiving = _places(process, proposal, history)
    _check(process, history, receiving, transfer)
    reads = _read_by_model(process, set(inputs))
    lacking = _without_value(process, proposal, history, reads)
    lines = [
        _line(process, name, history, (sending, receiving), reads.get(name, ()), lacking.get(name), transfer)
        for name, attribute in process.attributes.items()
        if attribute.role in ROLES and attribute.kind != "date"
    ]
    return {
        "title": "Transfer map (our own; not a claim of conformance to any standard)",
        "sending": _about(sending),
        "receiving": _about(receiving),
        "attributes": lines,
        "gaps": _counts(lines),
        "blocked": [{"attribute": line["attribute"], "reason": line["blocks"]} for line in lines if line["blocks"]],
        "rules": _rules(process),
    }


def _rules(process: Process) -> dict[str, str]:
    return {
        "data": f"present: at least {MOST:.0%} of the site's batches have a value; missing: none has",
        "method": f"present: all of the site's {NEWEST} newest batches have it; partial also where more than "
        f"{CENSORED:.0%} of the results lie under the reporting limit",
        "competence": f"present: the site made at least {ENOUGH} batches with it within {process.scale.tolerance:.0%} of the scale",
        "blocked": f"the model reads it, at least {MOST:.0%} of history has it, and the proposal has no value of it; "
        "or the site itself says that its data or its method is missing",
    }


def _places(process: Process, proposal: Proposal, history: History) -> tuple[Place, Place]:
    """The site of the reference batches, and the site proposed (by name, or by its equipment)."""
    batches = history.batches.sort("started_at", "batch_id")
    reference = propose(process, proposal, history).reference
    sites = reference["site"].drop_nulls().unique().sort().to_list()
    sent = batches.filter(pl.col("site").is_in(sites)) if sites else batches
    known, unit = _known_values(process, history), process.attributes[process.scale.attribute].si
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
    tags = history.trajectories.select("batch_id", pl.col("tag").alias("attribute")).unique()
    both = pl.concat([history.results.select("batch_id", "attribute"), lots, tags]).unique()
    grouped = both.group_by("attribute").agg("batch_id")
    return own | {name: frozenset(batches) for name, batches in grouped.iter_rows()}


def _read_by_model(process: Process, inputs: set[str]) -> dict[str, tuple[str, ...]]:
    """Attribute → features of the model that are made from it."""
    found: dict[str, list[str]] = {}
    for entry in catalogue(process):
        for name in entry.inputs if entry.feature in inputs else ():
            found.setdefault(name, []).append(entry.feature)
    return {name: tuple(features) for name, features in found.items()}


def _without_value(
    process: Process, proposal: Proposal, history: History, reads: Mapping[str, tuple[str, ...]]
) -> dict[str, str]:
    """Attributes that the model learned from and the proposed batch has no value of."""
    missing = propose(process, proposal, history).missing
    known, total = _known_values(process, history), history.batches.height
    shares = {name: len(known.get(name, ())) / total for name in missing if name in reads}
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
    features: tuple[str, ...],
    lacking: str | None,
    transfer: Transfer,
) -> dict[str, Any]:
    attribute = process.attributes[name]
    judged = [_at(name, attribute, history, place, transfer) for place in places]
    said = transfer.sites.get(places[1].name, {}).get(name)
    declared = [part for part in ("data", "method") if said is not None and getattr(said, part) == "missing"]
    blocks = lacking or (f"{declared[0]} is missing at {places[1].name}: {said.note}" if said and declared else None)
    return {
        "attribute": name,
        "description": attribute.description,
        "role": attribute.role,
        "unit": attribute.unit,
        "sending": judged[0],
        "receiving": judged[1],
        "model_inputs": list(features),
        "predicted": name in process.targets,
        "gap_touches_model": bool(features) and any(judged[1][part]["state"] != "present" for part in PARTS),
        "blocks": blocks if features else None,
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
    own = history.results.filter(pl.col("attribute") == name).join(place.batches, on="batch_id", how="semi")
    under = float((own["censoring"] != "none").mean() or 0.0) if own.height else 0.0  # type: ignore[arg-type]
    if state == "present" and under > CENSORED:
        limit = "" if attribute.reporting_limit is None else f" of {attribute.reporting_limit:g} {attribute.unit}"
        return Finding("partial", f"{under:.0%} of the results lie beyond the reporting limit{limit}")
    return Finding(state, reason)


def _competence(name: str, place: Place) -> Finding:
    near = (pl.col("scale") / place.scale).log().abs() <= place.tolerance
    there, _ = place.share(name, place.batches.filter(near))
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
