"""All scenarios of a proposal as plain data in display units."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from pipeline.answers.scenarios.design_map import design_map, most_telling
from pipeline.answers.scenarios.distributions import outcomes
from pipeline.answers.scenarios.equipment_ranges import ParameterRange, parameter_ranges
from pipeline.answers.scenarios.lots import lots_to_come
from pipeline.answers.scenarios.operating_box import BoxSearch, largest_box
from pipeline.answers.scenarios.reached_level import levels_from, reached
from pipeline.answers.scenarios.response_curves import curves
from pipeline.answers.scenarios.restoring import restore, settings_at
from pipeline.answers.scenarios.setup import ScenarioSetup
from pipeline.answers.scenarios.summary import (
    box_lines,
    curve_line,
    joint_line,
    map_lines,
    range_line,
    reached_lines,
    restoring_lines,
    start,
    variation_line,
)
from pipeline.answers.scenarios.variation import variations
from pipeline.answers.scenarios.wording import captions

METHOD = {
    "ppk": "min((U - mean) / 3s, (mean - L) / 3s), s of all batches: ISO 22514-2:2017; AIAG, Statistical Process Control, 2005",
    "tolerance": "a half width is uniform (JCGM 100:2008, 4.3.7), an sd normal; parameters scatter independently",
    "lots": "drawn whole from history, so that their properties go together",
    "chance": "each attribute by its own past errors; all together by a Gaussian copula on the rank correlation of the errors of "
    "the same past batches (Iman, Conover 1982, Commun. Stat. B 11, 311), within the bounds of Frechet",
    "proven_acceptable_range": "ICH Q8(R2): one parameter moves, the others stay; ends at computed points that reach the level",
    "restoring": "differential evolution (Storn, Price 1997) in scipy, fixed seed",
    "box": "greedy growth, trimmed by fresh samples (Zimmermann, von Hoessle 2013, Int. J. Numer. Meth. Eng. 94, 290)",
}


@dataclass(frozen=True)
class Effort:
    """How much is computed."""

    batches: int = 5_000
    level: float = 0.9
    """Wanted P(all in specification)."""


def scenarios(setup: ScenarioSetup, reference: pl.DataFrame, seed: int, effort: Effort = Effort()) -> dict[str, Any]:
    """Play the proposed batch many times, move its parameters, and look for better ones.

    `reference` holds the feature rows of the batches at the reference scale. Everything is computed by the forecaster of the
    setup; the same seed gives the same answer. Raises ScalebridgeError for tolerances and limits that do not fit.
    """
    process = setup.process
    varied, materials, reach = variations(setup), lots_to_come(setup), parameter_ranges(setup)
    along = curves(setup, reach)
    acting = [curve.limit for curve in along if curve.acts]
    pair = most_telling(along)
    restored, search = restore(setup, acting, reference, seed), _search(setup, acting, seed, effort.level)
    best = reached(along, acting, restored, search, effort.level)
    around = along if best is None or best.at_set_points else curves(setup, reach, around=best.settings)
    level = effort.level if best is None or best.level is None else best.level
    found = {
        "level": effort.level,
        "batches": effort.batches,
        "seed": seed,
        "varied": [variation_line(process, v) for v in varied],
        "held": [n for n in setup.parameters if n not in {v.parameter for v in varied}],
        "materials": [{"material": m.material, "properties": m.properties.columns, "lots": m.source} for m in materials],
        **outcomes(setup, varied, materials, effort.batches, seed),
        "curves": [curve_line(process, c) for c in along],
        "reached": None if best is None else reached_lines(process, best, acting),
        "ranges": [range_line(process, c, varied, level) for c in around],
        "map": None if pair is None else map_lines(process, design_map(setup, *pair), setup, effort.level),
        "restoring": restoring_lines(setup, acting, restored),
        "box": None if search is None else box_lines(setup, acting, search, effort.level),
        "joint": joint_line(setup.forecaster.joint),
        "method": METHOD,
    }
    return found | {"captions": captions(found)}


def _search(setup: ScenarioSetup, acting: Sequence[ParameterRange], seed: int, wanted: float) -> BoxSearch | None:
    if not acting:
        return None
    return largest_box(
        lambda places: setup.chance(settings_at(acting, places)), start(setup, acting), levels_from(wanted), seed
    )
