"""Set-points over time, planned events, and how a tag follows a change."""

import numpy as np
import polars as pl
import pytest

from pipeline.domain.arrays import FloatArray
from pipeline.domain.process.process import Process
from pipeline.monitoring.grid import CourseGrid
from pipeline.monitoring.set_points import (
    LEAST_BATCHES,
    Response,
    changes_of,
    events_of,
    learned_response,
    partners,
    set_points,
)
from tests.support.small_courses import course_process

HOURS = np.arange(6.0)
ROWS = pl.DataFrame({"warm": [310.0, 311.0], "cool": [300.0, 301.0], "shift": [7200.0, 10800.0]})


def _process(*phases: dict[str, object]) -> Process:
    return course_process({"set_points": {"temperature": list(phases)}})


def _profile(rows: pl.DataFrame, *phases: dict[str, object]) -> list[list[float]]:
    found: list[list[float]] = set_points(_process(*phases), "temperature", rows, HOURS).tolist()
    return found


def test_set_point__is_the_attribute_of_each_batch_from_its_start() -> None:
    assert _profile(ROWS, {"value": "warm"}) == [[310] * 6, [311] * 6]


def test_set_point__steps_when_the_next_phase_begins() -> None:
    found = _profile(ROWS, {"value": "warm"}, {"value": "cool", "after": "shift"})
    assert found == [[310, 310, 300, 300, 300, 300], [311, 311, 311, 301, 301, 301]]


def test_set_point__ramps_from_the_phase_before_to_the_beginning_of_its_own() -> None:
    found = _profile(ROWS, {"value": "warm"}, {"value": "cool", "after": "4 h", "shape": "ramp"})
    assert found[0] == pytest.approx([310, 307.5, 305, 302.5, 300, 300])


def test_set_point__a_step_may_follow_a_ramp_and_a_ramp_a_step() -> None:
    phases = [{"value": "warm"}, {"value": "cool", "after": "2 h"}, {"value": "warm", "after": "4 h", "shape": "ramp"}]
    assert _profile(ROWS, *phases)[0] == pytest.approx([310, 310, 300, 305, 310, 310])


def test_set_point__a_number_is_in_the_unit_of_the_tag() -> None:
    assert _profile(ROWS, {"value": 37.0}) == [[310.15] * 6] * 2


def test_set_point__that_is_not_stated_is_not_known() -> None:
    rows = ROWS.with_columns(pl.Series("cool", [None, 301.0], dtype=pl.Float64))
    found = _profile(rows, {"value": "warm"}, {"value": "cool", "after": "shift"})
    assert np.isnan(found[0][2:]).all()
    assert found[0][:2] == [310, 310]
    assert found[1] == [311, 311, 311, 301, 301, 301]


def test_set_point__a_phase_whose_time_is_not_stated_does_not_begin() -> None:
    rows = ROWS.with_columns(pl.Series("shift", [None, 10800.0], dtype=pl.Float64))
    found = _profile(rows, {"value": "warm"}, {"value": "cool", "after": "shift"})
    assert found[0] == [310] * 6


def test_events__are_the_declared_times_and_the_beginnings_of_phases_each_once() -> None:
    phases = [{"value": "warm"}, {"value": "cool", "after": "shift"}, {"value": "warm", "after": "40 h"}]
    process = course_process({"events": ["shift"], "set_points": {"temperature": phases}})
    assert events_of(process, ROWS).tolist() == [[2, 40], [3, 40]]
    assert events_of(course_process({}), ROWS).shape == (2, 0)
    assert changes_of(process, "temperature", ROWS).tolist() == [[2, 40], [3, 40]]
    assert changes_of(_process({"value": "warm"}), "temperature", ROWS).shape == (2, 0)


def _lagging(batches: int, noise: float = 0.05, seed: int = 1) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Return values, set-points, hours and changes of a tag that covers half of the rest of a change every hour."""
    rng, hours = np.random.default_rng(seed), np.arange(60.0)
    at = rng.integers(20, 40, batches).astype(float)
    since = hours[None, :] - at[:, None]
    profile = np.where(since >= 0, 30.0, 37.0)
    values = 30 + 7 * 0.5 ** np.maximum(since, 0)
    return values + noise * rng.normal(size=values.shape), profile, hours, at[:, None]


def test_response__is_learned_from_steps() -> None:
    response = learned_response(*_lagging(20))
    share = dict(zip(response.hours, response.share, strict=True))
    assert [share[float(k)] for k in (-2, 0, 1, 2, 8)] == pytest.approx([0, 0, 0.5, 0.75, 1], abs=0.03)


def test_response__follows_a_new_step_of_another_size() -> None:
    response = learned_response(*_lagging(20))
    values, _, hours, at = _lagging(3, noise=0.0, seed=9)
    profile = np.where(hours[None, :] >= at, 35.0, 36.0)
    followed = response.followed(profile, hours, at)
    assert np.abs(followed - (35 + (values - 30) / 7)).max() < 0.05
    assert np.abs(profile - (35 + (values - 30) / 7)).max() == 1


def test_response__from_few_batches_or_without_a_change_is_at_once() -> None:
    assert learned_response(*_lagging(LEAST_BATCHES - 1)) == Response()
    values, profile, hours, at = _lagging(20)
    assert learned_response(values, profile, hours, at[:, :0]) == Response()
    assert learned_response(values, np.full_like(profile, 30.0), hours, at) == Response()
    assert learned_response(np.full_like(values, np.nan), profile, hours, at) == Response()
    assert (Response().followed(profile, hours, at) == profile).all()


def test_response__of_a_batch_that_states_no_change_is_its_set_point() -> None:
    response = learned_response(*_lagging(20))
    _, profile, hours, at = _lagging(3)
    unknown = np.full_like(at, np.nan)
    assert (response.followed(profile, hours, unknown) == profile).all()


def test_partners__are_sensors_that_measure_the_same_quantity() -> None:
    process = course_process({"same": {"ph_lab": "ph"}})
    grid = CourseGrid(("oxygen", "ph"), ("ph_lab",), 1.0, 9, 6, 6.0, 2)
    assert partners(process, grid, ("ph_lab", "oxygen")).tolist() == [1, -1]
    without = CourseGrid(("oxygen",), ("ph_lab",), 1.0, 9, 6, 6.0, 2)
    assert partners(process, without, ("ph_lab",)).tolist() == [-1]
