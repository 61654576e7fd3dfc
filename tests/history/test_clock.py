"""Daylight saving: elapsed times are right, and times that cannot be known are set aside."""

from datetime import UTC, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.domain.errors import ScalebridgeError
from pipeline.history.assemble import AssembledHistory
from tests.conftest import process_of
from tests.support.definitions import Make, PlainData
from tests.support.raw_files import batches_csv, history_of

AUTUMN, SPRING = datetime(2024, 10, 27, tzinfo=UTC), datetime(2024, 3, 31, tzinfo=UTC)
"""Midnight UTC of the days on which Europe changes its clocks, at 01:00 UTC."""
TWICE = (
    "this time occurs twice in Europe/Zurich, because the clock is set back; the row order does not show which one is meant"
)


def long_source(small: Make, **changes: Any) -> PlainData:
    """A process with the series `t` and `u` in long files, by default in the time of Zurich."""
    number = {"role": "CPP", "horizon": "in_process", "description": "x"}
    definition = small()
    definition["attributes"] |= {"t": number, "u": number}
    definition["sources"]["historian"] = {
        "gives": "trajectories",
        "files": ["h*.csv"],
        "batch": "batch",
        "time": "at",
        "time_zone": "Europe/Zurich",
        "tag": "tag",
        "value": "v",
        "tags": {"T": "t", "U": "u"},
    } | changes
    return definition


def read(definition: PlainData, folder: Path, *lines: str, header: str = "batch,tag,at,v") -> AssembledHistory:
    batches_csv(folder, "B1,P,1,36,1", "B2,P,1,36,1")
    if lines:
        (folder / "h.csv").write_text("\n".join([header, *lines]) + "\n")
    return history_of(definition, folder)


def minutes(start: datetime, *offsets: int) -> list[datetime]:
    return [start + timedelta(minutes=offset) for offset in offsets]


