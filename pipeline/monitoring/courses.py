"""The courses of batches as arrays: one value per batch, point and tag."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.domain.arrays import FloatArray, IntArray
from pipeline.domain.process.process import Process
from pipeline.monitoring.grid import CourseGrid
from pipeline.monitoring.position import positions


@dataclass(frozen=True)
class Courses:
    """Courses of batches, SI. A gap is NaN."""

    batches: tuple[str, ...]
    sensors: FloatArray
    """(batches, points, sensors): mean of the records since the point before."""
    hours: FloatArray
    """(batches, points): hours since the start of the batch at each point; NaN after the last record."""
    samples: FloatArray
    """(batches, sample points, samples)."""
    sampled: IntArray
    """(batches, sample points): point of the course at which the sample was taken; −1 where there is none."""
    known: IntArray
    """(batches, sample points, samples): point of the course from which the value is known; −1 where there is none."""

    def __len__(self) -> int:
        return len(self.batches)

    @property
    def last(self) -> IntArray:
        """Index of the last point with a record of each batch, (batches,); −1 where there is none."""
        points = np.arange(self.hours.shape[1])
        return np.asarray(np.where(np.isnan(self.hours), -1, points).max(axis=1))

    @property
    def told(self) -> IntArray:
        """Index of the last point at which something new was known of each batch: a record, or the result of a sample."""
        known = self.known.reshape(len(self), -1).max(axis=1, initial=-1)
        return np.asarray(np.maximum(self.last, np.minimum(known, self.hours.shape[1] - 1)))

    def take(self, which: IntArray) -> "Courses":
        """Return some of the batches."""
        names = tuple(self.batches[i] for i in which)
        parts = (getattr(self, name)[which] for name in ("sensors", "hours", "samples", "sampled", "known"))
        return Courses(names, *parts)


def courses_of(process: Process, grid: CourseGrid, batches: Sequence[str], records: pl.DataFrame) -> Courses:
    """Return the courses of some batches. records: batch_id, tag, time [s], value; those of other batches are left out."""
    number = pl.DataFrame({"batch_id": list(batches), "b": np.arange(len(batches))})
    tags = pl.Enum([*grid.sensors, *grid.samples])  # quicker to compare than text
    wanted = (
        records.filter(pl.col("tag").is_in(tags.categories.implode()))
        .with_columns(pl.col("tag").cast(tags))
        .join(number, on="batch_id")
    )
    placed = positions(process, wanted).with_columns(
        _point(grid, "position").alias("t"), _point(grid, "known").alias("from")
    )
    size = (len(batches), grid.points)
    means = placed.group_by("b", "t", "tag").agg(pl.col("value").mean(), pl.col("time").max())
    sensors = _filled(means, grid.sensors, "t", (*size, len(grid.sensors)))
    at_points = means.filter(pl.col("t") < grid.points).group_by("b", "t").agg(pl.col("time").max() / 3600)
    hours = np.full(size, np.nan)
    hours[at_points["b"].to_numpy(), at_points["t"].to_numpy()] = at_points["time"].to_numpy()
    of_samples = placed.filter(pl.col("tag").is_in(list(grid.samples))).with_columns(
        (pl.col("position") / grid.sample_step).round().cast(pl.Int64).alias("m")
    )
    samples = _filled(of_samples, grid.samples, "m", (len(batches), grid.sample_points, len(grid.samples)))
    known = _filled(of_samples, grid.samples, "m", samples.shape, "from")
    sampled = _filled(of_samples.with_columns(pl.lit("any").alias("tag")), ("any",), "m", (*samples.shape[:2], 1), "t")
    return Courses(tuple(batches), sensors, hours, samples, _whole(sampled[:, :, 0]), _whole(known))


def _point(grid: CourseGrid, column: str) -> pl.Expr:
    """Return the first point that is not before a position: the records of a point are those since the point before it."""
    return (pl.col(column) / grid.step - 1e-6).ceil().clip(0).cast(pl.Int64)


def _filled(
    records: pl.DataFrame, tags: Sequence[str], axis: str, shape: tuple[int, ...], what: str = "value"
) -> FloatArray:
    """Return an array with the mean of the records of each batch, point and tag, and NaN where there is none."""
    filled = np.full(shape, np.nan)
    if not tags or records.is_empty():
        return filled
    inside = records.filter(pl.col("tag").is_in(list(tags)) & (pl.col(axis) < shape[1]))
    code = dict(zip(tags, range(len(tags)), strict=True))
    means = inside.group_by("b", axis, "tag").agg(pl.col(what).mean())
    j = means["tag"].cast(pl.String).replace_strict(code, return_dtype=pl.Int64).to_numpy()
    filled[means["b"].to_numpy(), means[axis].to_numpy(), j] = means[what].to_numpy()
    return filled


def _whole(values: FloatArray) -> IntArray:
    return np.where(np.isnan(values), -1, np.ceil(np.nan_to_num(values))).astype(np.int64)
