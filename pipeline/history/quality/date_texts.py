"""Texts that do not fit the declared format of a date or time: the formats that do fit them."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from pipeline.domain.times.declared import WrittenTimes
from pipeline.history.times.written import strange_year, written_times

_DAYS = (
    "%Y-%m-%d",
    "%d.%m.%Y",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%Y/%m/%d",
    "%d-%m-%Y",
    "%m-%d-%Y",
    "%Y.%m.%d",
    "%Y%m%d",
    "%d-%b-%Y",
    "%d %b %Y",
    "%d %B %Y",
    "%b %d, %Y",
    "%B %d, %Y",
    "%d.%m.%y",
    "%d/%m/%y",
    "%m/%d/%y",
    "%d-%b-%y",
)
_TIMES = ("", " %H:%M:%S", " %H:%M", "T%H:%M:%S", "T%H:%M", " %I:%M:%S %p", " %I:%M %p", " %H:%M:%S%.f", "T%H:%M:%S%.f")
FORMATS = tuple(day + time for time in _TIMES for day in _DAYS)
"""Formats that are tried, in the order in which they are preferred."""


@dataclass(frozen=True)
class Fit:
    """A format that reads some of the texts."""

    form: str
    cells: int
    """Cells that it reads, and that no format before it reads."""
    others: tuple[str, ...]
    """Formats that read the same texts as different times: the texts alone cannot say which is right."""


def fitting(texts: pl.DataFrame, formats: Sequence[str] = FORMATS) -> list[Fit]:
    """Return the formats that together read the texts, those with the most cells first. texts: columns value and cells."""
    rest, found = texts.drop_nulls("value").head(_MOST), []
    while rest.height:
        reads = rest.select(_reads(form).alias(form) for form in formats)
        cells = {form: int(rest["cells"].filter(reads[form]).sum()) for form in formats}
        best = max(formats, key=cells.__getitem__)
        if not cells[best]:
            break
        same = [form for form in formats if form != best and reads[form].equals(reads[best]) and _differs(rest, best, form)]
        found.append(Fit(best, cells[best], tuple(same)))
        rest = rest.filter(~reads[best])
    return found


_MOST = 2000
"""Number of different texts that are tried."""


def _read(form: str) -> pl.Expr:
    """What the format will read once it is declared."""
    return written_times(pl.col("value").str.strip_chars(), WrittenTimes(format=form))


def _reads(form: str) -> pl.Expr:
    return (~strange_year(_read(form))).fill_null(False)


def _differs(texts: pl.DataFrame, one: str, other: str) -> bool:
    """Whether two formats read a text as different times."""
    return bool(texts.select((_read(one) != _read(other)).any()).item())
