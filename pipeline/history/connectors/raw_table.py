"""A table as a reader gives it: cells as text, the line of each row, and what could not be read."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

ColumnUse = Literal["id", "text", "number", "date", "time"]
"""What the cells of a column are read as. A `time` is that of a sensor value: a date with a clock time, or a time since a start."""
Needed = Mapping[str, ColumnUse]
"""Column of a file → what its cells are read as."""

PROBLEM, MOMENT, ELAPSED, FRACTION = "__problem", "__moment", "__elapsed", "__fraction"
"""Endings of the columns beside a column of a workbook. They exist where a cell needs them, and are null for all other cells.

They hold why the cell cannot be read, the date that it holds (Datetime), the duration that it holds (Duration), and the number
behind a percentage (0.95 for 95 %).
"""
COMPANIONS = (PROBLEM, MOMENT, ELAPSED, FRACTION)
"""The endings of all companions. A companion is a column that stands beside another: `pH__problem` beside `pH`."""

SET_ASIDE = {"row": pl.UInt32, "column": pl.String, "value": pl.String, "reason": pl.String}


@dataclass(frozen=True)
class OnlyRows:
    """The rows that are wanted of a file: those that have a text in a column, apart from blanks at its ends."""

    column: str
    text: str


@dataclass(frozen=True)
class RawTable:
    """One table of one file."""

    cells: pl.DataFrame
    """The needed columns, each with its companions."""
    rows: pl.Series
    """Row number of each row, as an editor or Excel shows it."""
    set_aside: pl.DataFrame
    """Rows that cannot be told apart into cells, with the columns of `SET_ASIDE`."""
    preamble: str = ""
    """The text above the header."""


def set_aside(rows: pl.Series, values: pl.Series, reason: str | pl.Series) -> pl.DataFrame:
    """Make records of rows that are set aside as a whole."""
    records = pl.DataFrame({"row": rows, "value": values})
    reasons = pl.lit(reason) if isinstance(reason, str) else reason
    column = pl.lit(None, pl.String).alias("column")
    return records.select(pl.col("row").cast(pl.UInt32), column, pl.col("value").str.slice(0, 200), reasons.alias("reason"))


def no_rows() -> pl.DataFrame:
    """Make an empty table of rows that are set aside."""
    return pl.DataFrame(schema=SET_ASIDE)


def companions_of(column: str, frame: pl.DataFrame) -> list[str]:
    """The companions of a column that a frame has."""
    return [column + ending for ending in COMPANIONS if column + ending in frame.columns]


def plain(name: str) -> str:
    """Name of a column as it is compared: blanks and line breaks at its ends are removed, others become one blank.

    The micro sign and the Greek letter mu look the same, and become one. So do letters with accents that are
    written as two characters.

    >>> plain(" Temp.\\n [°C] "), plain("Titre [\u03bcg/mL]") == plain("Titre [\u00b5g/mL]")
    ('Temp. [°C]', True)
    """
    return unicodedata.normalize("NFC", " ".join(name.split())).replace("\N{GREEK SMALL LETTER MU}", "\N{MICRO SIGN}")


def holds(names: Sequence[str], needed: Needed) -> bool:
    """Whether a header has all needed columns."""
    return {plain(name) for name in needed} <= {plain(name) for name in names}
