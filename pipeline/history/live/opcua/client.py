"""The client of an OPC UA server: follow tags by a subscription, and fill from the history what was missed."""

import asyncio
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from pipeline.domain.errors import ScalebridgeError, listed
from pipeline.domain.feeds import OpcUaPull
from pipeline.domain.times.lag import lag
from pipeline.history.live.address import Address
from pipeline.history.live.backoff import waits
from pipeline.history.live.opcua.history import NoHistoryError, all_pages
from pipeline.history.live.opcua.library import opcua_library
from pipeline.history.live.opcua.nodes import NodeOfTag
from pipeline.history.live.opcua.session import ANSWER, server_of, session
from pipeline.history.live.opcua.status import quality_of, reason
from pipeline.history.live.opcua.values import record_of_value
from pipeline.history.live.sink import Sink

QUEUE = 1_000
"""Records of one tag that the server keeps between two messages."""
PUBLISHED = 250
"""Interval of the messages of a subscription [ms]."""
ALIVE = 2.0
"""Seconds between two questions whether the server is there."""
OVERLAP = timedelta(minutes=10)
"""How far before the newest record the history is read again: records may reach a server late."""
_OVERFLOW = 0x0480
"""Bits of a status code that say that the server threw away older values."""
_NOTHING_YET = "BadWaitingForInitialData"
"""Quality of a tag that has no value yet. It is no record."""


