"""Training of a monitor, also from histories that are small or have gaps."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from pipeline.domain.errors import ScalebridgeError
from pipeline.engine.address import VARIABLE
from pipeline.monitoring.judgement import AS_EXPECTED, DEVIATING, UNKNOWN
from pipeline.monitoring.judging import judge
from pipeline.monitoring.settings import MonitoringConfig
from pipeline.monitoring.training import LEAST_BATCHES, causes_without, train_monitor
from tests.support.cluster import real_cluster
from tests.support.small_courses import (
    LOG,
    POINTS,
    QUICK,
    STIRRER,
    SmallCourses,
    course_process,
    small_courses,
    trained_on,
    watched,
)

HOUR = 3600.0


def test_training__learns_nothing_normal_from_logged_batches() -> None:
    _, trained = watched()
    assert set(trained.monitor.trained_on).isdisjoint(LOG)
    assert set(trained.hidden["next_batch"].batches) == set(trained.monitor.trained_on)
    assert trained.monitor.causes.names == ("leak", "stirrer")
    assert set(trained.patterns) == set(LOG)


@pytest.mark.parametrize("jobs", [1, 2])
def test_training__again_and_in_several_processes_gives_the_same_judgement(jobs: int) -> None:
    made = small_courses(14)
    first = trained_on(made).monitor
    second = train_monitor(made.process, made.rows, made.records, {}, QUICK, 1, jobs=jobs).monitor
    row, own = made.of("B003")
    assert judge(first, row, own, 40).scores == judge(second, row, own, 40).scores


@pytest.mark.long
def test_training__on_a_cluster_gives_the_same_judgement(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = small_courses(14)
    here = trained_on(made).monitor
    with real_cluster(tmp_path) as cluster:
        monkeypatch.setenv(VARIABLE, cluster.address)
        there = train_monitor(made.process, made.rows, made.records, {}, QUICK, 1).monitor
    row, own = made.of("B003")
    assert judge(here, row, own, 40).scores == judge(there, row, own, 40).scores


def test_causes_without__a_batch_come_from_the_others() -> None:
    _, trained = watched()
    found = causes_without(trained, "B030")
    assert dict(zip(found.names, found.numbers, strict=True)) == {"leak": 3, "stirrer": 2}


def test_training__says_what_it_hides() -> None:
    made, lines = small_courses(12), list[str]()
    train_monitor(made.process, made.rows, made.records, {}, QUICK, 1, lines.append)
    assert lines == ["next_batch: 12 hidden batches"]


def test_training__without_a_log_knows_no_cause() -> None:
    made = small_courses(24)
    monitor = trained_on(made).monitor
    new = small_courses(1, seed=9, prefix="N", process=made.process, changed={"N000": STIRRER})
    found = judge(monitor, *new.of("N000"), POINTS)
    assert found.status == DEVIATING
    assert [one.cause for one in found.causes] == [UNKNOWN]


def test_training__does_not_read_batches_that_are_not_among_the_rows() -> None:
    """A batch that still runs has records, and no feature row is given for it."""
    made = small_courses(16)
    known = made.rows[:14]
    short = pl.concat(
        [made.records.filter(pl.col("batch_id").is_in(known["batch_id"].implode())), _stub("B014"), _stub("B015")]
    )
    first, second = (
        trained_on(SmallCourses(made.process, known, records)).monitor.forecasts.expected.grid
        for records in (made.records, short.sort("batch_id", "tag", "time"))
    )
    assert first == second


def _stub(batch: str) -> pl.DataFrame:
    return pl.DataFrame({"batch_id": batch, "tag": "air", "time": [0.0, 1.0], "value": [1.0, 2.0]})


def test_training__of_scales_rehearses_each_kind_that_history_shows() -> None:
    made = small_courses(48, products=("P", "Q"), volumes=(0.01, 0.1, 1.0))
    trained = trained_on(made)
    assert set(trained.hidden) >= {"next_batch", "beyond_scale"}
    assert set(trained.monitor.scorings) == set(trained.monitor.bands) == set(trained.hidden)
    for kind, one in trained.hidden.items():
        assert one.kind == kind
        assert set(one.batches) <= set(made.rows["batch_id"])


def test_training__with_few_hidden_batches_of_a_kind_borrows_a_wider_limit() -> None:
    made = small_courses(32, products=("P", "Q"), volumes=(0.01, 0.01, 0.01, 1.0))
    scorings = trained_on(made).monitor.scorings
    harder = [kind for kind, one in scorings.items() if kind != "next_batch" and one.limit.rehearsed_as != kind]
    assert harder
    assert all(scorings[kind].limit.whole > scorings["next_batch"].limit.whole for kind in harder)


def _without_tag(made: SmallCourses) -> SmallCourses:
    missing = pl.col("batch_id").is_in(made.rows["batch_id"][::2].implode()) & (pl.col("tag") == "ph")
    return SmallCourses(made.process, made.rows, made.records.filter(~missing))


def _constant_tag(made: SmallCourses) -> SmallCourses:
    still = pl.when(pl.col("tag") == "ph").then(7.0).otherwise("value")
    return SmallCourses(made.process, made.rows, made.records.with_columns(still.alias("value")))


def _nearly_constant_tag(made: SmallCourses) -> SmallCourses:
    moved = (pl.col("batch_id") == "B001") & (pl.col("time") == 9 * HOUR)
    value = pl.when(pl.col("tag") != "ph").then("value").when(moved).then(7.5).otherwise(7.0)
    return SmallCourses(made.process, made.rows, made.records.with_columns(value.alias("value")))


def _tag_of_one_scale(made: SmallCourses) -> SmallCourses:
    """Only the larger vessel records the pH: training on the smaller one alone knows nothing of it."""
    small = made.rows.filter(pl.col("scale") < 0.1)["batch_id"]
    return SmallCourses(
        made.process, made.rows, made.records.filter(~(pl.col("batch_id").is_in(small.implode()) & (pl.col("tag") == "ph")))
    )


SMALL: dict[str, Callable[[], SmallCourses]] = {
    "12 batches": lambda: small_courses(12),
    "no plan": lambda: _no_plan(small_courses(14, process=course_process({}))),
    "no course": lambda: small_courses(14, process=course_process({})),
    "lengths": lambda: small_courses(18, lengths=(12, 60, 58, 33, 60, 45)),
    "a tag is missing": lambda: _without_tag(small_courses(16)),
    "a constant tag": lambda: _constant_tag(small_courses(14)),
    "a nearly constant tag": lambda: _nearly_constant_tag(small_courses(14)),
    "a tag of one scale": lambda: _tag_of_one_scale(small_courses(30, products=("P", "Q"), volumes=(0.01, 1.0))),
}


def _no_plan(made: SmallCourses) -> SmallCourses:
    """Return the batches without any number of the plan that differs."""
    same = [pl.col(name).first().alias(name) for name in ("warm", "cool", "shift", "air") if name in made.rows.columns]
    return SmallCourses(made.process, made.rows.with_columns(same), made.records)


@pytest.mark.parametrize("name", SMALL)
def test_training__of_a_small_or_odd_history_judges_its_batches(name: str) -> None:
    made = SMALL[name]()
    monitor = trained_on(made).monitor
    found = [judge(monitor, *made.of(batch), hours) for batch in made.rows["batch_id"][:2] for hours in (8, POINTS)]
    assert all(one.status in (AS_EXPECTED, DEVIATING) for one in found)
    assert all(one.planned and one.expected for one in found)


def test_training__with_few_pairs_of_sample_and_probe_in_one_part_of_history() -> None:
    """The limit of each kind and the final monitor read the same channels, whatever each part of history shows."""
    made = small_courses(14)
    few = made.rows["batch_id"][:3]
    records = made.records.filter((pl.col("tag") != "ph_lab") | pl.col("batch_id").is_in(few.implode()))
    trained_on(SmallCourses(made.process, made.rows, records))
    wide = small_courses(14, lengths=(18,))
    monitor = trained_on(wide).monitor
    assert judge(monitor, *wide.of("B000"), 18).status in (AS_EXPECTED, DEVIATING)


def test_training__with_too_few_batches_says_how_many_are_needed() -> None:
    made = small_courses(LEAST_BATCHES)
    with pytest.raises(
        ScalebridgeError, match=r"'broth' has 11 batches .*without a logged deviation; a monitor needs at least 12"
    ):
        trained_on(made, {"B000": "leak"})


def test_training__without_records_is_an_error() -> None:
    made = small_courses(12)
    with pytest.raises(ScalebridgeError, match="no values over time"):
        trained_on(SmallCourses(made.process, made.rows, made.records.clear()))


@pytest.mark.parametrize("channels", [("samples",), ("agreement",), ("samples", "agreement")])
def test_training__of_channels_that_read_nothing_is_an_error(channels: tuple[str, ...]) -> None:
    made = small_courses(12)
    sensors = SmallCourses(made.process, made.rows, made.records.filter(pl.col("tag") != "ph_lab"))
    with pytest.raises(ScalebridgeError, match=r"read samples, and process 'broth' records none.*add the channel 'middle'"):
        trained_on(sensors, config=MonitoringConfig(channels=channels))


def test_training__of_one_channel_watches_it_alone() -> None:
    made = small_courses(24)
    monitor = trained_on(made, config=MonitoringConfig(channels=("samples",), trees=10)).monitor
    row, own = made.of("B000")
    assert {one.channel for one in judge(monitor, row, own, POINTS).scores} == {"samples"}
