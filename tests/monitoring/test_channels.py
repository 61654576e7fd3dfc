"""How far each tag is from its forecast, by channel."""

import numpy as np
import polars as pl
import pytest

from pipeline.monitoring.channels import Residuals
from pipeline.monitoring.courses import courses_of
from pipeline.monitoring.judgement import AGREEMENT, FAST, MIDDLE, SAMPLES, SLOW
from tests.support.small_courses import STIRRER, Fault, SmallCourses, small_courses, watched


def _residuals(made: SmallCourses) -> list[Residuals]:
    forecasts = watched()[1].monitor.forecasts
    courses = courses_of(made.process, forecasts.expected.grid, made.rows["batch_id"].to_list(), made.records)
    return forecasts.residuals(courses, made.rows)


def _new(changed: dict[str, Fault] | None = None) -> SmallCourses:
    return small_courses(20, seed=8, prefix="N", process=watched()[0].process, changed=changed)


def test_residuals__are_those_of_all_channels() -> None:
    assert [one.channel for one in _residuals(_new())] == [FAST, MIDDLE, SLOW, SAMPLES, SAMPLES, AGREEMENT]


def test_residuals__of_normal_batches_are_of_the_usual_size() -> None:
    for one in _residuals(_new()):
        for tag in range(one.standardised.shape[2]):
            values = one.standardised[:, :, tag]
            assert 0.6 < np.median(np.abs(values[~np.isnan(values)])) / 0.6745 < 1.7, (one.channel, tag)


@pytest.mark.parametrize("channel", [FAST, MIDDLE, SLOW])
def test_residuals__of_a_step_are_large_when_it_begins(channel: str) -> None:
    found = {one.channel: one.standardised[0, :, 0] for one in _residuals(_new({"N000": STIRRER}))}[channel]
    assert np.nanmax(np.abs(found[:20])) < 6
    assert np.abs(found[20:22]).max() > 6


def test_residuals__of_a_step_stay_large_in_the_slow_channel_alone() -> None:
    """The fast channel reads what was seen shortly before."""
    found = {one.channel: np.abs(one.standardised[0, 40:60, 0]).mean() for one in _residuals(_new({"N000": STIRRER}))}
    assert found[SLOW] > 3 * found[FAST]


def test_residuals__expected_value_and_size_make_the_value() -> None:
    made = _new()
    forecasts = watched()[1].monitor.forecasts
    courses = courses_of(made.process, forecasts.expected.grid, made.rows["batch_id"].to_list(), made.records)
    slow = next(one for one in forecasts.residuals(courses, made.rows) if one.channel == SLOW)
    again = slow.expected + slow.standardised * slow.sizes
    seen = ~np.isnan(again)
    assert np.abs(again - courses.sensors)[seen].max() < 1e-9
    assert seen[:, :60].all()


def test_residuals__do_not_read_later_records() -> None:
    made = _new()
    later = made.records.with_columns(
        pl.when(pl.col("time") > 30 * 3600).then(pl.col("value") * 2).otherwise("value").alias("value")
    )
    for one, other in zip(_residuals(made), _residuals(SmallCourses(made.process, made.rows, later)), strict=True):
        until = 31 if one.channel in (FAST, MIDDLE, SLOW) else 6
        assert np.array_equal(one.standardised[:, :until], other.standardised[:, :until], equal_nan=True)
