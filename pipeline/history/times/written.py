"""Read dates and times of day that are written as text, by checked formats."""

import polars as pl

from pipeline.domain.times.declared import WrittenTimes
from pipeline.domain.times.directives import WEEKDAYS
from pipeline.domain.times.time_format import TimeFormat

FIRST_YEAR, LAST_YEAR = 1950, 2099
"""Years in which a batch can have been made. Programs write a missing date as a day of 1900, of 0001 or of 9999."""
STRANGE_YEAR = f"the year is not between {FIRST_YEAR} and {LAST_YEAR}"
SEVERAL = "two of the declared formats read different times from this text; declare one format, or `first_fit: true`"
_DAY = 86_400_000_000


def written_times(text: pl.Expr, form: WrittenTimes) -> pl.Expr:
    """Read times that are written in one of the declared formats. Any other text gives null.

    A time with an offset is given in UTC. A text that two formats read differently gives null, unless the first fit counts.

    >>> texts = pl.DataFrame({"x": ["3/1/2024 2:15 p.m.", "03/01/2024 12:05AM", "03/01/24 1:00 PM", "02/30/2024 1:00 AM"]})
    >>> form = WrittenTimes(format="%m/%d/%Y %I:%M %p")
    >>> texts.select(written_times(pl.col("x"), form).dt.to_string("%Y-%m-%d %H:%M")).to_series().to_list()
    ['2024-03-01 14:15', '2024-03-01 00:05', None, None]
    """
    return _agreed(_by_format(text, form), form)


def _by_format(text: pl.Expr, form: WrittenTimes) -> list[pl.Expr]:
    """What each format reads from a text."""
    found = []
    for one in form.read:
        groups = text.str.extract_groups(one.pattern)
        parts = {name: _typed(name, groups.struct.field(name), one) for name in one.fields}
        found.append(_moment(parts, form.two_digit_years_from))
    return found


def _agreed(read: list[pl.Expr], form: WrittenTimes) -> pl.Expr:
    if form.first_fit or len(read) == 1:
        return pl.coalesce(read)
    return pl.when(pl.min_horizontal(read) == pl.max_horizontal(read)).then(pl.min_horizontal(read))


def written_series(texts: pl.Series, form: WrittenTimes) -> pl.Series:
    """Read a column of times as `written_times` does, fast enough for millions of rows."""
    frame, text = texts.alias("text").to_frame(), pl.col("text")
    plain = form.read[0].plain if len(form.read) == 1 else None
    if plain is None:
        return _each_once(frame, form)["time"]
    fits = pl.when(text.str.contains(form.read[0].pattern)).then(text)
    fast = frame.select(text, time=fits.str.to_datetime(plain, strict=False, time_unit="us"))
    left = fast.filter(pl.col("time").is_null() & text.is_not_null())
    if left.is_empty():
        return fast["time"]
    slow = _each_once(left.select("text").unique(), form)
    joined = fast.join(slow, on="text", how="left", maintain_order="left", suffix="_slow")
    return joined.select(pl.coalesce("time", "time_slow"))["time"]


def _each_once(frame: pl.DataFrame, form: WrittenTimes) -> pl.DataFrame:
    """Read the column `text` of a frame. Each different text is read once, and its fields are taken once."""
    different = frame.select(pl.col("text").unique())
    columns = []
    for nth, one in enumerate(form.read):
        groups = different.select(pl.col("text").str.extract_groups(one.pattern)).unnest("text")
        typed = groups.select(_typed(name, pl.col(name), one).alias(name) for name in one.fields)
        parts = {name: pl.col(name) for name in one.fields}
        columns.append(typed.select(_moment(parts, form.two_digit_years_from).alias(str(nth))).to_series())
    read = pl.DataFrame(columns).select(_agreed([pl.col(column.name) for column in columns], form).alias("time"))
    return frame.join(different.hstack(read), on="text", how="left", maintain_order="left")


def unread_time(text: pl.Expr, moment: pl.Expr, form: WrittenTimes, what: str) -> pl.Expr:
    """Give a reason for a text that is not read, or whose year is not possible. `what` is `date` or `time`."""
    read = _by_format(text, form) if len(form.read) > 1 and not form.first_fit else [moment]
    several = pl.min_horizontal(read) != pl.max_horizontal(read)
    return (
        pl.when(strange_year(moment))
        .then(pl.lit(STRANGE_YEAR))
        .when(text.is_not_null() & moment.is_null() & several)
        .then(pl.lit(SEVERAL))
        .when(text.is_not_null() & moment.is_null())
        .then(pl.lit(f"not a {what} in {form.in_words()}"))
    )


