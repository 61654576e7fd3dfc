"""Judge a running batch: its score so far, the tags that deviate, probable causes, and its expected course."""

from collections.abc import Iterator

import numpy as np
import polars as pl

from pipeline.domain.display import in_words, percent
from pipeline.domain.errors import listed
from pipeline.monitoring.causes import AFTER, pattern_of
from pipeline.monitoring.channels import Residuals
from pipeline.monitoring.courses import Courses, courses_of
from pipeline.monitoring.expected_path import expected_paths, paths_of_plan, planned_paths
from pipeline.monitoring.grid import hour_at
from pipeline.monitoring.judgement import (
    AGREEMENT,
    AS_EXPECTED,
    DEVIATING,
    NOT_JUDGED,
    SAMPLES,
    Judgement,
    ProbableCause,
    ScorePoint,
    Status,
    TagDeviation,
)
from pipeline.monitoring.known import HOUR, known_at
from pipeline.monitoring.limits import KindLimit
from pipeline.monitoring.monitor import Monitor
from pipeline.monitoring.scoring import Scored
from pipeline.monitoring.statistic import averaged

NOTABLE = 2.0
"""Robust standard deviations from which on a tag is named."""


def kind_of(monitor: Monitor, row: pl.DataFrame) -> str:
    """Return the kind of question that a batch asks."""
    return str(row.select(monitor.extent.kind()).item())


def judge(monitor: Monitor, row: pl.DataFrame, records: pl.DataFrame, hours: float) -> Judgement:
    """Judge one batch by the records that are known at a time.

    row: feature row of the plan; records: batch_id, tag, time [s since the start], value [SI]. Records that are not known yet are
    left out. Records since the last point of the course are left out as well: a mean of few records scatters more than the limit
    allows. A batch without any usable record is not judged.
    """
    grid, batch, kind = monitor.forecasts.expected.grid, str(row["batch_id"][0]), kind_of(monitor, row)
    near, scoring = monitor.scoring_of(kind)
    courses = courses_of(monitor.process, grid, [batch], _known(monitor, records, hours))
    if courses.last[0] < 0:
        return Judgement(
            batch, hours, NOT_JUDGED, None, kind, near, scoring.limit.rate, scoring.limit.batches,
            planned=planned_paths(monitor, row, near), notes=(f"There is no record of a watched tag up to hour {hours:g}.",),
        )  # fmt: skip
    inputs = monitor.forecasts.inputs(courses, row)
    residuals = monitor.forecasts.residuals_of(inputs)
    scored = scoring.scored(list(averaged(residuals, courses, grid, monitor.config)))
    first, last = int(scored.alarm[0]), int(courses.told[0])
    judged = not np.isnan(scored.score[0, : last + 1]).all()
    since = _hour(monitor, courses, first) if first >= 0 else None
    at = first if first < 0 else first + int(np.argmax(np.nan_to_num(scored.score[0, first : last + 1])))
    return Judgement(
        batch,
        hours,
        _status(judged, first),
        since,
        kind,
        near,
        scoring.limit.rate,
        scoring.limit.batches,
        tuple(_score_points(monitor, courses, scored, last)),
        tuple(_tags(monitor, courses, residuals, at, last)) if judged else (),
        _causes(monitor, scored, first, last),
        paths_of_plan(monitor, inputs.deviations, near),
        expected_paths(monitor, inputs.deviations, courses, near),
        (*_notes(monitor, scoring.limit, kind, near, courses, int(courses.last[0])),),
    )


def _status(judged: bool, first: int) -> Status:
    if not judged:
        return NOT_JUDGED
    return DEVIATING if first >= 0 else AS_EXPECTED


def _known(monitor: Monitor, records: pl.DataFrame, hours: float) -> pl.DataFrame:
    """Return the records that were known at the last point that is over. With an indicator no time ends a point."""
    if monitor.process.course.indicator is not None:
        return known_at(monitor.process, records, hours)
    step = monitor.forecasts.expected.grid.step / HOUR
    return known_at(monitor.process, records, float(np.floor(hours / step + 1e-6) * step))


