"""Declared rules on the rows of one file: columns outside the table, repeated cells, one spelling of ids, rows left out."""

from pathlib import Path

import pytest

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.sources import BatchRows
from pipeline.history.connectors.files import read_source
from tests.conftest import process_of
from tests.support.definitions import Make, PlainData, with_oxygen_series
from tests.support.raw_files import batches_csv, history_of
from tests.support.workbooks import workbook


def series(small: Make, **rules: object) -> PlainData:
    """A definition with one series per file."""
    return with_oxygen_series(small(), "DO [%]", **({"files": ["hist/*.csv"], "time": "Time"} | rules))


def test_with_row_rules__the_batch_may_stand_in_the_path(small: Make, tmp_path: Path) -> None:
    batches_csv(tmp_path, "B1,P,1,36,1", "B2,P,1,36,1")
    (tmp_path / "hist").mkdir()
    for batch, value in (("B1", 40), ("B2", 41)):
        (tmp_path / f"hist/{batch}.csv").write_text(f"Time,DO [%]\n2024-03-01 14:00:00,{value}\n")
    rules = {"columns_in_path": {"Batch": r"hist/(B\d+)\.csv"}}
    found = history_of(series(small, **rules), tmp_path).trajectories
    assert found.select("batch_id", "value").rows() == [("B1", 0.40), ("B2", pytest.approx(0.41))]
    (tmp_path / "hist/old.csv").write_text("Time,DO [%]\n2024-03-01 14:00:00,1\n")
    with pytest.raises(ScalebridgeError, match=r"hist/old.csv: column 'Batch' should stand in the path of the file"):
        history_of(series(small, **rules), tmp_path)


def test_with_row_rules__the_batch_of_each_file_may_be_listed(small: Make, tmp_path: Path) -> None:
    batches_csv(tmp_path, "B1,P,1,36,1", "B2,P,1,36,1")
    (tmp_path / "hist").mkdir()
    for unit in ("d1", "d2"):
        (tmp_path / f"hist/{unit}.csv").write_text("Time,DO [%]\n2024-03-01 14:00:00,40\n")
    listed = {"hist/d1.csv": "B2", "hist/d2.csv": "B1"}
    found = history_of(series(small, columns_in_path={"Batch": listed}), tmp_path).trajectories
    assert found["batch_id"].to_list() == ["B1", "B2"]
    with pytest.raises(ScalebridgeError, match=r"hist/d2.csv: column 'Batch' .* the file is not listed there"):
        history_of(series(small, columns_in_path={"Batch": {"hist/d1.csv": "B2"}}), tmp_path)


def test_with_row_rules__the_batch_may_stand_above_a_table_of_several(small: Make, tmp_path: Path) -> None:
    batches_csv(tmp_path, "B1,P,1,36,1", "B2,P,1,36,1")
    (tmp_path / "hist").mkdir()
    (tmp_path / "hist/d.csv").write_text(
        '"Process";"B2"\n"Owner";"lab"\n\n"[TrackData1]"\n"Time";"Duration";"DO [%]"\n"2024-03-01 14:00:00";"00:00";40,5\n\n'
        '"[Events]"\n"Time";"Name"\n"2024-03-01 16:00:00";"Inoculated"\n'
    )
    form = {"kind": "csv", "separator": ";", "decimal": ",", "block": "[TrackData1]"}
    history = history_of(series(small, format=form, columns_in_preamble={"Batch": r'"Process";"(\w+)"'}), tmp_path)
    assert history.trajectories.select("batch_id", "value").rows() == [("B2", 0.405)]
    assert history.ledger.filter(history.ledger["source"] == "hist").select("read", "quarantined").rows() == [(1, 0)]


def test_with_row_rules__blank_cells_repeat_the_cell_above(small: Make, tmp_path: Path) -> None:
    batches_csv(tmp_path, "B1,P,1,36,1", "B2, ,1,36,1", "B3,,1,,1", "B4,Q,1,36,1", "B5,n.d.,1,36,1")
    definition = small()
    definition["sources"]["batches"] |= {"fill_down": ["product"], "nulls": ["", "n.d."]}
    history = history_of(definition, tmp_path)
    assert history.batches["product"].to_list() == ["P", "P", "P", "Q", "Q"]
    assert history.batches["temperature"].null_count() == 1


def test_with_row_rules__a_date_of_a_workbook_is_repeated_as_a_date(small: Make, tmp_path: Path) -> None:
    from datetime import datetime

    day = datetime(2024, 3, 1)
    rows = [
        ["batch", "product", "volume", "temperature", "titre", "start"],
        ["B1", "P", 1, 36, 1, (day, "dd.mm.yyyy")],
        ["B2", "P", 1, 36, 1, None],
        ["B3", "P", 1, 36, 1, "02.03.2024"],
        ["B4", "P", 1, 36, 1, None],
    ]
    workbook(tmp_path / "b.xlsx", rows)
    definition = small(started="start")
    definition["sources"]["batches"] |= {"files": ["b.xlsx"], "format": {"kind": "excel"}, "fill_down": ["start"]}
    column = {"source": "batches", "column": "start", "date": {"format": "%d.%m.%Y"}}
    definition["attributes"]["start"] = {
        "role": "identifier",
        "horizon": "plan",
        "description": "x",
        "kind": "date",
        "column": [column],
    }
    assert history_of(definition, tmp_path).batches["started_at"].dt.day().to_list() == [1, 1, 2, 2]


