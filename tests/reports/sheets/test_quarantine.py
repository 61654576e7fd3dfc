"""The workbook of the quarantine holds the causes and the rows, and no text of a file becomes a formula."""

import re
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import polars as pl
import pytest

from pipeline.reports.sheets import quarantine as sheets
from pipeline.reports.sheets.cells import LONGEST
from pipeline.reports.sheets.quarantine import workbook
from tests.support.definitions import Make
from tests.support.quality import judged
from tests.support.raw_files import batches_csv


def _cells(book: bytes, sheet: str) -> list[tuple[str | None, ...]]:
    return pl.read_excel(BytesIO(book), sheet_name=sheet, has_header=False, infer_schema_length=0).rows()


def _parts(book: bytes) -> dict[str, str]:
    with ZipFile(BytesIO(book)) as parts:
        return {name: parts.read(name).decode() for name in parts.namelist()}


@pytest.fixture
def book(small: Make, tmp_path: Path) -> bytes:
    batches_csv(tmp_path, "B1,P,1,36,1", "B2,P,1,=1+1,1", "B3,P,1,@SUM(A1),1", "B4,P,1,+x,1", "B5,P,1,-x,1", "B6,P,1,99,1")
    process, history, found = judged(small(), tmp_path)
    return workbook(history.quarantine, found, process)


def test_workbook__begins_with_the_causes_and_their_edits(book: bytes) -> None:
    headline, header, first, second = _cells(book, "Causes")
    assert headline[0] == "5 of 6 batches are set aside, for 2 causes."
    assert header[:5] == ("source", "column", "unit", "reason", "batches set aside")
    assert first[:9] == ("batches", "temperature", "°C", "not a number with a decimal point", "4", "4", "4", "4", "4")
    assert "batches.csv, row 3: =1+1" in str(first[9])
    assert str(second[3]).startswith("outside the possible range")
    assert "Correct typing errors" in str(second[10])


def test_workbook__has_a_row_per_record_with_its_place(book: bytes) -> None:
    note, header, *rows = _cells(book, "Rows")
    assert note[0] == "The header of a file is row 1. 5 records."
    assert header[:6] == ("file", "sheet", "row", "column", "value", "unit")
    assert header[6:] == ("reason", "batch", "source", "what brings it back")
    assert rows[0][:6] == ("batches.csv", None, "7", "temperature", "99", "°C")  # the rarest reason
    assert [row[4] for row in rows[1:]] == ["=1+1", "@SUM(A1)", "+x", "-x"]
    assert rows[1][7] == "B2"


def test_workbook__each_row_has_the_edit_of_its_cause(book: bytes) -> None:
    _, _, *rows = _cells(book, "Rows")
    _, _, *causes = _cells(book, "Causes")
    edits = {str(cause[3]).split(" 0 to")[0]: cause[10] for cause in causes}
    for row in rows:
        assert row[9]
        assert row[9] == edits[str(row[6]).split(" 0 to")[0]]


def test_workbook__a_row_whose_reason_names_another_row_has_the_edit_of_the_general_cause(
    small: Make, tmp_path: Path
) -> None:
    batches_csv(tmp_path, "B1,P,1,36,1", "B1,P,1,37,1", "B2,P,1,36,1")
    process, history, found = judged(small(), tmp_path)
    _, _, *rows = _cells(workbook(history.quarantine, found, process), "Rows")
    assert len(rows) == 2
    for row in rows:
        assert str(row[6]).startswith("contradicts row")
        assert row[9]


def test_workbook__names_the_sheet_of_a_workbook(small: Make, tmp_path: Path) -> None:
    columns = ("batch", "product", "volume", "temperature", "titre")
    made = pl.DataFrame([("B1", "P", "1", "x", "1")], schema=columns, orient="row")
    made.write_excel(tmp_path / "batches.xlsx", worksheet="Export")
    definition = small()
    definition["sources"]["batches"] |= {"files": ["batches.xlsx"], "format": {"kind": "excel", "sheet": "Export"}}
    process, history, found = judged(definition, tmp_path)
    _, _, row = _cells(workbook(history.quarantine, found, process), "Rows")
    assert row[:2] == ("batches.xlsx", "Export")


def test_workbook__has_no_formula_and_no_link(book: bytes) -> None:
    for name, text in _parts(book).items():
        assert "<f>" not in text, name
        assert "hyperlink" not in text, name


def test_workbook__has_frozen_headers_filters_and_widths(book: bytes) -> None:
    for name in ("xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"):
        text = _parts(book)[name]
        assert re.search(r'<pane ySplit="2" .*state="frozen"', text)
        assert "<autoFilter" in text
        assert "<cols>" in text


def test_workbook__is_the_same_for_the_same_quarantine(small: Make, tmp_path: Path) -> None:
    batches_csv(tmp_path, "B1,P,1,x,1")
    process, history, found = judged(small(), tmp_path)
    assert workbook(history.quarantine, found, process) == workbook(history.quarantine, found, process)


def test_workbook__of_more_rows_than_it_shows_says_so(small: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST_ROWS", 3)
    batches_csv(tmp_path, *(f"B{i},P,1,x{i},1" for i in range(5)))
    process, history, found = judged(small(), tmp_path)
    note, _, *rows = _cells(workbook(history.quarantine, found, process), "Rows")
    assert "5 records. Here are the 3 with the rarest reasons; all are in quarantine.parquet" in str(note[0])
    assert len(rows) == 3


def test_workbook__fits_into_a_sheet_of_excel() -> None:
    assert sheets.MOST_ROWS + 2 < 1_048_576


def test_workbook__takes_texts_that_a_cell_cannot_hold(small: Make, tmp_path: Path) -> None:
    batches_csv(tmp_path, f"B1,P,1,{'9x' * LONGEST},1", "B2,P,1,a\x01b\x1bc,1")
    process, history, found = judged(small(), tmp_path)
    _, _, *rows = _cells(workbook(history.quarantine, found, process), "Rows")
    assert len(str(rows[0][4])) == LONGEST
    assert str(rows[0][4]).endswith("…")


def test_workbook__without_a_quarantine_says_so(small: Make, tmp_path: Path) -> None:
    batches_csv(tmp_path, "B1,P,1,36,1")
    process, history, found = judged(small(), tmp_path)
    book = workbook(history.quarantine, found, process)
    assert [row[0] for row in _cells(book, "Causes")] == ["The one batch is used.", "source"]
