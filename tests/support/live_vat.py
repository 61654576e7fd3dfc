"""The plant of `watched_project`, whose historian is an OPC UA server or an MQTT broker. Batch R1 runs in vessel V1."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipeline.domain.places import Places
from tests.support.definitions import PlainData
from tests.support.watched_project import definition, watched_project

START = datetime(2024, 3, 20, tzinfo=UTC)
"""Start of batch R1."""
OPCUA: PlainData = {
    "kind": "opcua",
    "connection": "plant",
    "nodes": {"TI": "ns=2;s={equipment}.TI"},
    "equipment": ["V1"],
    "sampling": "0.05 s",
    "stopped_after": "2 s",
}
MQTT: PlainData = {
    "kind": "mqtt",
    "connection": "plant",
    "topics": ["plant/{equipment}/{tag}"],
    "stopped_after": "2 s",
}


def live_definition(pull: PlainData, more: PlainData | None = None) -> PlainData:
    made = definition()
    made["sources"]["historian"] = {
        "gives": "trajectories",
        "pull": pull,
        "of_equipment": {"column": "equipment", "attribute": "vessel"},
        "quality": {"column": "quality", "good": ["Good"]},
        "time": "time",
        "tag": "tag",
        "value": "value",
        "tags": {"TI": "temperature_series"},
        **(more or {}),
    }
    made["sources"]["samples"]["time_zone"] = "UTC"
    made["attributes"]["started"]["column"]["date"]["time_zone"] = "UTC"
    made["attributes"]["vessel"] = {**made["attributes"]["product"], "column": "batches.vessel"}
    return made


def live_project(folder: Path, pull: PlainData, more: PlainData | None = None) -> Places:
    """Write the project. Its batch records name the vessels. more: further keys of the source."""
    places = watched_project(folder, live_definition(pull, more))
    file = places.raw / "vat" / "batches.csv"
    header, *lines = file.read_text(encoding="utf-8").splitlines()
    vessels = ["V2", "V2", "V1"]
    rows = [f"{header},vessel", *(f"{line},{vessel}" for line, vessel in zip(lines, vessels, strict=True))]
    file.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return places


def hour(n: float) -> datetime:
    return START + timedelta(hours=n)


def temperatures(first: int, last: int, warm_from: int = 1000) -> list[tuple[datetime, float | None, int]]:
    """Records of the running batch, one per hour: time, value in °C and status code."""
    return [(hour(n), 37.5 if n >= warm_from else 36.5, 0) for n in range(first, last)]


WATCH = """
import sys
from pipeline.answers.watch import judge
from tests.support.watched_project import ThermometerJudge
judge.read_judge = lambda bundle: ThermometerJudge()
sys.argv = ["scalebridge", *sys.argv[1:]]
from pipeline.cli import main
main()
"""
"""A program that is `scalebridge` with a judge that needs no training."""
