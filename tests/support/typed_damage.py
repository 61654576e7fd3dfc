"""Damage tables whose cells have types: workbooks and Parquet files. What each cell then says is worked out from its type alone."""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import polars as pl
import xlsxwriter

from tests.support.damage import TEXTS
from tests.support.known_tables import Column, Table
from tests.support.plain_reading import UNREADABLE, says


@dataclass(frozen=True)
class Cell:
    """A cell of a workbook: what it is, and its value."""

    kind: str
    value: Any = None


MOMENT = datetime(2023, 5, 17, 8, 30)
ODD = (
    *(Cell("number", value) for value in (36.5, 0.0, -5.0, 1e5, 17.0, 1e300)),
    *(Cell("percent", 0.95), Cell("date", MOMENT), Cell("date", datetime(2023, 5, 17)), Cell("bool", True), Cell("blank")),
    *(Cell("formula"), Cell("formula", 41.5), Cell("error", "#DIV/0!"), Cell("error", "#N/A")),
)
"""Cells that people leave in a workbook."""


def workbook_cells(table: Table) -> list[list[Cell]]:
    """The rows of a table as a spreadsheet holds them: numbers as numbers, dates as dates."""
    return [[_typed(text, column) for text, column in zip(row, table.columns, strict=True)] for row in table.rows]


def _typed(text: str, column: Column) -> Cell:
    if column.kind in ("number", "result") and not text.startswith("<"):
        return Cell("number", float(text))
    if column.kind in ("date", "time"):
        return Cell("date", datetime.fromisoformat(text))
    return Cell("text", text)


def damaged_cells(cells: list[list[Cell]], draw: random.Random) -> list[str]:
    """Damage one to four cells in place, and insert blank rows. Return what was done."""
    log = []
    for _ in range(draw.choice([1, 1, 2, 4])):
        row, column = draw.randrange(len(cells)), draw.randrange(len(cells[0]))
        cell = draw.choice(ODD) if draw.random() < 0.6 else Cell("text", _storable(draw.choice(TEXTS)))
        cells[row][column] = cell
        log.append(f"row {row}, column {column} = {cell!r:.60}")
    if draw.random() < 0.2:
        place = draw.randrange(1, len(cells))
        cells.insert(place, [Cell("blank")] * len(cells[0]))
        log.append(f"blank row {place}")
    return log


def _storable(text: str) -> str:
    """A text that a workbook can hold: XML has no place for most control characters."""
    return "".join(sign for sign in text if sign >= " " or sign == "\t")


def workbook(header: Sequence[str], cells: list[list[Cell]], down: int, right: int) -> bytes:
    """A workbook with the table below `down` blank rows and beside `right` blank columns."""
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet()
    forms = {"percent": book.add_format({"num_format": "0%"}), "date": book.add_format({"num_format": "yyyy-mm-dd hh:mm"})}
    for column, name in enumerate(header):
        sheet.write_string(down, right + column, name)
    for row, line in enumerate(cells, down + 1):
        for column, cell in enumerate(line, right):
            match cell.kind:
                case "number":
                    sheet.write_number(row, column, cell.value)
                case "percent":
                    sheet.write_number(row, column, cell.value, forms["percent"])
                case "text":
                    sheet.write_string(row, column, cell.value)
                case "date":
                    sheet.write_datetime(row, column, cell.value, forms["date"])
                case "bool":
                    sheet.write_boolean(row, column, cell.value)
                case "formula":
                    sheet.write_formula(row, column, "=A1*1", None, "" if cell.value is None else cell.value)
                case "error":
                    sheet.write_formula(row, column, "=1/0", None, cell.value)
    book.close()
    return buffer.getvalue()


