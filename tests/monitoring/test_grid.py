"""The points at which courses are compared, and which tags are sensors or samples."""

import numpy as np
import polars as pl
import pytest

from pipeline.domain.errors import ScalebridgeError
from pipeline.monitoring.grid import MOST_POINTS, course_grid, hours_of
from tests.support.small_courses import COURSE, course_process, small_courses

HOUR = 3600.0


def _series(tag: str, every: float, hours: float = 60, batches: int = 10, constant: bool = False) -> pl.DataFrame:
    times = HOUR * np.arange(0, hours + 1e-9, every)
    one = pl.DataFrame({"tag": tag, "time": times, "value": np.ones(len(times)) if constant else np.sin(times)})
    return pl.concat([one.select(pl.lit(f"B{i}").alias("batch_id"), pl.all()) for i in range(batches)])


def test_grid__sensors_are_recorded_often_and_samples_rarely() -> None:
    grid = course_grid(course_process(), pl.concat([_series("oxygen", 1), _series("ph", 2), _series("ph_lab", 6)]))
    assert (grid.sensors, grid.samples) == (("oxygen", "ph"), ("ph_lab",))
    assert (grid.usual, grid.points) == (40, 60)
    assert (grid.sample_step, grid.sample_points) == (6 * HOUR, 16)


def test_grid__of_samples_alone_takes_them_as_sensors() -> None:
    grid = course_grid(course_process(), _series("ph_lab", 12))
    assert (grid.sensors, grid.samples, grid.step) == (("ph_lab",), (), 12 * HOUR)


def test_grid__the_step_is_the_time_between_records_or_a_multiple_of_it() -> None:
    assert course_grid(course_process(), _series("oxygen", 1)).step == HOUR
    grid = course_grid(course_process(), _series("oxygen", 0.1, hours=100))
    assert grid.step == pytest.approx(3 * 0.1 * HOUR)
    assert grid.usual <= MOST_POINTS


def test_grid__a_declared_step_is_used() -> None:
    process = course_process({**COURSE, "step": "3 h"})
    grid = course_grid(process, _series("oxygen", 1))
    assert (grid.step, grid.usual) == (3 * HOUR, 20)
    assert hours_of(process, grid)[:3].tolist() == [0, 3, 6]


def test_grid__a_share_of_a_batch_is_at_least_one_point() -> None:
    grid = course_grid(course_process(), _series("oxygen", 1))
    assert [grid.share(part) for part in (0.0, 0.001, 0.1, 0.5)] == [1, 1, 6, 30]


def test_grid__tags_that_never_change_or_that_few_batches_record_are_left_out() -> None:
    parts = [_series("oxygen", 1), _series("ph", 1, constant=True), _series("temperature", 1, batches=2)]
    grid = course_grid(course_process(), pl.concat(parts))
    assert (grid.sensors, grid.left_out) == (("oxygen",), ("ph", "temperature"))
    third = pl.concat([_series("oxygen", 1), _series("temperature", 1, batches=3)])
    assert course_grid(course_process(), third).left_out == ()


def test_grid__with_an_indicator_counts_in_its_unit() -> None:
    process = course_process({"indicator": "oxygen"})
    level = _series("oxygen", 1).with_columns((pl.col("time") / HOUR * 2).alias("value"))
    grid = course_grid(process, pl.concat([level, _series("ph", 1)]))
    assert (grid.step, grid.usual) == (2.0, 60)


def test_grid__without_records_says_what_to_do() -> None:
    with pytest.raises(ScalebridgeError, match=r"'broth' has no values over time.*`gives: trajectories`, or check why"):
        course_grid(course_process(), _series("oxygen", 1).clear())


def test_grid__where_nothing_changes_names_the_tags() -> None:
    both = pl.concat([_series("oxygen", 1, constant=True), _series("ph", 1, constant=True)])
    with pytest.raises(ScalebridgeError, match=r"No tag of process 'broth' changes.*at least 30%.*10 batches.*oxygen, ph"):
        course_grid(course_process(), both)


def test_grid__where_all_records_are_at_the_start_is_an_error() -> None:
    made = small_courses(10)
    values = made.records.with_columns(pl.lit(0.0).alias("time")).unique(["batch_id", "tag"], keep="first")
    with pytest.raises(ScalebridgeError, match=r"no record after their start.*check the times"):
        course_grid(made.process, values)


def test_grid__does_not_depend_on_the_lag_of_samples() -> None:
    made = small_courses(10)
    assert course_grid(made.process, made.records) == course_grid(course_process(lag=None), made.records)
