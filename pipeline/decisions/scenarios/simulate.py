"""All scenarios of a proposal as plain data in display units."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from pipeline.copula import Joint
from pipeline.decisions.display import number, shown, shown_all, shown_width
from pipeline.decisions.scenarios.box import Search, in_limits, largest_box
from pipeline.decisions.scenarios.capability import Distribution, distribution
from pipeline.decisions.scenarios.curves import Curve, ProvenRange, curves, proven_range
from pipeline.decisions.scenarios.draw import draw
from pipeline.decisions.scenarios.limits import Limit, limits
from pipeline.decisions.scenarios.materials import Lots, lots_to_come
from pipeline.decisions.scenarios.pair_map import PairMap, most_telling, pair_map
from pipeline.decisions.scenarios.reached import Reached, highest, levels_from, reached
from pipeline.decisions.scenarios.restore import Restored, restore, settings_at
from pipeline.decisions.scenarios.setup import Setup
from pipeline.decisions.scenarios.variation import Variation, variations
from pipeline.decisions.scenarios.words import captions
from pipeline.domain.process import Process
from pipeline.models.task import FloatArray
from pipeline.proposals.limits import NO_ENDS, ends_of

BINS = 40
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


def scenarios(setup: Setup, reference: pl.DataFrame, seed: int, effort: Effort = Effort()) -> dict[str, Any]:
    """Play the proposed batch many times, move its parameters, and look for better ones.

    `reference` holds the feature rows of the batches at the reference scale. Everything is computed by the forecaster of the
    setup; the same seed gives the same answer. Raises ScalebridgeError for tolerances and limits that do not fit.
    """
    process = setup.process
    varied, materials, reach = variations(setup), lots_to_come(setup), limits(setup)
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
        "varied": [_varied(process, v) for v in varied],
        "held": [n for n in setup.parameters if n not in {v.parameter for v in varied}],
        "materials": [{"material": m.material, "properties": m.properties.columns, "lots": m.source} for m in materials],
        **_outcome(setup, varied, materials, effort.batches, seed),
        "curves": [_curve(process, c) for c in along],
        "reached": None if best is None else _reached(process, best, acting),
        "ranges": [_ranges(process, c, varied, level) for c in around],
        "map": None if pair is None else _map(process, pair_map(setup, *pair), setup, effort.level),
        "restoring": _restored(setup, acting, restored),
        "box": None if search is None else _box(setup, acting, search, effort.level),
        "joint": _joint(setup.forecaster.joint),
        "method": METHOD,
    }
    return found | {"captions": captions(found)}


def _joint(joint: Joint) -> dict[str, Any]:
    return {
        "of": list(joint.targets),
        "correlation": [[number(x) for x in line] for line in joint.correlation],
        "batches": joint.batches,
        "products": joint.products,
        "said": joint.said,
    }


def _varied(process: Process, v: Variation) -> dict[str, Any]:
    attribute = process.attributes[v.parameter]
    return {
        "parameter": v.parameter,
        "unit": attribute.unit,
        "set_point": shown(process, v.parameter, v.set_point),
        "distribution": v.shape,
        "half_width" if v.shape == "uniform" else "sd": shown_width(process, v.parameter, v.width),
        "source": v.source,
    }


def _outcome(setup: Setup, varied: Sequence[Variation], materials: Sequence[Lots], count: int, seed: int) -> dict[str, Any]:
    """Distribution of each attribute: from settings and lots alone, and with the model's own errors on top."""
    rows = setup.rows(draw(setup, varied, materials, count, seed))
    outcome, errors = setup.forecaster.outcome(rows), setup.forecaster.errors(rows, seed)
    mean, chances = outcome.mean, outcome.within
    lines = []
    for name in setup.forecaster.targets:
        attribute = setup.process.attributes[name]
        specification = attribute.specification
        lower, upper = ends_of(specification, attribute.si) or NO_ENDS
        bare, whole = mean[name].to_numpy(), (mean[name] + errors[name]).to_numpy()
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


def _curve(process: Process, curve: Curve) -> dict[str, Any]:
    name = curve.limit.parameter
    return {
        "parameter": name,
        "unit": process.attributes[name].unit,
        "set_point": shown(process, name, curve.set_point),
        "values": shown_all(process, name, curve.values),
        "limits": curve.limit.source,
        "acts": curve.acts,
        "attributes": {target: shown_all(process, target, curve.quality[target]) for target in curve.quality.columns},
        "chance": [number(x) for x in curve.chance],
    }


def _reached(process: Process, best: Reached, acting: Sequence[Limit]) -> dict[str, Any]:
    return {
        "level": best.level,
        "best_chance": number(best.chance),
        "best_settings": [
            {
                "parameter": limit.parameter,
                "unit": process.attributes[limit.parameter].unit,
                "value": shown(process, limit.parameter, best.settings[limit.parameter]),
            }
            for limit in acting
        ],
        "ranges_around": "the proposed set-points" if best.at_set_points else "the best settings found",
    }


