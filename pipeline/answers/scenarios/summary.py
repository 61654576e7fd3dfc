"""The parts of the scenarios in display units."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from pipeline.answers.limits import ScenarioConfig
from pipeline.answers.result.scenarios import (
    BoxRange,
    DesignMap,
    ErrorCorrelation,
    MapAxis,
    OperatingBox,
    ParameterRanges,
    ProvenRange,
    ReachedLevel,
    ResponseCurve,
    RestoredAttribute,
    Restoring,
    RestoringSetting,
    SettingValue,
    VariedParameter,
)
from pipeline.answers.scenarios.design_map import PairChances
from pipeline.answers.scenarios.equipment_ranges import ParameterRange
from pipeline.answers.scenarios.operating_box import BoxSearch, in_limits
from pipeline.answers.scenarios.reached_level import BestSettings, highest
from pipeline.answers.scenarios.response_curves import ParameterCurve, proven_range
from pipeline.answers.scenarios.restoring import RestoredSetPoints
from pipeline.answers.scenarios.setup import ScenarioSetup
from pipeline.answers.scenarios.variation import Variation
from pipeline.domain.arrays import FloatArray
from pipeline.domain.process.process import Process
from pipeline.forecasting.joint_chance import JointErrors


def in_unit(process: Process, name: str, value: float) -> float:
    """Convert a value of an attribute from SI to its display unit."""
    return process.attributes[name].si.from_si(float(value))


def all_in_unit(process: Process, name: str, values: Iterable[float]) -> tuple[float, ...]:
    """Convert values of an attribute from SI to its display unit."""
    return tuple(in_unit(process, name, value) for value in values)


def range_in_unit(process: Process, name: str, ends: tuple[float, float]) -> tuple[float, float]:
    """Convert a range of an attribute from SI to its display unit."""
    return in_unit(process, name, ends[0]), in_unit(process, name, ends[1])


def error_correlation(joint: JointErrors) -> ErrorCorrelation:
    """Return the correlation of the errors of the attributes."""
    matrix = tuple(tuple(float(value) for value in line) for line in joint.correlation)
    return ErrorCorrelation(joint.targets, matrix, joint.batches, joint.products, joint.description)


def varied_parameter(process: Process, one: Variation) -> VariedParameter:
    """Return how far a parameter varies from batch to batch."""
    attribute = process.attributes[one.parameter]
    width = one.width / attribute.si.factor
    set_point = in_unit(process, one.parameter, one.set_point)
    return VariedParameter(one.parameter, attribute.unit, set_point, one.shape, width, one.source)


def response_curve(process: Process, curve: ParameterCurve) -> ResponseCurve:
    """Return quality and chance along one parameter."""
    name = curve.limit.parameter
    return ResponseCurve(
        name,
        process.attributes[name].unit,
        in_unit(process, name, curve.set_point),
        all_in_unit(process, name, curve.values),
        curve.limit.source,
        curve.acts,
        {target: all_in_unit(process, target, curve.quality[target]) for target in curve.quality.columns},
        tuple(map(float, curve.chance)),
    )


def reached_level(process: Process, best: BestSettings, acting: Sequence[ParameterRange]) -> ReachedLevel:
    """Return the best chance that was found, and its settings."""
    settings = tuple(_setting(process, limit.parameter, best.settings[limit.parameter]) for limit in acting)
    return ReachedLevel(best.level, best.chance, settings, best.at_set_points)


def _setting(process: Process, name: str, value: float) -> SettingValue:
    return SettingValue(name, process.attributes[name].unit, in_unit(process, name, value))


def parameter_ranges_at(
    process: Process, curve: ParameterCurve, varied: Sequence[Variation], level: float
) -> ParameterRanges:
    """Return normal, proven and explored range of a parameter at a level."""
    name = curve.limit.parameter
    variation = next((one for one in varied if one.parameter == name), None)
    normal = None if variation is None else replace(variation, set_point=curve.set_point).operating_range
    return ParameterRanges(
        name,
        process.attributes[name].unit,
        in_unit(process, name, curve.set_point),
        None if normal is None else range_in_unit(process, name, normal),
        "not known" if variation is None else variation.source,
        _proven(process, name, curve, level),
        range_in_unit(process, name, (curve.limit.low, curve.limit.high)),
        curve.limit.source,
        curve.acts,
        curve.at_set_point,
        float(curve.chance.max()),
    )


def _proven(process: Process, name: str, curve: ParameterCurve, level: float) -> ProvenRange | None:
    found = proven_range(curve, level)
    if found is None:
        return None
    return ProvenRange(*range_in_unit(process, name, (found.low, found.high)), found.low_open, found.high_open)


def map_of_chances(process: Process, found: PairChances, setup: ScenarioSetup, config: ScenarioConfig) -> DesignMap:
    """Return the chance over two parameters, for the highest level that the map reaches."""

    def axis(limit: ParameterRange, values: FloatArray) -> MapAxis:
        name = limit.parameter
        set_point = in_unit(process, name, setup.set_point(name))
        return MapAxis(name, process.attributes[name].unit, set_point, all_in_unit(process, name, values))

    largest = float(found.chance.max())
    level = highest(largest, config) or config.wanted_chance
    chances = tuple(tuple(float(value) for value in line) for line in found.chance)
    return DesignMap(axis(found.x, found.xs), axis(found.y, found.ys), chances, level, found.share_inside(level), largest)


def restoring_set_points(
    setup: ScenarioSetup, acting: Sequence[ParameterRange], found: RestoredSetPoints | None
) -> Restoring | None:
    """Return the set-points that restore the quality of the reference; None if there was no search for them."""
    if found is None:
        return None
    process = setup.process
    settings = tuple(
        RestoringSetting(
            limit.parameter,
            process.attributes[limit.parameter].unit,
            in_unit(process, limit.parameter, setup.set_point(limit.parameter)),
            in_unit(process, limit.parameter, found.settings[limit.parameter]),
            range_in_unit(process, limit.parameter, (limit.low, limit.high)),
            limit.source,
        )
        for limit in acting
    )
    attributes = tuple(
        RestoredAttribute(
            name,
            process.attributes[name].unit,
            *all_in_unit(process, name, (found.reference[name], found.proposed[name], found.restored[name])),
        )
        for name in setup.forecaster.targets
    )
    distances = (found.distance_proposed, found.distance_restored)
    return Restoring(settings, attributes, *distances, found.chance_proposed, found.chance_restored)


def as_shares(setup: ScenarioSetup, acting: Sequence[ParameterRange]) -> FloatArray:
    """Return the proposed set-points as shares of the limits, shape (parameters,)."""
    return np.array([(setup.set_point(m.parameter) - m.low) / (m.high - m.low) for m in acting])


def operating_box(setup: ScenarioSetup, acting: Sequence[ParameterRange], found: BoxSearch, wanted: float) -> OperatingBox:
    """Return the largest box of settings, or only the best setting if there is no box."""
    process, box = setup.process, found.box
    settings = tuple(_setting(process, m.parameter, float(m.at(found.best[i]))) for i, m in enumerate(acting))
    if box is None:
        return OperatingBox(wanted, found.best_chance, settings, None, None, None, False, ())
    start = as_shares(setup, acting)
    ranges = tuple(
        BoxRange(name, process.attributes[name].unit, range_in_unit(process, name, ends))
        for name, ends in in_limits(acting, box.low, box.high).items()
    )
    holds = bool(((start >= box.low) & (start <= box.high)).all())
    return OperatingBox(wanted, found.best_chance, settings, box.level, box.verified, box.volume, holds, ranges)
