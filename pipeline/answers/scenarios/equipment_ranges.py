"""Range of each parameter on the equipment, as the proposal states it or as history shows it."""

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
"""Relative difference below which the two ends of a range count as equal (rounding of units)."""


@dataclass(frozen=True)
class ParameterRange:
    """Smallest and largest value of a parameter, SI, and where they come from."""

    parameter: str
    low: float
    high: float
    source: str

    def grid(self, points: int) -> FloatArray:
        """Return evenly spaced values."""
        return np.linspace(self.low, self.high, points)

    def at(self, share: FloatArray) -> FloatArray:
        """Return the values at shares of the range: 0 is low, 1 is high."""
        return np.asarray(self.low + share * (self.high - self.low))


def parameter_ranges(setup: ScenarioSetup) -> tuple[ParameterRange, ...]:
    """Return the range of each parameter. A parameter whose range is a single value is left out.

    Raises ScalebridgeError if a limit belongs to no parameter, lower and upper limit are swapped, or the set-point is outside.
    """
    if unknown := [name for name in setup.proposal.limits if name not in setup.parameters]:
        raise ScalebridgeError(
            f"Proposal '{setup.proposal.name}': limits of {listed(map(repr, unknown))} need a parameter with a set-point; "
            f"there is {listed(setup.parameters, 40)}"
        )
    seen = _comparable_batches(setup)
    found = [_stated(setup, name) or _within_possible(setup, _seen(setup, name, *seen)) for name in setup.parameters]
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


def _comparable_batches(setup: ScenarioSetup) -> tuple[pl.DataFrame, str]:
    """Return the batches on the proposed equipment, or, with fewer than two, those at the proposed scale, and a description."""
    batches, equipment = setup.history.batches, setup.batch["equipment"][0]
    on_it = batches.filter(pl.col("equipment") == equipment) if equipment is not None else batches.clear()
    if on_it.height >= 2:
        return on_it, f"seen in {on_it.height} batches on {equipment}"
    at_scale = batches.filter(same_scale(pl.col("scale"), float(setup.batch["scale"][0]), setup.process.scale.tolerance))
    return at_scale, f"seen in {at_scale.height} batches at this scale"


def _seen(setup: ScenarioSetup, name: str, there: pl.DataFrame, source: str) -> ParameterRange:
    """Return the range in `batches`, extended to the range of the product at the reference scale if the two overlap."""
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
    at_reference = setup.reference[name].drop_nulls() if name in setup.reference.columns else pl.Series([])
    if len(at_reference) and float(at_reference.min()) <= high and float(at_reference.max()) >= low:  # type: ignore[arg-type]
        low, high = min(low, float(at_reference.min())), max(high, float(at_reference.max()))  # type: ignore[arg-type]
        source += " or of the product at the reference scale"
    return ParameterRange(name, low, high, source)


def _within_possible(setup: ScenarioSetup, limit: ParameterRange) -> ParameterRange:
    possible = setup.process.attributes[limit.parameter].possible
    if possible is None:
        return limit
    lowest, highest = possible
    return ParameterRange(limit.parameter, max(limit.low, lowest), min(limit.high, highest), limit.source)
