"""The highest joint chance that any setting can give, where an attribute does not follow the settings."""

from collections.abc import Sequence

import polars as pl

from pipeline.answers.result.scenarios import Ceiling
from pipeline.answers.scenarios.response_curves import BLIND, ParameterCurve
from pipeline.answers.scenarios.setup import ScenarioSetup
from pipeline.domain.specification_limits import limits_of


def ceiling(setup: ScenarioSetup, along: Sequence[ParameterCurve]) -> Ceiling | None:
    """Return the attributes that no parameter changes, with the smallest of their chances; None if every attribute is changed.

    The chance of all attributes together is never above that of one (Frechet 1935), so no setting can raise it above this value.
    """
    limits = limits_of(setup.process, setup.forecaster.targets)
    fixed = [name for name in limits if not any(_changes(curve, name) for curve in along)]
    if not fixed or not along:
        return None
    set_points = pl.DataFrame({curve.limit.parameter: [curve.set_point] for curve in along})
    within = setup.outcome(set_points).within.row(0, named=True)
    lowest = min(fixed, key=lambda name: within[name])
    return Ceiling(tuple(fixed), lowest, within[lowest])


def _changes(curve: ParameterCurve, attribute: str) -> bool:
    """Return whether an attribute changes along a curve by more than rounding."""
    values = curve.quality[attribute].to_numpy()
    return bool(values.max() - values.min() > BLIND * abs(values.mean()))
