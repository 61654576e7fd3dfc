"""Limits of specifications in SI."""

from collections.abc import Sequence

from pipeline.domain.attributes import Specification
from pipeline.domain.process.process import Process
from pipeline.domain.units import Unit

Ends = tuple[float | None, float | None]
"""Lower and upper limit; None on a side without a limit."""
NO_ENDS: Ends = (None, None)
"""No limit on either side."""


def limits_of(process: Process, targets: Sequence[str]) -> dict[str, Ends]:
    """Target → its limits in SI, for the targets that have a specification."""
    given = {name: process.attributes[name] for name in targets}
    found = {name: ends_of(attribute.specification, attribute.si) for name, attribute in given.items()}
    return {name: ends for name, ends in found.items() if ends is not None}


def ends_of(given: Specification | None, unit: Unit) -> Ends | None:
    """The limits of a specification in SI; None if no specification is given."""
    if given is None:
        return None
    lower, upper = (None if limit is None else unit.to_si(limit) for limit in (given.lower, given.upper))
    return lower, upper
