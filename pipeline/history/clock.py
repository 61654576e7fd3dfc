"""Times of series: read as declared, and local times to UTC.

When daylight saving ends, one hour occurs twice. Row order decides which one is meant; if it cannot, the row goes to
quarantine.
"""

import polars as pl

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.sources import TrajectoryRows
from pipeline.domain.times.declared import Clock, Elapsed, Epoch
from pipeline.history.cells import clean, clean_once, number
from pipeline.history.times.counted import elapsed, since_1970, unread_elapsed, unread_epoch
from pipeline.history.times.written import STRANGE_YEAR, strange_year, unread_time, written_series

MOMENT, UNCLEAR = "_moment", "_unclear"
"""Columns: the time of a record, and why it cannot be known (null if it can)."""
_NUMBER, _NIGHT, _AMBIGUOUS = "_number", "_night", "_ambiguous"
_TURNS_BACK, _UNORDERED, _PASS = "_turns_back", "_unordered", "_pass"
_FIRST, _SECOND, _TEXT = "_first", "_second", "_text"
_UNZONED = "a date without an offset from UTC, and time_format declares times that state it; declare `time_zone` instead"
_NUMBERS = "; numbers are read if time_format declares `kind: elapsed` or `kind: epoch` with a unit"


def zoned_times_to_utc(frame: pl.DataFrame, source: TrajectoryRows, place: str) -> pl.DataFrame:
    """Convert a time column whose type holds a time zone to UTC.

    Raises ScalebridgeError if `time_zone` of the source names another zone, or if the type of the column is not that of a time
    as it is declared.
    """
    dtype = frame.schema[source.time]
    if problem := _wrong_type(dtype, source):
        raise ScalebridgeError(f"Column '{source.time}' of {place} holds {problem}")
    zone = getattr(dtype, "time_zone", None)
    if zone is None:
        return frame
    if source.time_zone not in (None, zone):
        raise ScalebridgeError(
            f"Column '{source.time}' of {place} has the time zone {zone}, but time_zone is {source.time_zone}; "
            "if the file is right, remove time_zone; if not, export the times without a zone"
        )
    return frame.with_columns(pl.col(source.time).dt.convert_time_zone("UTC"))


def _wrong_type(dtype: pl.DataType, source: TrajectoryRows) -> str | None:
    """Say what a column of this type holds instead of the declared times; None if it can hold them."""
    declared = source.time_format
    counted = isinstance(declared, Elapsed)
    if dtype == pl.Time and not counted:
        return (
            "times of day without a date; export them with their date, or, if they count from the start of the batch, declare "
            "`time_format: {kind: elapsed}`"
        )
    if isinstance(dtype, pl.Datetime | pl.Date) and counted:
        return "dates, and time_format declares elapsed times; declare the format of a clock, or name another column"
    if isinstance(dtype, pl.Duration) and (source.time_zone is not None or isinstance(declared, Epoch)):
        return "elapsed times, and the definition declares times of a clock; declare `time_format: {kind: elapsed}`"
    if dtype.is_nested() or dtype in (pl.Boolean, pl.Binary):
        return f"values of the type {dtype}, which are no times; export them as texts, numbers or times"
    return None


def with_utc_times(raw: pl.DataFrame, source: TrajectoryRows) -> pl.DataFrame:
    """Add `MOMENT` and `UNCLEAR` to the rows of a source.

    Times of a clock are in UTC if the zone is known, else as written. Elapsed times are durations.
    """
    times = _read(raw, source)
    known = times.schema[MOMENT]
    if source.time_zone is not None and isinstance(known, pl.Datetime) and known.time_zone is None:
        names = [source.series_of, *([] if source.tag is None else [source.tag])]
        series = raw.select(clean_once(raw[name], source.nulls).alias(name) for name in names)
        utc = in_utc(times[MOMENT], series, source.time_zone)
        times = utc.with_columns(pl.coalesce(times[UNCLEAR], UNCLEAR).alias(UNCLEAR))
    return pl.concat([raw, times], how="horizontal")


