"""Train a monitor: hide past batches for each kind of question, take limits from the hidden ones, then learn from all."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby
from typing import Any

import numpy as np
import polars as pl

from pipeline.domain.arrays import FloatArray
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.process.process import Process
from pipeline.engine.calls import results_of
from pipeline.extrapolation.kinds import KIND_COLUMN, NEW_LINEAGE, NEW_SCALE, NEXT_BATCH, TrainingExtent
from pipeline.extrapolation.reenactment import hidden_parts, reenact
from pipeline.forecasting.trained_model import task_of
from pipeline.models.base import Task
from pipeline.monitoring.causes import Causes, learn_causes, patterns_after
from pipeline.monitoring.channels import ChannelForecasts, check_channels, fit_channels
from pipeline.monitoring.courses import Courses, courses_of
from pipeline.monitoring.expected import fit_expected
from pipeline.monitoring.expected_path import bands_of, flat_nodes
from pipeline.monitoring.grid import CourseGrid, course_grid
from pipeline.monitoring.level import telling_quantities
from pipeline.monitoring.monitor import REHEARSED, Monitor
from pipeline.monitoring.scores import scored_batches
from pipeline.monitoring.scoring import Scored, Scoring, fit_scoring
from pipeline.monitoring.settings import MonitoringConfig
from pipeline.monitoring.statistic import Averaged, averaged

LEAST_BATCHES = 12
"""Batches without a logged deviation from which a monitor learns."""
QUANTITIES = 8
"""Quantities of the plan that the forecasts of the channels read."""
FEWER_FOLDS = 2
"""Parts into which history is hidden for the kinds of question with large steps: each hides a whole scale or product."""


@dataclass(frozen=True)
class HiddenBatches:
    """Batches that were hidden for one kind of question, as the monitor of the other batches sees them."""

    kind: str
    batches: tuple[str, ...]
    values: tuple[Averaged, ...]
    """Standardised residuals of each forecast and window."""
    nodes: FloatArray
    """Deviations from the expected course at the nodes of all tags, (batches, nodes)."""


@dataclass(frozen=True)
class Trained:
    """A monitor, and the hidden batches that its limits come from. They score it."""

    monitor: Monitor
    hidden: Mapping[str, HiddenBatches]
    """Kind of question → its hidden batches; those without a deviation of their own in the log."""
    logged: Mapping[str, str]
    """Batch with a logged deviation → its cause."""
    patterns: Mapping[str, FloatArray]
    """Batch with a logged deviation that raises an alarm → its patterns at several times after it, (times, features)."""


def causes_without(trained: Trained, batch: str) -> Causes:
    """Return the causes as all logged deviations but one show them."""
    others = [name for name in trained.patterns if name != batch]
    return learn_causes([trained.logged[name] for name in others], [trained.patterns[name] for name in others])


def train_monitor(
    process: Process,
    rows: pl.DataFrame,
    trajectories: pl.DataFrame,
    logged: Mapping[str, str],
    config: MonitoringConfig,
    seed: int,
    watch: Callable[[str], None] = lambda line: None,
    jobs: int = 1,
) -> Trained:
    """Train a monitor on complete batches.

    rows: feature rows; trajectories: batch_id, tag, time [s], value; logged: batch → cause of its logged deviation. Nothing normal
    is learned from batches with a logged deviation. watch: gets a line per kind of question; jobs: number of processes. Raises
    ScalebridgeError if there are too few batches.
    """
    own = trajectories.filter(pl.col("batch_id").is_in(rows["batch_id"].implode()))
    grid = course_grid(process, trajectories if own.is_empty() else own)
    check_channels(process, grid, config)
    recorded = trajectories["batch_id"].unique()
    rows = rows.filter(pl.col("batch_id").is_in(recorded.implode())).sort("batch_id")
    normal = rows.filter(~pl.col("batch_id").is_in(list(logged)))
    if normal.height < LEAST_BATCHES:
        raise ScalebridgeError(
            f"Process '{process.name}' has {normal.height} batches with values over time and without a logged deviation; a monitor "
            f"needs at least {LEAST_BATCHES}"
        )
    courses = courses_of(process, grid, normal["batch_id"].to_list(), trajectories)
    task = task_of(process, grid.sensors[0], "plan", normal)
    learning = Learning(process, grid, task, config, seed)
    final, hidden = _learned(learning, courses, normal, watch, jobs)
    product = dict(zip(normal["batch_id"], normal["product"], strict=True))
    scorings, suspects = _scorings(hidden, config, rows.height / normal.height - 1, product)
    bands = {kind: bands_of(one.nodes, config.level) for kind, one in hidden.items()}
    extent = TrainingExtent.of(normal, process.scale.tolerance, task.refuse, by_device=task.by_device)
    part = rows.filter(pl.col("batch_id").is_in(list(logged)))
    monitor = Monitor(
        process,
        config,
        final,
        scorings,
        bands,
        learn_causes((), ()),
        extent,
        tuple(normal["batch_id"]),
        tuple(sorted(suspects)),
    )
    patterns = _patterns(monitor, part, trajectories)
    causes = learn_causes([logged[name] for name in patterns], list(patterns.values()))
    return Trained(replace(monitor, causes=causes), hidden, dict(logged), patterns)


@dataclass(frozen=True)
class Learning:
    """How the expected courses and the channels are learned from any part of the batches."""

    process: Process
    grid: CourseGrid
    task: Task
    config: MonitoringConfig
    seed: int

    def learn(self, courses: Courses, rows: pl.DataFrame) -> ChannelForecasts:
        """Learn from batches."""
        expected = fit_expected(self.process, self.grid, courses, rows, self.task)
        quantities = telling_quantities([*expected.levels, *expected.sample_levels], QUANTITIES)
        return fit_channels(expected, courses, rows, quantities, self.config, self.seed)


@dataclass(frozen=True)
class _Fold:
    """Batches that are hidden for one kind of question, and the others."""

    kind: str
    train: pl.DataFrame
    test: pl.DataFrame

    def judged(self, learning: Learning, courses: Courses) -> HiddenBatches:
        """Judge the hidden batches by what the others show."""
        place = {name: i for i, name in enumerate(courses.batches)}
        known, asked = (
            courses.take(np.array([place[name] for name in part["batch_id"]], dtype=np.int64))
            for part in (self.train, self.test)
        )
        forecasts = learning.learn(known, self.train)
        inputs = forecasts.inputs(asked, self.test)
        values = tuple(averaged(forecasts.residuals_of(inputs), asked, learning.grid, learning.config))
        nodes = flat_nodes(forecasts.expected, inputs.deviations.sensors, inputs.deviations.samples)
        return HiddenBatches(self.kind, asked.batches, values, nodes)


def _learned(
    learning: Learning, courses: Courses, rows: pl.DataFrame, watch: Callable[[str], None], jobs: int
) -> tuple[ChannelForecasts, dict[str, HiddenBatches]]:
    """Return what all batches show, and the hidden batches of each kind of question that history can show."""
    folds: list[_Fold] = []
    for kind in REHEARSED:
        if kind == NEW_LINEAGE and any(fold.kind == NEW_SCALE for fold in folds):
            continue  # a larger scale of a product stands for a new product: it costs a third of the time, and is as hard
        folds += _folds(rows, kind, learning)
    calls: list[Callable[[], Any]] = [partial(learning.learn, courses, rows)]
    calls += [partial(fold.judged, learning, courses) for fold in folds]
    found = results_of(calls, jobs)
    final, hidden = next(found), dict[str, HiddenBatches]()
    for kind, own in groupby(folds, lambda fold: fold.kind):
        hidden[kind] = _together([next(found) for _ in own])
        watch(f"{kind}: {len(hidden[kind].batches)} hidden batches")
    return final, hidden


def _together(parts: Sequence[HiddenBatches]) -> HiddenBatches:
    """Return the hidden batches of all folds of one kind, sorted by name. A batch that was hidden twice counts as the last time."""
    names = [name for part in parts for name in part.batches]
    last = {name: i for i, name in enumerate(names)}
    order = [last[name] for name in sorted(last)]
    values = tuple(
        replace(one, values=np.concatenate([part.values[k].values for part in parts])[order])
        for k, one in enumerate(parts[0].values)
    )
    return HiddenBatches(parts[0].kind, tuple(sorted(last)), values, np.concatenate([part.nodes for part in parts])[order])


def _folds(rows: pl.DataFrame, kind: str, learning: Learning) -> list[_Fold]:
    """Return the folds of one kind of question; none if history cannot show it.

    For the next batch a part of the batches of each product and scale is hidden in turn. Such a batch differs from the known ones
    as the next one will, and the models learn from nearly as many batches as the final ones.
    """
    tolerance, task = learning.process.scale.tolerance, learning.task
    hidden = (
        hidden_parts(rows, learning.config.folds)
        if kind == NEXT_BATCH
        else reenact(rows, kind, tolerance, task.refuse, FEWER_FOLDS, by_device=task.by_device)
    )
    if KIND_COLUMN in hidden.columns and (hidden[KIND_COLUMN] != kind).any():
        return []
    folds = []
    for _, part in hidden.group_by("fold", maintain_order=True):
        train, test = (
            rows.filter(pl.col("batch_id").is_in(part.filter(pl.col("role") == role)["batch_id"].implode()))
            for role in ("train", "test")
        )
        if train.height >= LEAST_BATCHES // 2 and test.height:
            folds.append(_Fold(kind, train, test))
    return folds


def _scorings(
    hidden: Mapping[str, HiddenBatches], config: MonitoringConfig, logged: float, product: Mapping[str, str]
) -> tuple[dict[str, Scoring], set[str]]:
    """Return the scoring of each rehearsed kind, and the batches that were left out as suspected.

    logged: number of batches with a logged deviation over that of the others; product: batch → its product.

    A kind with too few hidden batches for the promised rate borrows the scoring of the kind before it, with a wider limit.
    """
    scorings: dict[str, Scoring] = {}
    suspects: set[str] = set()
    least = int(np.ceil(1 / config.promised_rate)) - 1
    for kind, found in hidden.items():
        groups = () if kind == NEXT_BATCH else tuple(product[name] for name in found.batches)
        unlogged = round(len(found.batches) * logged * (1 / config.log_holds - 1))
        scoring, suspect = fit_scoring(found.values, kind, config.promised_rate, unlogged, groups)
        suspects |= (
            {name for name, apart in zip(found.batches, suspect, strict=True) if apart} if kind == NEXT_BATCH else set()
        )
        if scoring.limit.batches < least and scorings:
            scoring = list(scorings.values())[-1].borrowed(kind)
        scorings[kind] = scoring
    return scorings, suspects


def _patterns(monitor: Monitor, rows: pl.DataFrame, trajectories: pl.DataFrame) -> dict[str, FloatArray]:
    """Return the patterns of the logged deviations that the monitor sees: batch → (times, features)."""
    if rows.is_empty():
        return {}
    usual = monitor.forecasts.expected.grid.usual
    found = _alarms(monitor, rows, trajectories)
    return {batch: patterns_after(scored, i, first, last, usual) for batch, first, last, scored, i in found}


def _alarms(monitor: Monitor, rows: pl.DataFrame, trajectories: pl.DataFrame) -> Iterator[tuple[str, int, int, Scored, int]]:
    """Yield batch, point of the alarm, last point, scores and index of each batch that raises an alarm."""
    for part, courses, scored in scored_batches(monitor, rows, trajectories):
        last = courses.told
        for i, (name, first) in enumerate(zip(part["batch_id"], scored.alarm, strict=True)):
            if first >= 0:
                yield name, int(first), int(last[i]), scored, i
