"""How each attribute is distributed over many batches, as plain data in display units."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from pipeline.answers.scenarios.capability import Distribution, distribution
from pipeline.answers.scenarios.lots import LotsToCome
from pipeline.answers.scenarios.sampling import draw
from pipeline.answers.scenarios.setup import ScenarioSetup
from pipeline.answers.scenarios.variation import Variation
from pipeline.domain.display_old import number, shown, shown_all, shown_width
from pipeline.domain.process.process import Process
from pipeline.domain.specification_limits import NO_ENDS, ends_of

BINS = 40


def outcomes(
    setup: ScenarioSetup, varied: Sequence[Variation], materials: Sequence[LotsToCome], count: int, seed: int
) -> dict[str, Any]:
    """Distribution of each attribute: from settings and lots alone, and with the model's own errors on top."""
    rows = setup.rows(draw(setup, varied, materials, count, seed))
    outcome, errors = setup.forecaster.outcome(rows), setup.forecaster.errors(rows, seed)
    mean, chances = outcome.mean, outcome.within
    lines = []
    for name in setup.forecaster.targets:
        attribute = setup.process.attributes[name]
        specification = attribute.specification
        lower, upper = ends_of(specification, attribute.si) or NO_ENDS
        bare, whole = (
            mean[name].to_numpy(),
            (mean[name] + errors[name]).clip(*(attribute.possible or (None, None))).to_numpy(),
        )
        lines.append(
            {
                "attribute": name,
                "unit": attribute.unit,
                "specification": None
                if specification is None
                else {"lower": specification.lower, "upper": specification.upper},
                "without_model_error": _distribution(setup.process, name, distribution(bare, lower, upper)),
                "with_model_error": _distribution(
                    setup.process, name, distribution(whole, lower, upper), number(_mean(chances, name))
                ),
                "histogram": _histogram(setup.process, name, bare, whole),
            }
        )
    limited = chances.columns
    inside = [_inside(setup.process, name, mean[name]) for name in limited]
    return {
        "attributes": lines,
        "all_within": {
            "of": limited,
            "without_model_error": number(float(np.logical_and.reduce(inside).mean())) if limited else None,
            "with_model_error": number(float(outcome.together.mean())) if limited else None,
        },
    }


def _mean(chances: pl.DataFrame, name: str) -> float | None:
    return float(chances[name].to_numpy().mean()) if name in chances.columns else None


def _inside(process: Process, name: str, values: pl.Series) -> Any:
    low, high = ends_of(process.attributes[name].specification, process.attributes[name].si) or NO_ENDS
    return ((values >= (-np.inf if low is None else low)) & (values <= (np.inf if high is None else high))).to_numpy()


def _distribution(process: Process, name: str, found: Distribution, chance: float | None = None) -> dict[str, Any]:
    """`chance`, where given, is the model's own and stands for the share of what was drawn."""
    return {
        "mean": shown(process, name, found.mean),
        "sd": shown_width(process, name, found.deviation),
        "low_5": shown(process, name, found.low),
        "median": shown(process, name, found.median),
        "high_95": shown(process, name, found.high),
        "probability_within_specification": number(found.inside) if chance is None else chance,
        "ppk": number(found.ppk),
    }


def _histogram(process: Process, name: str, bare: Any, whole: Any) -> dict[str, Any]:
    """Shares of both distributions over the same bins, which reach over 99 % of the wider."""
    low, high = np.percentile(np.concatenate([bare, whole]), [0.5, 99.5])
    edges = np.linspace(low, high if high > low else low + 1, BINS + 1)
    without, together = (np.histogram(values, edges)[0] / len(values) for values in (bare, whole))
    return {
        "edges": shown_all(process, name, edges),
        "without_model_error": [number(x) for x in without],
        "with_model_error": [number(x) for x in together],
    }
