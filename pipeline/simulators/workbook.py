"""Workbooks of Excel as the sites of the simulated plants export them."""

from datetime import datetime
from pathlib import Path

import polars as pl
import xlsxwriter


def write_workbook(table: pl.DataFrame, path: Path) -> None:
    """Write a table to a workbook. Its creation date is fixed, so that its bytes do not depend on the day."""
    book = xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd hh:mm"})
    book.set_properties({"created": datetime(2020, 1, 1)})
    sheet = book.add_worksheet("Batches")
    sheet.write_row(0, 0, table.columns)
    for number, row in enumerate(table.rows(), 1):
        for place, text in enumerate(row):
            _write_cell(sheet, number, place, text)
    book.close()


def _write_cell(sheet: xlsxwriter.worksheet.Worksheet, row: int, column: int, text: str | None) -> None:
    try:
        sheet.write_number(row, column, float(text or ""))
    except ValueError:
        sheet.write_string(row, column, text or "")
