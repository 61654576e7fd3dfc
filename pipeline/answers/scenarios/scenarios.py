"""All scenarios of a proposal, in display units."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import polars as pl

from pipeline.answers.result.scenarios import DrawnMaterial, FixedSetting, Scenarios
from pipeline.answers.scenarios.ceiling import ceiling
from pipeline.answers.scenarios.design_map import design_map, most_telling
from pipeline.answers.scenarios.distributions import distributions
from pipeline.answers.scenarios.equipment_ranges import ParameterRange, explored_ranges
from pipeline.answers.scenarios.lots import lots_to_come
from pipeline.answers.scenarios.operating_box import BoxSearch, largest_box
from pipeline.answers.scenarios.reached_level import levels_from, reached
from pipeline.answers.scenarios.response_curves import curves
from pipeline.answers.scenarios.restoring import restore, settings_at
from pipeline.answers.scenarios.setup import ScenarioSetup
from pipeline.answers.scenarios.summary import (
    as_shares,
    error_correlation,
    map_of_chances,
    operating_box,
    parameter_ranges_at,
    reached_level,
    response_curve,
    restoring_set_points,
    varied_parameter,
)
from pipeline.answers.scenarios.variation import variations
from pipeline.answers.scenarios.wording import captions
from pipeline.domain.display import points
from pipeline.forecasting.joint_chance import ROW_ERROR

METHOD = {
    "ppk": "min((U - mean) / 3s, (mean - L) / 3s), s of all batches: ISO 22514-2:2017; AIAG, Statistical Process Control, 2005",
    "tolerance": "a half width is uniform (JCGM 100:2008, 4.3.7), an sd normal; parameters scatter independently",
    "lots": "drawn whole from history, so that their properties go together",
    "chance": "each attribute by its own past errors; all together by a Gaussian copula on the rank correlation of the errors of "
    "the same past batches (Iman, Conover 1982, Commun. Stat. B 11, 311), within the bounds of Frechet; the integral by Genz 1992, "
    f"J. Comput. Graph. Stat. 1, 141, with a numerical error of about {points(ROW_ERROR)} in each row",
    "proven_acceptable_range": "ICH Q8(R2): one parameter moves, the others stay; ends at computed points that reach the level",
    "restoring": "differential evolution (Storn, Price 1997) in scipy, fixed seed",
    "box": "greedy growth, trimmed by fresh samples (Zimmermann, von Hoessle 2013, Int. J. Numer. Meth. Eng. 94, 290)",
}


def scenarios(
    setup: ScenarioSetup, reference: pl.DataFrame, seed: int, names: Mapping[str, str], supported: float | None = None
) -> Scenarios:
    """Return the scenarios: random batches around the proposal, response curves, ranges, and better settings.

    reference: feature rows of the batches at the reference scale; supported: the largest chance that past errors support. The
    forecaster of the setup makes all predictions. The same seed gives the same answer. Raises ScalebridgeError if tolerances or
    limits are not valid.
    """
    process, config = setup.process, setup.config
    varied, materials, explored = variations(setup), lots_to_come(setup), explored_ranges(setup)
    reach = explored.ranges
    along = curves(setup, reach)
    top, lowest_level = ceiling(setup, along), min(levels_from(config))
    searched = top is None or top.chance >= lowest_level  # below it no settings reach a level, so a search says nothing
    acting = [curve.limit for curve in along if curve.acts] if searched else []
    pair = most_telling(along) if searched else None
    restored, search = restore(setup, acting, reference, seed), _search(setup, acting, seed)
    best = reached(along, acting, restored, search, config)
    around = along if best is None or best.at_set_points else curves(setup, reach, around=best.settings)
    level = config.wanted_chance if best is None or best.level is None else best.level
    attributes, together = distributions(setup, varied, materials, seed)
    moved = {one.parameter for one in varied}
    found = Scenarios(
        level=config.wanted_chance,
        batches=config.batches,
        seed=seed,
        varied=tuple(varied_parameter(process, one) for one in varied),
        held=tuple(name for name in setup.parameters if name not in moved),
        fixed=tuple(FixedSetting(one.parameter, one.reason) for one in explored.fixed),
        materials=tuple(DrawnMaterial(m.material, tuple(m.properties.columns), m.source) for m in materials),
        attributes=attributes,
        all_within=together,
        curves=tuple(response_curve(process, curve) for curve in along),
        reached=None if best is None else reached_level(process, best, acting),
        ranges=tuple(parameter_ranges_at(process, curve, varied, level) for curve in around),
        map=None if pair is None else map_of_chances(process, design_map(setup, *pair), setup, config),
        restoring=restoring_set_points(setup, acting, restored),
        box=None if search is None else operating_box(setup, acting, search, config.wanted_chance),
        joint=error_correlation(setup.forecaster.joint),
        method=METHOD,
        supported=supported,
        ceiling=top,
    )
    return replace(found, captions=captions(found, lowest_level, names, setup.change))


def _search(setup: ScenarioSetup, acting: Sequence[ParameterRange], seed: int) -> BoxSearch | None:
    if not acting:
        return None
    return largest_box(
        lambda places: setup.chance(settings_at(acting, places)), as_shares(setup, acting), levels_from(setup.config), seed
    )
