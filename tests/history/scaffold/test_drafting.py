"""The draft of a process definition: what can be read from the files is there, and what cannot is left for a person."""

from pathlib import Path

import openpyxl
import polars as pl
import pytest
import yaml

from pipeline.domain.errors import ScalebridgeError
from pipeline.history.scaffold.drafting import CONFIRM, draft
from tests.conftest import process_of
from tests.support.definitions import PlainData
from tests.support.raw_files import history_of

HEADER = "Batch No;Product;Volume [L];Agitation [rpm];temp_degC;Hardness (N);Titre [g/L];Note (foo);Empty"
ROW = "B1;P1;5;300;36,5;80;<0,1;fine;"


def drafted(folder: Path) -> PlainData:
    made = yaml.safe_load(draft("mine", folder))
    assert isinstance(made, dict)
    return made


@pytest.fixture
def made(tmp_path: Path) -> PlainData:
    (tmp_path / "batches.csv").write_text(f"{HEADER}\n{ROW}\n", encoding="utf-8")
    return drafted(tmp_path)


def test_draft__splits_a_column_into_name_and_unit_where_the_unit_is_known(made: PlainData) -> None:
    units = {name: given.get("unit") for name, given in made["attributes"].items()}
    assert units == {
        "batch_no": None,
        "product": None,
        "volume": "L",
        "agitation": "rpm",
        "temp": "degC",
        "hardness": "N",
        "titre": "g/L",
        "note_foo": None,
        "empty": None,
    }
    assert made["attributes"]["agitation"]["column"] == {"source": "batches", "column": "Agitation [rpm]"}


def test_draft__a_title_or_a_row_of_groups_above_the_names_is_no_header(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["Identification", None, "Settings", None], ["Batch", "Product", "pH", "Note"], ["B1", "P1", 7.1, "fine"]):
        sheet.append(row)
    sheet.merge_cells("A1:B1")
    sheet.merge_cells("C1:D1")
    book.save(tmp_path / "records.xlsx")
    (tmp_path / "lims.csv").write_text(
        "Exported by J. Meier; do not edit\nSample;Test;Result;Unit\nS1;Titre;4,31;g/L\n", encoding="utf-8"
    )
    columns = {given["column"]["column"] for given in drafted(tmp_path)["attributes"].values()}
    assert columns == {"Batch", "Product", "pH", "Note", "Sample", "Test", "Result", "Unit"}


def test_draft__a_column_of_numbers_with_a_word_for_missing_keeps_its_unit(tmp_path: Path) -> None:
    (tmp_path / "batches.csv").write_text("Stirrer [rpm];Note\n10;1\n11;a\nn.d.;b\n12,5;c\n", encoding="utf-8")
    attributes = drafted(tmp_path)["attributes"]
    assert attributes["stirrer"]["unit"] == "rpm"
    assert attributes["note"]["kind"] == "text"


def test_draft__a_first_row_of_names_is_the_header_whatever_stands_below(tmp_path: Path) -> None:
    (tmp_path / "batches.csv").write_text("Batch;Product;\nB1;P1;fine\nB2;P2;good\n", encoding="utf-8")
    columns = {given["column"]["column"] for given in drafted(tmp_path)["attributes"].values()}
    assert columns == {"Batch", "Product"}


def test_draft__guesses_role_and_horizon_from_the_name(made: PlainData) -> None:
    guessed = {name: (given["role"], given["horizon"]) for name, given in made["attributes"].items()}
    assert guessed == {
        "batch_no": ("identifier", "plan"),
        "product": ("context", "plan"),
        "volume": ("scale", "plan"),
        "agitation": ("CPP", "plan"),
        "temp": ("CPP", "plan"),
        "hardness": ("IPC", "in_process"),
        "titre": ("CQA", "release"),
        "note_foo": ("CPP", "plan"),
        "empty": ("CPP", "plan"),
    }


def test_draft__a_column_is_a_number_where_all_its_cells_are(made: PlainData) -> None:
    """A sign of a limit does not make a number a text; nothing known does."""
    kinds = {name: given.get("kind", "number") for name, given in made["attributes"].items()}
    assert [name for name, kind in kinds.items() if kind == "text"] == ["batch_no", "product", "note_foo", "empty"]


