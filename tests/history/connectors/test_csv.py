"""Every line of a text file is counted: it is a row, or it is set aside with its number and a reason."""

from pathlib import Path

import polars as pl
import pytest

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.file_formats import Csv
from pipeline.history.connectors.csv import read_csv
from pipeline.history.connectors.raw_table import Needed, RawTable

NEEDED: Needed = {"Batch": "id", "Titre": "number"}


def table(folder: Path, text: str | bytes, form: Csv | None = None, needed: Needed | None = NEEDED) -> RawTable:
    path = folder / "x.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_csv(path, form or Csv(), needed, "x.csv")


def rows(found: RawTable) -> list[tuple[int, ...]]:
    return [(number, *cells) for number, cells in zip(found.rows, found.cells.rows(), strict=True)]


def set_aside(found: RawTable) -> list[tuple[int, str]]:
    return found.set_aside.select("row", "reason").rows()


def test_read_csv__an_inch_mark_is_an_ordinary_character(tmp_path: Path) -> None:
    found = table(tmp_path, 'Batch,Titre,Remark\nB1,3.1,ok\nB2,3.0,hose 1/2" ID\nB3,3.3,hose 3/4" ID\nB4,3.4,"a ""b"", c"\n')
    assert rows(found) == [(2, "B1", "3.1"), (3, "B2", "3.0"), (4, "B3", "3.3"), (5, "B4", "3.4")]
    assert found.set_aside.is_empty()


def test_read_csv__a_line_that_was_cut_off_is_set_aside(tmp_path: Path) -> None:
    found = table(tmp_path, "Batch,Product,Titre\nB1,P,3.1\nB2,P\nB3,P,3.3\n")
    assert rows(found) == [(2, "B1", "3.1"), (4, "B3", "3.3")]
    assert set_aside(found) == [(3, "the line has 2 cells, and the header has 3: it was cut off, or a separator is missing")]
    assert found.set_aside["value"].to_list() == ["B2,P"]


def test_read_csv__a_line_with_an_unquoted_separator_is_set_aside(tmp_path: Path) -> None:
    found = table(tmp_path, "Batch,Titre\nB1,3,1\nB2,3.0\n")
    assert rows(found) == [(3, "B2", "3.0")]
    assert [row for row, reason in set_aside(found) if "a cell holds the separator" in reason] == [2]


def test_read_csv__one_short_and_one_long_line_do_not_hide_each_other(tmp_path: Path) -> None:
    found = table(tmp_path, "Batch,Titre,x\nB1,1\nB2,2,3,4\nB3,3,0\n")
    assert rows(found) == [(4, "B3", "3")]
    assert [row for row, _ in set_aside(found)] == [2, 3]


def test_read_csv__blank_cells_at_the_end_of_every_line_are_no_damage(tmp_path: Path) -> None:
    assert rows(table(tmp_path, "Batch,Titre\nB1,1,\nB2,2,\n")) == [(2, "B1", "1"), (3, "B2", "2")]
    assert rows(table(tmp_path, "Batch,Titre,,\nB1,1\nB2,2\n")) == [(2, "B1", "1"), (3, "B2", "2")]


def test_read_csv__a_blank_cell_at_the_end_of_one_line_is_damage(tmp_path: Path) -> None:
    assert rows(table(tmp_path, "Batch,Titre\nB1,1,\nB2,2\n")) == [(3, "B2", "2")]


def test_read_csv__blank_damaged_and_repeated_lines_are_counted(tmp_path: Path) -> None:
    found = table(tmp_path, "Batch,Titre\nB1,1\n\nBatch,Titre\n\0\0\0\nB2,2\n")
    assert rows(found) == [(2, "B1", "1"), (6, "B2", "2")]
    assert set_aside(found) == [
        (3, "the line is blank"),
        (4, "the line repeats the header"),
        (5, "the line holds characters with the code 0: the file was damaged when it was written"),
    ]


