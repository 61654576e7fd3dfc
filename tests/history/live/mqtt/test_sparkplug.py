"""Payloads of Sparkplug B that another implementation wrote (pysparkplug 0.6.1)."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.feeds import SparkplugB
from pipeline.history.live.message import Said
from pipeline.history.live.mqtt.sparkplug import SparkplugReader, names_from, rebirth_request
from pipeline.history.live.mqtt.sparkplug_payload import payload_class

WRITTEN = {
    "NBIRTH/E": "0880acb0fce53112120a0562645365711880acb0fce5312004580712210a144e6f646520436f6e74726f6c2f526562697274681880acb0fce"
    "531200b70001800",
    "DBIRTH/E/V1": "0880acb0fce53112180a02544910011880acb0fce531200a69000000000040424012150a0350484910021880acb0fce5312009650000e8"
    "4012160a05636f756e7410031880acb0fce531200250fdff0312110a026f6e10041880acb0fce531200b700112140a046e616d6510051880acb0fce531200"
    "c7a01781801",
    "DDATA/E/V1": "08e080b4fce5311212100118e080b4fce531690000000000604240120d100318c888b4fce53150fcff031802",
    "DDATA/E/V1 null": "08c0d5b7fce531120b100118c0d5b7fce53138011803",
    "DDATA/E/V1 historical": "08d0a3b8fce531121410011888d3b0fce531280169cdcccccccc4c4240120f100618d0a3b8fce5315090ddfbff0f1214100"
    "718d0a3b8fce53158818080808080808080011214100818d0a3b8fce53158fbffffffffffffffff011804",
    "NDEATH/E": "120b0a05626453657120045807",
}
T = datetime.fromtimestamp(1_711_000_000, UTC)
NOW = datetime(2026, 3, 2, tzinfo=UTC)


def read(reader: SparkplugReader, what: str) -> Said:
    kind, _, rest = what.partition(" ")[0].partition("/")
    return reader.read(f"spBv1.0/G/{kind}/{rest}", bytes.fromhex(WRITTEN[what]), NOW)


@pytest.fixture
def reader() -> SparkplugReader:
    return SparkplugReader(SparkplugB(kind="sparkplug_b"))


def values(said: Said) -> list[tuple[str, float | None, float]]:
    return [(one.tag, one.value, (one.time - T).total_seconds()) for one in said.records]


def test_birth__gives_names_and_values(reader: SparkplugReader) -> None:
    assert read(reader, "NBIRTH/E") == Said()
    said = read(reader, "DBIRTH/E/V1")
    assert said.records[0].equipment == "V1"
    assert values(said)[:4] == [("TI", 36.5, 0), ("PHI", 7.25, 0), ("count", -3, 0), ("on", 1, 0)]
    assert said.records[4].quality == "Bad (no number: 'x')"
    assert said.rebirth is None


def test_data__has_the_names_of_the_birth(reader: SparkplugReader) -> None:
    for what in ("NBIRTH/E", "DBIRTH/E/V1"):
        read(reader, what)
    assert values(read(reader, "DDATA/E/V1")) == [("TI", 36.75, 60), ("count", -4, 61)]
    assert [(one.value, one.quality) for one in read(reader, "DDATA/E/V1 null").records] == [(None, "Bad (no value)")]
    said = read(reader, "DDATA/E/V1 historical")
    assert values(said) == [("TI", 36.6, 5)]
    assert said.problems == ("3 values of G/E have an alias that no birth has named",)
    assert said.rebirth == "G/E"


def test_data__after_a_lost_message_asks_for_a_rebirth(reader: SparkplugReader) -> None:
    read(reader, "NBIRTH/E")
    read(reader, "DBIRTH/E/V1")
    said = read(reader, "DDATA/E/V1 null")  # number 3 after number 1
    assert said.rebirth == "G/E"
    assert len(said.records) == 1


def test_data__before_any_birth_asks_for_a_rebirth(reader: SparkplugReader) -> None:
    assert read(reader, "DDATA/E/V1").rebirth == "G/E"


def test_names__survive_a_restart(reader: SparkplugReader) -> None:
    read(reader, "NBIRTH/E")
    read(reader, "DBIRTH/E/V1")
    later = SparkplugReader(reader.form, names_from(reader.names))
    assert values(read(later, "DDATA/E/V1")) == [("TI", 36.75, 60), ("count", -4, 61)]


def test_death__is_said(reader: SparkplugReader) -> None:
    assert read(reader, "NDEATH/E").ended == "The edge node G/E says that it has ended (NDEATH)"


def test_quality__is_that_of_the_property(reader: SparkplugReader) -> None:
    made = payload_class()(timestamp=1, seq=0)
    for number in (192, 0, 500, 64):
        metric = made.metrics.add(name=f"T{number}", datatype=10, double_value=1.0)
        metric.properties.keys.append("Quality")
        metric.properties.values.add(type=3, int_value=number)
    said = reader.read("spBv1.0/G/NBIRTH/E", made.SerializeToString(), NOW)
    assert [one.quality for one in said.records] == ["Good", "Bad", "Stale", "Uncertain (64)"]
    assert said.records[0].time == datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=1)


def test_rebirth__is_a_command_to_the_edge_node() -> None:
    topic, payload = rebirth_request("G/E")
    assert topic == "spBv1.0/G/NCMD/E"
    metric = payload_class().FromString(payload).metrics[0]
    assert (metric.name, metric.boolean_value) == ("Node Control/Rebirth", True)


@given(st.binary(max_size=80), st.sampled_from(["NBIRTH", "DDATA", "NDEATH", "STATE"]))
def test_message__of_any_bytes_raises_nothing(payload: bytes, kind: str) -> None:
    reader = SparkplugReader(SparkplugB(kind="sparkplug_b"))
    reader.read(f"spBv1.0/G/{kind}/E", payload, NOW)
