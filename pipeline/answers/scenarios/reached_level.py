"""The highest P(all in specification) found within the limits, its settings, and the level that it reaches."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.answers.limits import ScenarioConfig
from pipeline.answers.scenarios.equipment_ranges import ParameterRange
from pipeline.answers.scenarios.operating_box import BoxSearch
from pipeline.answers.scenarios.response_curves import ParameterCurve
from pipeline.answers.scenarios.restoring import RestoredSetPoints


@dataclass(frozen=True)
class BestSettings:
    """The best settings found; SI."""

    chance: float
    settings: Mapping[str, float]
    level: float | None
    """The highest level that these settings reach: the wanted level or one of the lower levels; None if no level is reached."""
    at_set_points: bool
    """True if the proposed set-points reach that level too. Then ranges are given around them, else around the best settings."""


def levels_from(config: ScenarioConfig) -> tuple[float, ...]:
    """Return the wanted level, then the lower ones.

    >>> levels_from(ScenarioConfig(wanted_chance=0.75))
    (0.75, 0.7, 0.6, 0.5)
    """
    return (config.wanted_chance, *(level for level in config.lower_levels if level < config.wanted_chance))


def highest(chance: float, config: ScenarioConfig) -> float | None:
    """Return the highest level that a chance reaches.

    >>> [highest(chance, ScenarioConfig()) for chance in (0.95, 0.69, 0.3)]
    [0.9, 0.6, None]
    """
    return next((level for level in levels_from(config) if chance >= level), None)


def reached(
    along: Sequence[ParameterCurve],
    limits: Sequence[ParameterRange],
    restored: RestoredSetPoints | None,
    search: BoxSearch | None,
    config: ScenarioConfig,
) -> BestSettings | None:
    """Return the best settings of all searches: response curves, the search for a box over `limits`, restoring set-points.

    None if no parameter can be varied. Better settings may exist that none of these searches found.
    """
    if not along:
        return None
    proposed = {curve.limit.parameter: curve.set_point for curve in along}
    now = along[0].at_set_point
    found = [(now, proposed)]
    found += [(float(c.chance.max()), {**proposed, c.limit.parameter: float(c.values[c.chance.argmax()])}) for c in along]
    if restored is not None:
        found.append((restored.chance_restored, {**proposed, **restored.settings}))
    if search is not None:
        best = {limit.parameter: float(limit.at(search.best[i])) for i, limit in enumerate(limits)}
        found.append((search.best_chance, {**proposed, **best}))
    chance, settings = max(found, key=lambda one: one[0])
    level = highest(chance, config)
    return BestSettings(chance, settings, level, level is None or now >= level)
