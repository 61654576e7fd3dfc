"""Short made-up batches with three sensors and a sample, and a process that records them. A monitor of them trains in seconds."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

import numpy as np
import polars as pl

from pipeline.domain.arrays import FloatArray
from pipeline.domain.config_files import parse
from pipeline.domain.process.process import Process
from pipeline.domain.scale import scale_levels
from pipeline.features.table import build
from pipeline.history.tables import History
from pipeline.monitoring.settings import MonitoringConfig
from pipeline.monitoring.training import Trained, train_monitor
from tests.support.definitions import PlainData

POINTS = 60
"""Hours of a batch, with a record of each sensor every hour."""
SAMPLE_HOURS = 6
LAG_HOURS = 4
"""Time from a sample to its result."""
SENSORS = ("oxygen", "ph", "temperature")
SHIFT, WARM, COOL = 30.0, 37.0, 33.0
"""Usual hour of the temperature shift, and the temperatures before and after it [°C]."""
COURSE: PlainData = {
    "events": ["shift"],
    "set_points": {"temperature": [{"value": "warm"}, {"value": "cool", "after": "shift"}]},
    "same": {"ph_lab": "ph"},
}
QUICK = MonitoringConfig(ahead={"fast": 0.035, "middle": 0.1}, window=0.07, trees=15, points=2000, folds=2)
Records = dict[str, FloatArray]
"""Tag → values, (batches, points); NaN where nothing is recorded."""


def course_definition(course: PlainData | None = None, lag: str | None = f"{LAG_HOURS} h") -> PlainData:
    """Return the process definition as plain data; course: in place of `COURSE`; lag: of the sample."""
    plan = {"role": "CPP", "horizon": "plan", "description": "x"}
    tag = {"role": "IPC", "horizon": "in_process", "description": "x"}
    text = {**plan, "role": "context", "kind": "text"}
    date = {"source": "batches", "column": "begun", "date": {"format": "%Y-%m-%d %H:%M"}}
    series = {"gives": "trajectories", "batch": "b", "time": "t", "time_format": "%Y-%m-%d %H:%M", "window": "whole"}
    return {
        "name": "broth",
        "title": "A small broth",
        "batch": "batch",
        "product": "product",
        "scale": {"attribute": "volume"},
        "started": "begun",
        "sources": {
            "batches": {"gives": "batches", "files": ["b.csv"]},
            "historian": {**series, "files": ["h.csv"]},
            "samples": {**series, "files": ["s.csv"]},
        },
        "attributes": {
            "batch": {**text, "role": "identifier", "column": "batches.batch"},
            "product": {**text, "column": "batches.product"},
            "begun": {**text, "role": "identifier", "kind": "date", "column": [date]},
            "volume": {**plan, "role": "scale", "unit": "L", "column": "batches.volume"},
            "warm": {**plan, "unit": "degC", "column": "batches.warm"},
            "cool": {**plan, "unit": "degC", "column": "batches.cool"},
            "shift": {**plan, "unit": "h", "column": "batches.shift"},
            "air": {**plan, "unit": "L/min", "column": "batches.air"},
            "titre": {"role": "CQA", "horizon": "release", "description": "x", "unit": "g/L", "column": "batches.titre"},
            "temperature": {**tag, "unit": "degC", "column": "historian.temperature"},
            "oxygen": {**tag, "unit": "%", "column": "historian.oxygen"},
            "ph": {**tag, "unit": "", "column": "historian.ph"},
            "ph_lab": {**tag, "unit": "", "column": "samples.ph_lab", **({} if lag is None else {"result_lag": lag})},
        },
        "course": COURSE if course is None else course,
    }


def course_process(course: PlainData | None = None, lag: str | None = f"{LAG_HOURS} h") -> Process:
    """Return the process of these batches."""
    process = parse(Process, course_definition(course, lag), "broth")
    assert isinstance(process, Process)
    return process


@dataclass(frozen=True)
class SmallCourses:
    """Past batches: the process, their feature rows and their records."""

    process: Process
    rows: pl.DataFrame
    records: pl.DataFrame

    def of(self, batch: str) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Return the feature row and the records of one batch."""
        own = pl.col("batch_id") == batch
        return self.rows.filter(own), self.records.filter(own)


