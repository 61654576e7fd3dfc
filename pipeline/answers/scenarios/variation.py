"""Variation of each parameter from batch to batch, as the proposal states it or as in past batches of the product."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from pipeline.answers.case.tolerances import tolerance
from pipeline.answers.scenarios.setup import ScenarioSetup
from pipeline.domain.arrays import FloatArray
from pipeline.domain.errors import ScalebridgeError, listed

NORMAL_REACH = 2.0
"""Half width of a normal operating range in standard deviations."""


@dataclass(frozen=True)
class Variation:
    """One parameter, its set-point, and its distribution around the set-point; SI."""

    parameter: str
    set_point: float
    shape: Literal["uniform", "normal"]
    width: float
    """Half width of the uniform distribution, or standard deviation of the normal distribution."""
    source: str

    @property
    def operating_range(self) -> tuple[float, float]:
        """Return the normal operating range: the whole tolerance, or two standard deviations on each side."""
        reach = self.width if self.shape == "uniform" else NORMAL_REACH * self.width
        return self.set_point - reach, self.set_point + reach

    def draw(self, count: int, rng: np.random.Generator) -> FloatArray:
        """Return random values for `count` batches.

        If a tolerance is given as a half width, all values inside are equally likely (JCGM 100:2008, 4.3.7).
        """
        if self.shape == "uniform":
            return np.asarray(rng.uniform(*self.operating_range, count))
        return np.asarray(rng.normal(self.set_point, self.width, count))


def variations(setup: ScenarioSetup) -> tuple[Variation, ...]:
    """Return the variation of each parameter. A parameter without stated or observed variation is left out, and so is held.

    Raises ScalebridgeError for a tolerance of an attribute that cannot be set, or in a unit that does not match.
    """
    if unknown := [name for name in setup.proposal.tolerances if name not in setup.parameters]:
        raise ScalebridgeError(
            f"Proposal '{setup.proposal.name}': a tolerance of {listed(map(repr, unknown))} needs a parameter with a "
            f"set-point; available: {listed(setup.parameters, 40)}"
        )
    found = [_stated(setup, name) or _seen(setup, name) for name in setup.parameters]
    return tuple(variation for variation in found if variation is not None)


def _stated(setup: ScenarioSetup, name: str) -> Variation | None:
    given = tolerance(setup.process, setup.proposal, name)
    return None if given is None else Variation(name, setup.set_point(name), given[1], given[0], "stated")


def _seen(setup: ScenarioSetup, name: str) -> Variation | None:
    """Return the variation within the product in the reference batches; None if there is none.

    For units with a true zero (rpm and L/min, but not °C) the spread is scaled with the set-point: a spread of 15 rpm in a
    small vessel does not mean 15 rpm in a plant vessel.
    """
    known = setup.reference[name].drop_nulls().to_numpy() if name in setup.reference.columns else np.array([])
    if len(known) < 2 or not known.std() > 0:
        return None
    share = setup.process.attributes[name].si.offset == 0 and known.min() > 0
    factor = setup.set_point(name) / float(np.median(known)) if share else 1.0
    width = float(known.std(ddof=1)) * abs(factor)
    of = "batches of the product at the reference scale" if setup.change == "scale" else "reference batches"
    source = f"not stated: the spread of {len(known)} {of}"
    if share and not np.isclose(factor, 1):
        source += ", as a share of the set-point"
    return Variation(name, setup.set_point(name), "normal", width, source) if width > 0 else None
