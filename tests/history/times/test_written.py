"""Texts are read as dates and times by the declared format alone; what does not fit is not read."""

from datetime import datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.times.declared import WrittenTimes
from pipeline.history.times.written import SEVERAL, STRANGE_YEAR, unread_time, written_series, written_times

MARCH = datetime(2024, 3, 1)


def read(form: WrittenTimes, *texts: str | None) -> tuple[list[datetime | None], list[str | None]]:
    """Read texts in both ways, as cells and as a column of a series, which must agree."""
    frame = pl.DataFrame({"text": texts}, schema={"text": pl.String})
    read = frame.with_columns(time=written_times(pl.col("text"), form))
    assert written_series(frame["text"], form).to_list() == read["time"].to_list()
    why = read.select(unread_time(pl.col("text"), pl.col("time"), form, "date")).to_series()
    return read["time"].to_list(), why.to_list()


def times(form: str, *texts: str, **more: object) -> list[datetime | None]:
    return read(WrittenTimes(format=form, **more), *texts)[0]  # type: ignore[arg-type]


def at(*parts: int) -> datetime:
    return datetime(2024, 3, 1, *parts)


def test_written_times__a_year_has_its_four_digits_and_is_possible() -> None:
    texts = ("01.03.2024", "1.3.2024", "01.03.24", "01.03.20245", "31.02.2024", "29.02.2023", "00.01.2024", "01.13.2024")
    found, why = read(WrittenTimes(format="%d.%m.%Y"), *texts)
    assert found == [MARCH, MARCH, None, None, None, None, None, None]
    assert why == [None, None, *["not a date in the format %d.%m.%Y"] * 6]
    for text in ("01.03.0204", "00.01.1900", "31.12.9999", "01.01.1900"):
        assert read(WrittenTimes(format="%d.%m.%Y"), text)[1][0] in (STRANGE_YEAR, "not a date in the format %d.%m.%Y")


def test_written_times__compact_numbers_have_all_their_digits() -> None:
    assert times("%Y%m%d", "20240301", "240301", "2024030", "202403011") == [MARCH, None, None, None]
    assert times("%Y%m%d%H%M%S", "20240301140507", "2024030114057") == [at(14, 5, 7), None]
    assert times("%H%M %d%m%y", "1405 010324") == [at(14, 5)]


def test_written_times__a_year_of_two_digits_lies_in_the_declared_century() -> None:
    assert times("%d.%m.%y", "01.03.24", "01.03.68", "01.03.69", "01.03.2024") == [
        MARCH,
        datetime(2068, 3, 1),
        datetime(1969, 3, 1),
        None,
    ]
    assert times("%m/%d/%y", "3/1/99", two_digit_years_from=2000) == [datetime(2099, 3, 1)]


def test_written_times__an_hour_alone_is_that_hour() -> None:
    assert times("%d.%m.%Y %H", "01.03.2024 14", "01.03.2024 14:00", "01.03.2024 25") == [at(14), None, None]
    assert times("%Y-%m-%d %Hh", "2024-03-01 9h") == [at(9)]


def test_written_times__a_clock_of_12_hours_needs_am_or_pm_in_any_spelling() -> None:
    texts = ["3/1/2024 2:15 PM", "03/01/2024 02:15pm", "03/01/2024 2:15 p.m.", "03/01/2024 2:15\u202fp. m."]
    assert times("%m/%d/%Y %I:%M %p", *texts) == [at(14, 15)] * 4
    noon = ("3/1/2024 12:05 AM", "3/1/2024 12:05 PM", "3/1/2024 13:05 PM", "3/1/2024 0:05 AM", "3/1/2024 2:05")
    assert times("%m/%d/%Y %I:%M %p", *noon) == [at(0, 5), at(12, 5), None, None, None]


def test_written_times__24_00_is_the_end_of_the_day() -> None:
    texts = ("2024-03-01 24:00:00", "2024-03-01 24:00:01", "2024-03-01 23:59:60", "2024-03-01 23:60:00")
    assert times("%F %T", *texts) == [datetime(2024, 3, 2), None, None, None]


