"""Pull the history of an OPC UA server: the records of each tag since the newest one that was pulled."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import version

import polars as pl

from pipeline.domain.feeds import OpcUaPull
from pipeline.domain.times.lag import lag
from pipeline.history.connectors.connections import Connection
from pipeline.history.live.address import parsed_address
from pipeline.history.live.opcua.history import HistorySession, history_session
from pipeline.history.live.opcua.nodes import NodeOfTag, nodes_of
from pipeline.history.live.opcua.session import OPCUA_OPTIONS, OPCUA_SCHEMES
from pipeline.history.pulls.record_rows import no_rows, numbered_pages
from pipeline.history.pulls.watermarks import USUAL_TIME
from pipeline.history.snapshots.changes import live_rows
from pipeline.history.snapshots.store import OpenSnapshot


@dataclass(frozen=True)
class OpcUaHistory:
    """The history of a server, as frames."""

    opened: HistorySession
    newest: Mapping[tuple[str, str], datetime]
    """Tag and vessel → time of the newest record that was pulled."""
    versions: Mapping[str, str]

    def frames(self, pull: OpcUaPull, since: object, *, nothing: bool = False) -> Iterator[pl.DataFrame]:
        """Yield the history page by page. since: None to read all. nothing: only look whether the nodes exist."""
        nodes = nodes_of(pull, pull.equipment)
        self.opened.check(nodes)
        yield no_rows()
        if nothing:
            return
        first = None if pull.since is None else _aware(datetime.fromisoformat(pull.since))
        begin = {node: first if since is None else self._begin(node, pull, first) for node in nodes}
        end = datetime.now(UTC) + timedelta(days=1)
        yield from numbered_pages(self.opened.pages(nodes, begin, end))

    def _begin(self, node: NodeOfTag, pull: OpcUaPull, first: datetime | None) -> datetime | None:
        newest = self.newest.get((node.tag, node.equipment or ""))
        if newest is None:
            return first
        return newest - (USUAL_TIME if pull.overlap is None else lag(str(pull.overlap)))


@contextmanager
def opcua_history(connection: Connection, pull: OpcUaPull, snapshot: OpenSnapshot | None) -> Iterator[OpcUaHistory]:
    """Open the server of a connection. Raises ScalebridgeError if it cannot be reached or refuses the session."""
    address = parsed_address(connection.address, connection.name, OPCUA_SCHEMES, OPCUA_OPTIONS)
    with history_session(address, pull) as opened:
        versions = {"asyncua": version("asyncua"), "server": opened.version()}
        yield OpcUaHistory(opened, _newest(snapshot), versions)


def _newest(snapshot: OpenSnapshot | None) -> dict[tuple[str, str], datetime]:
    if snapshot is None or snapshot.manifest is None or not snapshot.manifest.counting:
        return {}
    rows = live_rows(snapshot.folder, snapshot.manifest).group_by("tag", "equipment").agg(pl.col("time").max())
    return {(tag, equipment): time for tag, equipment, time in rows.collect().iter_rows()}


def _aware(when: datetime) -> datetime:
    return when if when.tzinfo is not None else when.replace(tzinfo=UTC)
