"""What the forecast of a deviation reads."""

import numpy as np
import polars as pl

from pipeline.monitoring.courses import courses_of
from pipeline.monitoring.features import (
    BatchInputs,
    inputs_of,
    own_columns,
    own_sample_columns,
    rows_at,
    sample_columns,
    sensor_columns,
)
from pipeline.monitoring.past import OWN
from tests.support.small_courses import LAG_HOURS, SmallCourses, watched


def _inputs(records: pl.DataFrame | None = None, quantities: tuple[str, ...] = ("air",)) -> BatchInputs:
    made, trained = watched()
    expected, rows = trained.monitor.forecasts.expected, made.rows[:4]
    names = rows["batch_id"].to_list()
    courses = courses_of(made.process, expected.grid, names, made.records if records is None else records)
    return inputs_of(expected, courses, rows, quantities)


def test_sensor_columns__read_time_events_plan_set_points_and_the_past() -> None:
    columns = sensor_columns(_inputs(), watched()[1].monitor.forecasts.expected, 4)
    assert {"time", "event0", "plan.air", "change1.temperature", "before1.oxygen", "before4.ph", "sample.ph_lab"} <= set(columns)
    shift = watched()[0].rows["shift"][0] / 3600
    assert columns["event0"][0, int(shift)] == 0
    assert columns["event0"][0, 0] == -24
    assert np.abs(columns["change1.temperature"][0, int(shift) + 1]) > 1
    assert np.abs(columns["change1.temperature"][0, 5]) < 0.1


def test_sensor_columns__of_the_level_of_history_read_nothing_of_the_past() -> None:
    expected = watched()[1].monitor.forecasts.expected
    assert not [name for name in sensor_columns(_inputs(), expected, None) if name.startswith(("before", "sample"))]
    assert list(own_columns(_inputs(), 0, None)) == ["level"]


def test_columns__of_a_point_do_not_read_the_records_ahead() -> None:
    """A forecast is made 4 points ahead, so at hour 30 it reads records up to hour 26, and results up to then."""
    made = watched()[0]
    changed = made.records.with_columns(
        pl.when(pl.col("time") > 26 * 3600).then(pl.col("value") + 9).otherwise("value").alias("value")
    )
    expected = watched()[1].monitor.forecasts.expected
    for build in (lambda one: sensor_columns(one, expected, 4), lambda one: own_columns(one, 0, 4)):
        first, second = (build(_inputs(records)) for records in (made.records, changed))
        for name in first:
            assert np.array_equal(first[name][:, :31], second[name][:, :31], equal_nan=True), name


def test_columns__read_a_sample_only_when_its_result_is_known() -> None:
    made = SmallCourses(*[getattr(watched()[0], name) for name in ("process", "rows", "records")])
    wrong = (pl.col("tag") == "ph_lab") & (pl.col("time") == 24 * 3600)
    changed = made.records.with_columns(pl.when(wrong).then(9.0).otherwise("value").alias("value"))
    expected = watched()[1].monitor.forecasts.expected
    first, second = (sensor_columns(_inputs(records), expected, 2)["sample.ph_lab"] for records in (made.records, changed))
    known = 24 + LAG_HOURS + 2
    assert np.array_equal(first[:, :known], second[:, :known], equal_nan=True)
    assert (first[:, known] != second[:, known]).all()


def test_own_columns__read_the_deviation_before_and_its_roughness() -> None:
    columns = own_columns(_inputs(), 0, 4)
    assert set(columns) == {"level", "roughness", "value", OWN}
    deviations = _inputs().deviations.sensors[:, :, 0]
    assert columns[OWN][0, 30] == np.mean(deviations[0, 25:27])
    assert all(np.isfinite(values[~np.isnan(values)]).all() for values in columns.values())


def test_sample_columns__read_earlier_samples_and_the_sensors_now() -> None:
    expected = watched()[1].monitor.forecasts.expected
    columns, plain = (sample_columns(_inputs(), expected, back) for back in (1, None))
    assert "before1.ph_lab" in columns
    assert not [name for name in plain if name.startswith("before")]
    assert "sensor.oxygen" in plain
    samples = _inputs().deviations.samples[:, :, 0]
    assert np.array_equal(columns["before1.ph_lab"][:, 1:], samples[:, :-1], equal_nan=True)
    assert list(own_sample_columns(_inputs(), 0, None)) == ["level"]
    assert np.array_equal(own_sample_columns(_inputs(), 0, 1)[OWN], columns["before1.ph_lab"], equal_nan=True)


def test_rows_at__takes_points_of_batches() -> None:
    values = np.arange(6.0).reshape(2, 3)
    found = rows_at({"a": values}, {"b": 10 * values}, (np.array([0, 1]), np.array([2, 0])))
    assert found.to_dict(as_series=False) == {"a": [2, 3], "b": [20, 30]}
