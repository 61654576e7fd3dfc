"""A format is read in full, or refused with the mistake and its remedy."""

import re

import pytest

from pipeline.domain.times.time_format import time_format


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("%d.%m.%Y %H:%m", "%m is the month and occurs twice; the minute is %M"),
        ("%d.%M.%Y %H:%M", "%M is the minute and occurs twice; the month is %m"),
        ("%d.%M.%Y", "no month; %M is the minute"),
        ("%Y-%m-%d %I:%M", "%I is an hour of a clock of 12 hours and needs %p"),
        ("%m/%d/%Y %H:%M:%S %p", "%p reads AM or PM, which belongs to a clock of 12 hours; write %I instead of %H"),
        ("%Y-%m-%d %H:%S", "a second (%S) and no minute"),
        ("%Y-%m-%d %M", "a minute (%M) and no hour"),
        ("%Y-%m-%d %H:%M.%f", "a fraction of a second (%f) and no second"),
        ("%H:%M:%S", "no date; a time that counts from the start of the batch is declared as"),
        ("%d.%m. %H:%M", "no year"),
        ("%d %H:%M %Y", "no month"),
        ("%Y %y-%m-%d", "the same thing in two ways, by %Y and %y"),
        ("%d %b %m %Y", "the same thing in two ways, by %m and %b"),
        ("%Y-%m-%d%z", "an offset from UTC and no hour"),
        ("%Y-%m-%d %H:%M %Z", "declare what each name means"),
        ("%c", "depends on the language of a computer"),
        ("%s", "{kind: epoch, unit: s}"),
        ("%G-W%V-%u", "dates by week are not read"),
        ("%Q", "the code %Q is not known; codes are %Y %y %m"),
        ("%:d.%m.%Y", "the code %:d is not known"),
        ("%Y-%m-%d %", "a % stands alone"),
        ("dd.MM.yyyy HH:mm", "it has no code; write codes such as %Y-%m-%d %H:%M"),
        ("", "it has no code"),
    ],
)
def test_time_format__a_mistake_is_refused_with_its_remedy(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)) as error:
        time_format(text)
    assert f"the format '{text}' cannot be used" in str(error.value)


@pytest.mark.parametrize(
    ("short", "full"),
    [
        ("%F %T", "%Y-%m-%d %H:%M:%S"),
        ("%d.%m.%Y %R", "%d.%m.%Y %H:%M"),
        ("%D", "%m/%d/%y"),
        ("%F %r", "%Y-%m-%d %I:%M:%S %p"),
        ("%-d.%-m.%Y", "%d.%m.%Y"),
        ("%v", "%e-%b-%Y"),
    ],
)
def test_time_format__a_shorthand_reads_what_it_stands_for(short: str, full: str) -> None:
    assert time_format(short).pattern == time_format(full).pattern


def test_time_format__says_whether_it_has_an_hour_a_day_and_an_offset() -> None:
    month, hour, z, utc = (time_format(text) for text in ("%m/%Y", "%F %H", "%F %T%z", "%FT%TZ"))
    assert [one.has_day for one in (month, hour)] == [False, True]
    assert [one.has_hour for one in (month, hour)] == [False, True]
    assert [one.zoned for one in (month, hour, z, utc)] == [False, False, True, True]
    assert utc.ends_with_utc
    assert not z.ends_with_utc


def test_time_format__names_of_months_and_zones_are_different_and_used() -> None:
    months = ("jan", "feb", "mar", "apr", "maj", "jun", "jul", "avg", "sep", "okt", "nov", "dec")
    with pytest.raises(ValueError, match=r"`months` gives names of months, and no code reads one"):
        time_format("%m/%Y", months)
    with pytest.raises(ValueError, match=r"the name 'jan' more than once"):
        time_format("%b %Y", ("jan", *months[:11]))
    with pytest.raises(ValueError, match=r"`offsets` gives names of zones, and no code reads one"):
        time_format("%F %R", offsets=(("CET", "+01:00"),))
    with pytest.raises(ValueError, match=r"`offsets` has 'one'; write an offset"):
        time_format("%F %R %Z", offsets=(("CET", "one"),))
