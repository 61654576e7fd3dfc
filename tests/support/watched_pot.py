"""The stirred pot with records over time and a small monitor."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl

from pipeline.answers.answer import answer
from pipeline.answers.case.case import Case, make_case
from pipeline.answers.monitor_of_run import MonitorOfRun
from pipeline.answers.result.answer import Answer
from pipeline.answers.trained_run import TrainedRun
from pipeline.domain.arrays import FloatArray
from pipeline.domain.config_files import parse
from pipeline.domain.process.process import Process
from pipeline.extrapolation.kinds import NEW_SCALE, TrainingExtent
from pipeline.monitoring.causes import learn_causes
from pipeline.monitoring.channels import ChannelForecasts
from pipeline.monitoring.components import Components, components_of
from pipeline.monitoring.courses import courses_of
from pipeline.monitoring.expected import ExpectedCourses
from pipeline.monitoring.expected_path import bands_of, flat_nodes
from pipeline.monitoring.grid import course_grid
from pipeline.monitoring.level import TagLevel, nodes_of
from pipeline.monitoring.limits import KindLimit
from pipeline.monitoring.monitor import Monitor
from pipeline.monitoring.scoring import Scoring
from pipeline.monitoring.set_points import Response
from pipeline.monitoring.settings import MonitoringConfig
from pipeline.monitoring.tag_scale import TagScales
from tests.support.pot import definition, proposal
from tests.support.trained_pot import trained_run

HOURS = 96
"""Length of a batch."""
SMALL = 0.01
"""Scales below this are those of the small vessel [m³]."""


def watched_process() -> Process:
    """The pot with two probes, a flow that grows with the vessel, and a daily sample of what the first probe measures."""
    made = definition()
    made["sources"]["records"] = {
        "gives": "trajectories",
        "files": ["s.csv"],
        "batch": "b",
        "time": "t",
        "time_format": "%Y-%m-%d %H:%M",
        "window": "whole",
    }
    tag = {"role": "IPC", "horizon": "in_process", "description": "x", "unit": "g/L"}
    for name in ("probe", "warmth", "flow", "sample"):
        made["attributes"][name] = {**tag, "column": f"records.{name}"}
    made["attributes"]["warmth"]["unit"] = "degC"
    made["course"] = {"set_points": {"warmth": [{"value": "temperature"}]}, "same": {"sample": "probe"}}
    process = parse(Process, made, "pot")
    assert isinstance(process, Process)
    return process


def records(rows: pl.DataFrame, seed: int = 1) -> pl.DataFrame:
    """Return records every 2 h, and a sample each day. What the probe shows rises with time, and more so in the large vessel."""
    rng = np.random.default_rng(seed)
    probe_times, days = np.arange(0, HOURS + 1, 2.0), np.arange(0, HOURS + 1, 24.0)
    parts = []
    for batch, scale, warmth in rows.select("batch_id", "scale", "temperature").iter_rows():
        rise = (2.0 if scale > SMALL else 1.0) + 0.1 * rng.normal()
        probe = 1 + rise * probe_times / HOURS + 0.02 * rng.normal(size=len(probe_times))
        sample = 1 + rise * days / HOURS + 0.02 * rng.normal(size=len(days))
        held = warmth + 0.05 * rng.normal(size=len(probe_times))
        flow = 1000 * scale * (1 + 0.01 * rng.normal(size=len(probe_times)))
        for name, times, values in (
            ("flow", probe_times, flow),
            ("probe", probe_times, probe),
            ("sample", days, sample),
            ("warmth", probe_times, held),
        ):
            parts.append(pl.DataFrame({"batch_id": batch, "tag": name, "time": 3600 * times, "value": values}))
    return pl.concat(parts).sort("batch_id", "tag", "time")


def monitor_of(process: Process, rows: pl.DataFrame, trajectories: pl.DataFrame) -> Monitor:
    """Return a monitor that expects the mean course of the batches in the large vessel, with the band that holds 90 % of them.

    Nothing is learned, so it is there at once. It judges no batch.
    """
    grid = course_grid(process, trajectories)
    large = rows.filter(pl.col("scale") > SMALL).sort("batch_id")
    courses = courses_of(process, grid, large["batch_id"].to_list(), trajectories)
    of_sensors = TagScales(tuple(tag == "flow" for tag in grid.sensors), (1e-6,) * len(grid.sensors))
    of_samples = TagScales((False,) * len(grid.samples), (0.0,) * len(grid.samples))
    at_once = tuple(Response() if tag == "warmth" else None for tag in grid.sensors)
    bare = ExpectedCourses(process, grid, of_sensors, of_samples, at_once, (), (), int(courses.last.max()) + 1)
    values = of_sensors.compared(courses.sensors)
    nodes = nodes_of(values - bare.base(large), bare.node_points)
    levels = tuple(_mean_level(components_of(nodes[:, :, j])[0].mean) for j in range(len(grid.sensors)))
    expected = replace(bare, levels=levels, sample_levels=(_mean_level(np.zeros(grid.sample_points)),) * len(grid.samples))
    found = expected.deviations(courses, large)
    bands = bands_of(flat_nodes(expected, found.sensors, found.samples), 0.9)
    limit = KindLimit(NEW_SCALE, 40, (), 1.0, 0.05, 0.1)
    return Monitor(
        process,
        MonitoringConfig(),
        ChannelForecasts(expected, (), {}, {}, (), ()),
        {NEW_SCALE: Scoring((), limit)},
        {NEW_SCALE: bands},
        learn_causes((), ()),
        TrainingExtent.of(rows, process.scale.tolerance),
        tuple(rows["batch_id"]),
        (),
    )


def _mean_level(mean: FloatArray) -> TagLevel:
    return TagLevel(Components(mean, np.zeros((0, len(mean)))), ())


@cache
def _watched() -> tuple[TrainedRun, Monitor]:
    run, process = trained_run(), watched_process()
    trajectories = records(run.rows)
    watched = replace(run, process=process, history=replace(run.history, trajectories=trajectories))
    return watched, monitor_of(process, run.rows, trajectories)


def watched_run() -> TrainedRun:
    """The trained pot with its records and its monitor."""
    run, monitor = _watched()
    given = MonitorOfRun(Path("unused"), run.process)
    given.__dict__["found"] = monitor  # as if it had been read
    return replace(run, monitor=given)


def watched_case(**changes: object) -> Case:
    """The case of the pot's proposal with changes."""
    return make_case(proposal(**changes), watched_run())


@cache
def watched_answer() -> Answer:
    """The whole answer to the pot's proposal: product P at 100 L, where only product Q was made."""
    return answer(watched_case(), watched_run(), depth="whole")
