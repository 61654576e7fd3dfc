"""Elapsed times and counts since 1970 are read exactly."""

from datetime import datetime, timedelta

import polars as pl
import pytest

from pipeline.domain.times.declared import Elapsed, Epoch
from pipeline.history.times.counted import TOO_LONG, elapsed, in_hours, since_1970, unread_elapsed, unread_epoch


def durations(form: Elapsed, *texts: str) -> list[timedelta | None]:
    frame = pl.DataFrame({"text": texts})
    number = pl.col("text").cast(pl.Float64, strict=False)
    return frame.select(elapsed(number, pl.col("text"), form)).to_series().to_list()


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


def test_elapsed__hours_and_minutes_may_pass_a_day_and_be_below_zero() -> None:
    form = Elapsed(kind="elapsed", layout="HH:MM:SS")
    texts = ("00:00:00", "23:59:00", "125:30:00", "-02:00:00", "1:00:00.5", "12:60:00", "12:00", "1.02:00:00")
    expected = [hours(0), timedelta(hours=23, minutes=59), hours(125.5), hours(-2), timedelta(hours=1, seconds=0.5)]
    assert durations(form, *texts) == [*expected, None, None, None]
    assert durations(Elapsed(kind="elapsed", layout="HH:MM"), "125:30", "125:30:00") == [hours(125.5), None]


def test_elapsed__days_stand_before_the_hours() -> None:
    form = Elapsed(kind="elapsed", layout="d.HH:MM:SS")
    texts = ("5.05:30:00", "5 05:30:00", "5d 05:30:00", "5 days, 05:30:00", "05:30:00", "-1.00:00:00", "1.24:00:00")
    assert durations(form, *texts) == [*[hours(125.5)] * 4, hours(5.5), hours(-24), None]


@pytest.mark.parametrize(("unit", "text"), [("d", "0.0625"), ("h", "1.5"), ("min", "90"), ("s", "5400"), ("ms", "5400000")])
def test_elapsed__numbers_have_the_declared_unit(unit: str, text: str) -> None:
    form = Elapsed(kind="elapsed", unit=unit)  # type: ignore[arg-type]
    assert durations(form, text, "x", "nan", "inf") == [hours(1.5), None, None, None]


def test_unread_elapsed__says_what_was_expected() -> None:
    long, none = (pl.lit(value, pl.Duration("us")) for value in (timedelta(days=9000), None))
    for form, moment, words in (
        (Elapsed(kind="elapsed", unit="h"), none, "not a number of elapsed h"),
        (Elapsed(kind="elapsed", layout="HH:MM"), none, "not an elapsed time in the layout HH:MM"),
        (Elapsed(kind="elapsed"), none, "not a duration; declare in time_format the `unit`"),
        (Elapsed(kind="elapsed", unit="h"), long, TOO_LONG),
    ):
        assert str(pl.select(unread_elapsed(pl.lit(True), moment, form)).item()).startswith(words)


@pytest.mark.parametrize(("unit", "count"), [("s", 1709301900), ("ms", 1709301900000), ("us", 1709301900000000)])
def test_since_1970__counts_give_times_in_utc(unit: str, count: int) -> None:
    form = Epoch(kind="epoch", unit=unit)  # type: ignore[arg-type]
    assert pl.select(since_1970(pl.lit(count), form)).item() == datetime(2024, 3, 1, 14, 5)


def test_unread_epoch__another_unit_gives_an_impossible_year() -> None:
    counts = {"s": 1709301900000, "ms": 1709301900, "us": 1709301900000}
    for unit, count in counts.items():
        form = Epoch(kind="epoch", unit=unit)  # type: ignore[arg-type]
        moment = since_1970(pl.lit(count), form)
        why = pl.select(unread_epoch(pl.lit(True), moment, form)).item()
        assert why == f"as a number of {unit} since 1970, the year is not between 1980 and 2099; check the unit"
    assert (
        pl.select(unread_epoch(pl.lit(True), pl.lit(None, pl.Datetime("us")), form)).item()
        == "not a number of us since 1970"
    )


def test_in_hours__is_a_text() -> None:
    assert pl.select(in_hours(pl.lit(timedelta(hours=30, minutes=30)))).item() == "30.5 h"
