"""Sources that are not files: OPC UA servers and MQTT brokers. What is pulled or received of them is a long table."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator
from pydantic.dataclasses import dataclass

from pipeline.domain.pulls import Overlap, PullParts, Values
from pipeline.domain.strict_config import STRICT
from pipeline.domain.times.lag import lag

EQUIPMENT, TAG, BATCH = "{equipment}", "{tag}", "{batch}"
"""What stands for the name of a vessel, of a tag and of a batch in a node or a topic."""
_BRACES = re.compile(r"\{[^{}]*\}|[{}]")


RECORD_KEY = ("tag", "equipment", "batch", "time", "nth")
"""Columns that identify a record. `nth` tells records of one tag and one time apart."""


def _day(text: str) -> str:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"'{text}' is no time; write for example 2024-01-01") from None
    return text


def _span(text: str) -> str:
    try:
        found = lag(text)
    except Exception:
        raise ValueError(f"'{text}' is no length of time; write for example '10 min', '30 s' or '1 h'") from None
    if not found.total_seconds() > 0:
        raise ValueError(f"'{text}' must be longer than 0")
    return text


def _node(text: str) -> str:
    if not re.fullmatch(r"(ns=\d+;)?[isgb]=.+|nsu=[^;]+;[isgb]=.+", text):
        raise ValueError(f"'{text}' is no NodeId; write for example 'ns=2;s=V101.TI' or 'ns=2;i=1001'")
    if other := [part for part in _BRACES.findall(text) if part != EQUIPMENT]:
        raise ValueError(f"'{text}' holds {other[0]}; a node may hold {EQUIPMENT}")
    return text


def _topic(text: str) -> str:
    levels = text.split("/")
    if not text or "\0" in text or any("#" in level and level != "#" for level in levels) or "#" in levels[:-1]:
        raise ValueError(f"'{text}' is no topic of MQTT; '#' may only be its last level")
    for level in levels:
        if ("+" in level and level != "+") or (_BRACES.search(level) and level not in (EQUIPMENT, TAG, BATCH)):
            raise ValueError(f"'{text}': the level '{level}' must be a plain text, '+', {TAG}, {EQUIPMENT} or {BATCH}")
    return text


Span = Annotated[str, AfterValidator(_span)]
NodeText = Annotated[str, AfterValidator(_node)]
Topic = Annotated[str, AfterValidator(_topic)]


@dataclass(config=STRICT, frozen=True, kw_only=True)
class FeedParts(PullParts):
    """What every feed has. It gives records of tags, each with its time."""

    @property
    def key(self) -> tuple[str, ...]:
        """Columns that identify a record."""
        return RECORD_KEY

    @property
    def watermark(self) -> str:
        """Column that grows with each record."""
        return "time"


@dataclass(config=STRICT, frozen=True, kw_only=True)
class OpcUaPull(FeedParts):
    """Tags of an OPC UA server. Their history is pulled by HistoryRead; a running batch is followed by a subscription.

    What is pulled has the columns `time` (of the source, UTC), `tag`, `value`, `quality` (name of the status code) and `equipment`.
    The source therefore declares `of_equipment: {column: equipment, …}`.
    """

    kind: Literal["opcua"]
    nodes: Mapping[str, NodeText] = Field(min_length=1)
    """Tag → NodeId, such as `{TI: "ns=2;s={equipment}.TI"}`. `{equipment}` stands for each of `equipment`."""
    equipment: tuple[str, ...] = Field(min_length=1)
    """Vessels whose nodes are read. Where no node holds `{equipment}`, the one vessel that the nodes belong to."""
    since: Annotated[str, AfterValidator(_day)] | None = None
    """Time from which the first snapshot reads the history, ISO 8601 in UTC, such as `2024-01-01`. Default: all that there is."""
    overlap: Overlap | None = None
    """How far before its newest record the history of a tag is read again, for records that came late. Default: 1 h."""
    values: Values = "raw"
    """`raw`: the records as they were stored. `interpolated`: values that the server computes at a fixed interval, where it can."""
    interval: Span | None = None
    """Interval of interpolated values, such as `10 min`."""
    sampling: Span = "1 s"
    """How often the server looks for a new value of a followed tag."""
    stopped_after: Span | None = None
    """Time without a record after which a followed tag counts as silent. Default: five times its usual interval."""

    @model_validator(mode="after")
    def _whole(self) -> "OpcUaPull":
        if (self.values == "interpolated") != (self.interval is not None):
            raise ValueError("`interval` and `values: interpolated` belong together; give both, or none of them")
        named = [EQUIPMENT in node for node in self.nodes.values()]
        if any(named) and not all(named):
            raise ValueError(f"some nodes hold {EQUIPMENT} and others do not; write it in all of them, or in none")
        if not any(named) and len(self.equipment) > 1:
            raise ValueError(f"`equipment` names {len(self.equipment)} vessels, and no node holds {EQUIPMENT}")
        return self


@dataclass(config=STRICT, frozen=True, kw_only=True)
class PlainJson:
    """A payload of JSON: a number, an object with one value, an object with the values of several tags, or a list of objects."""

    kind: Literal["json"] = "json"
    value: str = "value"
    """Key of the value."""
    time: str | None = "time"
    """Key of the time. None: the message has no time, and the time at which it was received is used."""
    time_format: Literal["iso", "s", "ms", "us"] = "iso"
    """How the time is written: ISO 8601 with a zone, or a number since 1970 in seconds, milliseconds or microseconds."""
    tag: str | None = None
    """Key of the tag, where the topic does not name it."""
    quality: str | None = None
    """Key of the quality. Without it every record is `Good`."""
    equipment: str | None = None
    """Key of the vessel, where the topic does not name it."""
    batch: str | None = None
    """Key of the batch, where the topic does not name it."""
    values: str | None = None
    """Key of an object that holds a value per tag, such as `{"TI": 36.5, "PHI": 7.1}`. Then `value` and `tag` are not used."""


@dataclass(config=STRICT, frozen=True, kw_only=True)
class SparkplugB:
    """A payload of Sparkplug B. Names behind aliases come from births; after a lost message a rebirth is asked for."""

    kind: Literal["sparkplug_b"]
    equipment: Literal["device", "node"] | None = "device"
    """Whether the device or the edge node of the topic is the vessel."""


Payload = Annotated[PlainJson | SparkplugB, Field(discriminator="kind")]


@dataclass(config=STRICT, frozen=True, kw_only=True)
class MqttFeed(FeedParts):
    """Topics of an MQTT broker. A broker has no history: what `scalebridge watch --follow` received is what a snapshot holds."""

    kind: Literal["mqtt"]
    values: Values = "raw"
    """`raw`: the records as the sender measured them. `interpolated`: values that the sender computed between them."""
    topics: tuple[Topic, ...] = Field(min_length=1)
    """Topics, such as `plant/{equipment}/{tag}`: a level in braces says what it names. `+` and `#` are those of MQTT."""
    payload: Payload = Field(default_factory=PlainJson)
    """How a message is written."""
    overlap: Overlap | None = None
    """How far before the newest record a snapshot compares what was received with what it holds. Default: 1 h."""
    stopped_after: Span | None = None
    """Time without a record after which a tag counts as silent. Default: five times its usual interval."""

    @model_validator(mode="after")
    def _tags_are_named(self) -> "MqttFeed":
        if isinstance(self.payload, SparkplugB):
            if wrong := [topic for topic in self.topics if not topic.startswith("spBv1.0/") or "{" in topic]:
                raise ValueError(f"'{wrong[0]}' is no topic of Sparkplug B; write for example 'spBv1.0/Plant1/#'")
            return self
        if self.payload.tag is None and self.payload.values is None and not all(TAG in one for one in self.topics):
            raise ValueError(
                f"nothing names the tag; write {TAG} as a level of each topic, or declare `payload.tag` or `values`"
            )
        return self