@pytest.mark.parametrize(
    "text", ["Batch,Titre\rB1,1\rB2,2\r", "Batch,Titre\r\nB1,1\r\nB2,2\r\n", "Batch,Titre\nB1,1\r\nB2,2"]
)
def test_read_csv__every_line_end_counts(tmp_path: Path, text: str) -> None:
    assert rows(table(tmp_path, text)) == [(2, "B1", "1"), (3, "B2", "2")]


@pytest.mark.parametrize("text", ['Batch,Titre\nB1,1\nB2,"2\nB3,3\n', 'Batch,Titre,R\nB1,1,x\nB2,2,"\nB3,3,"\n'])
def test_read_csv__a_quotation_mark_that_is_not_closed_names_its_line(tmp_path: Path, text: str) -> None:
    with pytest.raises(ScalebridgeError, match=r"x.csv, line 3: a cell begins with a quotation mark that is not closed"):
        table(tmp_path, text)


def test_read_csv__text_after_a_closing_quotation_mark_is_set_aside(tmp_path: Path) -> None:
    found = table(tmp_path, 'Batch,Titre,R\nB1,1,"1/2" hose\nB2,2,x\n')
    assert (rows(found), [row for row, _ in set_aside(found)]) == ([(3, "B2", "2")], [2])


def test_read_csv__without_quotation_marks_a_ditto_mark_is_text(tmp_path: Path) -> None:
    found = table(tmp_path, 'Batch,Titre,R\nB1,1,x\nB2,2,"\n', Csv(quote=""))
    assert rows(found) == [(2, "B1", "1"), (3, "B2", "2")]


def test_read_csv__cells_may_span_lines_if_that_is_declared(tmp_path: Path) -> None:
    text = 'Batch,"Titre\n[g/L]",R\nB1,1,"a\nb, c"\nB2,2,x\n'
    found = table(tmp_path, text, Csv(multiline=True), {"Batch": "id", "Titre [g/L]": "number", "R": "text"})
    assert rows(found) == [(3, "B1", "1", "a b, c"), (5, "B2", "2", "x")]


def test_read_csv__the_header_is_the_first_line_with_all_needed_columns(tmp_path: Path) -> None:
    found = table(tmp_path, "Exported by: X;2024-01-01\n\n# run 12\nBatch,Product,Titre\nB1,P,3.1\n")
    assert rows(found) == [(5, "B1", "3.1")]
    assert found.preamble == "Exported by: X;2024-01-01\n\n# run 12"


def test_read_csv__a_line_that_names_the_separator_is_no_header(tmp_path: Path) -> None:
    assert rows(table(tmp_path, "sep=,\nBatch,Titre\nB1,3.1\n")) == [(3, "B1", "3.1")]
    with pytest.raises(ScalebridgeError, match=r"line 1 names the separator ';', but ',' is declared"):
        table(tmp_path, "sep=;\nBatch;Titre\nB1;3.1\n")


def test_read_csv__two_header_rows_are_joined(tmp_path: Path) -> None:
    text = "Batch,Feed,,Titre\n,mean,sd,\nB1,1,2,3\n"
    found = table(tmp_path, text, Csv(header_rows=2), {"Batch": "id", "Feed sd": "number", "Titre": "number"})
    assert rows(found) == [(3, "B1", "2", "3")]


def test_read_csv__a_declared_header_row_counts_as_an_editor_does(tmp_path: Path) -> None:
    assert rows(table(tmp_path, "Batch,Titre\nx,y\nBatch,Titre\nB1,1\n", Csv(header_row=3))) == [(4, "B1", "1")]
    with pytest.raises(ScalebridgeError, match=r"no header in row 9"):
        table(tmp_path, "Batch,Titre\n", Csv(header_row=9))


@pytest.mark.parametrize("footer", ["^Mean", 2])
def test_read_csv__comments_and_footer_are_no_rows(tmp_path: Path, footer: str | int) -> None:
    found = table(tmp_path, "Batch,Titre\n# sampled late\nB1,1\nMean,1\n\nprinted by J\n", Csv(comment="#", footer=footer))
    assert (rows(found), set_aside(found)) == ([(3, "B1", "1")], [])


