"""Read the date of a cell, and convert it to UTC if its time zone is declared."""

from collections.abc import Mapping

import polars as pl

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.times.declared import DateFormat
from pipeline.history.times.written import STRANGE_YEAR, strange_year, unread_time, written_times


def date(text: pl.Expr, cell: pl.Expr, form: DateFormat, dtype: pl.DataType) -> tuple[pl.Expr, pl.Expr]:
    """Return the date of a cell, and why it cannot be read.

    `text` is the cleaned text of the cell, `cell` the cell itself, of the type `dtype`. A date is in UTC if its zone is known,
    else as written.
    """
    if isinstance(dtype, pl.Datetime | pl.Date):
        zone = getattr(dtype, "time_zone", None)
        typed = cell.cast(pl.Datetime("us", zone))
        local = typed if zone is None else typed.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
        why = pl.when(strange_year(local)).then(pl.lit(STRANGE_YEAR))
        return _in_utc(local, why, form.time_zone if zone is None else None)
    if dtype.is_temporal():
        what = "a time of day or a duration, which has no date"
        return pl.lit(None, pl.Datetime("us")), pl.when(cell.is_not_null()).then(pl.lit(what))
    local = written_times(text, form)
    return _in_utc(local, unread_time(text, local, form, "date"), form.time_zone)


def end_of(date: pl.Expr, resolution: str | None) -> pl.Expr:
    """Return the last moment that a written date can mean. resolution: the time that it covers, such as `1d`; None for a moment.

    >>> from datetime import datetime
    >>> pl.select(end_of(pl.lit(datetime(2024, 1, 31)), "1d")).item()
    datetime.datetime(2024, 2, 1, 0, 0)
    """
    return date if resolution is None else date.dt.offset_by(resolution)


def check_zones(source: str, schema: Mapping[str, pl.DataType], formats: Mapping[str, DateFormat]) -> None:
    """Refuse a column of a database whose type says something else about its time zone than the definition.

    formats: column → how its dates are declared. Raises ScalebridgeError that says what to declare.
    """
    for column, form in formats.items():
        dtype = schema.get(column)
        if not isinstance(dtype, pl.Datetime):
            continue
        if dtype.time_zone is not None and not form.in_utc:
            raise ScalebridgeError(
                f"Source '{source}', column '{column}': the database gives times with a time zone, and the definition declares "
                f"times without one; write `date: {ZONED}`"
            )
        if dtype.time_zone is None and form.states_offset:
            raise ScalebridgeError(
                f"Source '{source}', column '{column}': the database gives times without a time zone, and the definition declares "
                f"that each states its offset; write `date: {{format: {UNZONED}, time_zone: <zone>}}`"
            )


ZONED, UNZONED = '"%Y-%m-%d %H:%M:%S%z"', '"%Y-%m-%d %H:%M:%S"'
"""How columns of times are declared whose type has a zone, and has none."""


def _in_utc(local: pl.Expr, why: pl.Expr, zone: str | None) -> tuple[pl.Expr, pl.Expr]:
    if zone is None:
        return local, why
    first, last = (
        local.dt.replace_time_zone(zone, ambiguous=which, non_existent="null")
        .dt.convert_time_zone("UTC")
        .dt.replace_time_zone(None)
        for which in ("earliest", "latest")
    )
    never = pl.lit(f"this time does not exist in {zone}: the clock was set forward over it")
    twice = pl.lit(f"this time occurs twice in {zone}, because the clock is set back; write it in UTC or with its offset")
    unclear = pl.when(local.is_not_null() & first.is_null()).then(never).when(first != last).then(twice)
    return pl.when(first == last).then(first), pl.coalesce(why, unclear)
