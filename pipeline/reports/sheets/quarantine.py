"""The quarantine as a workbook, with the same bytes for the same quarantine."""

from collections.abc import Iterable
from datetime import datetime
from io import BytesIO

import polars as pl
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pipeline.history.quality.causes import Cause
from pipeline.history.quality.page import rarest_first
from pipeline.history.quality.verdict import Verdict
from pipeline.reports.sheets.cells import write_header, write_value

MOST_ROWS = 100_000
"""Most rows of the sheet of records. A sheet could hold 1,048,576, and would take minutes to write and to open."""
_CAUSES = {
    "source": 18,
    "column": 24,
    "reason": 44,
    "batches set aside": 10,
    "alone": 8,
    "batches touched": 10,
    "rows": 9,
    "cells": 9,
    "for example": 60,
    "what mends it": 90,
}
_RECORDS = {"file": 34, "row": 9, "column": 24, "value": 24, "reason": 50, "batch": 20, "source": 18}


def workbook(quarantine: pl.DataFrame, found: Verdict) -> bytes:
    """Return a workbook with two sheets: the causes with their edits, and the rows, those with the rarest reasons first.

    Every text is written as text: one that begins with `=`, `+`, `-` or `@` does not become a formula.
    """
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.set_properties({"title": f"Quarantine of {found.process}", "created": datetime(2020, 1, 1)})
    bold, wrapped = book.add_format({"bold": True, "text_wrap": True}), book.add_format({"text_wrap": True, "valign": "top"})
    _write_causes(book.add_worksheet("Causes"), found, bold, wrapped)
    _write_records(book.add_worksheet("Rows"), quarantine, bold)
    book.close()
    return buffer.getvalue()


def _write_causes(sheet: Worksheet, found: Verdict, bold: Format, wrapped: Format) -> None:
    causes = [*found.causes, *found.follow]
    sheet.write_string(0, 0, found.headline, bold)
    write_header(sheet, 1, _CAUSES, bold, len(causes))
    for line, cause in enumerate(causes, 2):
        for column, value in enumerate(_cells(cause)):
            write_value(sheet, line, column, value, wrapped)


def _cells(cause: Cause) -> Iterable[str | int]:
    yield from (cause.source, cause.column or "", cause.reason)
    yield from (cause.lost, cause.alone, cause.batches, cause.rows, cause.cells)
    yield "\n".join(f"{p.file}, row {p.row}" + ("" if p.value is None else f": {p.value}") for p in cause.places)
    waits = "The rows wait for the row of their batch, which is set aside. They come back with it."
    yield waits if cause.follows else "\n".join(edit.text.replace("`", "") for edit in cause.edits)


def _write_records(sheet: Worksheet, quarantine: pl.DataFrame, bold: Format) -> None:
    shown = rarest_first(quarantine).head(MOST_ROWS)
    held = f"The header of a file is row 1. {quarantine.height:,} records."
    if shown.height < quarantine.height:
        held += f" Here are the {shown.height:,} with the rarest reasons; all are in quarantine.parquet, in the same folder."
    sheet.write_string(0, 0, held)
    write_header(sheet, 1, _RECORDS, bold, shown.height)
    cells = shown.select("file", "row", "column", "value", "reason", "batch_id", "source")
    for line, record in enumerate(cells.iter_rows(), 2):
        for column, value in enumerate(record):
            if value is not None:
                write_value(sheet, line, column, value, None)