def small_courses(
    batches: int = 30,
    seed: int = 1,
    *,
    products: tuple[str, ...] = ("P",),
    volumes: tuple[float, ...] = (0.01,),
    lengths: tuple[int, ...] = (POINTS,),
    process: Process | None = None,
    changed: Mapping[str, "Fault"] | None = None,
    prefix: str = "B",
) -> SmallCourses:
    """Return made-up batches. products, volumes [m³] and lengths [h] alternate; changed: batch → its fault."""
    rng, used = np.random.default_rng(seed), course_process() if process is None else process
    n = np.arange(batches)
    plan = pl.DataFrame(
        {
            "batch_id": [f"{prefix}{i:03d}" for i in n],
            "product": [products[i % len(products)] for i in n],
            "scale": [volumes[i // len(products) % len(volumes)] for i in n],
            "started_at": [datetime(2024, 1, 1) + timedelta(days=3 * int(i)) for i in n],
            "warm": WARM + 273.15 + 0.1 * rng.normal(size=batches),
            "cool": COOL + 273.15 + 0.1 * rng.normal(size=batches),
            "shift": 3600 * (SHIFT + rng.integers(-4, 5, batches)),
            "air": 1e-5 * (1 + 0.2 * rng.uniform(-1, 1, batches)),
        }
    ).with_columns(pl.col("scale").alias("volume"), pl.col("product").alias("lineage"))
    plan = plan.with_columns(pl.lit(None, pl.String).alias(name) for name in ("site", "equipment"))
    values = _courses(plan, rng)
    for i, name in enumerate(plan["batch_id"]):
        for tag in values:
            values[tag][i, lengths[i % len(lengths)] + 1 :] = np.nan
        if changed and name in changed:
            changed[name].apply(values, i)
    return SmallCourses(used, feature_rows(used, plan), records_of(plan["batch_id"].to_list(), values))


@dataclass(frozen=True)
class Fault:
    """A deviation of one batch: some tags move from an hour on, at once or by so much an hour."""

    moved: Mapping[str, float]
    hour: int
    drift: bool = False

    def apply(self, values: Records, batch: int) -> None:
        """Change the courses of one batch."""
        since = np.arange(POINTS + 1) - self.hour
        shape = np.maximum(since, 0) if self.drift else (since >= 0).astype(float)
        for tag, size in self.moved.items():
            values[tag][batch] += size * shape


def _courses(plan: pl.DataFrame, rng: np.random.Generator) -> Records:
    """Return the courses: a temperature that follows its set-point, oxygen that falls, a pH that varies, and its sample."""
    hours, size = np.arange(POINTS + 1), (plan.height, POINTS + 1)
    warm, cool, shift = (plan[name].to_numpy()[:, None] for name in ("warm", "cool", "shift"))
    since = np.maximum(hours - shift / 3600, 0)
    air = plan["air"].to_numpy()[:, None] * 1e5
    ph = 7.0 + 0.02 * _wander(size, rng)
    lab = np.where(hours % SAMPLE_HOURS == 0, ph + 0.01 * rng.normal(size=size), np.nan)
    return {
        "temperature": cool + (warm - cool) * np.exp(-since) + 0.03 * rng.normal(size=size),
        "oxygen": 0.4 + 0.2 * air - 0.004 * hours + 0.01 * _wander(size, rng),
        "ph": ph,
        "ph_lab": np.where(hours > 0, lab, np.nan),
    }


def _wander(size: tuple[int, int], rng: np.random.Generator) -> FloatArray:
    """Return numbers of standard deviation 1 in which each keeps a half of the one before."""
    out = rng.normal(size=size)
    for point in range(1, size[1]):
        out[:, point] = 0.5 * out[:, point - 1] + np.sqrt(0.75) * out[:, point]
    return np.asarray(out)


def records_of(batches: list[str], values: Records) -> pl.DataFrame:
    """Return arrays, hour by hour, as records: batch_id, tag, time [s], value."""
    parts = []
    for tag, table in values.items():
        b, hour = np.nonzero(~np.isnan(table))
        names = np.array(batches)[b]
        parts.append(pl.DataFrame({"batch_id": names, "tag": tag, "time": 3600.0 * hour, "value": table[b, hour]}))
    return pl.concat(parts).sort("batch_id", "tag", "time")


def feature_rows(process: Process, plan: pl.DataFrame) -> pl.DataFrame:
    """Return the feature rows of batches."""
    none = pl.DataFrame(schema={"batch_id": pl.String, "tag": pl.String, "time": pl.Float64, "value": pl.Float64})
    result = {"batch_id": pl.String, "attribute": pl.String, "value": pl.Float64, "censoring": pl.String}
    lot = {"material": pl.String, "lot_id": pl.String, "attribute": pl.String, "value": pl.Float64}
    use = {"batch_id": pl.String, "material": pl.String, "lot_id": pl.String, "fraction": pl.Float64}
    empty = [pl.DataFrame(schema=schema) for schema in (result, lot, use)]
    rows = build(process, History(plan, *empty, none))
    return rows.with_columns(scale_levels(rows["scale"], process.scale.tolerance).alias("scale_level"))


PROBE = Fault({"ph_lab": 0.15}, 12)
STIRRER = Fault({"oxygen": -0.15}, 20)
LEAK = Fault({"oxygen": 0.15, "temperature": 0.6}, 24)
LOG: Mapping[str, tuple[str, Fault]] = {
    "B030": ("stirrer", STIRRER),
    "B031": ("stirrer", STIRRER),
    "B032": ("stirrer", STIRRER),
    "B033": ("leak", LEAK),
    "B034": ("leak", LEAK),
    "B035": ("leak", LEAK),
}
"""Batch → cause and fault of its logged deviation, in the batches of `watched`."""


@cache
def watched() -> tuple[SmallCourses, Trained]:
    """Return 36 batches, six of them with a logged deviation, and their monitor."""
    made = small_courses(36, changed={name: fault for name, (_, fault) in LOG.items()})
    return made, trained_on(made, {name: cause for name, (cause, _) in LOG.items()})


def trained_on(made: SmallCourses, logged: Mapping[str, str] | None = None, config: MonitoringConfig = QUICK) -> Trained:
    """Return the monitor of batches. logged: batch → cause of its logged deviation."""
    return train_monitor(made.process, made.rows, made.records, logged or {}, config, 1)
