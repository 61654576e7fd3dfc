"""A cell of a workbook is read for what it is: its value, its type and its number format."""

import zipfile
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.file_formats import Excel
from pipeline.history.connectors.excel import read_excel
from pipeline.history.connectors.raw_table import ColumnUse, Needed, RawTable
from tests.support.workbooks import workbook

NEEDED: Needed = {"Batch": "id", "Value": "number"}


def read(path: Path, form: Excel | None = None, needed: Needed | None = NEEDED) -> RawTable:
    return read_excel(path, form or Excel("excel"), needed, path.name)


def column(folder: Path, cells: list[Any], use: ColumnUse, decimal: str = ".") -> RawTable:
    """The table of a workbook with one column."""
    workbook(folder / "b.xlsx", [["Value"], *([cell] for cell in cells)])
    return read(folder / "b.xlsx", Excel("excel", decimal=decimal), {"Value": use})  # type: ignore[arg-type]


def test_read_excel__a_percentage_keeps_the_number_behind_it(tmp_path: Path) -> None:
    found = column(tmp_path, [(0.95, "0.0%"), 91, (3.1, '0.0 "%"')], "number").cells
    assert found["Value"].to_list() == ["95%", "91", "3.1"]
    assert found["Value__fraction"].to_list() == [0.95, None, None]


def test_read_excel__numbers_are_written_with_the_declared_decimal_mark(tmp_path: Path) -> None:
    cells = [36.5, "3,2", 0.1 + 0.2, 1e-9, 12.0, 123456789012]
    assert column(tmp_path, cells, "number", ",").cells["Value"].to_list() == [
        "36,5",
        "3,2",
        "0,3",
        "1e-09",
        "12",
        "123456789012",
    ]


def test_read_excel__ids_are_read_as_the_cell_shows_them(tmp_path: Path) -> None:
    cells = [(12, "0000"), "0013", 14, (7, '"B-"000'), (1234567, "00-000-00"), (2.5, "0.00"), (12, "[Red]0000"), 12345678901]
    found = column(tmp_path, cells, "id").cells
    assert found["Value"].to_list() == ["0012", "0013", "14", "B-007", "12-345-67", "2.50", "0012", "12345678901"]
    assert found.columns == ["Value"]


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        (1234567890123456, "more than 15 digits"),
        ((datetime(2024, 3, 1), "d-mmm"), "Excel changes texts such as 1-3 to dates"),
        (True, "a yes/no value"),
        ((2.46, "0.0"), "its format '0.0' shows otherwise"),
        ((12, "0.00E+00"), "shows otherwise"),
        ((0.5, "0%"), "a percentage, not an id"),
        ((timedelta(hours=25), "[h]:mm"), "a duration, not a name"),
    ],
)
def test_read_excel__a_cell_that_is_no_id_says_why(tmp_path: Path, cell: object, reason: str) -> None:
    found = column(tmp_path, ["B1", cell], "id").cells
    assert found["Value__problem"][0] is None
    assert reason in found["Value__problem"][1]


def test_read_excel__dates_are_dates_and_texts_stay_texts(tmp_path: Path) -> None:
    day = datetime(2024, 3, 1, 14, 5, 30)
    found = column(tmp_path, [(day, "dd.mm.yyyy"), "01.03.2024", 45352, (time(14, 5), "h:mm"), (1.5, "h:mm")], "date").cells
    assert found["Value__moment"].to_list() == [day, None, None, None, None]
    assert found["Value"].to_list()[1:3] == ["01.03.2024", "45352"]
    assert [reason and reason[:24] for reason in found["Value__problem"]] == [
        None,
        None,
        None,
        "a clock time without a d",
        "a date before 1905, as w",
    ]


