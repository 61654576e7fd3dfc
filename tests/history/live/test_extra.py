"""Without the libraries of live feeds, a sentence says how to install them."""

import sys

import pytest

from pipeline.domain.errors import ScalebridgeError
from pipeline.history.live.extra import needs_extra
from pipeline.history.live.mqtt.client import mqtt_library
from pipeline.history.live.mqtt.sparkplug_payload import payload_class
from pipeline.history.live.opcua.library import opcua_library


@pytest.mark.parametrize(
    ("library", "load"),
    [("asyncua", opcua_library), ("paho.mqtt", mqtt_library), ("google.protobuf", payload_class.__wrapped__)],
)
def test_library__that_is_missing_is_a_sentence(library: str, load: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(ScalebridgeError, match=r"not installed: pip install 'scalebridge\[live\]'"):
        load()  # type: ignore[operator]


def test_sentence__names_what_needs_the_libraries() -> None:
    assert str(needs_extra("Alarms by MQTT")).startswith("Alarms by MQTT need libraries that are not installed")
