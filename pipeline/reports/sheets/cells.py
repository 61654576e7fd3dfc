"""Cells that the sheets have in common: the row of column names, and values."""

from collections.abc import Mapping

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

LONGEST = 32_767
"""Most characters of a cell in Excel."""


def write_header(sheet: Worksheet, line: int, widths: Mapping[str, int], bold: Format, rows: int) -> None:
    """Write the column names in a line, frozen and with a filter. widths: column name → width; rows: number of rows below."""
    for column, (title, width) in enumerate(widths.items()):
        sheet.set_column(column, column, width)
        sheet.write_string(line, column, title, bold)
    sheet.freeze_panes(line + 1, 0)
    sheet.autofilter(line, 0, line + max(rows, 1), len(widths) - 1)


def write_value(sheet: Worksheet, line: int, column: int, value: str | float, form: Format | None) -> None:
    """Write a number as a number, and a text as a text of the length that a cell can hold. No text becomes a formula."""
    if isinstance(value, str):
        sheet.write_string(line, column, value if len(value) <= LONGEST else value[: LONGEST - 1] + "…", form)
    else:
        sheet.write_number(line, column, value, form)