def local(moments: list[datetime], zone: str = "Europe/Zurich") -> list[str]:
    """Local times of UTC times, by another library than the one under test."""
    return [moment.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M:%S") for moment in moments]


def elapsed(history: AssembledHistory, batch: str = "B1", tag: str = "t") -> list[float]:
    """Times of the records in minutes since the first record of the batch."""
    return (history.trajectories.filter(batch_id=batch, tag=tag)["time"] / 60).to_list()


def balanced(history: AssembledHistory) -> bool:
    counts = history.ledger.filter(source="historian")
    return bool((counts["read"] == counts["valid"] + counts["quarantined"]).all()) and (
        int(counts["valid"].sum()) == history.trajectories.height
    )


@pytest.mark.parametrize("day", [AUTUMN, SPRING])
def test_clock__a_batch_across_a_clock_change_has_the_right_elapsed_times(
    small: Make, tmp_path: Path, day: datetime
) -> None:
    moments = minutes(day, *range(-600, 600, 20))
    lines = [f"B1,{tag},{at},{i}" for i, at in enumerate(local(moments)) for tag in ("T", "U")]
    history = read(long_source(small), tmp_path, *lines)
    assert history.quarantine.is_empty()
    assert elapsed(history) == elapsed(history, tag="u") == [20.0 * i for i in range(60)]
    assert history.trajectories.filter(tag="t")["value"].to_list() == list(map(float, range(60)))


def test_clock__without_a_zone_times_are_used_as_written(small: Make, tmp_path: Path) -> None:
    lines = [f"B1,T,{at},1" for at in local(minutes(SPRING, 0, 60, 120))]
    assert elapsed(read(long_source(small, time_zone=None), tmp_path, *lines)) == [0, 120, 180]


def test_clock__an_hourly_record_has_the_same_local_time_twice(small: Make, tmp_path: Path) -> None:
    lines = [f"B1,T,{at},{i}" for i, at in enumerate(local(minutes(AUTUMN, -60, 0, 60, 120)))]
    history = read(long_source(small), tmp_path, *lines)
    assert "2024-10-27 02:00:00,1" in lines[1]
    assert "2024-10-27 02:00:00,2" in lines[2]
    assert elapsed(history) == [0, 60, 120, 180]


def test_clock__a_wide_file_is_read_per_batch(small: Make, tmp_path: Path) -> None:
    definition = long_source(small, tag=None, value=None, tags={})
    definition["attributes"]["t"]["column"] = "historian.t"
    definition["attributes"]["u"] = definition["attributes"]["t"] | {"column": "historian.u"}
    moments = local(minutes(AUTUMN, *range(-30, 150, 30)))
    lines = [f"{batch},{at},1,2" for at in moments for batch in ("B1", "B2")]
    history = read(definition, tmp_path, *lines, header="batch,at,t,u")
    assert history.quarantine.is_empty()
    assert elapsed(history, "B1") == elapsed(history, "B2", "u") == [0, 30, 60, 90, 120, 150]


def test_clock__each_series_must_show_the_change_itself(small: Make, tmp_path: Path) -> None:
    """B1 has records in both hours, B2 in the second one only. Records of B1 do not tell which hour B2 means."""
    both, second = local(minutes(AUTUMN, 0, 30, 60, 90, 120)), local(minutes(AUTUMN, 60, 90, 120))
    lines = [*(f"B1,T,{at},1" for at in both), *(f"B2,T,{at},1" for at in second)]
    history = read(long_source(small), tmp_path, *lines)
    assert elapsed(history, "B1") == [0, 30, 60, 90, 120]
    assert elapsed(history, "B2") == [0]
    assert history.quarantine.select("row", "column", "value", "reason").rows() == [
        (7, "at", "2024-10-27 02:00:00", TWICE),
        (8, "at", "2024-10-27 02:30:00", TWICE),
    ]
    assert balanced(history)


@pytest.mark.parametrize(
    "offsets",
    [
        (-60, 0, 20, 40, 120, 180),  # first hour only
        (-60, 60, 80, 100, 120, 180),  # second hour only
        (-60, 30, 100, 160),  # both hours, and no time is earlier than the one before it
        (180, 100, 80, 60, 40, 20, 0, -60),  # newest first
        (80, 40, -60),  # newest first, beginning within the hour
        (-60, 0, 60, 20, 80, 40, 100, 120),  # sorted by local time
        (-60, 0, 20, 120, 60, 80),  # goes back from after the hour
    ],
)
def test_clock__if_the_row_order_does_not_decide_the_hour_is_set_aside(
    small: Make, tmp_path: Path, offsets: tuple[int, ...]
) -> None:
    lines = [f"B1,T,{at},1" for at in local(minutes(AUTUMN, *offsets))]
    history = read(long_source(small), tmp_path, *lines)
    assert set(history.quarantine["reason"]) == {TWICE}
    assert history.quarantine.height == sum(0 <= offset < 120 for offset in offsets)
    certain = sorted(offset for offset in offsets if not 0 <= offset < 120)
    assert elapsed(history) == [offset - certain[0] for offset in certain]
    assert balanced(history)


def test_clock__a_time_that_does_not_exist_is_set_aside(small: Make, tmp_path: Path) -> None:
    lines = [f"B1,T,2024-03-31 {at}:00,1" for at in ("01:30", "02:00", "02:59", "03:00")]
    history = read(long_source(small), tmp_path, *lines)
    assert history.quarantine.select("row", "value", "reason").rows() == [
        (row, f"2024-03-31 {at}:00", "this time does not exist in Europe/Zurich: the clock was set forward over it")
        for row, at in ((3, "02:00"), (4, "02:59"))
    ]
    assert elapsed(history) == [0, 30]
    assert balanced(history)


def test_clock__the_row_order_continues_from_file_to_file(small: Make, tmp_path: Path) -> None:
    for name, offsets in (("h1", (0, 40)), ("h2", (80, 110))):
        lines = [f"B1,T,{at},1" for at in local(minutes(AUTUMN, *offsets))]
        (tmp_path / f"{name}.csv").write_text("\n".join(["batch,tag,at,v", *lines]) + "\n")
    assert elapsed(read(long_source(small), tmp_path)) == [0, 40, 80, 110]


def test_clock__a_repetition_is_found_after_conversion(small: Make, tmp_path: Path) -> None:
    lines = [f"B1,T,{at},5" for at in local(minutes(AUTUMN, -20, 0, 30, 60, 90, -20))]
    history = read(long_source(small), tmp_path, *lines[:5], "B1,T,2024-10-28 12:00:00,5", "B1,T,2024-10-28 12:00:00,5")
    assert history.quarantine.select("value", "reason").rows() == [
        ("2024-10-28 11:00:00.000000+00:00", "repeats row 7 of h.csv")
    ]
    assert elapsed(history)[:5] == [0, 20, 50, 80, 110]


def _parquet(folder: Path, name: str, moments: list[datetime], zone: str | None) -> None:
    at = pl.Series([moment.replace(tzinfo=None) for moment in moments], dtype=pl.Datetime("ns"))
    aware = at if zone is None else at.dt.replace_time_zone("UTC").dt.convert_time_zone(zone)
    (folder / name).parent.mkdir(exist_ok=True)
    pl.DataFrame({"batch": "B1", "tag": "T", "at": aware, "v": 1.0}).write_parquet(folder / name)


@pytest.mark.parametrize("stated", [None, "America/New_York"])
def test_clock__parquet_times_with_a_zone_need_no_time_zone(small: Make, tmp_path: Path, stated: str | None) -> None:
    definition = long_source(small, files=["*/*.parquet"], format={"kind": "parquet"}, time_zone=stated)
    change = datetime(2024, 11, 3, tzinfo=UTC)
    _parquet(tmp_path, "a/h.parquet", minutes(change, 300, 330), "America/New_York")
    _parquet(tmp_path, "b/h.parquet", minutes(change, 360, 390, 420), "America/New_York")
    history = read(definition, tmp_path)
    assert elapsed(history) == [0, 30, 60, 90, 120]
    assert history.quarantine.is_empty()


def test_clock__parquet_times_with_another_zone_than_time_zone_are_refused(small: Make, tmp_path: Path) -> None:
    definition = long_source(small, files=["h.parquet"], format={"kind": "parquet"})
    _parquet(tmp_path, "h.parquet", minutes(AUTUMN, 0), "UTC")
    with pytest.raises(
        ScalebridgeError, match=r"'at' of h.parquet .* has the time zone UTC, but time_zone is Europe/Zurich"
    ):
        read(definition, tmp_path)


def test_clock__files_with_and_without_a_zone_do_not_fit_together(small: Make, tmp_path: Path) -> None:
    definition = long_source(small, files=["*.parquet"], format={"kind": "parquet"}, time_zone=None)
    _parquet(tmp_path, "a.parquet", minutes(AUTUMN, 0), "UTC")
    _parquet(tmp_path, "b.parquet", minutes(AUTUMN, 0), None)
    with pytest.raises(ScalebridgeError, match=r"Source 'historian': a column has different types in different files"):
        read(definition, tmp_path)


def test_clock__an_offset_within_each_time_is_read(small: Make, tmp_path: Path) -> None:
    definition = long_source(small, time_format="%Y-%m-%d %H:%M:%S%z", time_zone=None)
    lines = ["B1,T,2024-10-27 02:30:00+0200,1", "B1,T,2024-10-27 02:30:00+0100,2", "B1,T,2024-10-27 02:40:00,3"]
    history = read(definition, tmp_path, *lines)
    assert elapsed(history) == [0, 60]
    assert history.quarantine["reason"].to_list() == ["not a time in the format %Y-%m-%d %H:%M:%S%z"]
    definition["sources"]["historian"]["time_zone"] = "Europe/Zurich"
    with pytest.raises(ScalebridgeError, match=r"reads an offset from each time, and time_zone is 'Europe/Zurich'"):
        process_of(definition)


@pytest.mark.parametrize(
    ("wrong", "near"), [("Europe/Zürich", "Europe/Zurich"), ("+01:00", "UTC"), ("", "UTC"), ("CEST", "")]
)
def test_time_zone__a_wrong_name_is_refused_with_names_that_are_similar(small: Make, wrong: str, near: str) -> None:
    with pytest.raises(ScalebridgeError, match=rf"time_zone: '{wrong.replace('+', '.')}' is not an IANA name .*{near}"):
        process_of(long_source(small, time_zone=wrong))


ZONES = {  # zone: smallest step by which its clock is set back [min]
    "Europe/Zurich": 60,
    "America/New_York": 60,
    "America/Sao_Paulo": 60,  # changes at midnight, until 2019
    "America/St_Johns": 60,  # changed at 00:01 until 2011: the hour that occurs twice includes midnight
    "Australia/Lord_Howe": 30,
    "Asia/Kolkata": 60,  # never changes
    "Etc/GMT-1": 60,
}


def _occurs_twice(moment: datetime, zone: str) -> bool:
    here = moment.astimezone(ZoneInfo(zone))
    return here.replace(fold=0).utcoffset() != here.replace(fold=1).utcoffset()


@cache
def _changes(zone: str, year: int) -> list[datetime]:
    """The hours of a year in which the clock is changed; the first hour of the year if there is none."""
    hours = [datetime(year, 1, 1, tzinfo=UTC) + timedelta(hours=hour) for hour in range(365 * 24)]
    offsets = [hour.astimezone(ZoneInfo(zone)).utcoffset() for hour in hours]
    return [hour for hour, a, b in zip(hours, offsets, offsets[1:], strict=False) if a != b] or hours[:1]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    zone=st.sampled_from(sorted(ZONES)),
    year=st.integers(2008, 2026),
    which=st.integers(0, 1),
    before=st.one_of(st.integers(-150, 150), st.integers(0, 2 * 24 * 60)),
    step=st.one_of(st.integers(5, 60), st.integers(61, 150)),
    hours=st.integers(1, 72),
)
def test_clock__round_trip_from_utc_gives_the_right_elapsed_times(
    small: Make, tmp_path: Path, zone: str, year: int, which: int, before: int, step: int, hours: int
) -> None:
    start = _changes(zone, year)[-which] - timedelta(minutes=before)
    moments = minutes(start, *range(0, hours * 60, step))
    lines = [f"B1,T,{at},{i}" for i, at in enumerate(local(moments, zone))]
    history = read(long_source(small, time_zone=zone), tmp_path, *lines)
    kept = [int(i) for i in history.trajectories["value"]]
    assert elapsed(history) == [step * (i - kept[0]) for i in kept]
    lost = sorted(set(range(len(moments))) - set(kept))
    assert all(_occurs_twice(moments[i], zone) for i in lost)
    assert balanced(history)
    ends_outside = not any(_occurs_twice(moment, zone) for moment in (moments[0], moments[-1]))
    assert not (lost and ends_outside and step <= ZONES[zone])


