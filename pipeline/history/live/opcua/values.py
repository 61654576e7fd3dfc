"""Records of the data values that an OPC UA server sends."""

from datetime import UTC, datetime
from math import isfinite
from typing import Any

from pipeline.history.live.opcua.nodes import NodeOfTag
from pipeline.history.live.opcua.status import quality_of
from pipeline.history.live.record import GOOD, Record, record_of

BEGINNING = datetime(1970, 1, 2, tzinfo=UTC)
"""A time before all records."""


def record_of_value(node: NodeOfTag, value: Any) -> Record:
    """Return the record of a data value that a server sent.

    A value without any time gets the time BEGINNING, and says so in its quality.
    """
    code = value.StatusCode.value if value.StatusCode is not None else 0
    when = value.SourceTimestamp or value.ServerTimestamp
    held = None if value.Value is None else value.Value.Value
    if type(held) is float and isfinite(held) and code == 0 and when is not None and when.tzinfo is not None:
        return Record(node.tag, when, held, GOOD, node.equipment)  # nearly all records
    quality = quality_of(code)
    if when is None:
        when, quality = BEGINNING, "Bad (no time of the source)"
    return record_of(node.tag, when if when.tzinfo else when.replace(tzinfo=UTC), held, quality, node.equipment)
