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


def possible_ends(ends: Ends, lowest: float | None, highest: float | None) -> Ends:
    """Return the limits of a specification without those that no possible result is beyond.

    >>> possible_ends((0.0, 5.0), 0.0, None), possible_ends((0.5, 100.0), 0.0, 100.0)
    ((None, 5.0), (0.5, None))
    """
    lower, upper = ends
    met_below = lower is not None and lowest is not None and lower <= lowest
    met_above = upper is not None and highest is not None and upper >= highest
    return None if met_below else lower, None if met_above else upper
