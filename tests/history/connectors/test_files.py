"""Files are read as text with the place of each row; what cannot be read is named."""

import hashlib
from pathlib import Path

import polars as pl
import pytest

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.file_formats import Csv
from pipeline.history.connectors.files import columns_of, fingerprints
from tests.support.definitions import Make
from tests.support.raw_files import history_of


def test_read_source__a_missing_column_is_named(small: Make, tmp_path: Path) -> None:
    (tmp_path / "batches.csv").write_text("batch,product,volume,temp,titre\nB1,P,1,36,1\n")
    with pytest.raises(ScalebridgeError, match=r"no column 'temperature'; it has batch, product, volume, temp, titre"):
        history_of(small(), tmp_path)


@pytest.mark.parametrize("content", ["", "batch,product\nB1,P,1,2,3\n"])
def test_read_source__an_empty_or_ragged_file_is_an_error(small: Make, tmp_path: Path, content: str) -> None:
    (tmp_path / "batches.csv").write_text(content)
    with pytest.raises(ScalebridgeError, match=r"batches.csv cannot be read|no valid batch|has no column"):
        history_of(small(), tmp_path)


def test_read_source__a_missing_file_is_refused_with_the_files_of_the_folder(small: Make, tmp_path: Path) -> None:
    (tmp_path / "batch.csv").write_text("")
    with pytest.raises(ScalebridgeError, match=r"no file matches batches.csv in .*; it holds batch.csv"):
        history_of(small(), tmp_path)


def test_read_source__excel_is_read_as_text(small: Make, tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {"batch": ["B1", "B2"], "product": ["P", "P"], "volume": [1, 2], "temperature": ["36.5", "36,5"], "titre": [1.5, 2]}
    )
    frame.write_excel(tmp_path / "b.xlsx", worksheet="Batches")
    definition = small()
    definition["sources"]["batches"] |= {"files": ["b.xlsx"], "format": {"kind": "excel", "sheet": "Batches"}}
    history = history_of(definition, tmp_path)
    assert history.batches["temperature"].to_list() == [309.65]
    assert history.quarantine["value"].to_list() == ["36,5"]


def test_read_source__a_sheet_that_is_not_there_is_refused_with_those_that_are(small: Make, tmp_path: Path) -> None:
    pl.DataFrame({"batch": ["B1"]}).write_excel(tmp_path / "b.xlsx", worksheet="Batches")
    definition = small()
    definition["sources"]["batches"] |= {"files": ["b.xlsx"], "format": {"kind": "excel", "sheet": "Batch"}}
    with pytest.raises(ScalebridgeError, match=r"b\.xlsx has no sheet 'Batch'; it has Batches"):
        history_of(definition, tmp_path)


def test_read_source__rows_are_counted_as_an_editor_shows_them(small: Make, tmp_path: Path) -> None:
    """The header of a sheet may stand below a title."""
    import xlsxwriter

    lines = [["Title"], ["batch", "product", "volume", "temperature", "titre"], ["B1", "P", 1, 99, 1], ["B2", "P", 1, 36, 1]]
    with xlsxwriter.Workbook(tmp_path / "b.xlsx") as book:
        sheet = book.add_worksheet()
        for row, line in enumerate(lines):
            sheet.write_row(row, 0, line)
    definition = small()
    definition["sources"]["batches"] |= {"files": ["b.xlsx"], "format": {"kind": "excel", "header_row": 2}}
    history = history_of(definition, tmp_path)
    assert history.batches["batch_id"].to_list() == ["B2"]
    assert history.quarantine["row"].to_list() == [3]


def test_read_source__files_are_stacked_in_the_order_of_their_names(small: Make, tmp_path: Path) -> None:
    definition = small()
    definition["sources"]["batches"]["files"] = ["*/b.csv"]
    for folder, batch in (("z", "B1"), ("a", "B2")):
        (tmp_path / folder).mkdir()
        header = "batch,product,volume,temperature,titre"
        (tmp_path / folder / "b.csv").write_text(f"{header}\n{batch},P,1,99,1\nB9{batch},P,1,36,1\n")
    history = history_of(definition, tmp_path)
    assert history.quarantine.select("file", "row").rows() == [("a/b.csv", 2), ("z/b.csv", 2)]
    assert history.ledger["file"].to_list() == ["a/b.csv", "z/b.csv"]


def test_fingerprints__are_those_of_the_bytes(small: Make, tmp_path: Path) -> None:
    (tmp_path / "batches.csv").write_bytes(b"batch\r\nB1\r\n")
    found = fingerprints([tmp_path / "batches.csv"], tmp_path)
    assert found.rows() == [("batches.csv", hashlib.sha256(b"batch\r\nB1\r\n").hexdigest())]


def test_columns_of__is_the_whole_file_as_it_is_written(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("a;b\n1,50;x\n", encoding="utf-8")
    assert columns_of(tmp_path / "x.csv", Csv("csv", ";")).to_dicts() == [{"a": "1,50", "b": "x"}]


def test_read_source__a_file_name_with_brackets_is_a_file_name(small: Make, tmp_path: Path) -> None:
    definition = small()
    definition["sources"]["batches"]["files"] = ["batches [2024] (v1).csv"]
    (tmp_path / "batches [2024] (v1).csv").write_text("batch,product,volume,temperature,titre\nB1,P,1,36,1\n")
    assert history_of(definition, tmp_path).batches["batch_id"].to_list() == ["B1"]


def test_read_source__files_that_programs_leave_beside_data_are_no_data(small: Make, tmp_path: Path) -> None:
    definition = small()
    definition["sources"]["batches"]["files"] = ["*.csv"]
    for name in ("~$b.csv", "._b.csv"):
        (tmp_path / name).write_bytes(b"\x00\x01")
    (tmp_path / "b.csv").write_text("batch,product,volume,temperature,titre\nB1,P,1,36,1\n")
    assert history_of(definition, tmp_path).ledger["file"].to_list() == ["b.csv"]


def test_read_source__a_file_of_which_no_line_is_read_is_counted(small: Make, tmp_path: Path) -> None:
    definition = small()
    definition["sources"]["batches"]["files"] = ["*.csv"]
    (tmp_path / "a.csv").write_text("batch,product,volume,temperature,titre\nB1,P,1,36,1\n")
    (tmp_path / "b.csv").write_text("batch,product,volume,temperature,titre\nB2,P\n\n")
    ledger = history_of(definition, tmp_path).ledger
    assert ledger.select("file", "read", "quarantined", "valid").rows() == [("a.csv", 1, 0, 1), ("b.csv", 2, 2, 0)]


def test_read_source__a_link_out_of_the_folder_is_refused(small: Make, tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "secret.csv").write_text("batch,product,volume,temperature,titre\nB1,P,1,36,1\n", encoding="utf-8")
    (tmp_path / "raw/batches.csv").symlink_to(tmp_path / "secret.csv")
    with pytest.raises(
        ScalebridgeError, match=r"raw/batches\.csv is a link to .*secret\.csv, outside of .*raw; copy the file"
    ):
        history_of(small(), tmp_path / "raw")
