"""Read times that are counts: time elapsed since the start of a process, and time since 1970."""

import polars as pl

from pipeline.domain.times.declared import Elapsed, Epoch
from pipeline.history.times.written import STRANGE_YEAR, strange_year

_MICROSECONDS = {"d": 86_400_000_000, "h": 3_600_000_000, "min": 60_000_000, "s": 1_000_000, "ms": 1_000, "us": 1}
_LAYOUTS = {
    "HH:MM": r"^(?P<sign>[-+−]?)(?P<hours>[0-9]+):(?P<minutes>[0-5][0-9])$",
    "HH:MM:SS": r"^(?P<sign>[-+−]?)(?P<hours>[0-9]+):(?P<minutes>[0-5][0-9]):(?P<seconds>[0-5][0-9](?:[.,][0-9]+)?)$",
    "d.HH:MM:SS": (
        r"^(?P<sign>[-+−]?)(?:(?P<days>[0-9]+)(?:\.|\s*d(?:ays?)?,?\s*|\s+))?"
        r"(?P<hours>[01]?[0-9]|2[0-3]):(?P<minutes>[0-5][0-9]):(?P<seconds>[0-5][0-9](?:[.,][0-9]+)?)$"
    ),
}
_LONGEST_DAYS = 20 * 366
TOO_LONG = "the elapsed time is longer than 20 years; check the unit in time_format"


def elapsed(number: pl.Expr, text: pl.Expr, form: Elapsed) -> pl.Expr:
    """Read elapsed times as durations: from numbers if a unit is declared, from texts if a layout is.

    >>> texts = pl.DataFrame({"x": ["125:30:00", "-02:00:00", "12:60:00"]})
    >>> form = Elapsed(kind="elapsed", layout="HH:MM:SS")
    >>> texts.select(elapsed(pl.lit(None), pl.col("x"), form).dt.total_minutes()).to_series().to_list()
    [7530, -120, None]
    """
    if form.unit is not None:
        count = (number * _MICROSECONDS[form.unit]).round()
        return _within(count).cast(pl.Duration("us"))
    if form.layout is None:
        return pl.when(text.is_null()).then(pl.lit(None, pl.Duration("us")))
    groups = text.str.extract_groups(_LAYOUTS[form.layout])
    total = _part(groups, "hours") * 3600 + _part(groups, "minutes") * 60
    if form.layout != "HH:MM":
        total = total + _part(groups, "seconds")
    if form.layout == "d.HH:MM:SS":
        total = total + _part(groups, "days").fill_null(0) * 86_400
    sign = pl.when(groups.struct.field("sign").is_in(["-", "−"])).then(-1).otherwise(1)
    return _within((sign * total * 1_000_000).round()).cast(pl.Duration("us"))


def _part(groups: pl.Expr, name: str) -> pl.Expr:
    return groups.struct.field(name).str.replace(",", ".", literal=True).cast(pl.Float64, strict=False)


def _within(microseconds: pl.Expr) -> pl.Expr:
    """Whole microseconds; null for a count that no clock could hold."""
    return pl.when(microseconds.abs() < 9e18).then(microseconds).cast(pl.Int64, strict=False)


def unread_elapsed(present: pl.Expr, moment: pl.Expr, form: Elapsed) -> pl.Expr:
    """Give a reason for a cell that is not read as elapsed time, or is longer than any process."""
    if form.unit is not None:
        what = f"not a number of elapsed {form.unit}"
    elif form.layout is not None:
        what = f"not an elapsed time in the layout {form.layout}"
    else:
        what = "not a duration; declare in time_format the `unit` of numbers or the `layout` of texts"
    return (
        pl.when(moment.dt.total_days().abs() > _LONGEST_DAYS)
        .then(pl.lit(TOO_LONG))
        .when(present & moment.is_null())
        .then(pl.lit(what))
    )


def since_1970(number: pl.Expr, form: Epoch) -> pl.Expr:
    """Read counts from 1970 as times in UTC. Whole numbers keep all their digits."""
    count = number / 1000 if form.unit == "ns" else number * _MICROSECONDS[form.unit]
    return _within(count).cast(pl.Datetime("us"))


def unread_epoch(present: pl.Expr, moment: pl.Expr, form: Epoch) -> pl.Expr:
    """Give a reason for a cell that is not read as a count from 1970, or that gives an impossible year."""
    return (
        pl.when(strange_year(moment) | (moment.dt.year() < 1980))
        .then(pl.lit(f"as a number of {form.unit} since 1970, {STRANGE_YEAR.replace('1950', '1980')}; check the unit"))
        .when(present & moment.is_null())
        .then(pl.lit(f"not a number of {form.unit} since 1970"))
    )


def in_hours(duration: pl.Expr) -> pl.Expr:
    """A duration as text, such as `30.5 h`."""
    return pl.format("{} h", duration.dt.total_microseconds() / 3.6e9)
