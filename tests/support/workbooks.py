"""Small workbooks as Excel writes them: values with number formats, merged cells, formulas."""

from pathlib import Path
from typing import Any

import openpyxl

Content = object | tuple[object, str]
"""The value of a cell, or value and number format."""


def workbook(
    path: Path, rows: list[list[Any]], merged: tuple[str, ...] = (), first: str = "A1", sheet: str = "Batches"
) -> None:
    """Write rows of cells from the cell `first` on. A tuple is a value with its number format."""
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = sheet
    start = page[first]
    for down, row in enumerate(rows):
        for right, content in enumerate(row):
            value, number_format = content if isinstance(content, tuple) else (content, None)
            cell = page.cell(start.row + down, start.column + right, value)
            if number_format is not None:
                cell.number_format = number_format
    for cells in merged:
        page.merge_cells(cells)
    book.save(path)
