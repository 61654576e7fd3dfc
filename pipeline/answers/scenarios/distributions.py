"""How each attribute is distributed over many batches, in display units."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from pipeline.answers.prediction import specification_limits
from pipeline.answers.result.scenarios import AttributeScenarios, DistributionSummary, Histogram, ScenarioChances
from pipeline.answers.scenarios.capability import Distribution, distribution
from pipeline.answers.scenarios.lots import LotsToCome
from pipeline.answers.scenarios.sampling import draw
from pipeline.answers.scenarios.setup import ScenarioSetup
from pipeline.answers.scenarios.variation import Variation
from pipeline.domain.arrays import BoolArray, FloatArray
from pipeline.domain.display import with_error
from pipeline.domain.process.process import Process
from pipeline.domain.specification_limits import NO_ENDS, ends_of
from pipeline.domain.units import Unit
from pipeline.forecasting.joint_chance import ROW_ERROR

BINS = 40
Distributions = tuple[tuple[AttributeScenarios, ...], ScenarioChances]
"""Each attribute, and all specifications together."""


def distributions(
    setup: ScenarioSetup, varied: Sequence[Variation], materials: Sequence[LotsToCome], seed: int
) -> Distributions:
    """Return the distribution of each attribute from settings and lots alone, and with the errors of the model added."""
    rows = setup.rows(draw(setup, varied, materials, setup.config.batches, seed))
    outcome, errors = setup.forecaster.outcome(rows), setup.forecaster.errors(rows, seed)
    mean, chances = outcome.mean, outcome.within
    limited = chances.columns
    inside = [_inside(setup.process, name, mean[name]) for name in limited]
    together = (
        _together(limited, np.logical_and.reduce(inside), outcome.together) if limited else ScenarioChances((), None, None)
    )
    return tuple(_attribute(setup.process, name, mean, errors, chances) for name in setup.forecaster.targets), together


def _together(limited: Sequence[str], inside: FloatArray, chances: FloatArray) -> ScenarioChances:
    """Return the share of scenarios within all limits, and the mean of their chances, with the digits that their errors allow."""
    error = _standard_error(inside), _standard_error(chances) + ROW_ERROR
    without, whole = (with_error(float(each.mean()), one) for each, one in zip((inside, chances), error, strict=True))
    return ScenarioChances(tuple(limited), without, whole, max(error))


def _standard_error(values: FloatArray) -> float:
    return float(values.std() / np.sqrt(len(values)))


def _attribute(
    process: Process, name: str, mean: pl.DataFrame, errors: pl.DataFrame, chances: pl.DataFrame
) -> AttributeScenarios:
    attribute = process.attributes[name]
    lower, upper = ends_of(attribute.specification, attribute.si) or NO_ENDS
    bare = mean[name].to_numpy()
    whole = (mean[name] + errors[name]).clip(*(attribute.possible or (None, None))).to_numpy()
    chance = float(chances[name].to_numpy().mean()) if name in chances.columns else None
    return AttributeScenarios(
        name,
        attribute.unit,
        specification_limits(attribute.specification),
        _summary(attribute.si, distribution(bare, lower, upper), None),
        _summary(attribute.si, distribution(whole, lower, upper), chance),
        _histogram(attribute.si, bare, whole),
    )


def _inside(process: Process, name: str, values: pl.Series) -> BoolArray:
    low, high = ends_of(process.attributes[name].specification, process.attributes[name].si) or NO_ENDS
    inside = (values >= (-np.inf if low is None else low)) & (values <= (np.inf if high is None else high))
    return np.asarray(inside.to_numpy(), dtype=np.bool_)


def _summary(unit: Unit, found: Distribution, chance: float | None) -> DistributionSummary:
    """Return a distribution in its display unit.

    chance: mean chance of the model; if None, the share of drawn values within the specification is used.
    """
    return DistributionSummary(
        unit.from_si(found.mean),
        found.deviation / unit.factor,
        unit.from_si(found.low),
        unit.from_si(found.median),
        unit.from_si(found.high),
        found.inside if chance is None else chance,
        found.ppk,
    )


def _histogram(unit: Unit, bare: FloatArray, whole: FloatArray) -> Histogram:
    """Return shares of both distributions over the same bins, which span 99 % of the wider one."""
    low, high = np.percentile(np.concatenate([bare, whole]), [0.5, 99.5])
    edges = np.linspace(low, high if high > low else low + 1, BINS + 1)
    without, together = (np.histogram(values, edges)[0] / len(values) for values in (bare, whole))
    shown = tuple(unit.from_si(float(edge)) for edge in edges)
    return Histogram(shown, tuple(map(float, without)), tuple(map(float, together)))
