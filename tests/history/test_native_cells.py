"""A cell of a workbook is read for what it is, whatever the declared formats of texts are."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.support.definitions import Make, PlainData
from tests.support.raw_files import batches_csv, history_of
from tests.support.workbooks import workbook

HEADER = ["batch", "product", "volume", "temperature", "titre"]


def in_workbook(small: Make, **changes: object) -> PlainData:
    definition = small(**changes)
    definition["sources"]["batches"] |= {"files": ["b.xlsx"], "format": {"kind": "excel"}}
    return definition


@pytest.mark.parametrize(("unit", "expected"), [("%", [0.95, 0.91]), ("", [0.95, 91.0]), ("ppm", [0.95, 91e-6])])
def test_cell_reading__a_percentage_is_that_share_in_every_unit(
    small: Make, tmp_path: Path, unit: str, expected: list[float]
) -> None:
    rows = [[*HEADER, "viability"], ["B1", "P", 1, 36, 1, (0.95, "0.0%")], ["B2", "P", 1, 36, 1, 91]]
    workbook(tmp_path / "b.xlsx", rows)
    definition = in_workbook(small)
    own = {"role": "CQA", "horizon": "release", "description": "x", "unit": unit, "column": "batches.viability"}
    definition["attributes"]["viability"] = own
    results = history_of(definition, tmp_path).results
    assert results.filter(results["attribute"] == "viability")["value"].to_list() == pytest.approx(expected)


def test_cell_reading__a_percentage_in_a_column_of_litres_is_an_error(small: Make, tmp_path: Path) -> None:
    workbook(tmp_path / "b.xlsx", [HEADER, ["B1", "P", (0.5, "0%"), 36, 1], ["B2", "P", 1, 36, 1]])
    quarantine = history_of(in_workbook(small), tmp_path).quarantine
    assert quarantine.select("row", "value", "reason").rows() == [(2, "50%", "a percentage, in a column of the unit L")]


def test_with_native_problems__a_declared_text_for_missing_is_no_problem(small: Make, tmp_path: Path) -> None:
    workbook(tmp_path / "b.xlsx", [HEADER, ["B1", "P", 1, "#N/A", 1], ["B2", "P", 1, "#DIV/0!", 1]])
    definition = in_workbook(small)
    definition["sources"]["batches"]["nulls"] = ["", "#N/A"]
    history = history_of(definition, tmp_path)
    assert history.batches.select("batch_id", "temperature").rows() == [("B1", None)]
    assert history.quarantine.select("row", "column", "value", "reason").rows() == [
        (3, "temperature", "#DIV/0!", "an error value of the workbook")
    ]


def test_native_or_written__dates_and_texts_in_one_column_are_read(small: Make, tmp_path: Path) -> None:
    day = datetime(2024, 3, 1, 14, 5, 30)
    starts = [(day, "dd.mm.yyyy hh:mm"), "02.03.2024 10:00", 45352]
    rows = [[f"B{i}", "P", 1, 36, 1, start] for i, start in enumerate(starts)]
    workbook(tmp_path / "b.xlsx", [[*HEADER, "start"], *rows])
    definition = in_workbook(small, started="start")
    column = {"source": "batches", "column": "start", "date": {"format": "%d.%m.%Y %H:%M"}}
    own = {"role": "identifier", "horizon": "plan", "description": "x", "kind": "date", "column": [column]}
    definition["attributes"]["start"] = own
    history = history_of(definition, tmp_path)
    assert history.batches["started_at"].to_list() == [day, datetime(2024, 3, 2, 10)]
    assert history.quarantine.select("row", "value").rows() == [(4, "45352")]


def series(small: Make) -> PlainData:
    definition = small()
    definition["sources"]["hist"] = {
        "gives": "trajectories",
        "files": ["h.xlsx"],
        "format": {"kind": "excel"},
        "batch": "Batch",
        "time": "Time",
        "time_format": "%d.%m.%Y %H:%M",
    }
    own = {"role": "CPP", "horizon": "in_process", "description": "x", "unit": "%", "column": "hist.DO"}
    definition["attributes"]["oxygen"] = own
    return definition


def test_native_times__dates_and_texts_in_one_series_are_read(small: Make, tmp_path: Path) -> None:
    batches_csv(tmp_path, "B1,P,1,36,1")
    times = [
        (datetime(2024, 3, 1, 14, 0, 30), "yyyy-mm-dd hh:mm:ss"),
        "01.03.2024 14:01",
        (datetime(2024, 3, 1, 15), "hh:mm"),
    ]
    workbook(tmp_path / "h.xlsx", [["Batch", "Time", "DO"], *(["B1", at, 40] for at in times)])
    assert history_of(series(small), tmp_path).trajectories["time"].to_list() == [0.0, 30.0, 3570.0]


def test_native_times__a_duration_is_no_date_of_1900(small: Make, tmp_path: Path) -> None:
    batches_csv(tmp_path, "B1,P,1,36,1")
    times = [(timedelta(hours=hours), "[h]:mm:ss") for hours in (1, 25, 125)]
    workbook(tmp_path / "h.xlsx", [["Batch", "Time", "DO"], *(["B1", at, 40] for at in times)])
    history = history_of(series(small), tmp_path)
    assert history.trajectories.is_empty()
    assert history.quarantine.select("value", "reason").rows() == [
        (text, "a duration, and the times of a clock are declared") for text in ("01:00:00", "25:00:00", "125:00:00")
    ]


@pytest.mark.parametrize("declared", [{"kind": "elapsed"}, {"kind": "elapsed", "unit": "h"}])
def test_native_times__durations_are_elapsed_times_if_that_is_declared(
    small: Make, tmp_path: Path, declared: PlainData
) -> None:
    batches_csv(tmp_path, "B1,P,1,36,1")
    times = [*((timedelta(hours=hours), "[h]:mm:ss") for hours in (1, 25, 125)), (datetime(2024, 3, 1), "dd.mm.yyyy")]
    workbook(tmp_path / "h.xlsx", [["Batch", "Time", "DO"], *(["B1", at, 40] for at in times)])
    definition = series(small)
    definition["sources"]["hist"]["time_format"] = declared
    history = history_of(definition, tmp_path)
    assert history.trajectories["time"].to_list() == [3600.0, 90_000.0, 450_000.0]
    assert history.quarantine.select("row", "reason").rows() == [(5, "a date, and elapsed times are declared")]


@pytest.mark.parametrize("decimal", [".", ","])
def test_as_percent__a_result_in_percent_is_read_by_its_unit(small: Make, tmp_path: Path, decimal: str) -> None:
    batches_csv(tmp_path, "B1,P,1,36,1", "B2,P,1,36,1", "B3,P,1,36,1")
    rows = [["B1", "V", (0.955, "0.0%"), "%"], ["B2", "V", 91.5, "%"], ["B3", "V", (0.9, "0%"), "g/L"]]
    workbook(tmp_path / "l.xlsx", [["batch", "test", "result", "unit"], *rows])
    definition = small()
    definition["sources"]["lims"] = {
        "gives": "results",
        "files": ["l.xlsx"],
        "format": {"kind": "excel", "decimal": decimal},
        "batch": "batch",
        "test": "test",
        "value": "result",
        "unit": "unit",
        "names": {"V": "viability"},
    }
    own = {"role": "CQA", "horizon": "release", "description": "x", "unit": "%"}
    definition["attributes"]["viability"] = own
    history = history_of(definition, tmp_path)
    found = history.results.filter(history.results["attribute"] == "viability")
    assert found.select("batch_id", "value").rows() == [("B1", pytest.approx(0.955)), ("B2", pytest.approx(0.915))]
    assert history.quarantine["row"].to_list() == [4]
