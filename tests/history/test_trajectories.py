"""Sensor series: one table of batch, tag, time and value from any layout of files."""

from datetime import datetime
from pathlib import Path

import polars as pl
import pytest

from pipeline.domain.errors import ScalebridgeError
from pipeline.history.trajectories import BACK
from tests.support.definitions import Make, PlainData
from tests.support.raw_files import batches_csv, history_of

UNDECLARED = "the tag is not declared in the process definition"


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
def historian(small: Make, tmp_path: Path) -> PlainData:
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


def test_trajectories__are_sorted_for_any_order_of_the_files(historian: PlainData, tmp_path: Path) -> None:
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
    historian: PlainData, tmp_path: Path
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


def test_trajectories__two_tags_for_one_attribute_do_not_meet_the_contract(historian: PlainData, tmp_path: Path) -> None:
    historian["sources"]["historian"]["tags"]["TI2"] = "t"
    _historian(tmp_path, "a/1.csv", "B1,TI,2024-01-01 00:00,36", "B1,TI2,2024-01-01 00:00,37")
    with pytest.raises(ScalebridgeError, match=r"Table 'trajectories' does not meet its contract"):
        history_of(historian, tmp_path)


def test_trajectories__a_file_that_two_patterns_match_is_read_once(historian: PlainData, tmp_path: Path) -> None:
    historian["sources"]["historian"]["files"] = ["historian/*/*.csv", "historian/a/*.csv"]
    _historian(tmp_path, "a/1.csv", "B1,TI,2024-01-01 00:00,36")
    history = history_of(historian, tmp_path)
    assert history.trajectories.height == 1
    assert history.quarantine.is_empty()


def test_trajectories__in_order_a_record_whose_time_goes_back_is_of_another_batch(
    historian: PlainData, tmp_path: Path
) -> None:
    historian["sources"]["historian"]["in_order"] = True
    late, early, again = ("B1,TI,2024-01-01 00:0{},3{}".format(*one) for one in ((5, 6), (0, 7), (4, 8)))
    _historian(tmp_path, "a/1.csv", late, early, "B1,PHI,2024-01-01 00:00,7", "B2,TI,2024-01-01 00:01,36", again)
    _historian(tmp_path, "b/1.csv", "B1,TI,2024-01-01 00:03,39")  # each file has an order of its own
    history = history_of(historian, tmp_path)
    assert history.quarantine.select("row", "column", "value", "reason").rows() == [
        (3, "at", "2024-01-01 00:00:00.000000", BACK),
        (6, "at", "2024-01-01 00:04:00.000000", BACK),
    ]
    assert history.trajectories.filter(batch_id="B1", tag="t")["value"].to_list() == pytest.approx([312.15, 309.15])


@pytest.fixture
def wide(small: Make, tmp_path: Path) -> PlainData:
    """A process with two sensors, one column each."""
    batches_csv(tmp_path, "B1,P,1,36,1")
    definition = small()
    series = {"role": "CPP", "horizon": "in_process", "description": "x"}
    definition["attributes"]["oxygen"] = series | {"between": [-5, 250], "column": "probes.DO"}
    definition["attributes"]["ph"] = series | {"column": "probes.pH"}
    definition["sources"]["probes"] = {"gives": "trajectories", "files": ["h.csv"], "batch": "b", "time": "at"}
    return definition


def _wide(definition: PlainData, folder: Path, *lines: str) -> tuple[dict[str, list[float]], list[tuple[int, str]]]:
    """Values per sensor, and row and column in quarantine."""
    (folder / "h.csv").write_text("\n".join(["b,at,DO,pH", *(f"B1,2024-03-01 14:0{line}" for line in lines)]) + "\n")
    history = history_of(definition, folder)
    counts = history.ledger.filter(source="probes").row(0, named=True)
    assert counts["read"] == counts["valid"] + counts["quarantined"] == len(lines)
    values = {tag: history.trajectories.filter(tag=tag)["value"].to_list() for tag in ("oxygen", "ph")}
    return values, history.quarantine.select("row", "column").rows()


def test_trajectories__one_bad_sensor_costs_its_own_cell(wide: PlainData, tmp_path: Path) -> None:
    values, aside = _wide(wide, tmp_path, "0:00,40,7.0", "1:00,41,Bad", "2:00,253,7.2", "3:00,,7.3")
    assert values == {"oxygen": [40, 41], "ph": [7.0, 7.2, 7.3]}
    assert aside == [(3, "pH"), (4, "DO")]


def test_trajectories__a_row_without_a_time_is_set_aside_as_a_whole(wide: PlainData, tmp_path: Path) -> None:
    values, aside = _wide(wide, tmp_path, "0:00,40,7.0", "x,41,7.1")
    assert values == {"oxygen": [40], "ph": [7.0]}
    assert aside == [(3, "at")]


def test_trajectories__of_two_rows_at_one_time_only_the_sensors_that_differ_are_set_aside(
    wide: PlainData, tmp_path: Path
) -> None:
    values, aside = _wide(
        wide, tmp_path, "0:00,40,7.0", "0:00,41,7.0", "1:00,42,7.1", "1:00,42,Bad", "2:00,43,7", "2:00,43,7"
    )
    assert values == {"oxygen": [42, 43], "ph": [7.0, 7.1, 7.0]}
    assert aside == [(2, "at"), (3, "at"), (3, "at"), (5, "at"), (5, "pH"), (7, "at")]
