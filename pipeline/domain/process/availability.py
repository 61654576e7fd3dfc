"""From when a result is known: its own date, the date of its batch, the end of the batch with a lag, or the start of the batch."""

from collections.abc import Iterable
from datetime import timedelta

from pipeline.domain.attributes import LAB
from pipeline.domain.errors import listed
from pipeline.domain.process.definition import Definition
from pipeline.domain.process.windows import dates_of
from pipeline.domain.sources import LongResults
from pipeline.domain.times.declared import DateFormat
from pipeline.domain.times.lag import lag


def lag_of(process: Definition, attribute: str) -> timedelta | None:
    """Time from the end of a batch (from its start, if no end is declared) to the results of an attribute; None if not declared."""
    text = process.attributes[attribute].result_lag or process.result_lag
    return None if text is None else lag(text)


def states_availability(process: Definition, attribute: str) -> bool:
    """Whether the definition says from when results of an attribute are known."""
    return _is_dated(process, attribute) or process.ended is not None or lag_of(process, attribute) is not None


def _is_dated(process: Definition, attribute: str) -> bool:
    """Whether a column holds the date from which results of the attribute are known."""
    sources = [one for one in process.sources.values() if isinstance(one, LongResults) and one.available is not None]
    return process.available is not None or any(attribute in one.names.values() for one in sources)


def resolution(formats: Iterable[DateFormat]) -> str | None:
    """Return the time that one written date covers: `1mo`, `1d`, or None for a moment. A day is over only when it ends."""
    read = [one for form in formats for one in form.read]
    if not all(one.has_day for one in read):
        return "1mo"
    return None if all(one.has_hour for one in read) else "1d"


def resolution_of(process: Definition, attribute: str) -> str | None:
    """Return the time that a written date of an attribute covers, as `resolution` does."""
    return resolution(dates_of(process, attribute))


def availability_notes(process: Definition) -> list[str]:
    """Return what is assumed about the time of results because the definition does not say it, one sentence each."""
    if process.started is None:
        return []
    silent = [name for name in process.targets if not states_availability(process, name)]
    if silent:
        what = "" if len(silent) == len(process.targets) else f" of {listed(silent, 8)}"
        return [
            f"Nothing says from when results{what} are known, so they count from the start of their batch. The protocols that go "
            "back in time therefore also learn from batches that were still running. Declare `available` of the results, or "
            "`ended` and `result_lag`."
        ]
    if any(not _is_dated(process, name) and lag_of(process, name) is None for name in process.targets):
        return ["Results count from the end of their batch, without time for the laboratory. Declare `result_lag`."]
    return []


def availability_problems(process: Definition) -> list[str]:
    """List what is wrong with the declared times of results, one sentence each."""
    found = []
    attribute = process.attributes.get(process.available or "")
    if attribute is not None and attribute.kind != "date":
        found.append(
            f"available names '{process.available}', which is of kind '{attribute.kind}'; it must be of kind 'date'"
        )
    lags = {"result_lag": process.result_lag} | {
        f"attributes.{name}.result_lag": one.result_lag for name, one in process.attributes.items()
    }
    stated = [place for place, text in lags.items() if text is not None]
    if stated and process.started is None and process.ended is None:
        found.append(f"{stated[0]} needs a date from which it counts; state `ended` or `started`")
    return found + [
        f"attributes.{name}.result_lag is declared, and '{name}' has the role '{one.role}'; only results (CQA, IPC) have a lag"
        for name, one in process.attributes.items()
        if one.result_lag is not None and one.role not in LAB
    ]