def test_with_row_rules__ids_get_one_spelling_if_that_is_declared(small: Make, tmp_path: Path) -> None:
    batches_csv(tmp_path, "b19-001,P,1,36,1", "B19 - 002\u200b,P,1,36,1")
    definition = small()
    assert history_of(definition, tmp_path).batches["batch_id"].to_list() == ["B19 - 002\u200b", "b19-001"]
    definition["sources"]["batches"]["fold"] = {"batch": ["case", "blanks"]}
    assert history_of(definition, tmp_path).batches["batch_id"].to_list() == ["B19-001", "B19-002"]


@pytest.mark.parametrize("rule", [{"are": ["released"]}, {"are_not": ["retest", ""]}])
def test_with_row_rules__rows_that_are_left_out_are_listed(small: Make, tmp_path: Path, rule: PlainData) -> None:
    header = "batch,product,volume,temperature,titre,status"
    lines = ["B1,P,1,36,1, released", "B2,P,1,36,1,retest", "B3,P,1,36,1,", "B4,P,1,36,1,released"]
    (tmp_path / "batches.csv").write_text("\n".join([header, *lines]) + "\n")
    definition = small()
    definition["sources"]["batches"]["rows"] = {"column": "status", **rule}
    history = history_of(definition, tmp_path)
    assert history.batches["batch_id"].to_list() == ["B1", "B4"]
    assert history.quarantine.select("row", "column", "value").rows() == [(3, "status", "retest"), (4, "status", "")]
    assert history.quarantine["reason"].str.starts_with("filtered out by `rows`: 'status' is").all()
    assert history.ledger.select("read", "quarantined", "valid").rows() == [(4, 2, 2)]


@pytest.mark.parametrize(
    "rule", [{"fill_down": ["Product"]}, {"fold": {"Lot": ["case"]}}, {"columns_in_path": {"b": "(x)"}}]
)
def test_read_source__a_rule_for_a_column_that_nothing_reads_is_refused(
    small: Make, tmp_path: Path, rule: PlainData
) -> None:
    source = BatchRows(gives="batches", files=("batches.csv",), **rule)
    with pytest.raises(ScalebridgeError, match=r"names the column '\w+', which nothing reads"):
        read_source("batches", source, tmp_path, {"batch": "id"})


@pytest.mark.parametrize(
    "rule",
    [
        {"rows": {"column": "x"}},
        {"columns_in_path": {"x": "B.*"}},
        {"columns_in_path": {"x": "(B"}},
        {"fold": {"x": ["Case"]}},
    ],
)
def test_sources__a_rule_that_says_nothing_is_refused(small: Make, rule: PlainData) -> None:
    definition = small()
    definition["sources"]["batches"] |= rule
    with pytest.raises(ScalebridgeError):
        process_of(definition)


@pytest.mark.parametrize(
    ("thousands", "decimal", "written"),
    [(".", ",", "1.412,5"), (",", ".", "1,412.5"), (" ", ".", "1\u202f412.5"), (" ", ",", "1 412,5"), ("'", ".", "1’412.5")],
)
def test_with_row_rules__groups_of_digits_may_be_declared(
    small: Make, tmp_path: Path, thousands: str, decimal: str, written: str
) -> None:
    rows = [f"B1;P;{written};36;1", f"B2;P;10{decimal}5;36;1", f"B3;P;14{thousands}12;36;1"]
    (tmp_path / "batches.csv").write_text(
        "batch;product;volume;temperature;titre\n" + "\n".join(rows) + "\n", encoding="utf-8"
    )
    definition = small()
    form = {"kind": "csv", "separator": ";", "decimal": decimal}
    definition["sources"]["batches"]["format"] = form | {"thousands": thousands}
    definition["attributes"]["volume"] |= {"unit": "m3", "between": None}
    history = history_of(definition, tmp_path)
    assert history.batches["scale"].to_list() == [1412.5, 10.5]
    assert history.quarantine["row"].to_list() == [4]
    definition["sources"]["batches"]["format"] = form
    assert history_of(definition, tmp_path).batches["batch_id"].to_list() == ["B2"]
    with pytest.raises(ScalebridgeError, match="`thousands` and `decimal` are both"):
        process_of(
            small() | {"sources": {"batches": definition["sources"]["batches"] | {"format": form | {"thousands": decimal}}}}
        )
