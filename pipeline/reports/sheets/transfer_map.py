"""The transfer map as a workbook, with the same bytes for the same map."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from io import BytesIO
from typing import Any

import xlsxwriter

from pipeline.domain.site_knowledge import PARTS

SHADES = {"present": "#FFFFFF", "partial": "#FFE9B0", "missing": "#E8A0A0"}
SIDES = ("sending", "receiving")
WIDTHS = (26, 34, 7, 10, *(30,) * 6, 30, 46)


def workbook(found: Mapping[str, Any]) -> bytes:
    """One sheet with a line per attribute, the gaps shaded, and one that says what each state stands on."""
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.set_properties({"title": found["title"], "created": datetime(2020, 1, 1)})
    shades = {
        state: book.add_format({"bg_color": colour, "text_wrap": True, "valign": "top"}) for state, colour in SHADES.items()
    }
    bold, plain = book.add_format({"bold": True, "text_wrap": True}), book.add_format({"text_wrap": True, "valign": "top"})
    sheet = book.add_worksheet("Transfer map")
    for column, (title, width) in enumerate(zip(_titles(found), WIDTHS, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, title, bold)
    for row, line in enumerate(found["attributes"], 1):
        for column, (text, state) in enumerate(_cells(line)):
            sheet.write_string(row, column, text, shades.get(state, plain))
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, len(found["attributes"]), len(WIDTHS) - 1)
    _rules(book.add_worksheet("Rules"), found, plain)
    book.close()
    return buffer.getvalue()


def _titles(found: Mapping[str, Any]) -> list[str]:
    sites = [f"{part} at {found[side]['site']} ({side})" for side in SIDES for part in PARTS]
    return ["attribute", "description", "role", "unit", *sites, "model inputs made from it", "stops the prediction"]


def _cells(line: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name in ("attribute", "description", "role", "unit"):
        yield line[name], ""
    for side in SIDES:
        for part in PARTS:
            given = line[side][part]
            yield f"{given['state']}: {given['reason']}", given["state"]
    yield ", ".join(line["model_inputs"]), ""
    yield line["blocks"] or "", "missing" if line["blocks"] else ""


def _rules(sheet: Any, found: Mapping[str, Any], plain: Any) -> None:
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 1, 110)
    for row, (name, text) in enumerate([("title", found["title"]), *found["rules"].items()]):
        sheet.write_string(row, 0, name)
        sheet.write_string(row, 1, text, plain)