def strange_year(moment: pl.Expr) -> pl.Expr:
    """Whether a time lies in a year in which no batch was made."""
    return ~moment.dt.year().is_between(FIRST_YEAR, LAST_YEAR)


_WEEKDAYS = {name[:3]: nth for nth, name in enumerate(WEEKDAYS, 1)}


def _typed(name: str, text: pl.Expr, form: TimeFormat) -> pl.Expr:
    """A field as a number, from the text that the pattern took."""
    match name:
        case "month_name":
            return text.str.to_lowercase().replace_strict(dict(form.months), default=None, return_dtype=pl.Int64)
        case "weekday":
            return text.str.to_lowercase().str.head(3).replace_strict(_WEEKDAYS, default=None, return_dtype=pl.Int64)
        case "zone_name":
            return text.replace_strict(dict(form.offsets), default=None, return_dtype=pl.Int64)
        case "offset":
            return _minutes(text)
        case "half":
            return pl.when(text.str.to_lowercase() == "p").then(12).otherwise(0).cast(pl.Int64)
        case "fraction":
            return text.fill_null("0").str.pad_end(6, "0").str.head(6).cast(pl.Int64, strict=False)
        case _:
            return text.str.strip_chars().cast(pl.Int64, strict=False)


def _minutes(offset: pl.Expr) -> pl.Expr:
    """Minutes that an offset such as `+01:00`, `-0330` or `Z` is ahead of UTC."""
    digits = offset.str.replace_all(":", "", literal=True)
    sign = pl.when(offset.str.starts_with("+")).then(1).otherwise(-1)
    hours, minutes = (digits.str.slice(at, 2).cast(pl.Int64, strict=False) for at in (1, 3))
    return pl.when(offset.str.to_lowercase() == "z").then(0).otherwise(sign * (hours * 60 + minutes.fill_null(0)))


def _moment(parts: dict[str, pl.Expr], first_year: int) -> pl.Expr:
    """Compute a time from its fields; in UTC if an offset is one of them."""
    none = pl.lit(0, pl.Int64)
    date = _date(parts, first_year)
    ahead = parts.get("zone_name", parts.get("offset", none))
    moment = date.cast(pl.Datetime("us")) + pl.duration(microseconds=_time_of_day(parts) - ahead * 60_000_000)
    if "weekday" not in parts:
        return moment
    return pl.when(date.dt.weekday() == parts["weekday"]).then(moment)


def _date(parts: dict[str, pl.Expr], first_year: int) -> pl.Expr:
    """The date; null if the month does not have the day, or the year does not have the month."""
    year: pl.Expr
    if "year" in parts:
        year = pl.when(parts["year"] > 0).then(parts["year"])
    else:
        year = first_year + (parts["short_year"] - first_year) % 100
    if "day_of_year" in parts:
        day = parts["day_of_year"]
        read = pl.date(year, 1, 1) + pl.duration(days=day - 1)
        return pl.when((day > 0) & (read.dt.year() == year)).then(read)
    month = parts["month"] if "month" in parts else parts["month_name"]
    first = pl.date(year, pl.when(month.is_between(1, 12)).then(month), 1)
    if "day" not in parts:
        return first
    read = first + pl.duration(days=parts["day"] - 1)
    return pl.when((parts["day"] > 0) & (read.dt.month() == month)).then(read)


def _time_of_day(parts: dict[str, pl.Expr]) -> pl.Expr:
    """Microseconds since midnight; null if the clock has no such time. 24:00 is the end of the day."""
    none = pl.lit(0, pl.Int64)
    hour, minute, second = parts.get("hour", none), parts.get("minute", none), parts.get("second", none)
    if "hour12" in parts:
        hour = pl.when(parts["hour12"].is_between(1, 12)).then(parts["hour12"] % 12 + parts["half"])
    total = ((hour * 60 + minute) * 60 + second) * 1_000_000 + parts.get("fraction", none)
    return pl.when(total <= _DAY).then(total)
