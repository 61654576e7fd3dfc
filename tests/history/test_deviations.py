"""The log of deviations: causes, begins within the batch, dates from which they are known, and rows that are set aside."""

from datetime import datetime
from pathlib import Path

import polars as pl
import pytest

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.left_out import LeftOut
from pipeline.domain.tables import Deviations, checked
from pipeline.history.quality.findings import findings
from pipeline.history.quality.profile import counts
from tests.conftest import process_of
from tests.support.definitions import Make, PlainData
from tests.support.raw_files import history_of

DATE = {"role": "context", "horizon": "plan", "description": "x", "kind": "date"}
MINUTES = "%Y-%m-%d %H:%M"


@pytest.fixture
def log(small: Make, tmp_path: Path) -> PlainData:
    """Two batches of 10 days, and a source of deviations that is known at its own date."""
    (tmp_path / "batches.csv").write_text(
        "batch,product,volume,temperature,titre,start,end\n"
        "B1,P,1,36,2,2024-03-01 08:00,2024-03-11 08:00\nB2,P,1,36,2,2024-04-01 08:00,2024-04-11 08:00\n"
    )
    definition = small(started="start", ended="end", result_lag="2 d")
    for name in ("start", "end"):
        definition["attributes"][name] = DATE | {
            "column": {"source": "batches", "column": name, "date": {"format": MINUTES}},
        }
    definition["sources"]["log"] = {
        "gives": "deviations",
        "files": ["log.csv"],
        "batch": "b",
        "cause": "c",
        "began": {"column": "since", "date": MINUTES},
        "available": {"column": "closed", "date": "%Y-%m-%d"},
    }
    return definition


def _log(folder: Path, *lines: str) -> None:
    (folder / "log.csv").write_text("\n".join(["b,c,since,closed", *lines]) + "\n")


def test_deviations__begin_at_hours_since_the_start_and_are_known_at_the_end_of_their_day(
    log: PlainData, tmp_path: Path
) -> None:
    _log(tmp_path, "B2,pump,2024-04-03 08:30,2024-04-20", "B1,probe,2024-03-01 08:00,", "B1,pump,,2024-03-30")
    found = history_of(log, tmp_path).deviations
    assert checked(found, Deviations, "deviations").rows() == [
        ("B1", "pump", None, datetime(2024, 3, 31)),
        ("B1", "probe", 0.0, datetime(2024, 3, 13, 8)),  # no date of its own: the end of the batch and the lag
        ("B2", "pump", 48.5, datetime(2024, 4, 21)),
    ]


def test_deviations__without_any_date_are_not_known_from_the_start_of_their_batch(log: PlainData, tmp_path: Path) -> None:
    log |= {"ended": None, "result_lag": None}
    _log(tmp_path, "B1,pump,2024-03-02 08:00,")
    assert history_of(log, tmp_path).deviations.row(0) == ("B1", "pump", 24.0, None)


def test_deviations__texts_of_the_file_are_causes_by_the_names_of_the_definition(log: PlainData, tmp_path: Path) -> None:
    log["sources"]["log"]["names"] = {"Pumpe": "feed pump fault", "Pumpe defekt": "feed pump fault"}
    _log(tmp_path, "B1,Pumpe,,", "B2,Pumpe defekt,,", "B2,Schaum,,")
    assert history_of(log, tmp_path).deviations["cause"].to_list() == ["feed pump fault", "Schaum", "feed pump fault"]


def test_deviations__that_are_stated_twice_count_once_from_the_earlier_date(log: PlainData, tmp_path: Path) -> None:
    _log(tmp_path, "B1,pump,2024-03-02 08:00,2024-03-30", "B1,pump,2024-03-02 08:00,2024-03-20")
    history = history_of(log, tmp_path)
    assert history.deviations.rows() == [("B1", "pump", 24.0, datetime(2024, 3, 21))]
    assert history.quarantine.select("row", "reason").rows() == [(3, "repeats row 2 of log.csv")]


def test_deviations__rows_that_cannot_be_used_are_set_aside_with_their_reason(log: PlainData, tmp_path: Path) -> None:
    _log(
        tmp_path,
        "B9,pump,2024-03-02 08:00,",
        "B1,,2024-03-02 08:00,",
        "B1,pump,soon,",
        "B1,pump,2024-02-29 08:00,",
        "B1,pump,2024-03-11 08:01,",
        "B1,pump,2024-03-11 08:00,2024/4/1",
        "B1,pump,2024-03-11 08:00,",
    )
    history = history_of(log, tmp_path)
    assert history.deviations.rows() == [("B1", "pump", 240.0, datetime(2024, 3, 13, 8))]
    assert history.quarantine.select("row", "column", "reason").rows() == [
        (2, "b", "no valid batch has this name"),
        (3, "c", "missing"),
        (4, "since", f"not a date in the format {MINUTES}"),
        (5, "since", "began before the start of the batch ('start')"),
        (6, "since", "began after the end of the batch ('end')"),
        (7, "closed", "not a date in the format %Y-%m-%d"),
    ]
    assert history.ledger.filter(source="log").select("read", "valid", "quarantined").row(0) == (7, 1, 6)


