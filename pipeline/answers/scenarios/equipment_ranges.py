"""How far each parameter can go: what the equipment holds, as the proposal states it or as history has seen it."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.answers.case.tolerances import stated_limits
from pipeline.answers.scenarios.setup import ScenarioSetup
from pipeline.domain.arrays import FloatArray
from pipeline.domain.display import percent
from pipeline.domain.errors import ScalebridgeError, listed
from pipeline.domain.scale import same_scale

SAME = 1e-6
"""Ends closer than this share are one: the rest is rounding of units."""


@dataclass(frozen=True)
class ParameterRange:
    """Smallest and largest value of a parameter, SI, and where they come from."""

    parameter: str
    low: float
    high: float
    source: str

    def grid(self, points: int) -> FloatArray:
        """Evenly spaced values."""
        return np.linspace(self.low, self.high, points)

    def at(self, share: FloatArray) -> FloatArray:
        """Value at a share of the way from low to high."""
        return np.asarray(self.low + share * (self.high - self.low))


def parameter_ranges(setup: ScenarioSetup) -> tuple[ParameterRange, ...]:
    """Say how far each parameter can go; one that cannot move is left out.

    Raises ScalebridgeError for a limit of something that is not set, or the wrong way round, or without the set-point.
    """
    if unknown := [name for name in setup.proposal.limits if name not in setup.parameters]:
        raise ScalebridgeError(
            f"Proposal '{setup.proposal.name}': limits of {listed(map(repr, unknown))} need a parameter with a set-point; "
            f"there is {listed(setup.parameters, 40)}"
        )
    seen = _seen_there(setup)
    found = [_stated(setup, name) or _possible(setup, _seen(setup, name, *seen)) for name in setup.parameters]
    return tuple(limit for limit in found if limit.high - limit.low > SAME * max(abs(limit.high), abs(limit.low)))


def _stated(setup: ScenarioSetup, name: str) -> ParameterRange | None:
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
    return ParameterRange(name, low, high, "stated")


def _seen_there(setup: ScenarioSetup) -> tuple[pl.DataFrame, str]:
    """Batches on the proposed equipment, or else at the proposed scale."""
    batches, equipment = setup.history.batches, setup.batch["equipment"][0]
    on_it = batches.filter(pl.col("equipment") == equipment) if equipment is not None else batches.clear()
    if on_it.height >= 2:
        return on_it, f"seen in {on_it.height} batches on {equipment}"
    there = batches.filter(same_scale(pl.col("scale"), float(setup.batch["scale"][0]), setup.process.scale.tolerance))
    return there, f"seen in {there.height} batches at this scale"


def _seen(setup: ScenarioSetup, name: str, there: pl.DataFrame, source: str) -> ParameterRange:
    """The range seen there, widened to the product's own range at the reference scale where the two meet."""
    known, point = there[name].drop_nulls() if name in there.columns else pl.Series([]), setup.set_point(name)
    if len(known) < 2:
        reach = setup.config.unknown_reach * abs(
            setup.process.attributes[name].si.from_si(point) * setup.process.attributes[name].si.factor
        )
        return ParameterRange(
            name,
            point - reach,
            point + reach,
            f"not known: {percent(setup.config.unknown_reach)} of the set-point to either side",
        )
    low, high = min(float(known.min()), point), max(float(known.max()), point)  # type: ignore[arg-type]
    own = setup.reference[name].drop_nulls() if name in setup.reference.columns else pl.Series([])
    if len(own) and float(own.min()) <= high and float(own.max()) >= low:  # type: ignore[arg-type]
        low, high = min(low, float(own.min())), max(high, float(own.max()))  # type: ignore[arg-type]
        source += " or of the product at the reference scale"
    return ParameterRange(name, low, high, source)


def _possible(setup: ScenarioSetup, limit: ParameterRange) -> ParameterRange:
    possible = setup.process.attributes[limit.parameter].possible
    if possible is None:
        return limit
    lowest, highest = possible
    return ParameterRange(limit.parameter, max(limit.low, lowest), min(limit.high, highest), limit.source)
