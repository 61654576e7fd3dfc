"""The workbook of a transfer map has what the map has, with gaps that can be seen."""

from io import BytesIO
from xml.etree import ElementTree
from zipfile import ZipFile

import polars as pl
import pytest

from pipeline.answers.result.transfer_map import TransferMap
from pipeline.reports.sheets.transfer_map import SHADES, workbook
from tests.support.trained_pot import answered

NOTE = "never analysed"
SPACE = {"x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


@pytest.fixture(scope="module")
def found() -> TransferMap:
    made = answered({"There": {"copper": {"data": "missing", "note": NOTE}}}).transfer_map
    assert made is not None
    return made


def cells(found: TransferMap, sheet: str, *, header: bool) -> pl.DataFrame:
    return pl.read_excel(BytesIO(workbook(found)), sheet_name=sheet, has_header=header, infer_schema_length=0)


def colours(found: TransferMap, row: int) -> list[str | None]:
    """Background of each cell of a row of the first sheet, as the file states it."""
    with ZipFile(BytesIO(workbook(found))) as parts:
        styles, sheet = (ElementTree.fromstring(parts.read(f"xl/{n}.xml")) for n in ("styles", "worksheets/sheet1"))
    fills = [fill.find("x:patternFill/x:fgColor", SPACE) for fill in styles.iterfind("x:fills/x:fill", SPACE)]
    of_style = [fills[int(style.attrib["fillId"])] for style in styles.iterfind("x:cellXfs/x:xf", SPACE)]
    line = sheet.findall("x:sheetData/x:row", SPACE)[row]
    shown = [of_style[int(cell.attrib.get("s", 0))] for cell in line]
    return [None if colour is None else "#" + colour.attrib["rgb"][2:] for colour in shown]


def test_workbook__has_a_line_per_attribute_with_what_each_site_has(found: TransferMap) -> None:
    table = cells(found, "Transfer map", header=True)
    assert table.columns[4] == "data at Here (sending)"
    assert table["attribute"].to_list() == [line.attribute for line in found.attributes]
    for line, own in zip(table.iter_rows(), found.attributes, strict=True):
        parts = [part for side in (own.sending, own.receiving) for part in (side.data, side.method, side.competence)]
        assert list(line[4:10]) == [f"{part.state}: {part.reason}" for part in parts]


def test_workbook__a_gap_that_stops_the_prediction_is_told_and_shaded(found: TransferMap) -> None:
    table = cells(found, "Transfer map", header=True)
    row = table["attribute"].to_list().index("copper")
    line = table.row(row)
    assert NOTE in line[7]
    assert NOTE in line[11]
    shades = colours(found, row + 1)
    assert (shades[7], shades[11]) == (SHADES["missing"], SHADES["missing"])
    assert shades[:4] == [None] * 4
    assert shades[4] == SHADES["present"]


def test_workbook__says_what_each_state_stands_on(found: TransferMap) -> None:
    assert dict(cells(found, "Rules", header=False).iter_rows()) == {"title": found.title, **found.rules}


def test_workbook__has_the_same_bytes_again_and_no_date_of_today(found: TransferMap) -> None:
    assert workbook(found) == workbook(found)
    with ZipFile(BytesIO(workbook(found))) as parts:
        assert b"2020-01-01" in parts.read("docProps/core.xml")
