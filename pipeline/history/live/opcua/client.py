"""The client of an OPC UA server: read the history of many tags, and follow tags by a subscription."""

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from math import isfinite
from typing import Any, NamedTuple

from pipeline.domain.errors import ScalebridgeError, first_line, listed
from pipeline.domain.feeds import OpcUaPull
from pipeline.domain.times.lag import lag
from pipeline.history.live.address import Address
from pipeline.history.live.backoff import waits
from pipeline.history.live.extra import needs_extra
from pipeline.history.live.record import GOOD, Record, record_of
from pipeline.history.live.sink import Sink

OPCUA_SCHEMES, OPCUA_OPTIONS = ("opc.tcp",), ("security", "application_uri")
"""What an address of a server begins with, and its options: `Policy,Mode,certificate,key[,certificate of the server]`, and the URI
in the certificate of the client."""
PAGE = 10_000
"""Most records of one tag that one answer may hold."""
NODES = 50
"""Tags per call."""
ANSWER = 30.0
"""Longest time for an answer of the server [s]."""
QUEUE = 1_000
"""Records of one tag that the server keeps between two messages."""
PUBLISHED = 250
"""Interval of the messages of a subscription [ms]."""
ALIVE = 2.0
"""Seconds between two questions whether the server is there."""
OVERLAP = timedelta(minutes=10)
"""How far before the newest record the history is read again: records may reach a server late."""
_BEGINNING = datetime(1970, 1, 2, tzinfo=UTC)
_OVERFLOW = 0x0480
"""Bits of a status code that say that the server threw away older values."""
_NO_HISTORY = frozenset(
    (
        "BadAggregateNotSupported",
        "BadHistoryOperationInvalid",
        "BadHistoryOperationUnsupported",
        "BadNoDataAvailable",
        "BadNotImplemented",
        "BadNotReadable",
        "BadNotSupported",
        "BadServiceUnsupported",
        "BadUserAccessDenied",
    )
)
_NOTHING_YET = "BadWaitingForInitialData"
"""Quality of a tag that has no value yet. It is no record."""
_NOT_THERE = frozenset(("BadNodeIdUnknown", "BadNodeIdInvalid", "BadAttributeIdInvalid"))


class NodeOfTag(NamedTuple):
    """A node that is read, and what its records are of."""

    tag: str
    equipment: str | None
    node: str


class NoHistoryError(ScalebridgeError):
    """The server keeps no history of a node."""


def opcua_library() -> Any:
    """Return the library of OPC UA.

    Raises ScalebridgeError if it is not installed.
    """
    try:
        import asyncua
        import asyncua.ua.uaerrors
    except ImportError:
        raise needs_extra("Sources by OPC UA") from None
    quiet = logging.getLogger("asyncua")
    quiet.propagate = False  # what goes wrong is said in sentences
    if not quiet.handlers:
        quiet.addHandler(logging.NullHandler())
    return asyncua


@asynccontextmanager
async def session(address: Address, connection: str) -> AsyncIterator[Any]:
    """Open a session with a server, and close it at the end.

    Raises ScalebridgeError if the server cannot be reached or refuses the session. A message never holds the address.
    """
    library = opcua_library()
    # the library asks on its own whether the server is there; a server that computes a large page answers late
    client = library.Client(address.bare, timeout=ANSWER, watchdog_intervall=ANSWER)
    who = f"the OPC UA server of connection '{connection}'"
    try:
        if address.user is not None:
            client.set_user(address.user)
            client.set_password(address.password or "")
        if (security := address.option("security")) is not None:
            await client.set_security_string(security)
            client.application_uri = address.option("application_uri") or client.application_uri
        await asyncio.wait_for(client.connect(), ANSWER)
    except Exception as error:
        with suppress(Exception):
            client.disconnect_socket()
        raise ScalebridgeError(_refusal(who, error, library.ua)) from None
    try:
        yield client
    finally:
        with suppress(Exception):
            await asyncio.wait_for(client.disconnect(), 5)


def _refusal(who: str, error: BaseException, ua: Any) -> str:
    who = who[0].upper() + who[1:]
    if isinstance(error, ua.UaError):
        return f"{who} refused the session ({_short(error)}); check user, password and certificate of the connection"
    if isinstance(error, TimeoutError):
        return f"{who} did not answer within {ANSWER:g} s"
    if isinstance(error, FileNotFoundError):
        return f"{who}: a certificate or key of its address does not exist: {error.filename}"
    if isinstance(error, OSError):
        return f"{who} cannot be reached ({type(error).__name__}); check that it runs, and the address of the connection"
    return f"{who} cannot be used: {first_line(error)}"


def _short(error: BaseException) -> str:
    """The name of a status code, or the first line of an error."""
    code = getattr(error, "code", None)
    if isinstance(code, int):
        return quality_of(code)
    return first_line(error)


def quality_of(code: int) -> str:
    """Return the name of a status code; `Good` for the plain good one, whatever its further bits say of the value's place."""
    if code & 0xFFFF0000 == 0:
        return GOOD
    from asyncua.ua.status_codes import get_name_and_doc

    return str(get_name_and_doc(code & 0xFFFF0000)[0])