def _ranges(process: Process, curve: Curve, varied: Sequence[Variation], level: float) -> dict[str, Any]:
    name = curve.limit.parameter
    own = next((v for v in varied if v.parameter == name), None)
    return {
        "parameter": name,
        "unit": process.attributes[name].unit,
        "set_point": shown(process, name, curve.set_point),
        "normal_operating_range": None
        if own is None
        else shown_all(process, name, replace(own, set_point=curve.set_point).operating_range),
        "normal_from": "not known" if own is None else own.source,
        "proven_acceptable_range": _proven(process, name, proven_range(curve, level)),
        "explored": shown_all(process, name, (curve.limit.low, curve.limit.high)),
        "limits": curve.limit.source,
        "acts": curve.acts,
        "chance_at_set_point": number(curve.at_set_point),
        "largest_chance": number(float(curve.chance.max())),
    }


def _proven(process: Process, name: str, found: ProvenRange | None) -> dict[str, Any] | None:
    if found is None:
        return None
    low, high = shown_all(process, name, (found.low, found.high))
    return {"low": low, "high": high, "low_is_limit": found.low_open, "high_is_limit": found.high_open}


def _map(process: Process, found: PairMap, setup: Setup, level: float) -> dict[str, Any]:
    def axis(limit: Limit, values: Any) -> dict[str, Any]:
        name = limit.parameter
        return {
            "parameter": name,
            "unit": process.attributes[name].unit,
            "set_point": shown(process, name, setup.set_point(name)),
            "values": shown_all(process, name, values),
        }

    level = highest(float(found.chance.max()), level) or level
    return {
        "x": axis(found.x, found.xs),
        "y": axis(found.y, found.ys),
        "chance": [[number(x) for x in line] for line in found.chance],
        "level": level,
        "share_of_design_space": number(found.share_inside(level)),
        "largest_chance": number(float(found.chance.max())),
    }


def _restored(setup: Setup, acting: Sequence[Limit], found: Restored | None) -> dict[str, Any] | None:
    if found is None:
        return None
    process = setup.process
    return {
        "settings": [
            {
                "parameter": limit.parameter,
                "unit": process.attributes[limit.parameter].unit,
                "proposed": shown(process, limit.parameter, setup.set_point(limit.parameter)),
                "restoring": shown(process, limit.parameter, found.settings[limit.parameter]),
                "limits": shown_all(process, limit.parameter, (limit.low, limit.high)),
                "limits_from": limit.source,
            }
            for limit in acting
        ],
        "attributes": [
            {
                "attribute": name,
                "unit": process.attributes[name].unit,
                "reference": shown(process, name, found.reference[name]),
                "proposed": shown(process, name, found.proposed[name]),
                "restored": shown(process, name, found.restored[name]),
            }
            for name in setup.forecaster.targets
        ],
        "distance_proposed": number(found.distance_proposed),
        "distance_restored": number(found.distance_restored),
        "chance_proposed": number(found.chance_proposed),
        "chance_restored": number(found.chance_restored),
    }


def _search(setup: Setup, acting: Sequence[Limit], seed: int, wanted: float) -> Search | None:
    if not acting:
        return None
    start = _start(setup, acting)
    return largest_box(lambda places: setup.chance(settings_at(acting, places)), start, levels_from(wanted), seed)


def _start(setup: Setup, acting: Sequence[Limit]) -> FloatArray:
    """The proposed set-points as shares of the limits."""
    return np.array([(setup.set_point(m.parameter) - m.low) / (m.high - m.low) for m in acting])


def _box(setup: Setup, acting: Sequence[Limit], found: Search, wanted: float) -> dict[str, Any]:
    return {
        "wanted": wanted,
        "best_chance": number(found.best_chance),
        "best_settings": _settings(setup, acting, found.best),
        **_ranges_of(setup, acting, found, _start(setup, acting)),
    }


def _settings(setup: Setup, acting: Sequence[Limit], place: Any) -> list[dict[str, Any]]:
    return [
        {
            "parameter": m.parameter,
            "unit": setup.process.attributes[m.parameter].unit,
            "value": shown(setup.process, m.parameter, float(m.at(place[i]))),
        }
        for i, m in enumerate(acting)
    ]


def _ranges_of(setup: Setup, acting: Sequence[Limit], found: Search, start: Any) -> dict[str, Any]:
    if found.box is None:
        return {"level": None, "ranges": [], "verified": None, "share_of_space": None, "holds_set_point": False}
    ends = in_limits(acting, found.box.low, found.box.high)
    return {
        "level": found.box.level,
        "verified": number(found.box.verified),
        "share_of_space": number(found.box.volume),
        "holds_set_point": bool(((start >= found.box.low) & (start <= found.box.high)).all()),
        "ranges": [
            {"parameter": n, "unit": setup.process.attributes[n].unit, "range": shown_all(setup.process, n, both)}
            for n, both in ends.items()
        ],
    }
