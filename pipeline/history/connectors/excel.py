"""Read a sheet of a workbook: value, type and number format of each cell once, and merged cells."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from pipeline.domain.errors import listed
from pipeline.domain.file_formats import Excel
from pipeline.history.connectors.excel_cells import ERROR, MERGED, NOT_COMPUTED, CellContent, content
from pipeline.history.connectors.header import SEARCHED, find_header, positions
from pipeline.history.connectors.number_formats import digits_of, is_percent
from pipeline.history.connectors.raw_table import ELAPSED, FRACTION, MOMENT, PROBLEM, ColumnUse, Needed, RawTable, set_aside
from pipeline.history.connectors.workbook import Cell, Sheet, SheetRow, column_letter, open_sheet


@dataclass
class _Column:
    """The cells of one column, while they are collected."""

    name: str
    use: ColumnUse
    texts: list[str | None] = field(default_factory=list)
    companions: dict[str, dict[int, object]] = field(default_factory=dict)

    def add(self, cell: Cell | None, sheet: Sheet, decimal: str) -> None:
        """Add the cell of the next row."""
        if cell is None or self._is_plain(cell, sheet):
            self.texts.append(None if cell is None else _text(cell.value, decimal))
            return
        found = read_cell(cell, sheet, self.use, decimal)
        self.texts.append(None if found is None else found.text)
        if found is None:
            return
        values = {PROBLEM: found.problem, MOMENT: found.moment, ELAPSED: found.elapsed, FRACTION: found.fraction}
        for ending, value in values.items():
            if value is not None:
                self.companions.setdefault(ending, {})[len(self.texts) - 1] = value

    def _is_plain(self, cell: Cell, sheet: Sheet) -> bool:
        """Whether a cell is a text, or a number in a column of numbers that is not a percentage."""
        if cell.error or cell.merged or cell.uncomputed:
            return False
        kind = type(cell.value)
        return kind is str or (self.use == "number" and kind in (int, float) and not is_percent(sheet.formats[cell.style]))

    def series(self) -> Iterator[pl.Series]:
        """The column, and its companions."""
        yield pl.Series(self.name, self.texts, dtype=pl.String)
        for ending, values in self.companions.items():
            every = [values.get(i) for i in range(len(self.texts))]
            yield pl.Series(self.name + ending, every, dtype=_TYPES[ending])


def _text(value: object, decimal: str) -> str | None:
    """A plain cell as text; None if it is blank."""
    if isinstance(value, int | float):
        return digits_of(value).replace(".", decimal)
    return str(value) or None


_TYPES = {PROBLEM: pl.String(), MOMENT: pl.Datetime("us"), ELAPSED: pl.Duration("us"), FRACTION: pl.Float64()}


def read_cell(cell: Cell, sheet: Sheet, use: ColumnUse, decimal: str) -> CellContent | None:
    """Read a cell for its use. None if it is blank."""
    if cell.uncomputed:
        return CellContent("formula", NOT_COMPUTED)
    if cell.value is None or cell.value == "":
        return None
    if cell.error:
        return CellContent(str(cell.value), ERROR)
    found = content(cell.value, sheet.formats[cell.style], use, decimal)
    return CellContent(found.text, MERGED) if cell.merged else found


def read_excel(path: Path, form: Excel, needed: Needed | None, place: str) -> RawTable:
    """Read the needed columns of a sheet as text, with companions for what a text cannot say.

    Raises ScalebridgeError if the file is no workbook, a sheet or a needed column is missing, or a needed column is doubled.
    """
    with open_sheet(path, form, place) as sheet:
        rows = iter(sheet.rows())
        head = [row for _, row in zip(range(SEARCHED + (form.header_row or 0)), rows, strict=False)]
        shown = [(row.number, _texts(row, sheet)) for row in head]
        at, names = find_header(shown, form.header_row, form.header_rows, needed, f"{place}, sheet '{sheet.name}'")
        lowest = head[at + form.header_rows - 1].number
        found = positions(names, needed, f"{place}, sheet '{sheet.name}'", lowest, column_letter, _advice(sheet, form))
        columns = {i: _Column(name, (needed or {}).get(name, "text")) for name, i in found.items()}
        header, below = head[at : at + form.header_rows], [*head[at + form.header_rows :]]
        numbers, again = [], []
        for row in _of_table(_chained(below, rows), form, sheet):
            if _repeats(row, header, [*columns]):
                again.append(row.number)
                continue
            numbers.append(row.number)
            for i, column in columns.items():
                column.add(row.cells.get(i), sheet, form.decimal)
    above = "\n".join(" ".join(filter(None, cells)) for _, cells in shown[:at])
    cells = pl.DataFrame([series for column in columns.values() for series in column.series()])
    blank = pl.Series([None] * len(again), dtype=pl.String)
    aside = set_aside(pl.Series(again, dtype=pl.UInt32), blank, "the row repeats the header")
    return RawTable(cells, pl.Series(numbers, dtype=pl.UInt32), aside, above)


def _advice(sheet: Sheet, form: Excel) -> str:
    """What to do if the header of a sheet does not have the needed columns."""
    row = "if the names of the columns stand in another row, set `header_row`"
    if form.sheet is not None or not sheet.others:
        return row
    return f"{row}; if they stand in another sheet, set `sheet` to {listed(map(repr, sheet.others))}"


def _repeats(row: SheetRow, header: list[SheetRow], columns: list[int]) -> bool:
    """Whether a row holds a row of the header again."""
    return any(_same_cells(row, one, columns) for one in header)


def _same_cells(row: SheetRow, other: SheetRow, columns: list[int]) -> bool:
    for i in columns:
        one, two = row.cells.get(i), other.cells.get(i)
        if (None if one is None else one.value) != (None if two is None else two.value):
            return False
    return any(i in row.cells for i in columns)


def _chained(below: list[SheetRow], rows: Iterator[SheetRow]) -> Iterator[SheetRow]:
    yield from below
    yield from rows


def _texts(row: SheetRow, sheet: Sheet) -> list[str]:
    """The cells of a row as text, for the header."""
    last = max(row.cells, default=-1)
    cells = [row.cells.get(i) for i in range(last + 1)]
    return ["" if cell is None or cell.value is None else content(cell.value, "General", "text", ".").text for cell in cells]


def _of_table(rows: Iterator[SheetRow], form: Excel, sheet: Sheet) -> Iterator[SheetRow]:
    """Leave out the rows below the table."""
    if isinstance(form.footer, int):
        every = list(rows)
        yield from every[: max(len(every) - form.footer, 0)]
        return
    for row in rows:
        if form.footer is not None and any(re.search(form.footer, text) for text in _texts(row, sheet)):
            return
        yield row
