"""Times of a wall clock to UTC. In autumn an hour stands twice: the order of the file says which is meant, or nothing does."""

import polars as pl

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.sources import TrajectoryRows
from pipeline.history.cells import clean, clean_once

MOMENT, UNCLEAR = "_moment", "_unclear"
"""Columns: when a record was made, and why that cannot be known (null: it can)."""
_NUMBER, _NIGHT, _TWICE, _TURN, _DISORDER, _PASS = "_number", "_night", "_twice", "_turn", "_disorder", "_pass"
_FIRST, _SECOND = "_first", "_second"


def zoned_times_to_utc(frame: pl.DataFrame, source: TrajectoryRows, place: str) -> pl.DataFrame:
    """Convert a time column that carries its zone to UTC.

    Raises ScalebridgeError where `time_zone` names another: one of the two is wrong, and which is not for us to say.
    """
    zone = getattr(frame.schema[source.time], "time_zone", None)
    if zone is None:
        return frame
    if source.time_zone not in (None, zone):
        raise ScalebridgeError(
            f"'{source.time}' of {place} carries the time zone {zone}, but time_zone says {source.time_zone}; "
            "remove time_zone if the file is right, or export the times without a zone if it is not"
        )
    return frame.with_columns(pl.col(source.time).dt.convert_time_zone("UTC"))


def with_utc_times(raw: pl.DataFrame, source: TrajectoryRows) -> pl.DataFrame:
    """Add `MOMENT` and `UNCLEAR` to the rows of a source: in UTC where a zone is known, else the time as it is written."""
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
    """Convert local times to `MOMENT` in UTC, or say in `UNCLEAR` why that cannot be done.

    `series` names for each row what it is a record of (batch, and tag where the file has one); rows stand in file order.

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
    """What becomes of the local times that do not name one moment: the moment, or the reason."""
    read = unsure.select(_NUMBER, _utc(zone, "earliest").alias(_FIRST), _utc(zone, "latest").alias(_SECOND))
    passes = _passes(rows, read.drop_nulls(_FIRST)[_NUMBER], series)
    moment = pl.when(pl.col(_PASS) == 1).then(_FIRST).when(pl.col(_PASS) == 2).then(_SECOND)
    never = f"this time does not exist in {zone}: the clock went forward over it"
    twice = (
        f"this time stands twice in {zone} as the clock goes back, and the order of the file does not show which is meant"
    )
    why = pl.when(pl.col(_FIRST).is_null()).then(pl.lit(never)).when(pl.col(_PASS).is_null()).then(pl.lit(twice))
    return read.join(passes, on=_NUMBER, how="left").select(_NUMBER, moment.alias(MOMENT), why.alias(UNCLEAR))


def _passes(rows: pl.DataFrame, twice: pl.Series, series: list[str]) -> pl.DataFrame:
    """Number the passes through a doubled hour: 1 until the clock is seen to go back, 2 from there on.

    Null where a series shows it never or more than once in the hour, or runs backwards elsewhere in that night: then the order
    of its rows is not the order of time.
    """
    night = (pl.col(MOMENT) - pl.duration(hours=12)).dt.date()  # from noon to noon, since the hour may lie about midnight
    marked = rows.with_columns(night.alias(_NIGHT), pl.col(_NUMBER).is_in(twice.implode()).alias(_TWICE))
    nights = marked.filter(pl.col(_NIGHT).is_in(marked.filter(_TWICE)[_NIGHT].unique().implode()))
    same = [*series, _NIGHT]
    before, inside = pl.col(MOMENT).shift().over(same), pl.col(_TWICE) & pl.col(_TWICE).shift().over(same)
    seen = nights.with_columns(
        (inside & (pl.col(MOMENT) <= before)).fill_null(False).alias(_TURN),
        (~inside & (pl.col(MOMENT) < before)).fill_null(False).alias(_DISORDER),
    )
    shown = (pl.col(_TURN).sum().over(same) == 1) & ~pl.col(_DISORDER).any().over(same)
    passes = pl.when(shown).then(1 + pl.col(_TURN).cum_sum().over(same))
    return seen.select(_NUMBER, _TWICE, passes.alias(_PASS)).filter(_TWICE).drop(_TWICE)