@dataclass(frozen=True)
class HistorySession:
    """A session with a server for reading its history."""

    pull: OpcUaPull
    client: Any
    run: Callable[..., Any]
    """Runs a coroutine to its end."""

    def version(self) -> str:
        """Return the version of the server's software."""
        ua = opcua_library().ua
        node = self.client.get_node(ua.NodeId(ua.ObjectIds.Server_ServerStatus_BuildInfo_SoftwareVersion))
        with suppress(Exception):
            return str(self.run(node.read_value()))
        return "unknown"

    def check(self, nodes: Sequence[NodeOfTag]) -> None:
        """Raise ScalebridgeError if a node does not exist."""
        for first in range(0, len(nodes), NODES):
            self.run(_check_nodes(self.client, self.pull, nodes[first : first + NODES]))

    def pages(
        self, nodes: Sequence[NodeOfTag], begin: Mapping[NodeOfTag, datetime | None], end: datetime
    ) -> Iterator[list[Record]]:
        """Yield the history of nodes page by page.

        begin: node → from when on; None: all that there is. Raises ScalebridgeError if the server refuses, has no history of a
        node, or ends in the middle.
        """
        pages = _all_pages(self.client, self.pull, nodes, begin, end)
        while True:
            try:
                page = self.run(anext(pages))
            except StopAsyncIteration:
                return
            yield page


@contextmanager
def history_session(address: Address, pull: OpcUaPull) -> Iterator[HistorySession]:
    """Open a session for reading history. Raises ScalebridgeError as `session` does."""
    with asyncio.Runner() as runner:
        opened = session(address, pull.connection)
        client = runner.run(_entered(opened))
        try:
            yield HistorySession(pull, client, lambda what: runner.run(_awaited(what)))
        finally:
            runner.run(_left(opened))


async def _entered(opened: AbstractAsyncContextManager[Any]) -> Any:
    return await opened.__aenter__()


async def _left(opened: AbstractAsyncContextManager[Any]) -> None:
    await opened.__aexit__(None, None, None)


async def _awaited(what: Awaitable[Any]) -> Any:
    return await what


async def _check_nodes(client: Any, pull: OpcUaPull, nodes: Sequence[NodeOfTag]) -> None:
    """Raise ScalebridgeError if a node does not exist. Some servers give an empty history of such a node."""
    ua = opcua_library().ua
    who = f"The OPC UA server of connection '{pull.connection}'"
    try:
        found = await client.read_attributes([client.get_node(one.node) for one in nodes], ua.AttributeIds.NodeClass)
    except (OSError, TimeoutError, ua.UaError) as error:
        raise ScalebridgeError(f"The connection to {_lowered(who)} was lost ({_short(error)}); nothing was read") from None
    missing = [f"'{one.tag}' ({one.node})" for one, value in zip(nodes, found, strict=True) if value.StatusCode.is_bad()]
    if missing:
        raise ScalebridgeError(
            f"{who} has no node for tag {listed(missing)}. Correct `nodes`, or `equipment`, of the source"
        )


async def _all_pages(
    client: Any,
    pull: OpcUaPull,
    nodes: Sequence[NodeOfTag],
    begin: Mapping[NodeOfTag, datetime | None],
    end: datetime,
) -> AsyncIterator[list[Record]]:
    """Yield all pages. Nodes that begin at the same time share their calls."""
    groups: dict[datetime, list[NodeOfTag]] = {}
    for node in nodes:
        groups.setdefault(begin.get(node) or _BEGINNING, []).append(node)
    for start, group in groups.items():
        for first in range(0, len(group), NODES):
            async for page in _pages(client, pull, group[first : first + NODES], start, end):
                yield page


async def _pages(
    client: Any, pull: OpcUaPull, nodes: Sequence[NodeOfTag], start: datetime, end: datetime
) -> AsyncIterator[list[Record]]:
    """Yield the pages of some nodes; each page holds records of all nodes that have further ones."""
    ua = opcua_library().ua
    open_nodes: list[tuple[NodeOfTag, bytes | None]] = [(node, None) for node in nodes]
    who = f"The OPC UA server of connection '{pull.connection}'"
    while open_nodes:
        results = await _answer(client, pull, open_nodes, start, end)
        further, page = [], []
        for (node, point), result in zip(open_nodes, results, strict=True):
            _check(result, node, pull, who)
            page += [_record(ua, node, one) for one in getattr(result.HistoryData, "DataValues", None) or ()]
            if result.ContinuationPoint:
                if result.ContinuationPoint == point:
                    raise ScalebridgeError(f"{who} gives the same page of tag '{node.tag}' ({node.node}) again and again")
                further.append((node, result.ContinuationPoint))
        yield page
        open_nodes = further


