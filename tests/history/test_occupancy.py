"""Series that name a vessel and no batch: each record belongs to the batch that was there at its time."""

from pathlib import Path

import pytest

from pipeline.domain.config_files import parse
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.left_out import LeftOut
from tests.support.definitions import Make, PlainData
from tests.support.raw_files import history_of

COLUMNS = "batch,product,volume,temperature,titre,vessel,started,ended"


@pytest.fixture
def definition(small: Make) -> PlainData:
    found = small(equipment="vessel", started="started", ended="ended")
    context = {"role": "context", "horizon": "plan", "description": "x"}
    day = {**context, "kind": "date"}
    form = "%Y-%m-%d %H:%M"
    found["attributes"] |= {
        "vessel": {**context, "kind": "text", "column": "batches.vessel"},
        "started": {**day, "column": {"source": "batches", "column": "started", "date": form}},
        "ended": {**day, "column": {"source": "batches", "column": "ended", "date": form}},
        "oxygen": {
            "role": "CPP",
            "horizon": "in_process",
            "description": "x",
            "unit": "%",
            "column": {"source": "hist", "column": "O2"},
        },
    }
    found["sources"]["hist"] = {
        "gives": "trajectories",
        "files": ["hist.csv"],
        "of_equipment": {"column": "unit", "attribute": "vessel"},
        "time": "at",
        "time_format": form,
        "quality": {"column": "Q", "good": [192, "Good"]},
    }
    return found


def write(folder: Path, batches: list[str], records: list[str]) -> None:
    (folder / "batches.csv").write_text("\n".join([COLUMNS, *batches]) + "\n")
    (folder / "hist.csv").write_text("\n".join(["unit,at,O2,Q", *records]) + "\n")


BATCHES = [
    "B1,P,1,36,1,V1,2024-03-01 06:00,2024-03-01 12:00",
    "B2,P,1,36,1,V1,2024-03-01 12:00,2024-03-01 18:00",
    "B3,P,1,36,1,V2,2024-03-01 06:00,",
]


def record(hour: int, oxygen: int, vessel: str = "V1", quality: str = "192") -> str:
    return f"{vessel},2024-03-01 {hour:02d}:00,{oxygen},{quality}"


def test_occupancy__a_record_belongs_to_the_batch_of_its_vessel_and_time(definition: PlainData, tmp_path: Path) -> None:
    write(tmp_path, BATCHES, [record(6, 1), record(12, 2), record(18, 3), record(7, 4, "V2"), record(11, 5)])
    history = history_of(definition, tmp_path)
    found = history.trajectories.select("batch_id", "time", "value").sort("batch_id", "time")
    hours = [(batch, time / 3600, round(value * 100)) for batch, time, value in found.iter_rows()]
    assert hours == [("B1", 0, 1), ("B1", 5, 5), ("B2", 0, 2), ("B2", 6, 3), ("B3", 1, 4)]
    assert history.quarantine.is_empty()


def test_occupancy__what_is_between_batches_is_set_aside_with_a_count(definition: PlainData, tmp_path: Path) -> None:
    write(tmp_path, BATCHES, [record(5, 1), record(19, 2), record(7, 3, "V9"), record(7, 4)])
    history = history_of(definition, tmp_path)
    assert history.trajectories.height == 1
    assert history.quarantine.select("row", "column", "reason").rows() == [
        (2, "unit", "no batch was in 'V1' at this time"),
        (3, "unit", "no batch was in 'V1' at this time"),
        (4, "unit", "no batch was in 'V9' at this time"),
    ]
    assert history.ledger.filter(source="hist").select("read", "quarantined", "valid").rows() == [(4, 3, 1)]


def test_occupancy__two_batches_at_once_are_not_guessed(definition: PlainData, tmp_path: Path) -> None:
    both = [BATCHES[0], "B2,P,1,36,1,V1,2024-03-01 10:00,2024-03-01 18:00"]
    write(tmp_path, both, [record(9, 1), record(11, 2), record(13, 3)])
    history = history_of(definition, tmp_path)
    assert sorted(history.trajectories["batch_id"]) == ["B1", "B2"]
    assert history.quarantine["reason"].to_list() == ["two batches were in 'V1' at this time, 'B2' and an earlier one"]


def test_quality__a_bad_record_goes_to_quarantine_with_its_code(definition: PlainData, tmp_path: Path) -> None:
    write(
        tmp_path,
        BATCHES,
        [record(7, 1), record(8, 2, quality="Good"), record(9, 3, quality="24"), record(10, 4, quality="")],
    )
    history = history_of(definition, tmp_path)
    assert history.trajectories.height == 2
    assert history.quarantine.select("row", "column", "value", "reason").rows() == [
        (4, "Q", "24", "the record has the quality code '24': the good ones are 192, Good"),
        (5, "Q", "", "the record has the quality code '': the good ones are 192, Good"),
    ]


def test_occupancy__clocks_that_cannot_be_compared_are_a_sentence(definition: PlainData, tmp_path: Path) -> None:
    definition["sources"]["hist"]["time_zone"] = "Europe/Zurich"
    write(tmp_path, BATCHES, [record(7, 1)])
    with pytest.raises(
        ScalebridgeError, match="the times of source 'hist' are in UTC and the dates of 'started' are without"
    ):
        history_of(definition, tmp_path)
    for name in ("started", "ended"):
        definition["attributes"][name]["column"]["date"] = {"format": "%Y-%m-%d %H:%M", "time_zone": "UTC"}
    found = history_of(definition, tmp_path)
    assert found.trajectories["time"].to_list() == [0.0]


def test_occupancy__records_of_a_batch_that_is_left_out_are_counted_as_left_out(
    definition: PlainData, tmp_path: Path
) -> None:
    write(tmp_path, BATCHES, [record(7, 1), record(8, 2), record(13, 3)])
    entry = {"batch": "B1", "who": "J. Meier", "when": "2024-03-01", "why": "water run"}
    history = history_of(definition, tmp_path, parse(LeftOut, {"batches": [entry]}, "left_out"))
    assert history.trajectories["batch_id"].to_list() == ["B2"]
    assert history.ledger.filter(source="hist").select("read", "quarantined", "left_out", "valid").rows() == [(3, 0, 2, 1)]