def test_draft__cannot_be_used_before_a_person_has_decided(made: PlainData) -> None:
    assert (made["title"], made["batch"], made["product"], made["scale"]["attribute"]) == (CONFIRM,) * 4
    with pytest.raises(ScalebridgeError, match=CONFIRM):
        process_of(made)


def test_draft__reads_the_files_once_it_is_confirmed(made: PlainData, tmp_path: Path) -> None:
    made |= {"title": "Mine", "batch": "batch_no", "product": "product", "scale": {"attribute": "volume"}}
    history = history_of(made, tmp_path)
    assert history.quarantine.is_empty()
    assert history.batches["agitation"].to_list() == pytest.approx([5.0])
    assert history.batches["temp"].to_list() == pytest.approx([309.65])
    assert history.results.filter(attribute="titre").select("value", "censoring").row(0) == (0.1, "left")


@pytest.mark.parametrize(
    ("content", "form"),
    [
        (b"a;b\n1,5;2\n2,5;3\n", {"separator": ";", "encoding": "utf-8", "decimal": ","}),
        (b"a;b\nx;-2,5\n", {"separator": ";", "encoding": "utf-8", "decimal": ","}),
        (b"a;b\n1.5;2\n", {"separator": ";", "encoding": "utf-8", "decimal": "."}),
        (b"a,b\n1.5,2\n", {"separator": ",", "encoding": "utf-8", "decimal": "."}),
        (b"a\tb\n1.5\t2\n", {"separator": "\t", "encoding": "utf-8", "decimal": "."}),
        ("Größe;b\n1,5;2,5\n".encode("latin-1"), {"separator": ";", "encoding": "latin-1", "decimal": ","}),
    ],
)
def test_draft__sees_how_a_text_file_is_written(tmp_path: Path, content: bytes, form: dict[str, str]) -> None:
    (tmp_path / "x.csv").write_bytes(content)
    made = drafted(tmp_path)
    assert made["sources"]["x"]["format"] == {"kind": "csv", **form}
    assert len(made["attributes"]) == 2


def test_draft__takes_excel_and_parquet_from_folders_too(tmp_path: Path) -> None:
    frame = pl.DataFrame({"Load [kg]": [1.5, 2.5]})
    (tmp_path / "deep").mkdir()
    frame.write_excel(tmp_path / "sheet.xlsx")
    frame.write_parquet(tmp_path / "deep" / "table.parquet")
    (tmp_path / "notes.md").write_text("no export")
    sources = drafted(tmp_path)["sources"]
    assert {name: (given["files"], given["format"]) for name, given in sources.items()} == {
        "table": (["deep/table.parquet"], {"kind": "parquet"}),
        "sheet": (["sheet.xlsx"], {"kind": "excel"}),
    }


def test_draft__columns_of_one_name_in_two_files_are_two_attributes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.csv").write_text("load,pH\n1,7\n")
    attributes = drafted(tmp_path)["attributes"]
    assert {name: given["column"]["source"] for name, given in attributes.items()} == {
        "load": "one",
        "ph": "one",
        "load_2": "two",
        "ph_2": "two",
    }


def test_draft__without_files_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text("no export")
    with pytest.raises(ScalebridgeError, match="has no CSV, Excel or Parquet file; put the exports there first"):
        draft("mine", tmp_path)


def test_draft__a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_text("")
    with pytest.raises(ScalebridgeError, match=r"empty.csv cannot be read as CSV"):
        draft("mine", tmp_path)


