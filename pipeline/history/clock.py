"""Local times to UTC.

When daylight saving ends, one hour occurs twice. Row order decides which one is meant; if it cannot, the row goes to
quarantine.
"""

import polars as pl

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.sources import TrajectoryRows
from pipeline.history.cells import clean, clean_once

MOMENT, UNCLEAR = "_moment", "_unclear"
"""Columns: the time of a record, and why it cannot be known (null if it can)."""
_NUMBER, _NIGHT, _AMBIGUOUS = "_number", "_night", "_ambiguous"
_TURNS_BACK, _UNORDERED, _PASS = "_turns_back", "_unordered", "_pass"
_FIRST, _SECOND = "_first", "_second"


def zoned_times_to_utc(frame: pl.DataFrame, source: TrajectoryRows, place: str) -> pl.DataFrame:
    """Convert a time column whose type holds a time zone to UTC.

    Raises ScalebridgeError if `time_zone` of the source names another zone.
    """
    zone = getattr(frame.schema[source.time], "time_zone", None)
    if zone is None:
        return frame
    if source.time_zone not in (None, zone):
        raise ScalebridgeError(
            f"Column '{source.time}' of {place} has the time zone {zone}, but time_zone is {source.time_zone}; "
            "if the file is right, remove time_zone; if not, export the times without a zone"
        )
    return frame.with_columns(pl.col(source.time).dt.convert_time_zone("UTC"))


def with_utc_times(raw: pl.DataFrame, source: TrajectoryRows) -> pl.DataFrame:
    """Add `MOMENT` and `UNCLEAR` to the rows of a source. Times are in UTC if the zone is known, else as written."""
    times = raw.select(_written(raw, source).alias(MOMENT), pl.lit(None, pl.String).alias(UNCLEAR))
    if source.time_zone is not None and getattr(times.schema[MOMENT], "time_zone", None) is None:
        names = [source.batch, *([] if source.tag is None else [source.tag])]
        series = raw.select(clean_once(raw[name], source.nulls).alias(name) for name in names)
        times = in_utc(times[MOMENT], series, source.time_zone)
    return pl.concat([raw, times], how="horizontal")


def _written(raw: pl.DataFrame, source: TrajectoryRows) -> pl.Expr:
    dtype = raw.schema[source.time]
    if dtype.is_temporal():
        return pl.col(source.time).cast(pl.Datetime("us", getattr(dtype, "time_zone", None)))
    return clean(source.time, source.nulls).str.to_datetime(source.time_format, strict=False, time_unit="us")


def in_utc(local: pl.Series, series: pl.DataFrame, zone: str) -> pl.DataFrame:
    """Convert local times to UTC in the column `MOMENT`; `UNCLEAR` says why a time cannot be converted.

    `series` identifies the time series of each row: batch, and tag if the file has one. Rows are in the order of the file.

    >>> from datetime import datetime
    >>> local = pl.Series([datetime(2024, 10, 27, hour, minute) for hour, minute in [(2, 0), (2, 30), (2, 0), (2, 30)]])
    >>> in_utc(local, pl.DataFrame({"batch": ["B1"] * 4}), "Europe/Zurich")[MOMENT].dt.to_string("%H:%M").to_list()
    ['00:00', '00:30', '01:00', '01:30']
    """
    rows = series.with_columns(local.alias(MOMENT)).with_row_index(_NUMBER)
    known = rows.select(_NUMBER, _utc(zone, "null").alias(MOMENT))
    unsure = rows.filter(known[MOMENT].is_null() & local.is_not_null())
    if unsure.is_empty():
        return known.select(MOMENT, pl.lit(None, pl.String).alias(UNCLEAR))
    answers = _answers(rows, unsure, series.columns, zone)
    joined = known.join(answers, on=_NUMBER, how="left", maintain_order="left", suffix=_SECOND)
    return joined.select(pl.coalesce(MOMENT, MOMENT + _SECOND).alias(MOMENT), UNCLEAR)


def _utc(zone: str, ambiguous: str) -> pl.Expr:
    aware = pl.col(MOMENT).dt.replace_time_zone(zone, ambiguous=ambiguous, non_existent="null")  # type: ignore[arg-type]
    return aware.dt.convert_time_zone("UTC")


def _answers(rows: pl.DataFrame, unsure: pl.DataFrame, series: list[str], zone: str) -> pl.DataFrame:
    """Give the UTC time, or the reason why there is none, for local times that occur twice or never."""
    read = unsure.select(_NUMBER, _utc(zone, "earliest").alias(_FIRST), _utc(zone, "latest").alias(_SECOND))
    passes = _passes(rows, read.drop_nulls(_FIRST)[_NUMBER], series)
    moment = pl.when(pl.col(_PASS) == 1).then(_FIRST).when(pl.col(_PASS) == 2).then(_SECOND)
    never = f"this time does not exist in {zone}: the clock was set forward over it"
    twice = (
        f"this time occurs twice in {zone}, because the clock is set back; the row order does not show which one is meant"
    )
    why = pl.when(pl.col(_FIRST).is_null()).then(pl.lit(never)).when(pl.col(_PASS).is_null()).then(pl.lit(twice))
    return read.join(passes, on=_NUMBER, how="left").select(_NUMBER, moment.alias(MOMENT), why.alias(UNCLEAR))


def _passes(rows: pl.DataFrame, twice: pl.Series, series: list[str]) -> pl.DataFrame:
    """For each row in an hour that occurs twice, say whether it belongs to the first pass (1) or the second (2).

    The second pass begins where a time is not later than the one before it. The pass is null if a series shows this never or
    more than once within the hour, or if its times go back elsewhere in that night, because its rows are then not in order.
    """
    night = (pl.col(MOMENT) - pl.duration(hours=12)).dt.date()  # from noon to noon, because the hour may include midnight
    marked = rows.with_columns(night.alias(_NIGHT), pl.col(_NUMBER).is_in(twice.implode()).alias(_AMBIGUOUS))
    nights = marked.filter(pl.col(_NIGHT).is_in(marked.filter(_AMBIGUOUS)[_NIGHT].unique().implode()))
    same = [*series, _NIGHT]
    before, inside = pl.col(MOMENT).shift().over(same), pl.col(_AMBIGUOUS) & pl.col(_AMBIGUOUS).shift().over(same)
    seen = nights.with_columns(
        (inside & (pl.col(MOMENT) <= before)).fill_null(False).alias(_TURNS_BACK),
        (~inside & (pl.col(MOMENT) < before)).fill_null(False).alias(_UNORDERED),
    )
    shown = (pl.col(_TURNS_BACK).sum().over(same) == 1) & ~pl.col(_UNORDERED).any().over(same)
    passes = pl.when(shown).then(1 + pl.col(_TURNS_BACK).cum_sum().over(same))
    return seen.select(_NUMBER, _AMBIGUOUS, passes.alias(_PASS)).filter(_AMBIGUOUS).drop(_AMBIGUOUS)
