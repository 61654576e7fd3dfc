"""A time format, checked: which fields it reads, and the regular expression of the texts that it fits."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from pipeline.domain.errors import listed
from pipeline.domain.times.directives import MONTHS, NUMBERS, WEEKDAYS, Code, Text, items_of

_UTC = ("Z", "UTC", "GMT")
"""Texts at the end of a format that state UTC."""
_OFFSET = re.compile(r"[+-](?:0\d|1[0-4]):?[0-5]\d")


@dataclass(frozen=True)
class TimeFormat:
    """A format of dates or times, with the regular expression of the texts that it fits."""

    text: str
    """The format as it is declared."""
    pattern: str
    """Regular expression with one named group per field; it fits the whole text."""
    fields: frozenset[str]
    """The fields that are read."""
    months: tuple[tuple[str, int], ...]
    """Name of a month, in lower case → its number."""
    offsets: tuple[tuple[str, int], ...]
    """Name of a zone → minutes ahead of UTC."""
    ends_with_utc: bool
    """Whether the format ends with a literal Z, UTC or GMT."""
    plain: str | None
    """The same format for the fast reader of polars, if it has numbers alone. That reader accepts other texts too, so it may only
    read texts that fit the pattern."""

    @property
    def zoned(self) -> bool:
        """Whether each text states its offset from UTC."""
        return self.ends_with_utc or bool({"offset", "zone_name"} & self.fields)

    @property
    def has_hour(self) -> bool:
        """Whether a time of day is read."""
        return bool({"hour", "hour12"} & self.fields)

    @property
    def has_day(self) -> bool:
        """Whether a day is read, and not only a month."""
        return bool({"day", "day_of_year"} & self.fields)


@cache
def time_format(text: str, months: tuple[str, ...] = (), offsets: tuple[tuple[str, str], ...] = ()) -> TimeFormat:
    """Check a format and return it.

    Raises ValueError with one sentence if the format cannot be read without a doubt.

    >>> time_format("%d.%m.%Y %H").has_hour
    True
    """
    try:
        items = items_of(text)
        fields = [item.field for item in items if isinstance(item, Code)]
        for check in _CHECKS:
            if problem := check(fields, items):
                raise ValueError(problem)
        names = _names_of_months(months, fields)
        minutes = _minutes_of_zones(offsets, fields)
    except ValueError as error:
        raise ValueError(f"the format '{text}' cannot be used: {error}") from None
    pattern = "".join(_pattern(items, nth, names, minutes) for nth in range(len(items)))
    last = items[-1]
    found = frozenset(re.findall(r"\(\?P<(\w+)>", pattern))
    utc = isinstance(last, Text) and last.text.strip() in _UTC and len(items) > 1
    return TimeFormat(text, f"^{pattern}$", found, names, minutes, utc, _plain(items))


def _plain(items: Sequence[Code | Text]) -> str | None:
    codes = [item.code for item in items if isinstance(item, Code)]
    if not {"Y", "m", "d", "H", "M"} <= set(codes) <= set("YmdHMS"):
        return None
    return "".join(f"%{item.code}" if isinstance(item, Code) else item.text.replace("%", "%%") for item in items)


def _names_of_months(months: tuple[str, ...], fields: Sequence[str]) -> tuple[tuple[str, int], ...]:
    """Names of the months in lower case, the longest first; English ones if none are declared."""
    if "month_name" not in fields:
        if months:
            raise ValueError("`months` gives names of months, and no code reads one; write %b where the month stands")
        return ()
    full = [name.strip().lower() for name in months or MONTHS]
    if doubled := [name for name, times in Counter(full).items() if times > 1 or not name]:
        raise ValueError(f"`months` has the name '{doubled[0]}' more than once, or an empty one; write 12 different names")
    pairs = [(name, nth) for nth, name in enumerate(full, 1)]
    if not months:
        pairs += [(name[:3], nth) for name, nth in pairs if name != "may"] + [("sept", 9)]
    return tuple(sorted(pairs, key=lambda pair: -len(pair[0])))


def _minutes_of_zones(offsets: tuple[tuple[str, str], ...], fields: Sequence[str]) -> tuple[tuple[str, int], ...]:
    if wrong := next((value for _, value in offsets if not _OFFSET.fullmatch(value)), None):
        raise ValueError(f"`offsets` has '{wrong}'; write an offset from UTC such as \"+01:00\"")
    if "zone_name" not in fields:
        if offsets:
            raise ValueError("`offsets` gives names of zones, and no code reads one; write %Z where the name stands")
        return ()
    if not offsets:
        raise ValueError(
            "%Z reads a name such as CET, which means another offset in another country; declare what each name means, "
            'for example `offsets: {CET: "+01:00", CEST: "+02:00"}`'
        )
    pairs = [(name, (-1 if v[0] == "-" else 1) * (int(v[1:3]) * 60 + int(v[-2:]))) for name, v in offsets]
    return tuple(sorted(pairs, key=lambda pair: -len(pair[0])))


def _no_code(fields: Sequence[str], items: Sequence[Code | Text]) -> str | None:
    return None if fields else "it has no code; write codes such as %Y-%m-%d %H:%M, which stand for 2024-03-01 14:05"


def _twice(fields: Sequence[str], items: Sequence[Code | Text]) -> str | None:
    doubled = [field for field, times in Counter(fields).items() if times > 1]
    if not doubled:
        return None
    if doubled[0] == "month" and "minute" not in fields:
        return "%m is the month and occurs twice; the minute is %M"
    if doubled[0] == "minute" and not {"month", "month_name"} & set(fields):
        return "%M is the minute and occurs twice; the month is %m"
    return f"it reads the {doubled[0].replace('_', ' ')} twice"


def _no_date(fields: Sequence[str], items: Sequence[Code | Text]) -> str | None:
    have = set(fields)
    if not have & {"year", "short_year", "month", "month_name", "day", "day_of_year"}:
        return (
            "it has no date; a time that counts from the start of the batch is declared as "
            '`time_format: {kind: elapsed, layout: "HH:MM:SS"}`'
        )
    if not have & {"year", "short_year"}:
        return "it has no year; write %Y for a year of four digits, or %y for two"
    if not have & {"month", "month_name", "day_of_year"}:
        if "minute" in have and "hour" not in have and "hour12" not in have:
            return "it has no month; %M is the minute, and the month is %m"
        return "it has no month; write %m for its number or %b for its name"
    return None


def _contradictory(fields: Sequence[str], items: Sequence[Code | Text]) -> str | None:
    pairs = (("year", "short_year", "%Y and %y"), ("month", "month_name", "%m and %b"), ("hour", "hour12", "%H and %I"))
    for first, second, codes in (*pairs, ("day", "day_of_year", "%d and %j"), ("month", "day_of_year", "%m and %j")):
        if first in fields and second in fields:
            return f"it reads the same thing in two ways, by {codes}; keep one"
    return None


def _half_a_clock(fields: Sequence[str], items: Sequence[Code | Text]) -> str | None:
    have = set(fields)
    if "hour12" in have and "half" not in have:
        return "%I is an hour of a clock of 12 hours and needs %p for AM or PM; an hour from 0 to 23 is %H"
    if "half" in have and "hour12" not in have:
        return "%p reads AM or PM, which belongs to a clock of 12 hours; write %I instead of %H"
    hour = bool({"hour", "hour12"} & have)
    if "minute" in have and not hour:
        return "it has a minute (%M) and no hour; write %H for the hour, or %m for the month"
    if "second" in have and "minute" not in have:
        return "it has a second (%S) and no minute; write %M for the minute"
    if "fraction" in have and "second" not in have:
        return "it has a fraction of a second (%f) and no second; write %S before it"
    if {"offset", "zone_name"} <= have:
        return "it reads an offset by %z and by %Z; keep one"
    if {"offset", "zone_name"} & have and not hour:
        return "it reads an offset from UTC and no hour; write %H:%M before it"
    return None


_CHECKS: tuple[Callable[[Sequence[str], Sequence[Code | Text]], str | None], ...] = (
    _no_code,
    _twice,
    _no_date,
    _contradictory,
    _half_a_clock,
)


def _pattern(
    items: Sequence[Code | Text], nth: int, months: tuple[tuple[str, int], ...], zones: tuple[tuple[str, int], ...]
) -> str:
    item = items[nth]
    after = items[nth + 1] if nth + 1 < len(items) else None
    if isinstance(item, Text):
        if item.text == " ":
            return r"\s*" if isinstance(after, Code) and after.field in ("half", "offset") else r"\s+"
        return re.escape(item.text)
    if item.code in NUMBERS:
        return _number_pattern(items, nth)
    match item.field:
        case "month_name":
            return f"(?P<month_name>(?i:{_any_of(name for name, _ in months)}))"
        case "weekday":
            short = [name[:3] for name in WEEKDAYS]
            return f"(?P<weekday>(?i:{_any_of([*WEEKDAYS, *short])}))"
        case "half":
            return r"\s*(?P<half>[AaPp])\.?\s?[Mm]\.?"
        case "offset":
            return r"\s*(?P<offset>[Zz]|[-+−](?:0[0-9]|1[0-4])(?::?[0-5][0-9])?)"
        case "zone_name":
            return f"(?P<zone_name>{_any_of(name for name, _ in zones)})"
        case _:
            return r"(?:[.,](?P<fraction>[0-9]{1,9}))?" if "." in item.written else r"(?P<fraction>[0-9]{1,9})"


def _any_of(names: Iterable[str]) -> str:
    return "|".join(re.escape(name) for name in names)


def _number_pattern(items: Sequence[Code | Text], nth: int) -> str:
    """Digits of a number. It has all its digits if another number follows or precedes it without a character between."""
    item = items[nth]
    assert isinstance(item, Code)
    field, digits = NUMBERS[item.code]
    beside = [items[i] for i in (nth - 1, nth + 1) if 0 <= i < len(items)]
    digits_beside = any(isinstance(one, Code) and (one.code in NUMBERS or one.written == "%f") for one in beside)
    full = field in ("year", "short_year") or digits_beside
    blank = r"\s?" if item.code in "ekl" or "_" in item.written else ""
    if field in ("minute", "second"):
        shape = "[0-5][0-9]" if full else "[0-5]?[0-9]"
    else:
        shape = f"[0-9]{{{digits if full else f'1,{digits}'}}}"
    number = f"{blank}(?P<{field}>{shape})"
    after = items[nth + 1] if nth + 1 < len(items) else None
    own_fraction = (isinstance(after, Code) and after.field == "fraction") or (
        isinstance(after, Text) and after.text.startswith((".", ","))
    )
    if field == "second" and not own_fraction:
        number += r"(?:[.,](?P<fraction>[0-9]{1,9}))?"
    return number


def agree_on_zone(formats: Sequence[TimeFormat]) -> None:
    """Raise ValueError if some formats state an offset from UTC and others do not."""
    if len({one.zoned for one in formats}) > 1:
        with_offset, without = (next(f.text for f in formats if f.zoned is zoned) for zoned in (True, False))
        raise ValueError(
            f"the format '{with_offset}' states an offset from UTC and '{without}' does not; "
            f"declare formats of one kind: {listed(one.text for one in formats)}"
        )
