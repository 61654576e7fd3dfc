"""The courses of the product: which batches and scales they come from, and where they end."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from pipeline.answers.course.own_courses import SCALES, courses_by_scale, own_courses, usual_end
from pipeline.domain.units import unit
from pipeline.monitoring.monitor import Monitor
from tests.support.watched_pot import watched_case, watched_run

RUN = watched_run()
ROW = watched_case().row
DAY = np.array([0.0, 24.0, 48.0, 72.0, 96.0]) * 3600


def _monitor() -> Monitor:
    assert RUN.monitor is not None
    assert isinstance(RUN.monitor.found, Monitor)
    return RUN.monitor.found


def _batches(monitor: Monitor, rows: pl.DataFrame = RUN.rows) -> dict[float, int]:
    return {one.scale: len(one.courses) for one in courses_by_scale(monitor, ROW, rows, RUN.history.trajectories)}


def test_courses__are_of_the_lineage_and_of_complete_batches_that_look_normal() -> None:
    own = RUN.rows.filter(pl.col("lineage") == "P")["batch_id"]
    assert _batches(_monitor()) == {0.001: len(own)}
    unseen = replace(_monitor(), trained_on=tuple(name for name in _monitor().trained_on if name != own[0]))
    assert _batches(unseen) == {0.001: len(own) - 1}
    assert _batches(replace(_monitor(), suspected=(own[1], own[2]))) == {0.001: len(own) - 2}


def test_courses__are_of_the_scales_nearest_to_the_proposed_one() -> None:
    scales = pl.Series([0.0001 * 3.0**step for step in range(8)])
    n = RUN.rows.height
    rows = RUN.rows.with_columns(scales.gather(np.arange(n) % 8).alias("scale"), pl.lit("P").alias("lineage"))
    found = list(_batches(_monitor(), rows))
    assert found == sorted(scales, key=lambda scale: abs(np.log(scale / 0.1)))[:SCALES]


def test_own_courses__end_where_fewer_than_half_of_the_batches_have_a_record() -> None:
    """The probe rises faster in some batches. Without the rule the median would jump where the others end."""
    own = RUN.rows.filter(pl.col("lineage") == "P")["batch_id"]
    ended = RUN.history.trajectories.filter(~pl.col("batch_id").is_in(own[:9].implode()) | (pl.col("time") <= DAY[2]))
    grid = _monitor().forecasts.expected.grid
    found = courses_by_scale(_monitor(), ROW, RUN.rows, ended)
    (course,) = own_courses(found, grid, "probe", DAY, unit("g/L"), unit("L"))
    assert course.batches == 16
    assert [value is None for value in course.medians] == [False, False, False, True, True]
    assert usual_end(found, grid) == pytest.approx(DAY[2])
    assert usual_end((), grid) == grid.usual * grid.step


def test_own_courses__of_a_tag_that_no_batch_records_are_left_out() -> None:
    silent = RUN.history.trajectories.filter(pl.col("tag") != "sample")
    found = courses_by_scale(_monitor(), ROW, RUN.rows, silent)
    grid = _monitor().forecasts.expected.grid
    assert own_courses(found, grid, "sample", DAY, unit("g/L"), unit("L")) == ()
    assert len(own_courses(found, grid, "flow", DAY, unit("g/L"), unit("L"))) == 1
