"""The quarantine as a workbook, with the same bytes for the same quarantine."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from io import BytesIO

import polars as pl
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pipeline.domain.file_formats import Excel
from pipeline.domain.process.process import Process
from pipeline.history.quality.causes import KEY, Cause, general_reasons
from pipeline.history.quality.column_units import column_units
from pipeline.history.quality.page import rarest_first
from pipeline.history.quality.verdict import Verdict
from pipeline.reports.sheets.cells import write_header, write_value

Units = Mapping[tuple[str, str], str]
"""(source, column) → unit."""
MOST_ROWS = 100_000
"""Most rows of the sheet of records. A sheet could hold 1,048,576, and would take minutes to write and to open."""
_CAUSES = {
    "source": 18,
    "column": 24,
    "unit": 9,
    "reason": 44,
    "batches set aside": 10,
    "alone": 8,
    "batches touched": 10,
    "rows": 9,
    "cells": 9,
    "for example": 60,
    "what mends it": 90,
}
_RECORDS = {
    "file": 34,
    "sheet": 16,
    "row": 9,
    "column": 24,
    "value": 24,
    "unit": 9,
    "reason": 50,
    "batch": 20,
    "source": 18,
    "what brings it back": 90,
}
_WAITS = "The rows wait for the row of their batch, which is set aside. They come back with it."


def workbook(quarantine: pl.DataFrame, found: Verdict, process: Process) -> bytes:
    """Return a workbook with two sheets: the causes with their edits, and the rows, those with the rarest reasons first.

    Every text is written as text: one that begins with `=`, `+`, `-` or `@` does not become a formula.
    """
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.set_properties({"title": f"Quarantine of {found.process}", "created": datetime(2020, 1, 1)})
    bold, wrapped = book.add_format({"bold": True, "text_wrap": True}), book.add_format({"text_wrap": True, "valign": "top"})
    _write_causes(book.add_worksheet("Causes"), found, column_units(process), bold, wrapped)
    _write_records(book.add_worksheet("Rows"), _shown(quarantine, found, process), quarantine.height, bold)
    book.close()
    return buffer.getvalue()


def _write_causes(sheet: Worksheet, found: Verdict, units: Units, bold: Format, wrapped: Format) -> None:
    causes = [*found.causes, *found.follow]
    sheet.write_string(0, 0, found.headline, bold)
    write_header(sheet, 1, _CAUSES, bold, len(causes))
    for line, cause in enumerate(causes, 2):
        for column, value in enumerate(_cells(cause, units)):
            write_value(sheet, line, column, value, wrapped)


def _cells(cause: Cause, units: Units) -> Iterable[str | int]:
    yield from (cause.source, cause.column or "", units.get((cause.source, cause.column or ""), ""), cause.reason)
    yield from (cause.lost, cause.alone, cause.batches, cause.rows, cause.cells)
    yield "\n".join(f"{p.file}, row {p.row}" + ("" if p.value is None else f": {p.value}") for p in cause.places)
    yield _edits(cause)


def _edits(cause: Cause) -> str:
    return _WAITS if cause.follows else "\n".join(edit.text.replace("`", "") for edit in cause.edits)


def _shown(quarantine: pl.DataFrame, found: Verdict, process: Process) -> pl.DataFrame:
    """Return the records that the sheet shows, with the unit of the value, the sheet of the file, and the edits of their cause."""
    shown = rarest_first(quarantine).head(MOST_ROWS)
    edits = [(one.source, one.column, one.reason, _edits(one)) for one in (*found.follow, *found.causes)]
    units = [(*place, unit) for place, unit in column_units(process).items()]
    sheets = [
        (name, one.format.sheet)
        for name, one in process.sources.items()
        if isinstance(one.format, Excel) and one.format.sheet
    ]
    general = general_reasons(shown).select(*KEY).with_row_index("_row")
    mended = general.join(_table(edits, [*KEY, "edits"]).unique(KEY, keep="last"), on=KEY, how="left", nulls_equal=True)
    return (
        shown.with_columns(mended.sort("_row")["edits"])
        .join(_table(units, ["source", "column", "unit"]), on=["source", "column"], how="left", maintain_order="left")
        .join(_table(sheets, ["source", "sheet"]), on="source", how="left", maintain_order="left")
    )


def _table(rows: Sequence[tuple[str | None, ...]], columns: Sequence[str]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")


def _write_records(sheet: Worksheet, shown: pl.DataFrame, number: int, bold: Format) -> None:
    held = f"The header of a file is row 1. {number:,} records."
    if shown.height < number:
        held += f" Here are the {shown.height:,} with the rarest reasons; all are in quarantine.parquet, in the same folder."
    sheet.write_string(0, 0, held)
    write_header(sheet, 1, _RECORDS, bold, shown.height)
    cells = shown.select("file", "sheet", "row", "column", "value", "unit", "reason", "batch_id", "source", "edits")
    for line, record in enumerate(cells.iter_rows(), 2):
        for column, value in enumerate(record):
            if value is not None:
                write_value(sheet, line, column, value, None)