@dataclass
class OpcUaClient:
    """Follows tags of a server until it is told to stop. What was missed is read from the history, where the server has one."""

    pull: OpcUaPull
    address: Address
    nodes: Sequence[NodeOfTag]
    sink: Sink
    begin: datetime | None = None
    """From when on the history is read at first; None: from now on."""
    limit: float = 30.0
    """Longest wait between two attempts to connect [s]."""
    _by_node: dict[str, NodeOfTag] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check that the library is there."""
        opcua_library()

    def run(self, stop: threading.Event) -> None:
        """Follow the tags until `stop` is set.

        Raises ScalebridgeError if a node does not exist.
        """
        asyncio.run(self._run(stop))

    async def _run(self, stop: threading.Event) -> None:
        pauses = waits(limit=self.limit)
        while not stop.is_set():
            try:
                async with session(self.address, self.pull.connection) as client:
                    await self._follow(client, stop)
                    pauses = waits(limit=self.limit)
            except _UnknownNodeError as error:
                raise ScalebridgeError(str(error)) from None
            except _LostError as lost:
                pauses = waits(limit=self.limit)
                self.sink.off(str(lost))
            except ScalebridgeError as error:
                self.sink.off(_lowered(str(error)))
            await _pause(stop, next(pauses))

    async def _follow(self, client: Any, stop: threading.Event) -> None:
        """Subscribe, fill what is missing from the history, and take what comes."""
        who = f"the {server_of(self.pull.connection)}"
        try:
            subscription = await client.create_subscription(PUBLISHED, queue_maxsize=0)
            await self._monitor(subscription, client, who)
            before = {node: self.sink.arrivals.newest(node.tag) for node in self.nodes}
            missed_from = self.sink.arrivals.last()
            self.sink.on(f"connected to {who}, {len(self.nodes)} tags")
            await self._fill(client, before, missed_from)
            await self._take(client, subscription, stop)
        except (OSError, TimeoutError, RuntimeError) as error:
            raise _LostError(f"the connection to {who} was lost ({reason(error)})") from None

    async def _monitor(self, subscription: Any, client: Any, who: str) -> None:
        """Subscribe to all tags: also a value that stays the same is reported, if its time is new."""
        ua = opcua_library().ua
        told = ua.DataChangeFilter(Trigger=ua.DataChangeTrigger.StatusValueTimestamp)
        interval = lag(self.pull.sampling).total_seconds() * 1000
        nodes = [client.get_node(node.node) for node in self.nodes]
        self._by_node = {node.nodeid.to_string(): one for node, one in zip(nodes, self.nodes, strict=True)}
        made = [
            subscription._make_monitored_item_request(
                node, ua.AttributeIds.Value, told, QUEUE, ua.MonitoringMode.Reporting, interval
            )
            for node in nodes
        ]
        answers = await subscription.create_monitored_items(made)
        for one, answer in zip(self.nodes, answers, strict=True):
            if isinstance(answer, ua.StatusCode):
                raise _UnknownNodeError(
                    f"{who} does not let tag '{one.tag}' ({one.node}) be followed: {quality_of(answer.value)}. Correct `nodes`, "
                    "or `equipment`, of the source"
                )

    async def _fill(self, client: Any, newest: Mapping[NodeOfTag, datetime | None], missed_from: datetime | None) -> None:
        """Read the history since the newest record of each tag. Without a history, say that what was missed is missing."""
        begin = {node: self.begin if when is None else when - OVERLAP for node, when in newest.items()}
        wanted = [node for node in self.nodes if begin[node] is not None]
        now = self.sink.clock()
        known = [when for when in newest.values() if when is not None]
        end = max([now, *known]) + timedelta(days=1)
        try:
            await self._read(client, wanted, begin, end)
        except NoHistoryError as error:
            if missed_from is not None:
                self.sink.gap(_lowered(str(error)), missed_from, now)
            else:
                self.sink.problem(_lowered(str(error)))

    async def _read(
        self, client: Any, nodes: Sequence[NodeOfTag], begin: Mapping[NodeOfTag, datetime | None], end: datetime
    ) -> None:
        raw = replace(self.pull, values="raw", interval=None)
        async for page in all_pages(client, raw, nodes, begin, end):
            await asyncio.to_thread(self.sink.receive, page)

    async def _take(self, client: Any, subscription: Any, stop: threading.Event) -> None:
        """Write what comes to the disk, and ask every two seconds whether the server is there."""
        asked = asyncio.get_running_loop().time()
        while not stop.is_set():
            events = await _arrived(subscription)
            if events:
                await self._keep(client, events)
            now = asyncio.get_running_loop().time()
            if now - asked > ALIVE:
                await asyncio.wait_for(client.nodes.server_state.read_value(), ANSWER)
                if subscription.is_stale(3.0):
                    raise ConnectionError("its subscription gives no sign of life")
                asked = now

    async def _keep(self, client: Any, events: Sequence[Any]) -> None:
        items = [
            (self._by_node[one.node.nodeid.to_string()], one.data.monitored_item.Value)
            for one in events
            if hasattr(one, "data")
        ]
        records = [record_of_value(node, value) for node, value in items]
        await asyncio.to_thread(self.sink.receive, [one for one in records if one.quality != _NOTHING_YET])
        lost = [
            node for node, value in items if value.StatusCode is not None and value.StatusCode.value & _OVERFLOW == _OVERFLOW
        ]
        if lost:
            tags = listed(sorted({node.tag for node in lost}))
            newest = {node: self.sink.arrivals.newest(node.tag) for node in lost}
            self.sink.problem(f"the server threw away values of {tags}, which came faster than it could send")
            await self._fill(client, newest, self.sink.arrivals.last())


class _LostError(Exception):
    """The connection was lost."""


class _UnknownNodeError(Exception):
    """A node does not exist, so that another attempt does not help."""


async def _arrived(subscription: Any) -> list[Any]:
    """Return what has arrived, after waiting for it for a moment."""
    first = await subscription.next_event(timeout=0.25)
    events = [] if first is None else [first]
    while events and not subscription._event_queue.empty():
        events.append(await subscription.next_event())
    return events


async def _pause(stop: threading.Event, seconds: float) -> None:
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while not stop.is_set() and loop.time() < end:
        await asyncio.sleep(0.05)


def _lowered(sentence: str) -> str:
    """A sentence as it stands within another one."""
    return sentence[0].lower() + sentence[1:].rstrip(".") if sentence.startswith("The ") else sentence.rstrip(".")