def test_written_times__a_fraction_of_a_second_is_kept() -> None:
    half = at(14, 0, 0) + timedelta(milliseconds=500)
    assert times("%F %T", "2024-03-01 14:00:00.5", "2024-03-01 14:00:00,500000000") == [half, half]
    assert times("%F %T.%f", "2024-03-01 14:00:00.5", "2024-03-01 14:00:00") == [half, None]
    assert times("%F %H:%M:%S%.f", "2024-03-01 14:00:00.5", "2024-03-01 14:00:00") == [half, at(14)]


def test_written_times__an_offset_gives_utc() -> None:
    texts = ["2024-03-01T14:00:00+01:00", "2024-03-01T14:00:00Z", "2024-03-01T15:00:00.5+0100", "2024-03-01T10:30:00 -0330"]
    expected = [at(13), at(14), at(14) + timedelta(milliseconds=500), at(14)]
    assert times("%FT%T%z", *texts, "2024-03-01T14:00:00", "2024-03-01T14:00:00+25:00") == [*expected, None, None]
    zones = {"CET": "+01:00", "CEST": "+02:00"}
    found = times("%F %R %Z", "2024-03-31 01:30 CET", "2024-03-31 03:30 CEST", "2024-03-31 03:30 EST", offsets=zones)
    assert found == [datetime(2024, 3, 31, 0, 30), datetime(2024, 3, 31, 1, 30), None]


def test_written_times__names_of_months_and_days_are_read_and_checked() -> None:
    assert times("%a %d %b %Y", "Fri 01 Mar 2024", "fri 1 march 2024", "Thu 01 Mar 2024") == [MARCH, MARCH, None]
    assert times("%Y-%j", "2024-061", "2024-366", "2023-366") == [MARCH, datetime(2024, 12, 31), None]
    assert times("%e. %b %Y", " 1. Mar 2024", "1. Mär 2024") == [MARCH, None]


def test_written_times__of_several_formats_one_must_fit_alone() -> None:
    forms = ("%d.%m.%Y", "%m.%d.%Y", "%Y-%m-%d")
    texts = ("13.03.2024", "03.13.2024", "2024-03-13", "03.03.2024", "03.04.2024", "99.99.2024", "x")
    found, why = read(WrittenTimes(formats=forms), *texts)
    assert found == [datetime(2024, 3, 13)] * 3 + [datetime(2024, 3, 3), None, None, None]
    none = "not a date in one of the formats %d.%m.%Y, %m.%d.%Y, %Y-%m-%d"
    assert why[4:] == [SEVERAL, none, none]
    assert read(WrittenTimes(formats=forms, first_fit=True), "03.04.2024", "03.13.2024")[0] == [
        datetime(2024, 4, 3),
        datetime(2024, 3, 13),
    ]


FORMATS = [
    "%Y-%m-%d %H:%M:%S",
    "%d.%m.%Y %H:%M:%S",
    "%m/%d/%Y %I:%M:%S %p",
    "%Y%m%dT%H%M%S",
    "%d-%b-%Y %H:%M:%S",
    "%j %Y %H.%M.%S",
]


@given(form=st.sampled_from(FORMATS), when=st.datetimes(datetime(1950, 1, 1), datetime(2099, 12, 31)))
def test_written_times__what_was_written_is_read(form: str, when: datetime) -> None:
    second = when.replace(microsecond=0)
    assert times(form, second.strftime(form)) == [second]


@pytest.mark.parametrize("form", ["%Y-%m-%d %H:%M:%S", "%d.%m.%Y %H:%M", "%m/%d/%Y %I:%M %p"])
@given(text=st.text(st.sampled_from("0123456789-./: APMpmT"), max_size=20))
def test_written_times__both_readers_agree_on_any_text(form: str, text: str) -> None:
    read(WrittenTimes(format=form), text)