def test_draft__gives_a_display_name_to_a_column_whose_capitals_or_signs_its_name_loses(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("HCP (ELISA) [ng/mg];pH;Batch No;Kühlung\n5;7;1;2\n", encoding="utf-8")
    shown = {name: given.get("display") for name, given in drafted(tmp_path)["attributes"].items()}
    assert shown == {"hcp_elisa": "HCP (ELISA)", "ph": "pH", "batch_no": None, "k_hlung": "Kühlung"}


HEADERS = ["Product: name", "a{b}", "Volume [L]", "#", "${x}", "back\\slash", "100%", "Ø d [µm]", "- x", "? y", "no", "1",
           "'q", "\tT",           "a: b # c", "[x]", "&a", "*b", "!t", "%d", "@e", "`f", "null", "~", "日本",
           "a\u2028b", "a\x07b", "=1+1", "e,f"]  # fmt: skip


def test_draft__of_headers_with_any_signs_gives_each_back_without_outer_blanks(tmp_path: Path) -> None:
    pl.DataFrame({name: ["1"] for name in HEADERS}).write_parquet(tmp_path / "x.parquet")
    attributes = drafted(tmp_path)["attributes"]
    assert [given["column"]["column"] for given in attributes.values()] == [" ".join(name.split()) for name in HEADERS]
    assert all(isinstance(name, str) and name.isidentifier() for name in attributes)


def test_draft__of_cells_with_any_signs_is_yaml(tmp_path: Path) -> None:
    pl.DataFrame({"a": ["x\ny: [", "\x85"], "b": ["\x00", "#"]}).write_parquet(tmp_path / "x.parquet")
    assert set(drafted(tmp_path)["attributes"]) == {"a", "b"}


def test_draft__files_of_one_name_are_different_sources(tmp_path: Path) -> None:
    (tmp_path / "b.csv").write_text("Batch,Volume [L]\nB1,5\n")
    (tmp_path / "B.CSV").write_text("Batch,Volume [L]\nB1,5\n")
    pl.DataFrame({"Batch": ["B1"]}).write_excel(tmp_path / "b.xlsx")
    sources = drafted(tmp_path)["sources"]
    assert sorted(sources) == ["b_csv", "b_csv_2", "b_xlsx"]
    assert {given["files"][0] for given in sources.values()} == {"b.csv", "B.CSV", "b.xlsx"}


def test_draft__leaves_out_lock_files_and_hidden_files(tmp_path: Path) -> None:
    pl.DataFrame({"Batch": ["B1"]}).write_excel(tmp_path / "b.xlsx")
    (tmp_path / "~$b.xlsx").write_text("\x05 lock")
    (tmp_path / "._b.csv").write_bytes(b"\x00\x05\x16")
    assert list(drafted(tmp_path)["sources"]) == ["b"]


def test_draft__names_in_two_files_that_look_numbered_stay_different(tmp_path: Path) -> None:
    (tmp_path / "one.csv").write_text("load,load_2\n1,2\n")
    (tmp_path / "two.csv").write_text("load\n3\n")
    assert list(drafted(tmp_path)["attributes"]) == ["load", "load_2", "load_3"]


def test_draft__reads_text_that_is_called_a_workbook(tmp_path: Path) -> None:
    (tmp_path / "b.xls").write_text("Batch\tVolume\nB1\t5\n")
    source = drafted(tmp_path)["sources"]["b"]
    assert source["format"] == {"kind": "csv", "separator": "\t", "encoding": "utf-8", "decimal": "."}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("b.xls", b"<html><table>"),
        ("b.xlsx", b"PK\x03\x04 broken"),
        ("b.parquet", b"PAR1"),
        ("b.xlsx", b""),
        ("b.csv", b"\n\n"),
    ],
)
def test_draft__a_damaged_file_is_a_sentence_of_one_line(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ScalebridgeError, match=rf"{name} (cannot be read as|has no column)") as raised:
        draft("mine", tmp_path)
    assert len(str(raised.value).splitlines()) == 1


def test_draft__reads_headers_in_the_encoding_of_windows(tmp_path: Path) -> None:
    (tmp_path / "b.csv").write_bytes("Batch;Prüfung – 1;Temp [°C];µ [1/h]\nB1;x;36,5;0,04\n".encode("cp1252"))
    made = drafted(tmp_path)
    assert made["sources"]["b"]["format"]["encoding"] == "cp1252"
    assert {name: given.get("unit") for name, given in made["attributes"].items()} == {
        "batch": None, "pr_fung_1": None, "temp": "°C", "column": "1/h",
    }  # fmt: skip