def test_read_csv__a_footer_hides_no_blank_line_of_the_table(tmp_path: Path) -> None:
    found = table(tmp_path, "Batch,Titre\nB1,1\n\nB2,2\n\nprinted by J\n", Csv(footer=1))
    assert (rows(found), set_aside(found)) == ([(2, "B1", "1"), (4, "B2", "2")], [(3, "the line is blank")])


def test_read_csv__one_of_several_tables_ends_at_a_blank_line(tmp_path: Path) -> None:
    text = '"P";"X"\n\n"[TrackData1]"\n"Batch";"Titre"\n"B1";1\n\n"[Events]"\n"Batch";"Titre"\n"B9";9\n'
    found = table(tmp_path, text, Csv(separator=";", block="[TrackData1]"))
    assert (rows(found), set_aside(found)) == ([(5, "B1", "1")], [])
    with pytest.raises(ScalebridgeError, match=r"no line '\[Track\]', which `block` names"):
        table(tmp_path, text, Csv(separator=";", block="[Track]"))


def test_read_csv__two_columns_with_a_needed_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ScalebridgeError, match=r"x.csv, row 1: columns 2 and 4 have the same name 'Titre'"):
        table(tmp_path, "Batch,Titre,x,Titre \nB1,1,2,3\n")
    assert rows(table(tmp_path, "Batch,Titre,x,x\nB1,1,2,3\n")) == [(2, "B1", "1")]


def test_read_csv__a_wrong_separator_is_named(tmp_path: Path) -> None:
    with pytest.raises(ScalebridgeError, match=r"it has no separator ',', so set `separator`"):
        table(tmp_path, "Batch;Titre\nB1;1\n")


@pytest.mark.parametrize("text", ["", "\n\n", "\ufeff"])
def test_read_csv__an_empty_file_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(ScalebridgeError, match="cannot be read: it is empty"):
        table(tmp_path, text)


def test_read_csv__quoted_and_plain_files_give_the_same(tmp_path: Path) -> None:
    plain = table(tmp_path, "".join(["Batch,Titre\n", *(f"B{i},{i / 7}\n" for i in range(500))]))
    quoted = table(tmp_path, "".join(['"Batch","Titre"\n', *(f'"B{i}","{i / 7}"\n' for i in range(500))]))
    assert plain.cells.equals(quoted.cells)
    assert plain.rows.equals(quoted.rows)
    assert plain.rows.dtype == pl.UInt32


def test_read_csv__a_header_that_is_repeated_is_named(tmp_path: Path) -> None:
    found = table(tmp_path, 'Batch,Titre\n,g/L\nB1,1\n"Batch","Titre"\n,g/L\nB2,2\n', Csv(header_rows=2), {"Batch": "id"})
    assert rows(found) == [(3, "B1"), (6, "B2")]
    assert set_aside(found) == [(4, "the line repeats the header"), (5, "the line repeats the header")]


def test_read_csv__the_two_micro_signs_are_one(tmp_path: Path) -> None:
    found = table(tmp_path, "Batch,Titre [\u03bcg/mL]\nB1,1\n", needed={"Batch": "id", "Titre [\u00b5g/mL]": "number"})
    assert rows(found) == [(2, "B1", "1")]


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"\x1f\x8b\x08\x00abc", "compressed with gzip"),
        (b"PK\x03\x04abc", "a workbook"),
        (b"%PDF-1.4\n", "a PDF"),
        (b"\n <!DOCTYPE html><html></html>", "a page in HTML"),
        (b"PAR1abc", "a Parquet file"),
    ],
)
def test_read_csv__a_file_of_another_kind_is_named(tmp_path: Path, content: bytes, what: str) -> None:
    with pytest.raises(ScalebridgeError, match=f"x.csv is no text file with separators: it is {what}"):
        table(tmp_path, content)


@pytest.mark.parametrize("written", ["utf-8", "utf-16-be"])
def test_read_csv__a_wrong_utf_16_is_hinted_at(tmp_path: Path, written: str) -> None:
    with pytest.raises(ScalebridgeError, match="the encoding is another: try utf-8, utf-16-le or utf-16-be"):
        table(tmp_path, "Batch,Titre\nB1,22\n".encode(written), Csv(encoding="utf-16-le"))