def typed(small: Make, folder: Path, at: pl.Series, **changes: Any) -> AssembledHistory:
    """The history of a series in a Parquet file with this column of times."""
    pl.DataFrame({"batch": "B1", "tag": "T", "at": at, "v": 1.0}).write_parquet(folder / "h.parquet")
    return read(long_source(small, files=["*.parquet"], format={"kind": "parquet"}, **{"time_zone": None} | changes), folder)


def test_clock__a_duration_column_is_elapsed_time(small: Make, tmp_path: Path) -> None:
    history = typed(small, tmp_path, pl.Series([timedelta(hours=1), timedelta(hours=30), timedelta(hours=-1), None]))
    assert elapsed(history) == [60, 1800]
    assert history.quarantine.select("value", "reason").rows() == [
        ("-1.0 h", "before the start: the elapsed time is below zero"),
        (None, "missing"),
    ]


def test_clock__times_of_day_have_no_date_and_are_elapsed_only_where_declared(small: Make, tmp_path: Path) -> None:
    noon = pl.Series([time(12), time(13)])
    with pytest.raises(ScalebridgeError, match=r"Column 'at' of h.parquet .* holds times of day without a date; export"):
        typed(small, tmp_path, noon)
    assert elapsed(typed(small, tmp_path, noon, time_format={"kind": "elapsed"})) == [720, 780]