def test_read_excel__durations_are_durations(tmp_path: Path) -> None:
    hours = [timedelta(hours=1), timedelta(hours=25), timedelta(hours=125), timedelta(hours=-2)]
    found = column(tmp_path, [*((value, "[h]:mm:ss") for value in hours), 1.25], "time").cells
    assert found["Value__elapsed"].to_list() == [*hours, None]
    assert found["Value"].to_list() == ["01:00:00", "25:00:00", "125:00:00", "-02:00:00", "1.25"]


def test_read_excel__error_cells_are_no_blanks(tmp_path: Path) -> None:
    found = column(tmp_path, ["#DIV/0!", "#REF!", "#N/A", 3], "number").cells
    assert found["Value"].to_list() == ["#DIV/0!", "#REF!", "#N/A", "3"]
    assert found["Value__problem"].to_list() == ["an error value of the workbook"] * 3 + [None]


def test_read_excel__a_formula_without_a_stored_value_is_no_blank(tmp_path: Path) -> None:
    found = column(tmp_path, ["=1+2", 3], "number").cells
    assert found["Value__problem"].to_list() == [
        "a formula without a stored value; open the workbook in Excel and save it",
        None,
    ]


def test_read_excel__a_formula_that_excel_never_computed_is_not_zero(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "b.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "Value")
        sheet.write_formula(1, 0, "=1.5*2")
        sheet.write_formula(2, 0, "=1.5*2", None, 3)
    found = read(tmp_path / "b.xlsx", needed={"Value": "number"}).cells
    assert found["Value"].to_list() == ["formula", "3"]
    assert found["Value__problem"].is_null().to_list() == [False, True]


def test_read_excel__merged_cells_hold_one_value(tmp_path: Path) -> None:
    rows = [["Batch", "Value", "pH"], ["B1", 37, 7], ["B2", None, 7.1], ["B3", 36, None]]
    workbook(tmp_path / "b.xlsx", rows, ("B2:B3", "B4:C4"))
    found = read(tmp_path / "b.xlsx", needed={**NEEDED, "pH": "number"}).cells
    assert found["Value"].to_list() == ["37", "37", "36"]
    assert [reason and reason[:30] for reason in found["pH__problem"]] == [None, None, "merged with the cell at its le"]


def test_read_excel__a_table_may_begin_anywhere(tmp_path: Path) -> None:
    workbook(tmp_path / "b.xlsx", [["Batch", "Value"], ["B1", 1], [None, None], ["B2", 2]], first="C4")
    for form in (Excel("excel", header_row=4), Excel("excel")):
        found = read(tmp_path / "b.xlsx", form)
        assert (found.rows.to_list(), found.cells.rows()) == ([5, 7], [("B1", "1"), ("B2", "2")])


def test_read_excel__two_header_rows_are_joined(tmp_path: Path) -> None:
    rows = [["Batch", "Feed", None, "Value"], [None, "mean", "sd", None], ["B1", 1, 2, 3]]
    workbook(tmp_path / "b.xlsx", rows, ("A1:A2", "B1:C1", "D1:D2"))
    found = read(tmp_path / "b.xlsx", Excel("excel", header_rows=2), {**NEEDED, "Feed sd": "number"})
    assert found.cells.rows() == [("B1", "3", "2")]


@pytest.mark.parametrize("footer", ["^Mean", 2])
def test_read_excel__a_footer_is_no_row(tmp_path: Path, footer: str | int) -> None:
    workbook(tmp_path / "b.xlsx", [["Batch", "Value"], ["B1", 1], ["Mean", 1], [None, None], ["printed by J"]])
    assert read(tmp_path / "b.xlsx", Excel("excel", footer=footer)).cells.rows() == [("B1", "1")]


def test_read_excel__two_columns_with_a_needed_name_are_refused(tmp_path: Path) -> None:
    workbook(tmp_path / "b.xlsx", [["Batch", "Value", "Value"], ["B1", 1, 2]])
    with pytest.raises(
        ScalebridgeError, match=r"b.xlsx, sheet 'Batches', row 1: columns B and C have the same name 'Value'"
    ):
        read(tmp_path / "b.xlsx")


def test_read_excel__a_workbook_above_the_limit_is_not_unpacked(tmp_path: Path) -> None:
    workbook(tmp_path / "b.xlsx", [["Batch", "Value"], ["B1", 1]])
    with zipfile.ZipFile(tmp_path / "b.xlsx", "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/x.bin", b"0" * 3_000_000)
    assert (tmp_path / "b.xlsx").stat().st_size < 20_000
    with pytest.raises(ScalebridgeError, match=r"b.xlsx is 3 MB large when it is unpacked; the limit is 2 MB"):
        read(tmp_path / "b.xlsx", Excel("excel", largest_mb=2))


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "empty, damaged or of another format; open it in Excel and save it as .xlsx"),
        (b"Batch\tValue\n", "a text file; declare `kind: csv`"),
        (b"<html><table></table></html>", "a page in HTML, .* save it as .xlsx"),
        (bytes.fromhex("D0CF11E0A1B11AE1") + b"0" * 600, "a workbook of the older format .xls, .* save it as .xlsx"),
        (b"PK\x03\x04" + b"0" * 600, "damaged or cut off"),
    ],
)
def test_read_excel__another_file_is_refused(tmp_path: Path, content: bytes, what: str) -> None:
    (tmp_path / "b.xls").write_bytes(content)
    with pytest.raises(ScalebridgeError, match=f"b.xls is no .xlsx workbook: it is {what}"):
        read(tmp_path / "b.xls")


