"""Formats of raw files: how a CSV, Excel or Parquet file holds one table."""

import codecs
import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator
from pydantic.dataclasses import dataclass

from pipeline.domain.strict_config import STRICT


def _one_character(separator: str) -> str:
    if len(separator) != 1 or not separator.isascii() or separator in '"\r\n\0':
        raise ValueError(f'{separator!r} is no separator; write one character, such as ";" or "," or "\\t"')
    return separator


def _known_encoding(name: str) -> str:
    try:
        "".encode(name)
        codecs.lookup(name)
    except LookupError:
        raise ValueError(f"'{name}' is no encoding that Python knows; use for example utf-8, cp1252 or utf-16") from None
    return name


def _pattern(text: str | int) -> str | int:
    try:
        re.compile(str(text))
    except re.error as error:
        raise ValueError(f"'{text}' is no regular expression: {error}") from None
    if isinstance(text, int) and text < 0:
        raise ValueError(f"footer {text}: a number of lines cannot be below 0")
    return text


def _two_marks(decimal: str, thousands: str | None) -> None:
    if thousands == decimal:
        raise ValueError(f"`thousands` and `decimal` are both '{decimal}'; a number can have only one meaning of a mark")


Thousands = Literal[".", ",", " ", "'"]
RowNumber = Annotated[int, Field(ge=1)]
HeaderRows = Annotated[int, Field(ge=1, le=3)]
Footer = Annotated[int | str, AfterValidator(_pattern)]


@dataclass(config=STRICT, frozen=True)
class Csv:
    """A text file with separators. One line is one row."""

    kind: Literal["csv"] = "csv"
    separator: Annotated[str, AfterValidator(_one_character)] = ","
    """Character between two columns."""
    encoding: Annotated[str, AfterValidator(_known_encoding)] = "utf-8"
    """Encoding of the text."""
    decimal: Literal[".", ","] = "."
    """The decimal mark. A number with another mark goes to quarantine; nothing is guessed."""
    thousands: Thousands | None = None
    """The mark between groups of three digits: with `"."` and a decimal comma, `1.412,5` is 1412.5. A blank stands for
    every kind of blank. A number without groups is read as well. Default: a number with groups goes to quarantine."""
    header_row: RowNumber | None = None
    """Number of the line with the column names, as an editor counts. Default: the first line that holds all needed columns."""
    header_rows: HeaderRows = 1
    """Number of header lines. With 2, `Temperature` above `mean` is the column `Temperature mean`. A blank cell of an upper line
    repeats the cell at its left. `header_row` is then the first of them."""
    block: str | None = None
    """Line above the header of the wanted table, in a file with several tables, such as `[TrackData1]`. The table ends at the next
    blank line."""
    comment: str | None = Field(default=None, min_length=1)
    """Beginning of lines that are no rows, such as `#`."""
    footer: Footer | None = None
    """What stands below the table: a number of lines, or a regular expression. The first line that it matches ends the table."""
    quote: Literal['"', ""] = '"'
    """The quotation mark around a cell that holds the separator. Empty: a quotation mark is an ordinary character."""
    multiline: bool = False
    """Whether a cell in quotation marks may span several lines. Without it, a quotation mark that is not closed on its line is an
    error, because it would hide the lines that follow."""
    longest_line: Annotated[int, Field(ge=1000)] = 10_000_000
    """Longest line [bytes]. A file with a longer line is refused before it is read."""

    @model_validator(mode="after")
    def _marks(self) -> "Csv":
        _two_marks(self.decimal, self.thousands)
        if self.multiline and not self.quote:
            raise ValueError("`multiline` needs a quotation mark; leave `quote` out")
        return self


@dataclass(config=STRICT, frozen=True)
class Excel:
    """One sheet of a workbook (.xlsx or .xlsm)."""

    kind: Literal["excel"]
    sheet: str | None = None
    """Name of the sheet. Default: the first sheet that is not hidden."""
    header_row: RowNumber | None = None
    """Number of the row with the column names, as Excel counts. Default: the first row that holds all needed columns."""
    header_rows: HeaderRows = 1
    """Number of header rows. With 2, `Temperature` above `mean` is the column `Temperature mean`. A blank cell of an upper row
    repeats the cell at its left. `header_row` is then the first of them."""
    footer: Footer | None = None
    """What stands below the table: a number of rows, or a regular expression. The first row with a cell that it matches ends the
    table."""
    decimal: Literal[".", ","] = "."
    """The decimal mark of numbers that are stored as text. Numbers that are stored as numbers need none."""
    thousands: Thousands | None = None
    """The mark between groups of three digits, in numbers that are stored as text."""
    largest_mb: Annotated[float, Field(gt=0)] = 1000
    """Largest size of the unpacked workbook [MB]. A larger workbook is refused before it is unpacked."""

    @model_validator(mode="after")
    def _marks(self) -> "Excel":
        _two_marks(self.decimal, self.thousands)
        return self


@dataclass(config=STRICT, frozen=True)
class Parquet:
    """A Parquet file."""

    kind: Literal["parquet"]
    decimal: Literal["."] = "."


Format = Annotated[Csv | Excel | Parquet, Field(discriminator="kind")]
