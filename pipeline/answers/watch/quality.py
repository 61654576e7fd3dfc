"""Which quality a running batch heads for, beside what the plan promised, in display units."""

from collections.abc import Sequence

import polars as pl

from pipeline.answers.result.prediction import SpecificationLimits
from pipeline.answers.result.watch import ChanceAt, QualityAhead, QualityForecast
from pipeline.answers.watch.courses import in_unit
from pipeline.answers.watch.judge import Judge
from pipeline.answers.watch.running import RunningBatch
from pipeline.domain.process.definition import Definition
from pipeline.domain.units import Unit
from pipeline.monitoring.known import known_at
from pipeline.monitoring.outlook import AttributeOutlook
from pipeline.monitoring.outlook import QualityForecast as Forecast


def quality_ahead(process: Definition, judge: Judge, running: RunningBatch, hours: float) -> tuple[QualityAhead, ...]:
    """Return one line per quality attribute, with its chance at each decision point so far.

    Each forecast uses only the records that were known at its decision point.
    """
    points = [point for point in judge.decision_points if point <= hours] or [hours]
    looks = [judge.outlook(running.row, _known(process, running, point), point) for point in points]
    return tuple(_line(process, line, looks) for line in looks[-1])


def _known(process: Definition, running: RunningBatch, hours: float) -> pl.DataFrame:
    return known_at(process, running.records, hours)


def _line(process: Definition, line: AttributeOutlook, looks: Sequence[Sequence[AttributeOutlook]]) -> QualityAhead:
    own = process.attributes[line.attribute]
    limits = own.specification
    earlier = [one for look in looks for one in look if one.attribute == line.attribute]
    found = [
        ChanceAt(one.decision_point, one.now.chance_in_specification)
        for one in earlier
        if one.decision_point is not None and one.now.chance_in_specification is not None
    ]
    start = line.plan.chance_in_specification
    return QualityAhead(
        attribute=line.attribute,
        unit=own.unit or "",
        specification=None if limits is None else SpecificationLimits(limits.lower, limits.upper, limits.note),
        plan=_forecast(line.plan, own.si),
        now=None if line.decision_point is None else _forecast(line.now, own.si),
        decision_point=line.decision_point,
        chances=(*([] if start is None else [ChanceAt(0.0, start)]), *found),
        notes=tuple(line.notes),
    )


def _forecast(given: Forecast, unit: Unit) -> QualityForecast:
    median, lower, upper = (in_unit(value, unit) for value in (given.median, given.lower, given.upper))
    return QualityForecast(median, lower, upper, given.chance_in_specification)
