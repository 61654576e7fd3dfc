"""Declarations of feeds: what cannot work is refused when the definition is read."""

from typing import Any

import pytest

from pipeline.domain.config_files import parse
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.feeds import MqttFeed, OpcUaPull
from pipeline.domain.sources import Source

OPCUA: dict[str, Any] = {
    "kind": "opcua",
    "connection": "plant",
    "nodes": {"TI": "ns=2;s={equipment}.TI"},
    "equipment": ["V1", "V2"],
}
MQTT: dict[str, Any] = {"kind": "mqtt", "connection": "broker", "topics": ["plant/{equipment}/{tag}"]}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"nodes": {"TI": "V1.TI"}}, "is no NodeId; write for example"),
        ({"nodes": {"TI": "ns=2;s={vessel}.TI"}}, r"holds \{vessel\}; a node may hold \{equipment\}"),
        ({"nodes": {"TI": "ns=2;s={equipment}.TI", "PHI": "i=7"}}, "some nodes hold {equipment} and others do not"),
        ({"nodes": {"TI": "ns=2;s=V1.TI"}}, "`equipment` names 2 vessels, and no node holds"),
        ({"equipment": []}, "equipment"),
        ({"values": "interpolated"}, "`interval` and `values: interpolated` belong together"),
        ({"interval": "10 min"}, "`interval` and `values: interpolated` belong together"),
        ({"sampling": "fast"}, "is no length of time"),
        ({"stopped_after": "0 s"}, "must be longer than 0"),
        ({"since": "last year"}, "is no time; write for example 2024-01-01"),
        ({"connection": "opc.tcp://host"}, "is no name of a connection"),
    ],
)
def test_opcua__what_cannot_work_is_refused(changes: dict[str, Any], words: str) -> None:
    parse(OpcUaPull, OPCUA, "x")
    with pytest.raises(ScalebridgeError, match=words):
        parse(OpcUaPull, OPCUA | changes, "x")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"topics": ["plant/#/x"]}, "'#' may only be its last level"),
        ({"topics": ["plant/V{equipment}/{tag}"]}, "the level 'V{equipment}' must be"),
        ({"topics": ["plant/{vessel}/{tag}"]}, "the level '{vessel}' must be"),
        ({"topics": ["plant/+"]}, "nothing names the tag"),
        ({"topics": ["plant/{tag}"], "payload": {"kind": "sparkplug_b"}}, "is no topic of Sparkplug B"),
        ({"topics": []}, "topics"),
    ],
)
def test_mqtt__what_cannot_work_is_refused(changes: dict[str, Any], words: str) -> None:
    parse(MqttFeed, MQTT, "x")
    with pytest.raises(ScalebridgeError, match=words):
        parse(MqttFeed, MQTT | changes, "x")


def test_mqtt__a_payload_may_name_the_tag() -> None:
    for payload in ({"tag": "name"}, {"values": "v"}):
        parse(MqttFeed, MQTT | {"topics": ["plant/+"], "payload": {"kind": "json", **payload}}, "x")


def test_source__of_opcua_needs_vessels() -> None:
    fields = {"gives": "trajectories", "pull": OPCUA, "time": "time", "tag": "tag", "value": "value", "tags": {"TI": "t"}}
    parse(Source, fields | {"of_equipment": {"column": "equipment", "attribute": "vessel"}}, "x")
    with pytest.raises(ScalebridgeError, match="records of OPC UA name no batch"):
        parse(Source, fields | {"batch": "batch"}, "x")
