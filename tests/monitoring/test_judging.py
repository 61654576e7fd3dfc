"""Judgements of running batches: what is found, by which channel, and that nothing of the future is read."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from types import MappingProxyType

import numpy as np
import polars as pl
import pytest

from pipeline.monitoring.judgement import (
    AGREEMENT,
    AS_EXPECTED,
    DEVIATING,
    FAST,
    MIDDLE,
    NOT_JUDGED,
    SAMPLES,
    SLOW,
    UNKNOWN,
    Judgement,
)
from pipeline.monitoring.judging import judge
from tests.support.small_courses import (
    LAG_HOURS,
    LEAK,
    POINTS,
    PROBE,
    STIRRER,
    Fault,
    SmallCourses,
    course_process,
    small_courses,
    trained_on,
    watched,
)

HOUR = 3600.0


@cache
def _new() -> SmallCourses:
    """Return batches that nothing was learned from: a normal one, and one of each fault."""
    faults: Mapping[str, Fault] = {
        "N001": STIRRER,
        "N002": LEAK,
        "N003": PROBE,
        "N004": Fault({"temperature": 1.0}, 25),
        "N005": Fault({"oxygen": 0.004}, 15, drift=True),
        "N006": Fault({"ph": 0.4, "ph_lab": 0.4, "temperature": -2.0}, 20),
    }
    return small_courses(7, seed=21, prefix="N", process=watched()[0].process, changed=faults)


def _judged(batch: str, hours: float = POINTS, records: pl.DataFrame | None = None) -> Judgement:
    row, own = _new().of(batch)
    return judge(watched()[1].monitor, row, own if records is None else records, hours)


def test_normal_batch__is_as_expected_at_every_hour() -> None:
    for hours in (0, 7, 20.5, 31, POINTS, POINTS + 20):
        found = _judged("N000", hours)
        assert found.status == AS_EXPECTED
        assert (found.since, found.causes) == (None, ())
        assert all(one.score < 1 for one in found.scores)
        assert all(one.hours <= hours for one in found.scores)


@pytest.mark.parametrize(
    ("batch", "channels", "tag", "begins", "within"),
    [
        ("N001", {FAST, MIDDLE, SLOW}, "oxygen", 20, 3),
        ("N003", {SAMPLES, AGREEMENT}, "ph_lab", 12, LAG_HOURS + 1),
        ("N004", {FAST, MIDDLE, SLOW}, "temperature", 25, 2),
        ("N005", {MIDDLE, SLOW}, "oxygen", 15, 30),
    ],
    ids=["step", "probe error", "temperature", "drift"],
)
def test_deviation__is_found_by_the_channel_that_should_find_it(
    batch: str, channels: set[str], tag: str, begins: float, within: float
) -> None:
    found = _judged(batch)
    assert found.status == DEVIATING
    assert found.since is not None
    assert begins <= found.since <= begins + within
    first = next(one for one in found.scores if one.score > 1)
    assert first.channel in channels
    assert first.hours == found.since
    assert found.tags[0].tag == tag
    assert abs(found.tags[0].deviations) > 3


def test_deviation__states_the_value_and_the_expected_one_of_a_tag() -> None:
    found = {one.tag: one for one in _judged("N004").tags}["temperature"]
    assert found.observed - found.expected > 0.3
    assert 300 < found.expected < 315
    assert found.deviations > 3


def test_deviation__is_not_found_before_it_begins() -> None:
    assert _judged("N001", 19).status == AS_EXPECTED
    assert _judged("N003", 12 + LAG_HOURS - 1).status == AS_EXPECTED


@pytest.mark.parametrize(("batch", "cause"), [("N001", "stirrer"), ("N002", "leak")])
def test_cause__of_a_logged_kind_is_named_first(batch: str, cause: str) -> None:
    assert _judged(batch).causes[0].cause == cause


def test_cause__that_no_log_holds_is_unknown() -> None:
    assert _judged("N006").causes[0].cause == UNKNOWN


@pytest.mark.parametrize("batch", ["N000", "N001", "N003"])
def test_judgement__does_not_change_with_later_records(batch: str) -> None:
    _, own = _new().of(batch)
    for hours in (10, 26, 27.5):
        later = own.with_columns(
            pl.when(pl.col("time") > hours * HOUR).then(pl.col("value") + 50).otherwise("value").alias("value")
        )
        cut = own.filter(pl.col("time") <= hours * HOUR)
        first, *others = (_judged(batch, hours, records) for records in (own, later, cut))
        for other in others:
            assert first.scores == other.scores
            assert (first.status, first.tags, first.causes) == (other.status, other.tags, other.causes)
            assert all((a.median == b.median).all() for a, b in zip(first.expected, other.expected, strict=True))


@pytest.mark.parametrize("batch", ["N000", "N002"])
def test_scores__of_earlier_hours_stay_when_the_batch_goes_on(batch: str) -> None:
    early, late = _judged(batch, 30).scores, _judged(batch, 50).scores
    assert [one.score for one in early] == pytest.approx([one.score for one in late[: len(early)]])


def test_sample__is_not_used_before_its_result_is_known() -> None:
    _, own = _new().of("N000")
    wrong = (pl.col("tag") == "ph_lab") & (pl.col("time") == 24 * HOUR)
    changed = own.with_columns(pl.when(wrong).then(9.0).otherwise("value").alias("value"))
    known = 24 + LAG_HOURS
    assert _judged("N000", known - 1, changed).scores == _judged("N000", known - 1).scores
    assert _judged("N000", known, changed).status == DEVIATING
    assert _judged("N000", known, changed).since == known


def test_records__since_the_last_point_count_when_the_next_one_is_over() -> None:
    """The mean of a part of the records of a point scatters more than the limit allows."""
    _, own = _new().of("N000")
    extra = own.filter((pl.col("tag") == "oxygen") & (pl.col("time") == 21 * HOUR)).with_columns(
        time=pl.lit(20.1 * HOUR), value=pl.lit(5.0)
    )
    records = pl.concat([own, extra]).sort("batch_id", "tag", "time")
    assert _judged("N000", 20.2, records).status == AS_EXPECTED
    assert _judged("N000", 21, records).status == DEVIATING


def test_result__that_comes_after_the_last_record_is_judged() -> None:
    _, own = _new().of("N000")
    stopped = own.filter(pl.col("time") <= 24 * HOUR).with_columns(
        pl.when((pl.col("tag") == "ph_lab") & (pl.col("time") == 24 * HOUR)).then(9.0).otherwise("value").alias("value")
    )
    found = _judged("N000", 40, stopped)
    assert (found.status, found.since) == (DEVIATING, 24 + LAG_HOURS)
    assert found.tags[0].tag == "ph_lab"
    assert found.scores[-1].hours >= found.since


def test_batch__without_records_is_not_judged_and_has_its_planned_course() -> None:
    row, own = _new().of("N000")
    for records in (own.clear(), own.filter(pl.col("time") > 9 * HOUR)):
        found = judge(watched()[1].monitor, row, records, 5)
        assert found.status == NOT_JUDGED
        assert "no record of a watched tag up to hour 5" in found.notes[0]
        assert [one.tag for one in found.planned] == ["oxygen", "ph", "temperature", "ph_lab"]


def test_batch__without_one_of_the_tags_is_judged_and_says_so() -> None:
    _, own = _new().of("N001")
    for tag in ("ph", "ph_lab", "temperature"):
        found = _judged("N001", POINTS, own.filter(pl.col("tag") != tag))
        assert found.status == DEVIATING
        assert tag not in {one.tag for one in found.tags}
    notes = _judged("N001", POINTS, own.filter(pl.col("tag") != "oxygen")).notes
    assert any("No record of oxygen: these tags are not watched" in note for note in notes)


def test_batch__with_a_gap_of_all_tags_is_judged() -> None:
    _, own = _new().of("N000")
    gap = own.filter((pl.col("time") <= 20 * HOUR) | (pl.col("time") > 33 * HOUR))
    for hours in (25, 34, POINTS):
        assert _judged("N000", hours, gap).status in (AS_EXPECTED, DEVIATING)


def test_batch__that_runs_longer_than_others_is_judged_up_to_there() -> None:
    row, own = _new().of("N000")
    longer = pl.concat([own, own.with_columns(pl.col("time") + (POINTS + 1) * HOUR)]).sort("batch_id", "tag", "time")
    found = judge(watched()[1].monitor, row, longer, 200)
    assert any("Few past batches ran longer than 61 h" in note for note in found.notes)
    assert max(one.hours for one in found.scores) <= 61 + LAG_HOURS + 10


def test_question__of_a_kind_without_rehearsal_uses_another_limit_and_says_so() -> None:
    row, own = _new().of("N000")
    found = judge(watched()[1].monitor, row.with_columns(scale=pl.lit(9.0), log10_scale=pl.lit(0.95)), own, 30)
    assert (found.kind, found.rehearsed_as) == ("beyond_scale", "next_batch")
    assert any("The question is of the kind 'beyond scale'. The limit is that of 'next batch'" in one for one in found.notes)


def test_notes__state_a_rate_that_few_batches_cannot_promise() -> None:
    row, own = _new().of("N000")
    monitor = watched()[1].monitor
    wanted = replace(monitor, config=replace(monitor.config, promised_rate=0.01))
    assert any("not the wanted 1 %" in note for note in judge(wanted, row, own, 30).notes)
    found = judge(monitor, row, own, 30)
    assert (found.promised_rate, found.calibration_batches) == (0.05, 30)
    assert "The limit comes from 30 past batches that were hidden (next batch)" in found.notes[0]


def test_expected_course__follows_the_plan_and_what_was_seen() -> None:
    found = _judged("N001", 40)
    planned, expected = ({one.tag: one for one in part} for part in (found.planned, found.expected))
    temperature = planned["temperature"]
    assert temperature.median[temperature.hours == 10].item() == pytest.approx(310.15, abs=0.5)
    assert temperature.median[temperature.hours == 50].item() == pytest.approx(306.15, abs=0.5)
    after = (planned["oxygen"].hours > 24) & (planned["oxygen"].hours < 38)
    assert (expected["oxygen"].median[after] < planned["oxygen"].median[after]).all()
    for one in (*planned.values(), *expected.values()):
        assert (one.lower <= one.median).all()
        assert (one.median <= one.upper).all()


def test_planned_band__covers_most_of_a_normal_batch() -> None:
    made = small_courses(30, seed=33, prefix="M", process=watched()[0].process)
    inside = []
    for batch in made.rows["batch_id"][:12]:
        row, own = made.of(batch)
        (oxygen,) = [one for one in judge(watched()[1].monitor, row, own, 3).planned if one.tag == "oxygen"]
        recorded = own.filter(pl.col("tag") == "oxygen")
        values = np.interp(oxygen.hours * HOUR, recorded["time"].to_numpy(), recorded["value"].to_numpy())
        inside.append(np.mean((values >= oxygen.lower) & (values <= oxygen.upper)))
    assert 0.75 < np.mean(inside) <= 1


def test_indicator__a_result_is_not_used_before_it_is_known() -> None:
    made = _by_progress()
    monitor = trained_on(made).monitor
    row, own = made.of("B000")
    late = own.with_columns(
        pl.when((pl.col("tag") == "ph_lab") & (pl.col("time") == 24 * HOUR)).then(9.0).otherwise("value").alias("value")
    )
    for hours in (25, 27):
        assert judge(monitor, row, late, hours).scores == judge(monitor, row, own, hours).scores
    assert judge(monitor, row, late, 30).status == DEVIATING
    assert judge(monitor, row, own, POINTS).status == AS_EXPECTED


def test_indicator__a_set_point_without_a_time_is_compared_with() -> None:
    made = _by_progress({"set_points": {"ph": [{"value": 7.0}]}})
    row, own = made.of("B000")
    assert judge(trained_on(made).monitor, row, own, POINTS).status == AS_EXPECTED


def _by_progress(more: Mapping[str, object] = MappingProxyType({})) -> SmallCourses:
    """Return batches that are compared at equal values of an indicator, which rises by one an hour. more: of their course."""
    course = {"indicator": "temperature", "same": {"ph_lab": "ph"}, **more}
    made = small_courses(24, process=course_process(course))
    rising = pl.when(pl.col("tag") == "temperature").then(pl.col("time") / HOUR).otherwise("value")
    return SmallCourses(made.process, made.rows, made.records.with_columns(rising.alias("value")))
