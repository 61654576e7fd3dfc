"""Checks of the sources of deviations: the time at which a deviation began needs a start from which it counts."""

from pipeline.domain.process.definition import Definition
from pipeline.domain.process.windows import has_hour, in_utc
from pipeline.domain.sources import DeviationRows
from pipeline.domain.times.declared import DateColumn


def deviation_problems(process: Definition) -> list[str]:
    """List what is wrong with the times of deviations, one sentence each."""
    dated = {
        name: source.began
        for name, source in process.sources.items()
        if isinstance(source, DeviationRows) and source.began is not None
    }
    return [problem for name, began in dated.items() if (problem := _problem(process, f"sources.{name}.began", began))]


def _problem(process: Definition, place: str, began: DateColumn) -> str | None:
    """Say why the time at which a deviation began cannot be placed in its batch; None if it can."""
    if process.started is None:
        return f"{place} counts from the start of the batch, and the process states none; state `started`, or remove `began`"
    if process.started not in process.attributes:
        return None  # reported as an unknown name
    if began.date.has_hour and not has_hour(process, process.started):
        return (
            f"{place} has a time of day and counts from '{process.started}', whose dates have none; a format with %H:%M is needed "
            f"for '{process.started}', or remove `began`"
        )
    utc = in_utc(process, process.started)
    if utc is not began.date.in_utc:
        first = "in UTC" if began.date.in_utc else "without a time zone"
        second = {True: "in UTC", False: "without a time zone", None: "in UTC in some sources only"}[utc]
        return (
            f"the times of {place} are {first}, and the dates of '{process.started}' are {second}; declare `time_zone` in the "
            "`date` of both, or of none"
        )
    return None
