"""Specifications as limits in SI."""

from collections.abc import Sequence

from pipeline.domain.attributes import Specification
from pipeline.domain.process.process import Process
from pipeline.domain.units import Unit

Ends = tuple[float | None, float | None]
"""Lower and upper limit; None where there is none on that side."""
NO_ENDS: Ends = (None, None)


def limits_of(process: Process, targets: Sequence[str]) -> dict[str, Ends]:
    """Limits of those targets that have a specification."""
    given = {name: process.attributes[name] for name in targets}
    found = {name: ends_of(attribute.specification, attribute.si) for name, attribute in given.items()}
    return {name: ends for name, ends in found.items() if ends is not None}


def ends_of(given: Specification | None, unit: Unit) -> Ends | None:
    """The two limits of a specification, or None where there is none."""
    if given is None:
        return None
    lower, upper = (None if limit is None else unit.to_si(limit) for limit in (given.lower, given.upper))
    return lower, upper
