"""Pulls: what a source of a process definition reads from a database, a historian or a feed instead of from files.

`scalebridge snapshot` pulls, and keeps what came as Parquet files. Runs read these files alone.
"""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator
from pydantic.dataclasses import dataclass

from pipeline.domain.names.shown import plain_text
from pipeline.domain.strict_config import STRICT
from pipeline.domain.times.lag import lag

Values = Literal["raw", "interpolated"]
"""What a historian gives: its stored records, or values that it computed between them at regular times."""
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


def _connection_name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError(
            f"'{plain_text(name[:80])}' is no name of a connection; write letters, digits and '_', with a letter first. The "
            "address itself stands in the environment or in connections.yaml, never here"
        )
    return name


def _length(text: str | int) -> str | int:
    if isinstance(text, int) and text < 0:
        raise ValueError(f"{text} is below 0")
    if isinstance(text, str):
        try:
            lag(text)
        except ValueError:
            raise ValueError(
                f"'{plain_text(text[:80])}' is no length of time; write a number and its unit, such as '2 h'"
            ) from None
    return text


_SELECT = re.compile(r"(?is)(?:\s|\(|--[^\n]*\n|/\*.*?\*/)*(?:select|with)\b")


def _one_statement(text: str) -> str:
    if not _SELECT.match(text) or text.strip().endswith(";"):
        raise ValueError("write one SELECT, without a semicolon at its end; a pull only reads")
    return text


ConnectionName = Annotated[str, AfterValidator(_connection_name)]
"""Name of a connection. Its address is in the environment or in `connections.yaml`."""
Overlap = Annotated[str | Annotated[int, Field(strict=True)], AfterValidator(_length)]
"""A length of time such as `2 h`, or a whole number."""


@dataclass(config=STRICT, frozen=True, kw_only=True)
class PullParts:
    """What every pull has."""

    connection: ConnectionName
    """Name of the connection. Its address stands in the environment variable `SCALEBRIDGE_CONNECTION_<NAME>` or in
    `connections.yaml`, and nowhere else."""
    decimal: Literal[".", ","] = "."
    """The decimal mark of numbers in columns of text. A column of numbers needs none."""
    values: Values | None = None
    """For a series: whether the values are the stored records of the historian (`raw`) or were computed between them
    (`interpolated`). It stands on the page of the data quality."""


@dataclass(config=STRICT, frozen=True, kw_only=True)
class SqlPull(PullParts):
    """Rows of a table or of a query of a database."""

    kind: Literal["sql"]
    query: Annotated[str, AfterValidator(_one_statement)] | None = None
    """One SELECT. Rows that this statement gives are pulled."""
    table: str | None = None
    """The table, instead of a query: `results` or `lab.results`."""
    key: tuple[str, ...] = ()
    """Columns that identify a row. Needed with `watermark`: a row that comes again with the same key replaces the former one."""
    watermark: str | None = None
    """Column that grows whenever a row is added or changed, such as the time of its last change. With it, a pull asks only for the
    rows since the last one. Without, each pull reads all rows."""
    overlap: Overlap | None = None
    """How far before the highest watermark a pull reads again, for rows that were committed late: `2 h` for times, a number for
    numbers. Default: 1 h, or 1000."""
    time_limit: Annotated[float, Field(gt=0)] = 3600
    """Longest time of one statement [s]."""

    @model_validator(mode="after")
    def _consistent(self) -> "SqlPull":
        if (self.query is None) == (self.table is None):
            raise ValueError("write either `query` or `table`")
        if self.watermark is not None and not self.key:
            raise ValueError(
                "`watermark` needs `key`, the columns that identify a row, since a changed row comes a second time"
            )
        if self.overlap is not None and self.watermark is None:
            raise ValueError("`overlap` belongs to a `watermark`; without one, each pull reads all rows")
        return self
