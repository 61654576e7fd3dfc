"""What a tag is compared with before anything is learned: its set-point over time, or a tag that measures the same quantity."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.domain.arrays import FloatArray, IntArray
from pipeline.domain.process.course import Phase
from pipeline.domain.process.process import Process
from pipeline.domain.times.lag import lag
from pipeline.monitoring.grid import CourseGrid

BEFORE, AFTER = 12, 48
"""Points around a change of a set-point from which the response of a tag to it is learned."""
PARTS = 4
"""Parts of the distance of two points in which the response is resolved: changes lie at different parts in different batches."""
LEAST_BATCHES = 8
"""Batches with a change from which its response is learned. With fewer, the tag is expected to follow at once."""


def set_points(process: Process, tag: str, rows: pl.DataFrame, hours: FloatArray) -> FloatArray:
    """Return the planned set-point of a tag, SI, (batches, points); NaN where a part of it is not stated.

    rows: feature rows of the batches; hours: since the start, (points,) or (batches, points).
    """
    attribute, at = process.attributes[tag], np.broadcast_to(hours, (rows.height, hours.shape[-1])) * 3600
    profile = np.full(at.shape, np.nan)
    level = began = None
    for phase in process.course.set_points[tag]:
        value = _values(phase.value, rows, attribute.si.to_si)
        begins = _begins(phase, rows)
        after = at >= begins[:, None]
        if phase.shape == "ramp" and level is not None and began is not None:
            done = np.clip((at - began[:, None]) / np.maximum(begins - began, 1e-9)[:, None], 0, 1)
            rising = (at >= began[:, None]) & ~after
            profile = np.where(rising, level[:, None] + done * (value - level)[:, None], profile)
        profile = np.where(after, value[:, None], profile)
        level, began = value, begins
    return profile


def _values(value: str | float, rows: pl.DataFrame, to_si: Callable[[float], float]) -> FloatArray:
    if isinstance(value, str):
        return np.asarray(rows[value].cast(pl.Float64).to_numpy(), dtype=np.float64)
    return np.full(rows.height, to_si(value))


def _begins(phase: Phase, rows: pl.DataFrame) -> FloatArray:
    """Return when a phase begins in each batch [s]."""
    if phase.after is None:
        return np.zeros(rows.height)
    if phase.after in rows.columns:
        return np.asarray(rows[phase.after].cast(pl.Float64).to_numpy(), dtype=np.float64)
    return np.full(rows.height, lag(phase.after).total_seconds())


def events_of(process: Process, rows: pl.DataFrame) -> FloatArray:
    """Return the hours at which declared events and phases begin, (batches, events); NaN where not stated."""
    phases = [p for phases in process.course.set_points.values() for p in phases if p.after is not None]
    names = dict.fromkeys([*process.course.events, *(str(p.after) for p in phases)])
    columns = [_begins(Phase(0.0, name), rows) / 3600 for name in names]
    return np.column_stack(columns) if columns else np.empty((rows.height, 0))


@dataclass(frozen=True)
class Response:
    """How a tag follows a change of its set-point: the share of the change that it has made, by the time since the change."""

    hours: tuple[float, ...] = ()
    share: tuple[float, ...] = ()

    def followed(self, profile: FloatArray, hours: FloatArray, changes: FloatArray) -> FloatArray:
        """Return the expected values, (batches, points), of a tag with a set-point profile.

        hours: (points,); changes: hours at which phases begin, (batches, phases).
        """
        if not self.hours:
            return profile
        expected = np.array(profile)
        lowest, highest = self.hours[0], self.hours[-1]
        for phase in range(changes.shape[1]):
            at = changes[:, phase]
            since = hours[None, :] - at[:, None]
            near = (since >= lowest) & (since <= highest)
            before, after = _around(profile, hours, at)
            share = np.interp(since, self.hours, self.share)
            moved = before[:, None] + (after - before)[:, None] * share
            expected = np.where(near & ~np.isnan(moved), moved, expected)
        return expected


def _around(profile: FloatArray, hours: FloatArray, at: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the set-point of each batch just before and just after an hour."""
    step = float(hours[1] - hours[0]) if len(hours) > 1 else 1.0
    last = len(hours) - 1
    place = np.nan_to_num(at, nan=0.0) / step
    rows = np.arange(len(profile))
    before = profile[rows, np.clip(np.ceil(place - 1e-9).astype(int) - 1, 0, last)]
    after = profile[rows, np.clip(np.ceil(place - 1e-9).astype(int), 0, last)]
    unknown = np.isnan(at)
    return np.where(unknown, np.nan, before), np.where(unknown, np.nan, after)


def learned_response(values: FloatArray, profile: FloatArray, hours: FloatArray, changes: FloatArray) -> Response:
    """Learn the response of a tag from past batches: the median share of the change, by the time since the change.

    values, profile: (batches, points). Changes that are small beside the scatter of the tag are left out.
    """
    if len(hours) < 2 or not changes.shape[1]:
        return Response()
    step = float(hours[1] - hours[0])
    scatter = float(np.nanmedian(np.abs(values - profile))) if not np.isnan(values - profile).all() else np.nan
    since_all, share_all, batches = [], [], set()
    for phase in range(changes.shape[1]):
        before, after = _around(profile, hours, changes[:, phase])
        change = after - before
        clear = np.abs(change) > 5 * max(scatter, 1e-12)
        since = hours[None, :] - changes[:, phase][:, None]
        with np.errstate(divide="ignore", invalid="ignore"):
            share = (values - before[:, None]) / change[:, None]
        use = clear[:, None] & (since >= -BEFORE * step) & (since <= AFTER * step) & ~np.isnan(share)
        since_all.append(since[use])
        share_all.append(share[use])
        batches |= set(np.flatnonzero(use.any(axis=1)).tolist())
    if len(batches) < LEAST_BATCHES:
        return Response()
    return _medians(np.concatenate(since_all), np.concatenate(share_all), step)


def _medians(since: FloatArray, share: FloatArray, step: float) -> Response:
    width = step / PARTS
    part = np.floor(since / width).astype(int)
    places = [part == p for p in np.unique(part) if (part == p).sum() >= 3]
    if len(places) < 2:
        return Response()
    return Response(tuple(float(since[at].mean()) for at in places), tuple(float(np.median(share[at])) for at in places))


def changes_of(process: Process, tag: str, rows: pl.DataFrame) -> FloatArray:
    """Return the hours at which the phases of a tag begin, without the first, (batches, phases)."""
    columns = [_begins(phase, rows) / 3600 for phase in process.course.set_points[tag] if phase.after is not None]
    return np.column_stack(columns) if columns else np.empty((rows.height, 0))


def partners(process: Process, grid: CourseGrid, tags: Sequence[str]) -> IntArray:
    """Return for each tag the sensor that measures the same quantity: its index, or −1."""
    same = process.course.same
    return np.array([grid.sensors.index(same[t]) if same.get(t) in grid.sensors else -1 for t in tags], dtype=np.int64)
