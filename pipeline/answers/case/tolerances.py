"""Tolerances and limits of the settings of a proposal. They are checked even if no scenarios are computed."""

from typing import Literal

from pipeline.domain.errors import ScalebridgeError, listed
from pipeline.domain.process.process import Process
from pipeline.domain.proposal import Proposal, Spread
from pipeline.domain.units import difference, quantity


def check_spreads(process: Process, proposal: Proposal) -> None:
    """Check tolerances and limits: known parameter, matching unit, positive width.

    Raises ScalebridgeError that names the parameter and the available ones.
    """
    settable = [
        name for name, attribute in process.attributes.items() if attribute.role == "CPP" and attribute.kind == "number"
    ]
    for what, given in (("a tolerance", proposal.tolerances), ("limits", proposal.limits)):
        if unknown := [name for name in given if name not in settable]:
            raise ScalebridgeError(
                f"Proposal '{proposal.name}': {what} of {listed(map(repr, unknown))}: there is no such parameter; there is "
                f"{listed(settable, 40)}"
            )
    for name in proposal.tolerances:
        tolerance(process, proposal, name)
    for name in proposal.limits:
        stated_limits(process, proposal, name)


def tolerance(process: Process, proposal: Proposal, name: str) -> tuple[float, Literal["uniform", "normal"]] | None:
    """Return half width (uniform) or standard deviation (normal) of a setting, SI, and the distribution; None if not stated.

    Raises ScalebridgeError if the unit does not match or the width is not above zero.
    """
    given = proposal.tolerances.get(name)
    if given is None:
        return None
    text = given.sd if isinstance(given, Spread) else given
    try:
        width = difference(text, process.attributes[name].unit)
    except ScalebridgeError as error:
        raise ScalebridgeError(f"Proposal '{proposal.name}', tolerance of '{name}': {error}") from None
    if not width > 0:
        raise ScalebridgeError(f"Proposal '{proposal.name}', tolerance of '{name}': {text} must be above zero")
    return width, "normal" if isinstance(given, Spread) else "uniform"


def stated_limits(process: Process, proposal: Proposal, name: str) -> tuple[float, float] | None:
    """Return the lowest and highest value of a setting, SI; None if not stated.

    Raises ScalebridgeError if the unit does not match or the lowest value is above the highest.
    """
    given = proposal.limits.get(name)
    if given is None:
        return None
    try:
        low, high = (quantity(end, process.attributes[name].unit) for end in given)
    except ScalebridgeError as error:
        raise ScalebridgeError(f"Proposal '{proposal.name}', limits of '{name}': {error}") from None
    if not low <= high:
        raise ScalebridgeError(f"Proposal '{proposal.name}', limits of '{name}': {given[0]} lies above {given[1]}")
    return low, high