def test_read_excel__a_damaged_sheet_is_one_sentence(tmp_path: Path) -> None:
    workbook(tmp_path / "b.xlsx", [["Batch", "Value"], ["B1", 1]])
    with zipfile.ZipFile(tmp_path / "b.xlsx") as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(tmp_path / "b.xlsx", "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part[:200] if name.endswith("sheet1.xml") else part)
    with pytest.raises(ScalebridgeError, match="cannot be read as excel: the workbook is damaged"):
        read(tmp_path / "b.xlsx")


def test_read_excel__a_hidden_sheet_is_not_the_first(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    old, new = book.active, book.create_sheet("New")
    assert old is not None
    for page, value in ((old, 1), (new, 2)):
        page.append(["Batch", "Value"])
        page.append(["B1", value])
    old.sheet_state = "hidden"
    book.save(tmp_path / "b.xlsx")
    assert read(tmp_path / "b.xlsx").cells.rows() == [("B1", "2")]


def test_read_excel__a_table_in_another_sheet_is_hinted_at(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["Report"])
    book.create_sheet("Data").append(["Batch", "Value"])
    book.save(tmp_path / "b.xlsx")
    with pytest.raises(
        ScalebridgeError, match=r"sheet 'Sheet' has no column .*; if they stand in another sheet, set `sheet` to 'Data'"
    ):
        read(tmp_path / "b.xlsx")


def test_read_excel__a_header_that_is_repeated_is_set_aside(tmp_path: Path) -> None:
    workbook(tmp_path / "b.xlsx", [["Batch", "Value"], ["B1", 1], ["Batch", "Value"], ["B2", 2]])
    found = read(tmp_path / "b.xlsx")
    assert found.cells.rows() == [("B1", "1"), ("B2", "2")]
    assert found.set_aside.select("row", "reason").rows() == [(3, "the row repeats the header")]


def test_read_excel__an_escaped_character_of_a_text_is_that_character(tmp_path: Path) -> None:
    """Excel writes the carriage return of a cell with two lines as `_x000D_`."""
    book = xlsxwriter.Workbook(tmp_path / "b.xlsx")
    page = book.add_worksheet()
    page.write_row(0, 0, ["Batch", "Value"])
    page.write_row(1, 0, ["B1\r", 1])
    book.close()
    assert read(tmp_path / "b.xlsx").cells.rows() == [("B1\r", "1")]
