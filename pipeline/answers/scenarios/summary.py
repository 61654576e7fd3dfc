"""What was found in scenarios as plain data in display units, part by part."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from pipeline.answers.scenarios.design_map import DesignMap
from pipeline.answers.scenarios.equipment_ranges import ParameterRange
from pipeline.answers.scenarios.operating_box import BoxSearch, in_limits
from pipeline.answers.scenarios.reached_level import ReachedLevel, highest
from pipeline.answers.scenarios.response_curves import ProvenRange, ResponseCurve, proven_range
from pipeline.answers.scenarios.restoring import RestoredSetPoints
from pipeline.answers.scenarios.setup import ScenarioSetup
from pipeline.answers.scenarios.variation import Variation
from pipeline.domain.arrays import FloatArray
from pipeline.domain.display_old import number, shown, shown_all, shown_width
from pipeline.domain.process.process import Process
from pipeline.forecasting.joint_chance import JointErrors


def joint_line(joint: JointErrors) -> dict[str, Any]:
    """How the errors of the attributes go together."""
    return {
        "of": list(joint.targets),
        "correlation": [[number(x) for x in line] for line in joint.correlation],
        "batches": joint.batches,
        "products": joint.products,
        "said": joint.description,
    }


def variation_line(process: Process, v: Variation) -> dict[str, Any]:
    """How far a parameter is off from batch to batch."""
    attribute = process.attributes[v.parameter]
    return {
        "parameter": v.parameter,
        "unit": attribute.unit,
        "set_point": shown(process, v.parameter, v.set_point),
        "distribution": v.shape,
        "half_width" if v.shape == "uniform" else "sd": shown_width(process, v.parameter, v.width),
        "source": v.source,
    }


def curve_line(process: Process, curve: ResponseCurve) -> dict[str, Any]:
    """A response curve."""
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


def reached_lines(process: Process, best: ReachedLevel, acting: Sequence[ParameterRange]) -> dict[str, Any]:
    """The best that was found, and where."""
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


def range_line(process: Process, curve: ResponseCurve, varied: Sequence[Variation], level: float) -> dict[str, Any]:
    """Normal and proven range of a parameter at a level."""
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


def map_lines(process: Process, found: DesignMap, setup: ScenarioSetup, level: float) -> dict[str, Any]:
    """Two parameters moved together; for the highest level that the map reaches."""

    def axis(limit: ParameterRange, values: Any) -> dict[str, Any]:
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


def restoring_lines(
    setup: ScenarioSetup, acting: Sequence[ParameterRange], found: RestoredSetPoints | None
) -> dict[str, Any] | None:
    """Set-points that bring back the quality of the reference; None where none were looked for."""
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


def start(setup: ScenarioSetup, acting: Sequence[ParameterRange]) -> FloatArray:
    """The proposed set-points as shares of the limits."""
    return np.array([(setup.set_point(m.parameter) - m.low) / (m.high - m.low) for m in acting])


def box_lines(setup: ScenarioSetup, acting: Sequence[ParameterRange], found: BoxSearch, wanted: float) -> dict[str, Any]:
    """The largest box of settings, or how far the search came."""
    return {
        "wanted": wanted,
        "best_chance": number(found.best_chance),
        "best_settings": _settings(setup, acting, found.best),
        **_ranges_of(setup, acting, found, start(setup, acting)),
    }


def _settings(setup: ScenarioSetup, acting: Sequence[ParameterRange], place: Any) -> list[dict[str, Any]]:
    return [
        {
            "parameter": m.parameter,
            "unit": setup.process.attributes[m.parameter].unit,
            "value": shown(setup.process, m.parameter, float(m.at(place[i]))),
        }
        for i, m in enumerate(acting)
    ]


def _ranges_of(setup: ScenarioSetup, acting: Sequence[ParameterRange], found: BoxSearch, start: Any) -> dict[str, Any]:
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