def _hour(monitor: Monitor, courses: Courses, point: int) -> float:
    return hour_at(monitor.process, monitor.forecasts.expected.grid, courses.hours[0], point)


def _score_points(monitor: Monitor, courses: Courses, scored: Scored, last: int) -> Iterator[ScorePoint]:
    for point in range(last + 1):
        value = scored.score[0, point]
        if not np.isnan(value):
            yield ScorePoint(_hour(monitor, courses, point), float(value), scored.channels[int(scored.part[0, point])])


def _tags(monitor: Monitor, courses: Courses, residuals: list[Residuals], at: int, last: int) -> list[TagDeviation]:
    """Return the deviations of the tags at a point, or now where there is no alarm; each tag with its largest channel."""
    point = last if at < 0 else at
    best: dict[str, TagDeviation] = {}
    for one in residuals:
        for found in _of_channel(monitor, courses, one, point):
            if abs(found.deviations) >= NOTABLE and abs(found.deviations) > abs(
                best[found.tag].deviations if found.tag in best else 0.0
            ):
                best[found.tag] = found
    return sorted(best.values(), key=lambda one: -abs(one.deviations))


def _of_channel(monitor: Monitor, courses: Courses, one: Residuals, point: int) -> Iterator[TagDeviation]:
    expected, grid = monitor.forecasts.expected, monitor.forecasts.expected.grid
    samples = one.channel in (SAMPLES, AGREEMENT)
    tags, scales = (grid.samples, expected.sample_scales) if samples else (grid.sensors, expected.scales)
    values = courses.samples if samples else courses.sensors
    recorded = scales.recorded(one.expected)
    for j, tag in enumerate(tags):
        places = _newest_sample(courses, j, point) if samples else point
        if places is None or np.isnan(one.standardised[0, places, j]):
            continue
        at = int(courses.sampled[0, places]) if samples else places
        yield TagDeviation(
            tag,
            one.channel,
            _hour(monitor, courses, at),
            float(values[0, places, j]),
            float(recorded[0, places, j]),
            float(one.standardised[0, places, j]),
        )


def _newest_sample(courses: Courses, tag: int, point: int) -> int | None:
    known = courses.known[0, :, tag]
    places = np.flatnonzero((known >= 0) & (known <= point))
    return int(places[-1]) if len(places) else None


def _causes(monitor: Monitor, scored: Scored, first: int, last: int) -> tuple[ProbableCause, ...]:
    if first < 0:
        return ()
    # Later a deviation shows by its consequences, which many causes share.
    until = min(last, first + round(AFTER[-1] * monitor.forecasts.expected.grid.usual))
    return monitor.causes.probable(pattern_of(scored, 0, first, until), monitor.config.least_probability)


def _notes(monitor: Monitor, limit: KindLimit, kind: str, near: str, courses: Courses, last: int) -> Iterator[str]:
    """Yield what the reader should know, one sentence each."""
    grid, reach = monitor.forecasts.expected.grid, monitor.forecasts.expected.reach
    if limit.rate > monitor.config.promised_rate + 1e-9:
        yield (
            f"The limit comes from {limit.batches} batches. They can promise a rate of false alarms of {percent(limit.rate)}, "
            f"not the wanted {percent(monitor.config.promised_rate)}."
        )
    yield (
        f"The limit comes from {limit.batches} past batches that were hidden ({in_words(limit.rehearsed_as)}). With 90 % "
        f"confidence the true false-alarm rate is below {percent(limit.bound)}, if such batches are like this one."
    )
    if near != kind:
        yield f"The question is of the kind '{in_words(kind)}'. The limit is that of '{in_words(near)}', which stands for it."
    silent = [tag for j, tag in enumerate(grid.sensors) if np.isnan(courses.sensors[0, : last + 1, j]).all()]
    if silent:
        yield f"No record of {listed([monitor.process.display_name(tag) for tag in silent], 8)}: these tags are not watched."
    if last >= reach and monitor.process.course.indicator is None:
        yield f"Few past batches ran longer than {reach * grid.step / HOUR:.0f} h: later records are not judged."
    elif last >= reach:
        yield "Few past batches came further than this one: its later records are not judged."
