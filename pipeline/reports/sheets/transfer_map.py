"""The transfer map as a workbook, with the same bytes for the same map."""

from collections.abc import Iterator
from datetime import datetime
from io import BytesIO

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pipeline.answers.result.transfer_map import TransferLine, TransferMap
from pipeline.domain.site_knowledge import PARTS

SHADES = {"present": "#FFFFFF", "partial": "#FFE9B0", "missing": "#E8A0A0"}
WIDTHS = (26, 34, 7, 10, *(30,) * 6, 30, 46)


def workbook(found: TransferMap, answered_by: str = "") -> bytes:
    """Return a workbook with two sheets: one line per attribute with shaded gaps, and the rules for each state.

    answered_by: a sentence that names the run and the models.
    """
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.set_properties({"title": found.title, "created": datetime(2020, 1, 1)})
    shades = {
        state: book.add_format({"bg_color": colour, "text_wrap": True, "valign": "top"}) for state, colour in SHADES.items()
    }
    bold, plain = book.add_format({"bold": True, "text_wrap": True}), book.add_format({"text_wrap": True, "valign": "top"})
    sheet = book.add_worksheet("Transfer map")
    for column, (title, width) in enumerate(zip(_titles(found), WIDTHS, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, title, bold)
    for row, line in enumerate(found.attributes, 1):
        for column, (text, state) in enumerate(_cells(line)):
            sheet.write_string(row, column, text, shades.get(state, plain))
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, len(found.attributes), len(WIDTHS) - 1)
    _rules(book.add_worksheet("Rules"), found, answered_by, plain)
    book.close()
    return buffer.getvalue()


def _titles(found: TransferMap) -> list[str]:
    both = (("sending", found.sending), ("receiving", found.receiving))
    sites = [f"{part} at {side.site} ({name})" for name, side in both for part in PARTS]
    return ["attribute", "description", "role", "unit", *sites, "model inputs made from it", "stops the prediction"]


def _cells(line: TransferLine) -> Iterator[tuple[str, str]]:
    """Return text and state of each cell."""
    yield from ((text, "") for text in (line.attribute, line.description, line.role, line.unit))
    for side in (line.sending, line.receiving):
        for part in (side.data, side.method, side.competence):
            yield f"{part.state}: {part.reason}", part.state
    yield ", ".join(line.model_inputs), ""
    yield line.blocks or "", "missing" if line.blocks else ""


def _rules(sheet: Worksheet, found: TransferMap, answered_by: str, plain: Format) -> None:
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 1, 110)
    origin = [("answered by", answered_by)] if answered_by else []
    for row, (name, text) in enumerate([("title", found.title), *found.rules.items(), *origin]):
        sheet.write_string(row, 0, name)
        sheet.write_string(row, 1, text, plain)