async def _answer(
    client: Any, pull: OpcUaPull, nodes: Sequence[tuple[NodeOfTag, bytes | None]], start: datetime, end: datetime
) -> Any:
    """Ask for one page of each node."""
    ua = opcua_library().ua
    params = ua.HistoryReadParameters()
    params.HistoryReadDetails = _details(ua, pull, len(nodes), start, end)
    params.TimestampsToReturn = ua.TimestampsToReturn.Source
    params.ReleaseContinuationPoints = False
    params.NodesToRead = [
        ua.HistoryReadValueId(NodeId=ua.NodeId.from_string(node.node), ContinuationPoint=point) for node, point in nodes
    ]
    who = f"OPC UA server of connection '{pull.connection}'"
    try:
        return await client.uaclient.history_read(params)
    except (OSError, TimeoutError, ua.UaError) as error:
        if isinstance(error, ua.UaStatusCodeError) and quality_of(error.code) in _NO_HISTORY:
            raise NoHistoryError(f"The {who} gives no history ({quality_of(error.code)})") from None
        raise ScalebridgeError(
            f"The connection to the {who} was lost while its history was read ({_short(error)}). Nothing of this reading is kept; "
            "read it again"
        ) from None


def _details(ua: Any, pull: OpcUaPull, count: int, start: datetime, end: datetime) -> Any:
    """What is asked of the history: the records as they are, or values at a fixed interval."""
    if pull.interval is None:
        return ua.ReadRawModifiedDetails(
            IsReadModified=False, StartTime=start, EndTime=end, NumValuesPerNode=PAGE, ReturnBounds=False
        )
    return ua.ReadProcessedDetails(
        StartTime=start,
        EndTime=end,
        ProcessingInterval=lag(pull.interval).total_seconds() * 1000,
        AggregateType=[ua.NodeId(ua.ObjectIds.AggregateFunction_Interpolative)] * count,
        AggregateConfiguration=ua.AggregateConfiguration(UseServerCapabilitiesDefaults=True),
    )


def _check(result: Any, node: NodeOfTag, pull: OpcUaPull, who: str) -> None:
    """Raise ScalebridgeError if a server has no history of a node."""
    if not result.StatusCode.is_bad():
        return
    why = quality_of(result.StatusCode.value)
    if why == "BadNoData":
        return
    what = f"tag '{node.tag}' ({node.node})"
    if why in _NOT_THERE:
        raise ScalebridgeError(f"{who} has no node for {what}: {why}. Correct `nodes`, or `equipment`, of the source")
    if pull.interval is not None and why in _NO_HISTORY:
        raise NoHistoryError(
            f"{who} computes no interpolated values of {what}: {why}. Declare `values: raw`, which asks no computation of it"
        )
    raise NoHistoryError(f"{who} gives no history of {what}: {why}. Ask its owner to record the history of this node")


def _record(ua: Any, node: NodeOfTag, value: Any) -> Record:
    """One record of a data value of the server."""
    code = value.StatusCode.value if value.StatusCode is not None else 0
    when = value.SourceTimestamp or value.ServerTimestamp
    held = None if value.Value is None else value.Value.Value
    if type(held) is float and isfinite(held) and code == 0 and when is not None and when.tzinfo is not None:
        return Record(node.tag, when, held, GOOD, node.equipment)  # nearly all records
    quality = quality_of(code)
    if when is None:
        when, quality = _BEGINNING, "Bad (no time of the source)"
    return record_of(node.tag, when if when.tzinfo else when.replace(tzinfo=UTC), held, quality, node.equipment)


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
        who = f"the OPC UA server of connection '{self.pull.connection}'"
        try:
            subscription = await client.create_subscription(PUBLISHED, queue_maxsize=0)
            await self._monitor(subscription, client, who)
            before = {node: self.sink.arrivals.newest(node.tag) for node in self.nodes}
            missed_from = self.sink.arrivals.last()
            self.sink.on(f"connected to {who}, {len(self.nodes)} tags")
            await self._fill(client, before, missed_from)
            await self._take(client, subscription, stop)
        except (OSError, TimeoutError, RuntimeError) as error:
            raise _LostError(f"the connection to {who} was lost ({_short(error)})") from None

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
        async for page in _all_pages(client, raw, nodes, begin, end):
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
        ua = opcua_library().ua
        items = [
            (self._by_node[one.node.nodeid.to_string()], one.data.monitored_item.Value)
            for one in events
            if hasattr(one, "data")
        ]
        records = [_record(ua, node, value) for node, value in items]
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


def nodes_of(pull: OpcUaPull, equipment: Sequence[str]) -> tuple[NodeOfTag, ...]:
    """Return all nodes of a source for some vessels.

    >>> pull = OpcUaPull(kind="opcua", connection="plant", nodes={"TI": "ns=2;s={equipment}.TI"}, equipment=("V1", "V2"))
    >>> [one.node for one in nodes_of(pull, pull.equipment)]
    ['ns=2;s=V1.TI', 'ns=2;s=V2.TI']
    """
    return tuple(
        NodeOfTag(tag, vessel, node.replace("{equipment}", vessel))
        for vessel in equipment
        for tag, node in pull.nodes.items()
    )
