"""Read payloads of Sparkplug B: names come from births, values from data messages, and a lost message asks for a rebirth."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from pipeline.domain.feeds import SparkplugB
from pipeline.history.live.message import Said
from pipeline.history.live.mqtt.sparkplug_payload import payload_class, rebirth_payload
from pipeline.history.live.record import GOOD, Record, record_of

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SIGNED = {1: 8, 2: 16, 3: 32, 4: 64}
"""Number of a signed type → its bits."""
_BIRTHS, _DATA, _DEATHS = ("NBIRTH", "DBIRTH"), ("NDATA", "DDATA"), ("NDEATH", "DDEATH")
_CONTROL = ("Node Control/", "Device Control/", "bdSeq")
"""Beginnings of the names of metrics that are no measurements."""
_QUALITIES = {0: "Bad", 192: GOOD, 500: "Stale"}


@dataclass(frozen=True)
class Place:
    """Where a message comes from: `spBv1.0/group/kind/node/device`."""

    group: str
    kind: str
    node: str
    device: str | None

    @property
    def edge(self) -> str:
        """The edge node, `group/node`."""
        return f"{self.group}/{self.node}"


@dataclass
class SparkplugReader:
    """Reads the messages of all edge nodes. Names behind aliases are kept, so that they can be saved."""

    form: SparkplugB
    names: dict[str, dict[str, tuple[str, int]]] = field(default_factory=dict)
    """Edge node → alias as text → name of the metric, and the number of its type."""
    _next: dict[str, int] = field(default_factory=dict)

    def read(self, topic: str, payload: bytes, received: datetime) -> Said:
        """Return what a message says. A message that is no payload of Sparkplug B is a problem."""
        place = place_of(topic)
        if place is None or place.kind not in (*_BIRTHS, *_DATA, *_DEATHS):
            return Said()
        try:
            message = payload_class().FromString(payload)
        except Exception:  # protobuf raises DecodeError, which needs its import
            return Said(problems=(f"a message of {place.edge} is no payload of Sparkplug B",))
        if place.kind in _DEATHS:
            return self._died(place)
        rebirth = self._lost(place, message)
        if place.kind == "NBIRTH":
            self.names[place.edge] = {}
        if place.kind in _BIRTHS:
            known = self.names.setdefault(place.edge, {})
            known |= {str(one.alias): (one.name, one.datatype) for one in message.metrics if one.HasField("alias")}
        records, unnamed = self._records(place, message, received)
        problems = () if not unnamed else (f"{unnamed} values of {place.edge} have an alias that no birth has named",)
        return Said(tuple(records), problems, place.edge if rebirth or unnamed else None)

    def _died(self, place: Place) -> Said:
        self._next.pop(place.edge, None) if place.kind == "NDEATH" else None
        who = f"The edge node {place.edge}" if place.device is None else f"The device {place.edge}/{place.device}"
        return Said(ended=f"{who} says that it has ended ({place.kind})")

    def _lost(self, place: Place, message: Any) -> bool:
        """Tell whether a message before this one was lost: the numbers of the messages of an edge node count to 255 and again."""
        expected = self._next.get(place.edge)
        number = int(message.seq) if message.HasField("seq") else 0
        self._next[place.edge] = (number + 1) % 256
        if place.kind == "NBIRTH":
            return False
        return expected != number if expected is not None else place.edge not in self.names

    def _records(self, place: Place, message: Any, received: datetime) -> tuple[list[Record], int]:
        known = self.names.get(place.edge, {})
        found, unnamed = [], 0
        own = {"device": place.device, "node": place.node, None: None}[self.form.equipment]
        for one in message.metrics:
            name, kind = (one.name, one.datatype) if one.name else known.get(str(one.alias), ("", 0))
            if not name:
                unnamed += 1
            elif not name.startswith(_CONTROL):
                stamp = one.timestamp if one.HasField("timestamp") else message.timestamp
                when = _EPOCH + timedelta(milliseconds=stamp) if 0 < stamp < 2**48 else received
                found.append(record_of(name, when, *_value(one, one.datatype or kind), equipment=own))
        return found, unnamed


def place_of(topic: str) -> Place | None:
    """Return where a message comes from; None if the topic is none of Sparkplug B.

    >>> place_of("spBv1.0/Plant1/DDATA/Edge1/V101").device
    'V101'
    """
    parts = topic.split("/")
    if parts[0] != "spBv1.0" or len(parts) not in (4, 5):
        return None
    return Place(parts[1], parts[2], parts[3], parts[4] if len(parts) == 5 else None)


def rebirth_request(edge: str) -> tuple[str, bytes]:
    """Return topic and payload of the command that asks an edge node (`group/node`) to state its names again."""
    group, _, node = edge.partition("/")
    return f"spBv1.0/{group}/NCMD/{node}", rebirth_payload()


def names_from(stored: Mapping[str, Mapping[str, Iterable[object]]]) -> dict[str, dict[str, tuple[str, int]]]:
    """Return names behind aliases as they were saved."""
    found: dict[str, dict[str, tuple[str, int]]] = {}
    for edge, names in stored.items():
        pairs = {alias: tuple(pair) for alias, pair in names.items()}
        found[edge] = {alias: (str(pair[0]), int(str(pair[1]))) for alias, pair in pairs.items()}
    return found


def _value(metric: Any, kind: int) -> tuple[object, str]:
    """The value of a metric, and its quality. kind: number of its type."""
    quality = _quality(metric)
    which = metric.WhichOneof("value")
    if metric.is_null or which is None:
        return None, quality if quality != GOOD else "Bad (no value)"
    value: object = getattr(metric, which)
    if isinstance(value, int) and which in ("int_value", "long_value") and kind in _SIGNED:
        return _signed(value, _SIGNED[kind]), quality
    if isinstance(value, bytes) or not isinstance(value, bool | int | float | str):
        return None, "Bad (no number: bytes, a table or a template)"
    return value, quality


def _signed(value: int, bits: int) -> int:
    """Read the two's complement of a negative number, which some senders write with 32 bits and some with those of the type.

    >>> _signed(2**32 - 3, 16), _signed(2**16 - 3, 16), _signed(3, 16)
    (-3, -3, 3)
    """
    for width in (64, 32, bits):
        if width >= bits and 2 ** (width - 1) <= value < 2**width:
            return value - (1 << width)
    return value


def _quality(metric: Any) -> str:
    """The quality that a metric states in its property `Quality`."""
    keys = list(metric.properties.keys)
    if "Quality" not in keys:
        return GOOD
    stated = metric.properties.values[keys.index("Quality")]
    number = int(stated.int_value or stated.long_value)
    good = 192 <= number < 256
    return _QUALITIES.get(number, GOOD if good else f"Uncertain ({number})")