def cell_says(cell: Cell, column: Column, decimal: str) -> set[object]:
    """The values that a cell of a workbook can mean, in SI; None if it is blank; UNREADABLE if it may be set aside."""
    number = cell.value if cell.kind in ("number", "formula") and cell.value is not None else None
    if cell.kind == "blank":
        return {None}
    if cell.kind == "text":
        return {says(cell.value, column, decimal)}
    if column.kind in ("number", "result"):
        if cell.kind == "percent" and "%" in column.name:
            return {cell.value, UNREADABLE}
        return {UNREADABLE} if number is None else {number * column.factor + column.offset}
    if column.kind in ("date", "time"):
        return {cell.value} if cell.kind == "date" else {UNREADABLE}
    written = {
        "percent": "95%",
        "bool": "TRUE",
        "date": cell.value.isoformat(" ") if cell.kind == "date" else "",
    }.get(cell.kind, "" if number is None else f"{number:.15g}")
    return {UNREADABLE, written.strip()} if written else {UNREADABLE}


PARQUET = {
    "number": (
        *(math.nan, math.inf, -math.inf, None, -9999.0, 36.5, 1e300),
        *(7, 2**53, "36,5", "36.5", "n.d.", "", "1e999", True, Decimal("36.50"), MOMENT, timedelta(hours=5), [1.0], b"\x01"),
    ),
    "text": ("B01", " B01", "", None, 17, 17.0, 17.5, date(2023, 5, 17), b"B01", ["B01"], True, "B\u00e4"),
    "time": (MOMENT, date(2023, 5, 17), "2024-01-11 08:30", "heute", None, time(8, 30), 45296, timedelta(hours=5), 1.5),
}
"""Values by the kind of column that they get into."""


def damaged_frame(table: Table, draw: random.Random) -> tuple[pl.DataFrame, str]:
    """The table as a frame with types, in which one column got another value, and where needed another type."""
    columns = {column.name: _series(column, [row[n] for row in table.rows]) for n, column in enumerate(table.columns)}
    column = draw.choice(table.columns)
    kind = {"result": "number", "date": "time"}.get(column.kind, column.kind)
    value, place = draw.choice(PARQUET[kind]), draw.randrange(len(table.rows))
    whole = draw.random() < 0.3
    values = [value if whole or n == place else old for n, old in enumerate(columns[column.name].to_list())]
    try:
        made = pl.Series(column.name, values, strict=True)
    except (TypeError, pl.exceptions.PolarsError):  # a column has one type: all its cells get the value
        made = pl.Series(column.name, [value] * len(values))
    if made.dtype == pl.Null:
        made = made.cast(pl.Float64)
    columns[column.name] = made
    return pl.DataFrame(list(columns.values())), f"{column.name} = {value!r} at {'all rows' if whole else place}"


def _series(column: Column, texts: list[str]) -> pl.Series:
    """A column with the type of its values; texts, if some are results such as `<0.05`."""
    values = [_typed(text, column).value for text in texts]
    mixed = len({type(value) for value in values}) > 1
    return pl.Series(column.name, texts if mixed else values)


def value_says(value: object, column: Column) -> set[object]:
    """The values that a cell of a Parquet file can mean, in SI; None if it is missing; UNREADABLE if it may be set aside."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return {None}
    if isinstance(value, str):
        return {says(value, column, ".")}
    if column.kind in ("number", "result"):
        number = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
        return {float(value) * column.factor + column.offset} if number and math.isfinite(value) else {UNREADABLE}  # type: ignore[arg-type]
    if column.kind in ("date", "time"):
        if isinstance(value, timedelta) and column.kind == "time":
            return {value}  # a column of durations is elapsed time
        moment = datetime.combine(value, time()) if isinstance(value, date) and not isinstance(value, datetime) else value
        return {moment} if isinstance(moment, datetime) else {UNREADABLE}
    if isinstance(value, float):
        return {UNREADABLE, f"{value:.15g}", str(value)}
    return {UNREADABLE} if isinstance(value, list | bytes) else {UNREADABLE, str(value), str(value).lower()}
