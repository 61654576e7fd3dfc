"""Dates of cells: typed or written, with or without a time zone."""

from datetime import date as day
from datetime import datetime, time

import polars as pl

from pipeline.domain.times.declared import DateFormat
from pipeline.history.times.dates import date


def read(form: DateFormat, values: pl.Series) -> tuple[list[datetime | None], list[str | None]]:
    frame = values.alias("x").to_frame()
    text = pl.col("x").cast(pl.String) if values.dtype != pl.Duration else pl.lit(None, pl.String)
    found, why = date(text, pl.col("x"), form, values.dtype)
    both = frame.select(found=found, why=why.cast(pl.String))
    return both["found"].to_list(), both["why"].to_list()


def test_date__with_a_time_zone_is_given_in_utc() -> None:
    form = DateFormat(format="%d.%m.%Y %H:%M", time_zone="Europe/Zurich")
    found, why = read(form, pl.Series(["01.07.2024 12:00", "27.10.2024 02:30", "31.03.2024 02:30", "01.12.2024 12:00"]))
    assert found == [datetime(2024, 7, 1, 10), None, None, datetime(2024, 12, 1, 11)]
    assert [str(text)[:24] for text in why[1:3]] == ["this time occurs twice i", "this time does not exist"]


def test_date__that_is_typed_keeps_its_value_and_its_zone_counts() -> None:
    local, form = DateFormat(format="%F"), DateFormat(format="%F", time_zone="Asia/Tokyo")
    typed = pl.Series([datetime(2024, 3, 1, 9)])
    assert read(local, typed)[0] == [datetime(2024, 3, 1, 9)]
    assert read(form, typed)[0] == [datetime(2024, 3, 1)]
    assert read(form, typed.dt.replace_time_zone("UTC"))[0] == [datetime(2024, 3, 1, 9)]
    assert read(local, pl.Series([day(2024, 3, 1)]))[0] == [datetime(2024, 3, 1)]


def test_date__a_day_of_1900_or_a_time_of_day_is_no_date() -> None:
    assert read(DateFormat(format="%F"), pl.Series([datetime(1900, 1, 1)]))[1] == ["the year is not between 1950 and 2099"]
    found, why = read(DateFormat(format="%F"), pl.Series([time(12), None]))
    assert found == [None, None]
    assert why == ["a time of day or a duration, which has no date", None]
