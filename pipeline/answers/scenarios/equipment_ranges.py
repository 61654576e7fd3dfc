"""Range of each parameter that is explored: as the proposal states it, or as the vessel or the product has run it."""

from dataclasses import dataclass

import numpy as np

from pipeline.answers.case.setting_history import SHOWN, Place
from pipeline.answers.case.tolerances import stated_limits
from pipeline.answers.scenarios.setup import ScenarioSetup
from pipeline.domain.arrays import FloatArray
from pipeline.domain.display import shown
from pipeline.domain.errors import ScalebridgeError, listed

SAME = 1e-6
"""Relative difference below which the two ends of a range count as equal (rounding of units)."""


@dataclass(frozen=True)
class ParameterRange:
    """Smallest and largest value of a parameter, SI, and where they come from."""

    parameter: str
    low: float
    high: float
    source: str
    """In words: `V-2001 has run 18 to 24 L/min in 9 batches`."""

    def grid(self, points: int) -> FloatArray:
        """Return evenly spaced values."""
        return np.linspace(self.low, self.high, points)

    def at(self, share: FloatArray) -> FloatArray:
        """Return the values at shares of the range: 0 is low, 1 is high."""
        return np.asarray(self.low + share * (self.high - self.low))

    @property
    def single(self) -> bool:
        """Return whether both ends are the same value."""
        return self.high - self.low <= SAME * max(abs(self.high), abs(self.low))


@dataclass(frozen=True)
class FixedParameter:
    """A parameter that stays at its set-point, and why."""

    parameter: str
    reason: str


@dataclass(frozen=True)
class ExploredRanges:
    """What is explored, and what is not."""

    ranges: tuple[ParameterRange, ...]
    fixed: tuple[FixedParameter, ...]


def explored_ranges(setup: ScenarioSetup) -> ExploredRanges:
    """Return the range of each parameter. A parameter without a range that is stated or that history supports is fixed.

    Raises ScalebridgeError if a limit belongs to no parameter, lower and upper limit are swapped, or the set-point is outside.
    """
    if unknown := [name for name in setup.proposal.limits if name not in setup.parameters]:
        raise ScalebridgeError(
            f"Proposal '{setup.proposal.name}': limits of {listed(map(repr, unknown))} need a parameter with a set-point; "
            f"available: {listed(setup.parameters, 40)}"
        )
    found = [_stated(setup, name) or _supported(setup, name) for name in setup.parameters]
    return ExploredRanges(
        tuple(one for one in found if isinstance(one, ParameterRange)),
        tuple(one for one in found if isinstance(one, FixedParameter)),
    )


def parameter_ranges(setup: ScenarioSetup) -> tuple[ParameterRange, ...]:
    """Return the range of each parameter that is explored. Raises as `explored_ranges` does."""
    return explored_ranges(setup).ranges


def _stated(setup: ScenarioSetup, name: str) -> ParameterRange | FixedParameter | None:
    ends = stated_limits(setup.process, setup.proposal, name)
    if ends is None:
        return None
    (low, high), attribute = ends, setup.process.attributes[name]
    if not low <= setup.set_point(name) <= high:
        point = attribute.si.from_si(setup.set_point(name))
        raise ScalebridgeError(
            f"Proposal '{setup.proposal.name}', limits of '{name}': the set-point {point:.4g} {attribute.unit} does not lie "
            f"between {' and '.join(map(str, setup.proposal.limits[name]))}"
        )
    found = ParameterRange(name, low, high, "limits stated in the proposal")
    return FixedParameter(name, "its limits in the proposal are one value") if found.single else found


def _supported(setup: ScenarioSetup, name: str) -> ParameterRange | FixedParameter:
    """Return the range that history supports, extended to the set-point."""
    place = Place(setup.proposal.product, float(setup.batch["scale"][0]), setup.batch["equipment"][0])
    found = setup.settings.supported(name, place) if name in setup.history.batches.columns else None
    attribute, point = setup.process.attributes[name], setup.set_point(name)
    if found is None:
        return FixedParameter(name, "fewer than two batches show what else it can be here")
    if found.single:
        return FixedParameter(name, found.words)
    low, high, words = min(found.low, point), max(found.high, point), found.words
    if (low, high) != (found.low, found.high):
        words += f"; the set-point {shown(point, attribute.si, SHOWN)} lies outside of it"
    lowest, highest = attribute.possible or (-np.inf, np.inf)
    return ParameterRange(name, max(low, lowest), min(high, highest), words)
