"""Checks of the sources of deviations: the time at which a deviation began needs a start from which it counts."""

from pipeline.domain.process.definition import Definition
from pipeline.domain.process.windows import has_hour, in_utc
from pipeline.domain.sources import DeviationRows
from pipeline.domain.times.declared import DateColumn


def deviation_problems(process: Definition) -> list[str]:
    """List what is wrong with the times of deviations, one sentence each."""
    return [
        problem for name, began in _begins(process).items() if (problem := _problem(process, f"sources.{name}.began", began))
    ]


def begins_are_placed(process: Definition) -> bool:
    """Whether it is known on which clock the start of every batch is written, so that a deviation can be placed in its batch."""
    return process.started is not None and in_utc(process, process.started) is not None


def deviation_notes(process: Definition) -> list[str]:
    """Return what is not used of the times of deviations, one sentence each."""
    if begins_are_placed(process):
        return []
    return [
        f"The begins of source '{name}' are not used: the dates of '{process.started}' are in UTC in some sources only. Declare "
        "`time_zone` in the `date` of all of them, or of none."
        for name in _begins(process)
    ]


def _begins(process: Definition) -> dict[str, DateColumn]:
    """Source of deviations → the column with their begins."""
    return {
        name: source.began
        for name, source in process.sources.items()
        if isinstance(source, DeviationRows) and source.began is not None
    }


def _problem(process: Definition, place: str, began: DateColumn) -> str | None:
    """Say why the time at which a deviation began cannot be placed in its batch; None if it can, or in some batches only."""
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
    if utc is (not began.date.in_utc):
        first, second = ("in UTC", "without a time zone") if began.date.in_utc else ("without a time zone", "in UTC")
        return (
            f"the times of {place} are {first}, and the dates of '{process.started}' are {second}; declare `time_zone` in the "
            "`date` of both, or of none"
        )
    return None
