"""One cell of a workbook: its value, type and number format, read for what the cell is used as."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from pipeline.history.connectors.number_formats import LONGEST_NUMBER, as_shown, digits_of, is_percent
from pipeline.history.connectors.raw_table import ColumnUse


@dataclass(frozen=True)
class CellContent:
    """What a cell holds."""

    text: str
    """As Excel shows it; numbers with all digits and the declared decimal mark."""
    problem: str | None = None
    """Why it cannot be read for its use."""
    moment: datetime | None = None
    """The date that it holds."""
    elapsed: timedelta | None = None
    """The duration that it holds."""
    fraction: float | None = None
    """The number behind a percentage: 0.95 for 95 %."""


NOT_COMPUTED = "a formula without a stored value; open the workbook in Excel and save it"
ERROR = "an error value of the workbook"
MERGED = "merged with the cell at its left, so it is not known whether the value belongs to both columns"
_DURATION = "a duration, not a {}"
_CLOCK = "a clock time without a date"
_OF_1900 = "a date before 1905, as which Excel keeps a duration; format a duration as [h]:mm:ss, or enter the right date"


def content(value: object, number_format: str, use: ColumnUse, decimal: str) -> CellContent:
    """Read a cell. Errors and formulas without a value are handled before.

    >>> content(0.95, "0.0%", "number", ".").text, content(12, "0000", "id", ".").text, content(3.1, "General", "number", ",").text
    ('95%', '0012', '3,1')
    """
    match value:
        case str():
            return CellContent(value)
        case bool():
            return CellContent(
                str(value).upper(), "a yes/no value, not an id; format the column as text" if use == "id" else None
            )
        case int() | float():
            return _number(value, number_format, use, decimal)
        case timedelta():
            return _duration(value, use)
        case datetime():
            return _moment(value, use)
        case date():
            return _moment(datetime(value.year, value.month, value.day), use)
        case time():
            return _clock(value, use)
        case _:
            return CellContent(str(value), f"a cell of a kind that is not known ({type(value).__name__})")


def _number(value: float, number_format: str, use: ColumnUse, decimal: str) -> CellContent:
    if use in ("id", "text"):
        return _name(value, number_format, use)
    if is_percent(number_format):
        problem = None if use == "number" else f"a percentage, not a {'date' if use == 'date' else 'time'}"
        return CellContent(f"{digits_of(value * 100)}%".replace(".", decimal), problem, fraction=value)
    return CellContent(digits_of(value).replace(".", decimal))


def _name(value: float, number_format: str, use: ColumnUse) -> CellContent:
    """Read a number that is a name, such as a batch."""
    if is_percent(number_format):
        text = f"{digits_of(value * 100)}%"
        return CellContent(text, "a percentage, not an id; format the column as text" if use == "id" else None)
    if abs(value) >= LONGEST_NUMBER:
        return CellContent(
            str(int(value)), "a number of more than 15 digits, of which Excel keeps 15; format the column as text"
        )
    shown = as_shown(value, number_format)
    if shown is None:
        return CellContent(
            digits_of(value), f"a number that its format '{number_format}' shows otherwise; format the column as text"
        )
    return CellContent(shown)


def _moment(value: datetime, use: ColumnUse) -> CellContent:
    text = value.isoformat(" ")
    if value.year < 1905:
        return CellContent(text, _OF_1900)
    if use in ("id", "text"):
        return CellContent(
            text, "a date: Excel changes texts such as 1-3 to dates; format the column as text and enter it again"
        )
    if use == "number":
        return CellContent(text, "a date, not a number")
    return CellContent(text, moment=value)


def _duration(value: timedelta, use: ColumnUse) -> CellContent:
    if use == "time":
        return CellContent(duration_text(value), elapsed=value)
    wanted = {"id": "name", "text": "text", "number": "number", "date": "date"}[use]
    return CellContent(duration_text(value), _DURATION.format(wanted))


def _clock(value: time, use: ColumnUse) -> CellContent:
    text = value.isoformat()
    return CellContent(text, None if use in ("time", "text") else _CLOCK)


def duration_text(value: timedelta) -> str:
    """Write a duration as hours, minutes and seconds.

    >>> duration_text(timedelta(days=1, hours=1)), duration_text(timedelta(hours=-2))
    ('25:00:00', '-02:00:00')
    """
    seconds, rest = divmod(abs(value), timedelta(seconds=1))
    part = f".{rest.microseconds:06d}" if rest else ""
    return f"{'-' if value < timedelta() else ''}{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{part}"
