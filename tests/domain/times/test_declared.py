"""What a definition declares about times is complete and without contradiction."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from pipeline.domain.times.declared import Clock, DateFormat, Dates, Elapsed, Epoch, SeriesTimes


def series(given: Any) -> Clock | Elapsed | Epoch:
    read: Clock | Elapsed | Epoch = TypeAdapter(SeriesTimes).validate_python(given)
    return read


def dates(given: Any) -> DateFormat:
    read: DateFormat = TypeAdapter(Dates).validate_python(given)
    return read


def test_series_times__have_short_forms() -> None:
    assert series("%F %R") == series({"kind": "clock", "format": "%F %R"}) == Clock(kind="clock", format="%F %R")
    assert series(["%F %R", "%d.%m.%Y %R"]) == series({"formats": ["%F %R", "%d.%m.%Y %R"]})
    assert dates("%F") == DateFormat(format="%F")
    assert dates(["%F", "%d.%m.%Y"]).texts == ("%F", "%d.%m.%Y")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"kind": "clock"}, "write either `format`, or `formats`"),
        ({"format": "%F", "formats": ["%F"]}, "write either `format`, or `formats`"),
        ("%m/%Y", "the format '%m/%Y' of a series has no day"),
        (["%F %R", "%F %R%z"], "'%F %R%z' states an offset from UTC and '%F %R' does not"),
        ({"kind": "elapsed", "unit": "h", "layout": "HH:MM"}, "write `unit` for numbers or `layout` for texts"),
        ({"kind": "elapsed", "unit": "weeks"}, "'d', 'h', 'min', 's' or 'ms'"),
        ({"kind": "epoch"}, "Field required"),
    ],
)
def test_series_times__an_incomplete_declaration_is_refused(given: Any, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        series(given)


@pytest.mark.parametrize("text", ["%FT%TZ", "%F %T UTC", "%F %T%z"])
def test_date_format__an_offset_and_a_time_zone_exclude_each_other(text: str) -> None:
    with pytest.raises(ValidationError, match=r"a time can have only one of the two: remove time_zone"):
        dates({"format": text, "time_zone": "Europe/Zurich"})
    assert dates(text).in_utc
    assert dates({"format": "%F %R", "time_zone": "Europe/Zurich"}).in_utc
    assert not dates("%F %R").in_utc
