"""Results, lots, genealogy and trajectories from their own files."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipeline.domain.errors import ScalebridgeError
from tests.support.raw_files import batches_csv, history_of

Make = Callable[..., dict[str, Any]]
UNDECLARED = "the tag is not declared in the process definition"


@pytest.fixture
def lims(small: Make, tmp_path: Path) -> dict[str, Any]:
    batches_csv(tmp_path, "B1,P,1,36,", "B2,P,1,36,")
    definition = small()
    definition["attributes"]["hcp"] = {"role": "CQA", "horizon": "release", "description": "x", "unit": "ng/mg"}
    definition["sources"]["lims"] = {
        "gives": "results",
        "files": ["lims.csv"],
        "batch": "b",
        "test": "t",
        "value": "v",
        "unit": "u",
        "revision": "r",
        "names": {"HCP (ELISA)": "hcp"},
    }
    return definition


def _lims(folder: Path, *lines: str) -> None:
    (folder / "lims.csv").write_text("\n".join(["b,t,v,u,r", *lines]) + "\n")


def test_results__converts_each_unit_and_keeps_the_newest_revision(lims: dict[str, Any], tmp_path: Path) -> None:
    _lims(tmp_path, "B1,HCP (ELISA),50,ng/mg,1", "B1,HCP (ELISA),0.06,ug/mg,2", "B2,HCP (ELISA),<1,ng/mg,1")
    history = history_of(lims, tmp_path)
    assert [(b, round(v * 1e6, 6), c) for b, _, v, c in history.results.rows()] == [("B1", 60, "none"), ("B2", 1, "left")]
    assert history.quarantine.select("row", "reason").rows() == [(2, "superseded by revision 2")]


def test_results__a_row_with_an_unknown_batch_test_unit_or_value_is_set_aside(lims: dict[str, Any], tmp_path: Path) -> None:
    _lims(
        tmp_path,
        "B9,HCP (ELISA),5,ng/mg,1",
        "B1,Colour,5,ng/mg,1",
        "B1,HCP (ELISA),5,furlong,1",
        "B1,HCP (ELISA),five,ng/mg,1",
        "B2,HCP (ELISA),5,g/L,1",
        "B2,HCP (ELISA),5,,1",
    )
    history = history_of(lims, tmp_path)
    assert history.results.height == 1
    assert history.quarantine.select("row", "column").rows() == [(2, "b"), (3, "t"), (4, "u"), (5, "v"), (6, "u")]
    assert history.ledger.filter(pl.col("source") == "lims").select("read", "valid", "quarantined").row(0) == (6, 1, 5)


def test_lots__genealogy_is_many_to_many_and_shares_sum_to_one(small: Make, tmp_path: Path) -> None:
    batches_csv(tmp_path, "B1,P,1,36,1", "B2,P,1,36,1")
    (tmp_path / "lots.csv").write_text("Lot #,glucose\nL1,10\nL2,20\n")
    (tmp_path / "used.csv").write_text("batch,mat,lot,kg\nB1,media,L1,3\nB1,media,L2,1\nB2,media,L2,7\nB9,media,L2,7\n")
    definition = small()
    definition["materials"] = {"media": {}}
    definition["attributes"]["glucose"] = {
        "role": "CMA",
        "horizon": "plan",
        "description": "x",
        "unit": "g/L",
        "material": "media",
        "column": "lots.glucose",
    }
    definition["sources"]["lots"] = {"gives": "lots", "files": ["lots.csv"], "material": "media", "lot": "Lot #"}
    definition["sources"]["used"] = {
        "gives": "genealogy",
        "files": ["used.csv"],
        "batch": "batch",
        "material": "mat",
        "lot": "lot",
        "quantity": "kg",
    }
    history = history_of(definition, tmp_path)
    assert history.genealogy["fraction"].to_list() == [0.75, 0.25, 1.0]
    assert history.quarantine["reason"].to_list() == ["no valid batch has this name"]


def test_trajectories__long_and_typed(small: Make, tmp_path: Path) -> None:
    batches_csv(tmp_path, "B1,P,1,36,1")
    start = datetime(2024, 3, 1, 12)
    pl.DataFrame(
        {
            "b": ["B1", "B1", "B1", "B1"],
            "tag": ["TI-1", "TI-1", "TI-1", "??"],
            "at": [start, start.replace(hour=13), start.replace(hour=14), start],
            "v": [36.5, 99.0, None, 1.0],
        }
    ).write_parquet(tmp_path / "h.parquet")
    definition = small()
    definition["attributes"]["temperature_series"] = {
        "role": "CPP",
        "horizon": "in_process",
        "description": "x",
        "unit": "degC",
        "between": [0, 60],
    }
    definition["sources"]["historian"] = {
        "gives": "trajectories",
        "files": ["h.parquet"],
        "format": {"kind": "parquet"},
        "batch": "b",
        "time": "at",
        "tag": "tag",
        "value": "v",
        "tags": {"TI-1": "temperature_series"},
    }
    history = history_of(definition, tmp_path)
    assert history.trajectories.rows() == [("B1", "temperature_series", 0.0, 309.65)]
    assert history.quarantine.select("row", "reason").rows() == [
        (3, "outside the possible range 0 to 60 °C"),
        (5, UNDECLARED),
    ]


@pytest.fixture
def historian(small: Make, tmp_path: Path) -> dict[str, Any]:
    """A process with two tags in CSV files of several folders."""
    batches_csv(tmp_path, "B1,P,1,36,1", "B2,P,1,36,1")
    definition = small()
    series = {"role": "CPP", "horizon": "in_process", "description": "x"}
    definition["attributes"] |= {"t": series | {"unit": "degC"}, "p": series | {"between": [6, 8]}}
    definition["sources"]["historian"] = {
        "gives": "trajectories",
        "files": ["historian/*/*.csv"],
        "batch": "b",
        "time": "at",
        "time_format": "%Y-%m-%d %H:%M",
        "tag": "tag",
        "value": "v",
        "tags": {"TI": "t", "PHI": "p"},
    }
    return definition


def _historian(folder: Path, name: str, *lines: str) -> None:
    path = folder / "historian" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(["b,tag,at,v", *lines]) + "\n")


def test_trajectories__are_sorted_for_any_order_of_the_files(historian: dict[str, Any], tmp_path: Path) -> None:
    _historian(
        tmp_path, "b/1.csv", "B2,PHI,2024-01-01 00:00,7", "B1, PHI ,2024-01-01 00:10,7.1", "B1,PHI,2024-01-01 00:00,7"
    )
    _historian(tmp_path, "a/1.csv", "B1,TI,2024-01-01 00:05,36", "B1,TI,2024-01-01 00:00,")
    history = history_of(historian, tmp_path)
    assert history.trajectories.rows() == [
        ("B1", "p", 0.0, 7.0),
        ("B1", "p", 600.0, 7.1),
        ("B1", "t", 300.0, 309.15),
        ("B2", "p", 0.0, 7.0),
    ]
    assert history.quarantine.is_empty()


def test_trajectories__a_repetition_stays_once_and_a_contradiction_is_set_aside(
    historian: dict[str, Any], tmp_path: Path
) -> None:
    first = [f"B1,TI,2024-01-01 00:0{i},36" for i in range(5)]
    _historian(tmp_path, "a/1.csv", *first, "B1,PHI,2024-01-01 00:00,7", "B2,PHI,2024-01-01 00:00,9")
    _historian(tmp_path, "a/2.csv", "B9,TI,2024-01-01 00:00,36")  # a file without a valid row
    _historian(tmp_path, "b/1.csv", first[1], "B1,TI,2024-01-01 00:03,37", "B1,XI,2024-01-01 00:00,1")
    history = history_of(historian, tmp_path)
    assert history.trajectories.select("tag", "time").rows() == [("p", 0), ("t", 0), ("t", 60), ("t", 120), ("t", 240)]
    assert history.quarantine.select("file", "row", "reason").rows() == [
        ("historian/a/1.csv", 5, "contradicts row 3 of historian/b/1.csv: same batch and tag and time, other values"),
        ("historian/a/1.csv", 8, "outside the possible range 6 to 8"),
        ("historian/a/2.csv", 2, "no valid batch has this name"),
        ("historian/b/1.csv", 2, "repeats row 3 of historian/a/1.csv"),
        ("historian/b/1.csv", 3, "contradicts row 5 of historian/a/1.csv: same batch and tag and time, other values"),
        ("historian/b/1.csv", 4, UNDECLARED),
    ]
    assert history.ledger.filter(source="historian")["valid"].to_list() == [5, 0, 0]


def test_trajectories__two_tags_for_one_attribute_do_not_meet_the_contract(
    historian: dict[str, Any], tmp_path: Path
) -> None:
    historian["sources"]["historian"]["tags"]["TI2"] = "t"
    _historian(tmp_path, "a/1.csv", "B1,TI,2024-01-01 00:00,36", "B1,TI2,2024-01-01 00:00,37")
    with pytest.raises(ScalebridgeError, match=r"Table 'trajectories' does not meet its contract"):
        history_of(historian, tmp_path)


def test_read__a_file_that_two_patterns_match_is_read_once(historian: dict[str, Any], tmp_path: Path) -> None:
    historian["sources"]["historian"]["files"] = ["historian/*/*.csv", "historian/a/*.csv"]
    _historian(tmp_path, "a/1.csv", "B1,TI,2024-01-01 00:00,36")
    history = history_of(historian, tmp_path)
    assert history.trajectories.height == 1
    assert history.quarantine.is_empty()


def test_details__join_by_key_and_orphans_are_set_aside(small: Make, tmp_path: Path) -> None:
    batches_csv(tmp_path, "B1,P,1,36,1", "B2,P,1,36,1")
    (tmp_path / "more.csv").write_text("batch,ph\nB1,7.1\nB3,7.2\n")
    definition = small()
    definition["sources"]["more"] = {"gives": "details", "files": ["more.csv"], "key": ["batch"]}
    definition["attributes"]["batch"]["column"] = ["batches.batch", "more.batch"]
    definition["attributes"]["ph"] = {"role": "CPP", "horizon": "plan", "description": "x", "column": "more.ph"}
    history = history_of(definition, tmp_path)
    assert history.batches["ph"].to_list() == [7.1, None]
    assert history.quarantine.select("file", "row", "reason").row(0) == ("more.csv", 3, "no valid batch has this batch")


def test_excel__is_read_as_text(small: Make, tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {"batch": ["B1", "B2"], "product": ["P", "P"], "volume": [1, 2], "temperature": ["36.5", "36,5"], "titre": [1.5, 2]}
    )
    frame.write_excel(tmp_path / "b.xlsx", worksheet="Batches")
    definition = small()
    definition["sources"]["batches"] |= {"files": ["b.xlsx"], "format": {"kind": "excel", "sheet": "Batches"}}
    history = history_of(definition, tmp_path)
    assert history.batches["temperature"].to_list() == [309.65]
    assert history.quarantine["value"].to_list() == ["36,5"]