@pytest.mark.parametrize(
    ("at", "changes", "words"),
    [
        (
            pl.Series([datetime(2024, 1, 1)]),
            {"time_format": {"kind": "elapsed", "unit": "h"}},
            "holds dates, and time_format declares",
        ),
        (
            pl.Series([timedelta(1)]),
            {"time_zone": "UTC"},
            "holds elapsed times, and the definition declares times of a clock",
        ),
        (pl.Series([timedelta(1)]), {"time_format": {"kind": "epoch", "unit": "s"}}, "holds elapsed times"),
        (pl.Series([True]), {}, "holds values of the type Boolean, which are no times"),
        (pl.Series([[1, 2]]), {}, r"holds lists or groups of values \(List\(Int64\)\)"),
    ],
)
def test_clock__a_column_of_another_type_than_declared_is_refused(
    small: Make, tmp_path: Path, at: pl.Series, changes: PlainData, words: str
) -> None:
    with pytest.raises(ScalebridgeError, match=words):
        typed(small, tmp_path, at, **changes)


@pytest.mark.parametrize("dtype", [pl.Int64, pl.Float64, pl.String])
def test_clock__counts_of_milliseconds_since_1970_are_read(small: Make, tmp_path: Path, dtype: pl.DataType) -> None:
    counts = pl.Series([1709294400000, 1709298000000, 1709298000]).cast(dtype)
    history = typed(small, tmp_path, counts, time_format={"kind": "epoch", "unit": "ms"})
    assert elapsed(history) == [0, 60]
    assert history.quarantine["reason"].to_list() == [
        "as a number of ms since 1970, the year is not between 1980 and 2099; check the unit"
    ]