def test_deviations__on_the_day_of_the_start_begin_at_the_start_where_no_time_of_day_is_written(
    log: PlainData, tmp_path: Path
) -> None:
    log["sources"]["log"]["began"]["date"] = "%Y-%m-%d"
    _log(tmp_path, "B1,pump,2024-03-01,", "B1,probe,2024-03-02,", "B1,stirrer,2024-02-29,")
    history = history_of(log, tmp_path)
    assert history.deviations.select("cause", "began").rows() == [("pump", 0.0), ("probe", 16.0)]
    assert history.quarantine["row"].to_list() == [4]


def test_deviations__have_no_begin_where_the_clock_of_some_starts_is_not_known(log: PlainData, tmp_path: Path) -> None:
    """Two sites, of which one states the zone of its dates: the begin of a deviation cannot be placed in every batch."""
    (tmp_path / "other.csv").write_text("batch,product,volume,temperature,titre,start,end\nB3,P,1,36,2,2024-03-01 08:00,\n")
    log["sources"]["other"] = {"gives": "batches", "files": ["other.csv"]}
    for name, attribute in log["attributes"].items():
        own = attribute["column"] if isinstance(attribute["column"], dict) else None
        second = {"source": "other", "column": name, "date": {"format": MINUTES, "time_zone": "Europe/Zurich"}}
        attribute["column"] = [own, second] if own else [attribute["column"], f"other.{name}"]
    _log(tmp_path, "B1,pump,2024-03-02 08:00,2024-03-30")
    history = history_of(log, tmp_path)
    assert history.deviations.rows() == [("B1", "pump", None, datetime(2024, 3, 31))]
    assert any(note.startswith("The begins of source 'log' are not used: the dates of 'start'") for note in history.notes)


def test_deviations__of_a_table_with_a_label_for_every_batch_leave_the_normal_ones_out(
    log: PlainData, tmp_path: Path
) -> None:
    log["sources"]["log"]["rows"] = {"column": "c", "are_not": ["", "normal"]}
    _log(tmp_path, "B1,,,", "B2,pump,,", "B1,normal,,")
    assert history_of(log, tmp_path).deviations.select("batch_id", "cause").rows() == [("B2", "pump")]


def test_deviations__of_two_sources_are_one_table(log: PlainData, tmp_path: Path) -> None:
    log["sources"]["more"] = {"gives": "deviations", "files": ["more.csv"], "batch": "Charge", "cause": "Ursache"}
    _log(tmp_path, "B1,pump,2024-03-02 08:00,")
    (tmp_path / "more.csv").write_text("Charge,Ursache\nB2,probe\nB2,probe\n")
    history = history_of(log, tmp_path)
    assert history.deviations.select("batch_id", "cause", "began").rows() == [("B1", "pump", 24.0), ("B2", "probe", None)]
    assert history.quarantine.select("source", "column", "row").rows() == [("more", "Ursache", 3)]


def test_deviations__of_a_batch_that_is_left_out_are_left_out(log: PlainData, tmp_path: Path) -> None:
    _log(tmp_path, "B1,pump,2024-03-02 08:00,", "B2,pump,2024-04-02 08:00,")
    entry = {"batch": "B1", "who": "A. Person", "when": "2024-05-01", "why": "pilot"}
    history = history_of(log, tmp_path, LeftOut((entry,)))  # type: ignore[arg-type]
    assert history.deviations["batch_id"].to_list() == ["B2"]
    assert history.ledger.filter(source="log")["left_out"].to_list() == [1]


def test_deviations__a_process_without_a_log_has_an_empty_table(log: PlainData, tmp_path: Path) -> None:
    del log["sources"]["log"]
    history = history_of(log, tmp_path)
    assert checked(history.deviations, Deviations, "deviations").is_empty()
    assert counts(history)["deviations"] == 0


def test_deviations__an_optional_file_may_be_absent_and_the_findings_say_so(log: PlainData, tmp_path: Path) -> None:
    with pytest.raises(ScalebridgeError, match=r"Source 'log': no file matches log\.csv"):
        history_of(log, tmp_path)
    log["sources"]["log"]["optional"] = True
    history, process = history_of(log, tmp_path), process_of(log)
    assert history.deviations.is_empty()
    assert "log" not in history.ledger["source"]
    said = "Source 'log' has no file (log.csv), and is optional: no deviation of a past batch is known from it."
    assert said in findings(process, history)
    _log(tmp_path, "B1,pump,2024-03-02 08:00,")
    history = history_of(log, tmp_path)
    assert said not in findings(process, history)
    assert counts(history)["deviations"] == 1


def test_deviations__of_a_parquet_file_with_typed_dates(log: PlainData, tmp_path: Path) -> None:
    log["sources"]["log"] |= {"files": ["log.parquet"], "format": {"kind": "parquet"}}
    day = datetime(2024, 3, 2, 8)
    pl.DataFrame({"b": ["B1"], "c": ["pump"], "since": [day], "closed": [day.date()]}).write_parquet(
        tmp_path / "log.parquet"
    )
    assert history_of(log, tmp_path).deviations.rows() == [("B1", "pump", 24.0, datetime(2024, 3, 3))]
