"""The expected course of each tag with its band."""

from dataclasses import replace

import numpy as np
import polars as pl

from pipeline.monitoring.courses import courses_of
from pipeline.monitoring.expected_path import POINTS as MOST
from pipeline.monitoring.expected_path import bands_of, expected_paths, flat_nodes, planned_paths
from tests.conftest import process_of
from tests.support.small_courses import POINTS, course_definition, small_courses, trained_on, watched


def test_planned__courses_are_of_all_tags_in_hours_and_si() -> None:
    made, trained = watched()
    found = planned_paths(trained.monitor, made.rows[:1], "next_batch")
    assert [one.tag for one in found] == ["oxygen", "ph", "temperature", "ph_lab"]
    assert all(len(one.hours) <= 2 * MOST for one in found)
    assert found[0].hours[-1] <= POINTS
    assert np.diff(found[3].hours)[0] == 6
    assert 300 < found[2].median.mean() < 315
    assert all(np.isfinite(part).all() for one in found for part in (one.median, one.lower, one.upper))


def test_expected__course_of_what_was_seen_is_nearer_to_it_than_the_plan() -> None:
    made, trained = watched()
    new = small_courses(12, seed=3, prefix="N", process=made.process)
    grid, apart = trained.monitor.forecasts.expected.grid, {"plan": [], "now": []}  # type: ignore[var-annotated]
    for i, batch in enumerate(new.rows["batch_id"]):
        raised = new.records.with_columns(
            pl.when(pl.col("tag") == "oxygen").then(pl.col("value") + 0.02 * (-1) ** i).otherwise("value").alias("value")
        )
        row = new.rows[i : i + 1]
        whole = courses_of(made.process, grid, [batch], raised).sensors[0, :61, 0]
        seen = courses_of(made.process, grid, [batch], raised.filter(pl.col("time") <= 30 * 3600))
        so_far = trained.monitor.forecasts.expected.deviations(seen, row)
        for name, one in (
            ("plan", planned_paths(trained.monitor, row, "next_batch")[0]),
            (
                "now",
                expected_paths(trained.monitor, so_far, seen, "next_batch")[0],
            ),
        ):
            late = one.hours >= 36
            apart[name].append(np.abs(one.median - np.interp(one.hours, np.arange(61.0), whole))[late].mean())
    assert np.mean(apart["now"]) < np.mean(apart["plan"])


def test_course__stays_in_the_possible_range() -> None:
    made = small_courses(14)
    definition = course_definition()
    definition["attributes"]["oxygen"]["between"] = [45, 52]
    process = process_of(definition)
    monitor = replace(trained_on(made).monitor, process=process)
    oxygen = planned_paths(monitor, made.rows[:1], "next_batch")[0]
    assert oxygen.lower.min() >= 0.45
    assert oxygen.upper.max() <= 0.52


def test_flat_nodes__are_one_tag_after_the_other_up_to_the_reach() -> None:
    expected = watched()[1].monitor.forecasts.expected
    points, tags = expected.grid.points, np.array([1.0, 2.0, 3.0])
    sensors = np.broadcast_to(tags, (2, points, 3))
    samples = np.full((2, expected.grid.sample_points, 1), 4.0)
    found = flat_nodes(expected, sensors, samples)[0]
    each = -(-points // expected.node_points)
    assert found.shape == (3 * each + expected.grid.sample_points,)
    assert (found[0], found[each], found[2 * each], found[-1]) == (1, 2, 3, 4)
    assert np.isnan(found[each - 1])


def test_bands__cover_the_level_of_the_hidden_batches() -> None:
    nodes = np.random.default_rng(1).normal(size=(100, 20))
    bands = bands_of(nodes, 0.9)
    inside = np.abs(nodes) <= bands.factors * bands.covariance.sizes
    assert abs(inside.mean() - 0.9) < 0.02