def _read(raw: pl.DataFrame, source: TrajectoryRows) -> pl.DataFrame:
    """Read the times as they are written, with a reason for each one that cannot be read."""
    dtype = raw.schema[source.time]
    if isinstance(dtype, pl.Datetime | pl.Date):
        zone = getattr(dtype, "time_zone", None)
        moment = pl.col(source.time).cast(pl.Datetime("us", zone))
        if zone is None and source.time_zone is None and source.in_utc:
            without = raw.select(moment.dt.replace_time_zone("UTC").alias(MOMENT))
            return _with_reasons(without, pl.when(pl.col(MOMENT).is_not_null()).then(pl.lit(_UNZONED)))
        strange = pl.when(strange_year(pl.col(MOMENT))).then(pl.lit(STRANGE_YEAR))
        return _with_reasons(raw.select(moment.alias(MOMENT)), strange)
    if isinstance(dtype, pl.Duration | pl.Time):
        duration = pl.col(source.time).cast(pl.Duration("us"))
        reasons = unread_elapsed(pl.lit(False), pl.col(MOMENT), Elapsed(kind="elapsed"))
        return _with_reasons(raw.select(duration.alias(MOMENT)), reasons)
    return _read_text_or_number(raw, source)


def _read_text_or_number(raw: pl.DataFrame, source: TrajectoryRows) -> pl.DataFrame:
    declared = source.time_format
    if isinstance(declared, Clock):
        texts = raw.select(clean(source.time, source.nulls)).to_series()
        read = pl.DataFrame([texts.alias(_TEXT), written_series(texts, declared).alias(MOMENT)])
        reasons = pl.coalesce(
            unread_time(pl.col(_TEXT), pl.col(MOMENT), declared, "time"),
            pl.when(pl.col(_TEXT).is_null()).then(pl.lit("missing")),
        )
        hinted = pl.when(pl.col(MOMENT).is_null() & number(pl.col(_TEXT), source.decimal).is_not_null())
        timed = _with_reasons(read, hinted.then(pl.format("{}{}", reasons, pl.lit(_NUMBERS))).otherwise(reasons))
        zoned = pl.col(MOMENT).dt.replace_time_zone("UTC") if declared.states_offset else pl.col(MOMENT)
        return timed.with_columns(zoned)
    text = clean(source.time, source.nulls)
    dtype = raw.schema[source.time]
    numeric = dtype.is_numeric()
    wide = pl.Int64() if dtype.is_integer() else pl.Float64()  # microseconds do not fit into a small integer
    count = pl.col(source.time).cast(wide, strict=False) if numeric else number(text, source.decimal)
    if isinstance(declared, Elapsed):
        moment = elapsed(count.cast(pl.Float64), text, declared)
        unread = unread_elapsed(pl.col(_TEXT).is_not_null(), pl.col(MOMENT), declared)
    else:
        whole = count if numeric else pl.coalesce(text.cast(pl.Int64, strict=False).cast(pl.Int64), count)
        moment = since_1970(whole, declared)
        unread = unread_epoch(pl.col(_TEXT).is_not_null(), pl.col(MOMENT), declared)
    timed = raw.select(text.alias(_TEXT), moment.alias(MOMENT))
    missing = pl.when(pl.col(_TEXT).is_null()).then(pl.lit("missing"))
    found = _with_reasons(timed, pl.coalesce(unread, missing))
    return found if isinstance(declared, Elapsed) else found.with_columns(pl.col(MOMENT).dt.replace_time_zone("UTC"))


def _with_reasons(read: pl.DataFrame, reasons: pl.Expr) -> pl.DataFrame:
    """The times, and for each one that is not usable its reason instead."""
    timed = read.select(MOMENT, reasons.cast(pl.String).alias(UNCLEAR))
    return timed.with_columns(pl.when(pl.col(UNCLEAR).is_null()).then(MOMENT).alias(MOMENT))


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
