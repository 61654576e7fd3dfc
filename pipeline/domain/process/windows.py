"""Which part of a series is the process, and from which moment its time counts."""

from dataclasses import dataclass

from pipeline.domain.process.definition import Definition
from pipeline.domain.sources import TrajectoryRows
from pipeline.domain.times.declared import DateFormat, Window

FIRST_RECORD, FIRST_ELAPSED = "the first record of the batch", "the first elapsed time of the batch"
ELAPSED = "the zero of elapsed times"


@dataclass(frozen=True)
class SeriesWindow:
    """The date attributes between which the records of a series belong to the process."""

    start: str | None
    end: str | None
    declared: bool
    """Whether the source declares it. Otherwise it follows from `started` and `ended` of the process."""
    whole: bool = False
    """Whether all of the series is the process, also elapsed times below zero."""


def series_of(process: Definition) -> dict[str, TrajectoryRows]:
    """Name → source, for the sources that give series."""
    return {name: source for name, source in process.sources.items() if isinstance(source, TrajectoryRows)}


def window_of(process: Definition, source: TrajectoryRows) -> SeriesWindow:
    """Return the window of a source. Without a declaration, dates of the process count if they have a time of day."""
    if source.window == "whole":
        return SeriesWindow(None, None, declared=True, whole=True)
    if isinstance(source.window, Window):
        return SeriesWindow(source.window.start or process.started, source.window.end or process.ended, declared=True)
    start, end = (name if name and has_hour(process, name) else None for name in (process.started, process.ended))
    return SeriesWindow(start, end, declared=False)


def zero_of(window: SeriesWindow, elapsed: bool) -> str:
    """The moment from which the time of a series counts: an attribute, or a moment in words."""
    if elapsed:
        return FIRST_ELAPSED if window.whole else ELAPSED
    return window.start or FIRST_RECORD


def dates_of(process: Definition, attribute: str) -> list[DateFormat]:
    """The formats of the columns that a date attribute is read from."""
    found = process.attributes.get(attribute)
    return [] if found is None else [column.date for column in found.column if column.date is not None]


def has_hour(process: Definition, attribute: str) -> bool:
    """Whether every column of a date has a time of day."""
    formats = dates_of(process, attribute)
    return bool(formats) and all(form.has_hour for form in formats)


def in_utc(process: Definition, attribute: str) -> bool | None:
    """Whether a date is known in UTC in all of its columns; None if only in some of them."""
    known = {form.in_utc for form in dates_of(process, attribute)}
    return known.pop() if len(known) == 1 else None


def window_problems(process: Definition) -> list[str]:
    """List what is wrong with the windows of the series, one sentence each."""
    found = [problem for name, source in series_of(process).items() for problem in _problems_of(process, name, source)]
    found += [
        f"sources.{name}.of_equipment needs `started` of the process with a time of day: from then on the batch is in its vessel"
        for name, source in series_of(process).items()
        if source.of_equipment is not None and not (process.started and has_hour(process, process.started))
    ]
    for key, name in (("started", process.started), ("ended", process.ended)):
        attribute = process.attributes.get(name or "")
        if attribute is not None and attribute.kind != "date":
            found.append(f"{key} names '{name}', which is of kind '{attribute.kind}'; it must be of kind 'date'")
    return found


def _problems_of(process: Definition, name: str, source: TrajectoryRows) -> list[str]:
    window = window_of(process, source)
    if not window.declared or window.whole:
        return []
    dates = [date for date in (window.start, window.end) if date is not None]
    if not dates:
        return [
            f"sources.{name}.window names no date, and the process has no `started`; write `window: {{start: <attribute>}}`"
        ]
    found = []
    for date in dates:
        attribute = process.attributes.get(date)
        if attribute is None:
            continue  # reported as an unknown name
        if attribute.kind != "date":
            found.append(
                f"sources.{name}.window names '{date}', which is of kind '{attribute.kind}'; it must be of kind 'date'"
            )
        elif not has_hour(process, date):
            found.append(
                f"sources.{name}.window names '{date}', whose dates have no time of day; a format with %H:%M is needed"
            )
        elif source.in_utc and in_utc(process, date) is not True:
            found.append(different_clocks(name, date, series_in_utc=True))
    return found


def different_clocks(source: str, date: str, series_in_utc: bool) -> str:
    """Sentence on a series and a date that cannot be compared."""
    first, second = ("in UTC", "without a time zone") if series_in_utc else ("without a time zone", "in UTC")
    add = f"`time_zone` in the `date` of '{date}'" if series_in_utc else f"`time_zone` in the source '{source}'"
    return f"the times of source '{source}' are {first} and the dates of '{date}' are {second}; declare {add}"
