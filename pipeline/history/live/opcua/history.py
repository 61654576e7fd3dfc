"""The history that an OPC UA server keeps: the records of many tags, page by page."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pipeline.domain.errors import ScalebridgeError, listed
from pipeline.domain.feeds import OpcUaPull
from pipeline.domain.times.lag import lag
from pipeline.history.live.address import Address
from pipeline.history.live.opcua.library import opcua_library
from pipeline.history.live.opcua.nodes import NodeOfTag
from pipeline.history.live.opcua.session import server_of, session
from pipeline.history.live.opcua.status import quality_of, reason
from pipeline.history.live.opcua.values import BEGINNING, record_of_value
from pipeline.history.live.record import Record

PAGE = 10_000
"""Most records of one tag that one answer may hold."""
NODES = 50
"""Tags per call."""
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
_NOT_THERE = frozenset(("BadNodeIdUnknown", "BadNodeIdInvalid", "BadAttributeIdInvalid"))


class NoHistoryError(ScalebridgeError):
    """The server keeps no history of a node."""


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
        pages = all_pages(self.client, self.pull, nodes, begin, end)
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
    who = server_of(pull.connection)
    try:
        found = await client.read_attributes([client.get_node(one.node) for one in nodes], ua.AttributeIds.NodeClass)
    except (OSError, TimeoutError, ua.UaError) as error:
        raise ScalebridgeError(f"The connection to the {who} was lost ({reason(error)}); nothing was read") from None
    missing = [f"'{one.tag}' ({one.node})" for one, value in zip(nodes, found, strict=True) if value.StatusCode.is_bad()]
    if missing:
        raise ScalebridgeError(
            f"The {who} has no node for tag {listed(missing)}. Correct `nodes`, or `equipment`, of the source"
        )


async def all_pages(
    client: Any,
    pull: OpcUaPull,
    nodes: Sequence[NodeOfTag],
    begin: Mapping[NodeOfTag, datetime | None],
    end: datetime,
) -> AsyncIterator[list[Record]]:
    """Yield all pages. Nodes that begin at the same time share their calls.

    begin: node → from when on; None: all that there is. Raises ScalebridgeError if the server refuses or ends in the middle, and
    NoHistoryError if it has no history of a node.
    """
    groups: dict[datetime, list[NodeOfTag]] = {}
    for node in nodes:
        groups.setdefault(begin.get(node) or BEGINNING, []).append(node)
    for start, group in groups.items():
        for first in range(0, len(group), NODES):
            async for page in _pages(client, pull, group[first : first + NODES], start, end):
                yield page


async def _pages(
    client: Any, pull: OpcUaPull, nodes: Sequence[NodeOfTag], start: datetime, end: datetime
) -> AsyncIterator[list[Record]]:
    """Yield the pages of some nodes; each page holds records of all nodes that have further ones."""
    open_nodes: list[tuple[NodeOfTag, bytes | None]] = [(node, None) for node in nodes]
    who = f"The {server_of(pull.connection)}"
    while open_nodes:
        results = await _answer(client, pull, open_nodes, start, end)
        further, page = [], []
        for (node, point), result in zip(open_nodes, results, strict=True):
            _check(result, node, pull, who)
            page += [record_of_value(node, one) for one in getattr(result.HistoryData, "DataValues", None) or ()]
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
    who = server_of(pull.connection)
    try:
        return await client.uaclient.history_read(params)
    except (OSError, TimeoutError, ua.UaError) as error:
        if isinstance(error, ua.UaStatusCodeError) and quality_of(error.code) in _NO_HISTORY:
            raise NoHistoryError(f"The {who} gives no history ({quality_of(error.code)})") from None
        raise ScalebridgeError(
            f"The connection to the {who} was lost while its history was read ({reason(error)}). Nothing of this reading is kept; "
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
