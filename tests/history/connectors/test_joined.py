"""One column is made of several, for texts, for cells of a workbook and for typed columns."""

from datetime import date, datetime, time, timedelta
from pathlib import Path

import polars as pl
import pytest

from pipeline.domain.errors import ScalebridgeError
from pipeline.history.connectors.joined import with_parts
from tests.support.definitions import Make, PlainData, with_oxygen_series
from tests.support.raw_files import batches_csv, history_of
from tests.support.workbooks import workbook


def series(small: Make, **changes: object) -> PlainData:
    """A definition with a series whose date and time stand in two columns."""
    source = {
        "files": ["h.csv"],
        "time": "When",
        "columns_joined": {"When": ["Date", "Time"]},
        "time_format": "%d.%m.%Y %H:%M:%S",
    }
    return with_oxygen_series(small(), "DO", **(source | changes))


def test_with_joined__texts_get_a_blank_between_them(small: Make, tmp_path: Path) -> None:
    batches_csv(tmp_path, "B1,P,1,36,1")
    rows = ["B1,01.03.2024,23:59:00,1", "B1,02.03.2024,00:01:00 ,2", "B1,02.03.2024,,3"]
    (tmp_path / "h.csv").write_text("Batch,Date,Time,DO\n" + "\n".join(rows) + "\n")
    history = history_of(series(small), tmp_path)
    assert history.trajectories.select("time", "value").rows() == [(0, 0.01), (120, 0.02)]
    assert history.quarantine.select("row", "column", "reason").rows() == [(4, "When", "missing")]


def test_with_joined__a_date_and_a_clock_time_of_a_workbook_are_one_date(small: Make, tmp_path: Path) -> None:
    batches_csv(tmp_path, "B1,P,1,36,1")
    day = datetime(2024, 3, 1)
    rows = [[day, time(14, 5)], ["01.03.2024", "14:06:00"], [day, timedelta(hours=14, minutes=7)], [day, "noon"]]
    workbook(tmp_path / "h.xlsx", [["Batch", "Date", "Time", "DO"], *(["B1", *row, 1] for row in rows)])
    definition = series(small, files=["h.xlsx"], format={"kind": "excel"})
    history = history_of(definition, tmp_path)
    assert history.trajectories["time"].to_list() == [0, 60, 120]
    assert history.quarantine.select("row", "reason").rows() == [(5, "the cell beside this date is no clock time")]


def test_with_joined__typed_columns_are_read_as_texts(small: Make, tmp_path: Path) -> None:
    batches_csv(tmp_path, "B1,P,1,36,1")
    frame = pl.DataFrame({"Batch": "B1", "Date": [date(2024, 3, 1)] * 2, "Time": [time(14, 5), time(14, 6)], "DO": [1, 2]})
    frame.write_parquet(tmp_path / "h.parquet")
    definition = series(small, files=["h.parquet"], format={"kind": "parquet"}, time_format="%Y-%m-%d %H:%M:%S")
    assert history_of(definition, tmp_path).trajectories["time"].to_list() == [0, 60]


def test_with_joined__a_part_that_the_file_lacks_is_an_error(small: Make, tmp_path: Path) -> None:
    batches_csv(tmp_path, "B1,P,1,36,1")
    (tmp_path / "h.csv").write_text("Batch,Date,DO\nB1,01.03.2024,1\n")
    with pytest.raises(ScalebridgeError, match=r"h.csv has no column 'Time'"):
        history_of(series(small), tmp_path)
    with pytest.raises(ScalebridgeError, match=r"`columns_joined` names the column 'Moment', which nothing reads"):
        history_of(series(small, columns_joined={"Moment": ["Date", "DO"]}, time="Date"), tmp_path)


def test_with_parts__dates_are_read_as_times_and_ids_as_texts() -> None:
    assert with_parts({"When": "date", "Batch": "id"}, {"When": ["Date", "Time"]}) == {
        "Batch": "id",
        "Date": "time",
        "Time": "time",
    }
    assert with_parts({"Batch": "id"}, {"Batch": ["Order", "Lot"]}) == {"Order": "text", "Lot": "text"}