def test_clock__numbers_under_the_format_of_a_clock_are_not_read_and_the_reason_says_how(
    small: Make, tmp_path: Path
) -> None:
    for at in (pl.Series([1709294400000]), pl.Series(["0.2"])):
        history = typed(small, tmp_path, at)
        assert history.trajectories.is_empty()
        assert "numbers are read if time_format declares `kind: elapsed` or `kind: epoch`" in history.quarantine["reason"][0]


def test_clock__a_year_in_which_no_batch_was_made_is_set_aside(small: Make, tmp_path: Path) -> None:
    history = typed(small, tmp_path, pl.Series([datetime(1900, 1, 1, 5), datetime(2024, 1, 1)]))
    assert history.trajectories.height == 1
    assert history.quarantine["reason"].to_list() == ["the year is not between 1950 and 2099"]


def test_clock__a_typed_time_without_an_offset_is_not_read_where_times_state_theirs(small: Make, tmp_path: Path) -> None:
    history = typed(small, tmp_path, pl.Series([datetime(2024, 1, 1)]), time_format="%Y-%m-%d %H:%M:%S%z")
    assert history.quarantine["reason"][0].startswith("a date without an offset from UTC")


@pytest.mark.parametrize(("zone", "form"), [("Europe/Zurich", {"kind": "elapsed"}), ("UTC", {"kind": "epoch", "unit": "s"})])
def test_clock__a_time_zone_beside_times_without_one_is_refused(small: Make, zone: str, form: PlainData) -> None:
    with pytest.raises(
        ScalebridgeError, match=rf"declares {form['kind']} times, which have no zone, and time_zone is '{zone}'"
    ):
        process_of(long_source(small, time_zone=zone, time_format=form))


def test_clock__a_fraction_and_mixed_offsets_are_read(small: Make, tmp_path: Path) -> None:
    at = ("2024-03-01T14:00:00+01:00", "2024-03-01T14:00:00Z", "2024-03-01T15:00:30.5+01:00")
    lines = [f"B1,T,{text},{i}" for i, text in enumerate(at)]
    history = read(long_source(small, time_zone=None, time_format="%Y-%m-%dT%H:%M:%S%z"), tmp_path, *lines)
    assert elapsed(history) == [0, 60, pytest.approx(60 + 30.5 / 60)]


@pytest.mark.parametrize("kind", [pl.UInt32, pl.Int32, pl.Int64, pl.Float64, pl.Decimal(12, 1)])
def test_since_1970__a_small_integer_does_not_overflow(small: Make, tmp_path: Path, kind: pl.DataType) -> None:
    counts = pl.Series([1_709_301_900, 1_709_301_960]).cast(kind)
    history = typed(small, tmp_path, counts, time_format={"kind": "epoch", "unit": "s"})
    assert history.trajectories["time"].to_list() == [0, 60]
