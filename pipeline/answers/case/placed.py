"""Vessel and site of a proposal that does not state them, and statements about them that do not fit together."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from pipeline.answers.case.assumed import Assumed
from pipeline.answers.case.proposed_batch import equipment_properties, scale_of
from pipeline.answers.case.setting_history import SHOWN, Place, SettingHistory
from pipeline.domain.display import digits, noun, shown, unit_label
from pipeline.domain.errors import ScalebridgeError, listed
from pipeline.domain.process.process import Process
from pipeline.domain.proposal import Proposal
from pipeline.domain.scale import larger_scale
from pipeline.domain.units import Unit


@dataclass(frozen=True)
class PlacedProposal:
    """A proposal with its vessel and its site, as far as they are known."""

    proposal: Proposal
    assumed: Mapping[str, Assumed]
    """Attribute of the vessel or the site → what is assumed."""
    notes: tuple[str, ...]
    """What is unusual about the vessel, as sentences."""


def placed(history: SettingHistory, proposal: Proposal) -> PlacedProposal:
    """Return the proposal with its vessel and its site.

    A proposal that takes what it does not state from history gets the vessel that is used most at its scale, unless it states
    properties of a vessel. A known vessel gives its site. Raises ScalebridgeError if the stated site is not that of the vessel.
    """
    process, assumed = history.process, dict[str, Assumed]()
    if process.equipment is not None and (found := _usual_vessel(history, proposal)) is not None:
        name, assumed[process.equipment] = found
        proposal = replace(proposal, equipment=name)
    if proposal.equipment is None:
        return PlacedProposal(proposal, assumed, ())
    batches = history.of_vessel(proposal.equipment)
    sites = batches["site"].drop_nulls()
    if process.site is not None and len(sites):
        if proposal.site is None:
            site = str(sites.mode().sort()[0])
            count = f"{int((sites == site).sum())} of {len(sites)} batches"
            assumed[process.site] = Assumed(site, "vessel", f"the site of {proposal.equipment} in {count}")
            proposal = replace(proposal, site=site)
        elif proposal.site not in sites:
            raise ScalebridgeError(
                f"Proposal '{proposal.name}': the site is '{proposal.site}', but {proposal.equipment} has run only at "
                f"{listed(sites.unique().sort(), 5)}; correct one of the two, leave `site` out, or for a vessel that was "
                "moved leave `equipment` out and give its properties in `settings`"
            )
    return PlacedProposal(proposal, assumed, _of_scale(process, proposal, batches["scale"].to_list()))


def _usual_vessel(history: SettingHistory, proposal: Proposal) -> tuple[str, Assumed] | None:
    """Return the vessel that is used most at the proposed scale; None where the proposal names one or describes one."""
    described = not set(equipment_properties(history.process)).isdisjoint(proposal.settings)
    if proposal.equipment is not None or proposal.unstated != "as_reference" or described:
        return None
    scale = scale_of(history.process, proposal)
    found = history.vessels(Place(proposal.product, scale), proposal.site)
    if not found:
        return None
    (name, count), others = found[0], [other for other, _ in found[1:]]
    at = "" if not history.process.states_scale else f" at {shown(scale, _unit(history.process), SHOWN)}"
    place = at if proposal.site is None else f"{at} in {proposal.site}"
    origin = f"it ran {count} of the {sum(n for _, n in found)} batches{place}"
    return name, Assumed(name, "scale", origin, f"others are {listed(others, 5)}" if others else "")


def _of_scale(process: Process, proposal: Proposal, scales: list[float]) -> tuple[str, ...]:
    """Return a sentence if the proposed scale lies outside of what the vessel has run."""
    if not process.states_scale or not scales:
        return ()
    scale, low, high = scale_of(process, proposal), min(scales), max(scales)
    tolerance, unit = process.scale.tolerance, _unit(process)
    if not larger_scale(scale, high, tolerance) and not larger_scale(low, scale, tolerance):
        return ()
    ends = [digits(unit.from_si(end), SHOWN) for end in (low, high)]
    ran = " to ".join(dict.fromkeys(ends))
    number = f"{len(scales)} {noun(len(scales), 'batch')}"
    return (
        f"{proposal.equipment} has run {ran} {unit_label(unit.label)} in {number}; {shown(scale, unit, SHOWN)} lies outside of "
        "this, so its usual settings may not fit.",
    )


def _unit(process: Process) -> Unit:
    return process.attributes[process.scale.attribute].si
