"""Train a monitor: hide past batches for each kind of question, take limits from the hidden ones, then learn from all."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.domain.arrays import FloatArray
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.process.process import Process
from pipeline.extrapolation.kinds import KIND_COLUMN, NEW_LINEAGE, NEW_SCALE, NEXT_BATCH, TrainingExtent
from pipeline.extrapolation.reenactment import hidden_parts, reenact
from pipeline.forecasting.trained_model import task_of
from pipeline.models.base import Task
from pipeline.monitoring.causes import learn_causes, patterns_after
from pipeline.monitoring.channels import ChannelForecasts, fit_channels
from pipeline.monitoring.conditioning import band_factors, covariance_of
from pipeline.monitoring.courses import Courses, courses_of
from pipeline.monitoring.expected import ExpectedCourses, fit_expected
from pipeline.monitoring.grid import CourseGrid, course_grid
from pipeline.monitoring.level import nodes_of, telling_quantities
from pipeline.monitoring.monitor import REHEARSED, Bands, Monitor
from pipeline.monitoring.scoring import Scoring, fit_scoring
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
    rehearsed_as: str
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


def train_monitor(
    process: Process,
    rows: pl.DataFrame,
    trajectories: pl.DataFrame,
    logged: Mapping[str, str],
    config: MonitoringConfig,
    seed: int,
    watch: Callable[[str], None] = lambda line: None,
) -> Trained:
    """Train a monitor on complete batches.

    rows: feature rows; trajectories: batch_id, tag, time [s], value; logged: batch → cause of its logged deviation. Nothing normal
    is learned from batches with a logged deviation. Raises ScalebridgeError if there are too few batches.
    """
    grid = course_grid(process, trajectories)
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
    hidden = {}
    for kind in REHEARSED:
        if kind == NEW_LINEAGE and NEW_SCALE in hidden:
            continue  # a larger scale of a product stands for a new product: it costs a third of the time, and is as hard
        found = _hidden(learning, kind, courses, normal)
        if found is not None:
            watch(f"{kind}: {len(found.batches)} hidden batches")
            hidden[kind] = found
    final = learning.learn(courses, normal)
    scorings, suspects = _scorings(hidden, config, len(logged) / normal.height)
    bands = {kind: _bands(one.nodes, config.level) for kind, one in hidden.items()}
    extent = TrainingExtent.of(normal, process.scale.tolerance, task.refuse)
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
    return Trained(_with_causes(monitor, part, trajectories, logged), hidden, dict(logged))


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


def _hidden(learning: Learning, kind: str, courses: Courses, rows: pl.DataFrame) -> HiddenBatches | None:
    """Hide batches for one kind of question, and judge each by what the others show; None if history cannot show the kind."""
    place = {name: i for i, name in enumerate(courses.batches)}
    found: dict[str, tuple[list[Averaged], FloatArray]] = {}
    rehearsed = kind
    for rehearsed, train, test in _folds(rows, kind, learning):
        if rehearsed != kind:
            return None
        known, asked = (np.array([place[name] for name in part["batch_id"]], dtype=np.int64) for part in (train, test))
        forecasts = learning.learn(courses.take(known), train)
        own = courses.take(asked)
        values = list(averaged(forecasts.residuals(own, test), own, learning.grid, learning.config))
        nodes = deviation_nodes(forecasts.expected, own, test)
        for i, name in enumerate(own.batches):
            found[name] = ([Averaged(one.channel, one.window, one.values[i : i + 1]) for one in values], nodes[i])
    if not found:
        return None
    names = tuple(sorted(found))
    stacked = tuple(
        Averaged(one.channel, one.window, np.concatenate([found[name][0][k].values for name in names]))
        for k, one in enumerate(found[names[0]][0])
    )
    return HiddenBatches(kind, rehearsed, names, stacked, np.stack([found[name][1] for name in names]))


def _folds(rows: pl.DataFrame, kind: str, learning: Learning) -> Iterator[tuple[str, pl.DataFrame, pl.DataFrame]]:
    """Yield the kind that hidden batches ask, and the training and hidden rows of each fold.

    For the next batch a part of the batches of each product and scale is hidden in turn. Such a batch differs from the known ones
    as the next one will, and the models learn from nearly as many batches as the final ones.
    """
    tolerance, refuse = learning.process.scale.tolerance, learning.task.refuse
    if kind == NEXT_BATCH:
        folds = hidden_parts(rows, learning.config.folds)
    else:
        folds = reenact(rows, kind, tolerance, refuse, FEWER_FOLDS)
    for _, part in folds.group_by("fold", maintain_order=True):
        asked = kind if KIND_COLUMN not in part.columns else str(part[KIND_COLUMN][0])
        train, test = (
            rows.filter(pl.col("batch_id").is_in(part.filter(pl.col("role") == role)["batch_id"].implode()))
            for role in ("train", "test")
        )
        if train.height >= LEAST_BATCHES // 2 and test.height:
            yield asked, train, test


def deviation_nodes(expected: ExpectedCourses, courses: Courses, rows: pl.DataFrame) -> FloatArray:
    """Return the deviations of batches at the nodes of all tags: sensors first, then samples, (batches, nodes)."""
    found = expected.deviations(courses, rows)
    reached = np.arange(found.sensors.shape[1]) < expected.reach
    sensors = nodes_of(np.where(reached[None, :, None], found.sensors, np.nan), expected.node_points)
    flat = [part.transpose(0, 2, 1).reshape(len(courses), -1) for part in (sensors, found.samples)]
    return np.concatenate(flat, axis=1)


def _scorings(
    hidden: Mapping[str, HiddenBatches], config: MonitoringConfig, logged: float
) -> tuple[dict[str, Scoring], set[str]]:
    """Return the scoring of each rehearsed kind, and the batches that were left out as suspected.

    logged: number of batches with a logged deviation over that of the others.

    A kind with too few hidden batches for the promised rate borrows the scoring of the kind before it, with a wider limit.
    """
    scorings: dict[str, Scoring] = {}
    suspects: set[str] = set()
    least = int(np.ceil(1 / config.promised_rate)) - 1
    for kind, found in hidden.items():
        unlogged = round(len(found.batches) * logged * (1 / config.log_holds - 1))
        scoring, suspect = fit_scoring(found.values, kind, config.promised_rate, unlogged)
        suspects |= (
            {name for name, apart in zip(found.batches, suspect, strict=True) if apart} if kind == NEXT_BATCH else set()
        )
        if scoring.limit.batches < least and scorings:
            scoring = list(scorings.values())[-1].borrowed(kind)
        scorings[kind] = scoring
    return scorings, suspects


def _bands(nodes: FloatArray, level: float) -> Bands:
    covariance = covariance_of(nodes)
    return Bands(covariance, band_factors(nodes, covariance.sizes, level))


def _with_causes(monitor: Monitor, rows: pl.DataFrame, trajectories: pl.DataFrame, logged: Mapping[str, str]) -> Monitor:
    """Return the monitor with the patterns of the logged deviations that it sees."""
    from dataclasses import replace

    if rows.is_empty():
        return monitor
    names, patterns = [], []
    grid = monitor.forecasts.expected.grid
    for batch, first, last, scored, i in _alarms(monitor, rows, trajectories):
        names.append(logged[batch])
        patterns.append(patterns_after(scored, i, first, last, grid.usual))
    return replace(monitor, causes=learn_causes(names, patterns))


def _alarms(monitor: Monitor, rows: pl.DataFrame, trajectories: pl.DataFrame) -> Iterator[tuple]:  # type: ignore[type-arg]
    """Yield batch, point of the alarm, last point, scores and index of each batch that raises an alarm."""
    from pipeline.monitoring.scores import scored_batches

    for part, courses, scored in scored_batches(monitor, rows, trajectories):
        last = courses.last
        for i, (name, first) in enumerate(zip(part["batch_id"], scored.alarm, strict=True)):
            if first >= 0:
                yield name, int(first), int(last[i]), scored, i
