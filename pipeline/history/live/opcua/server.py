"""An OPC UA server with history, for demonstrations and tests. It serves numbers that are given to it; it is no plant."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from pipeline.history.live.opcua.library import opcua_library

NAMESPACE = "urn:scalebridge:plant"
FOLDER = "Plant"


@dataclass(frozen=True)
class Certificates:
    """Files of the server's certificate and its private key; with them, the server takes encrypted sessions alone."""

    certificate: Path
    key: Path


@dataclass
class PlantServer:
    """A server with one variable per vessel and tag. The text of a NodeId is `vessel.tag`, in namespace 2."""

    endpoint: str
    """Such as `opc.tcp://127.0.0.1:4840/plant`."""
    users: Mapping[str, str] | None = None
    """Name of a user → password; None: everybody may read."""
    certificates: Certificates | None = None
    page: int = 10_000
    """Most records of an answer."""
    keeps_history: bool = True
    stored: dict[str, list[tuple[datetime, float | None, int]]] = field(default_factory=dict)
    """Text of a NodeId → records in the order of their times: time, value and status code."""
    base: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    """Text of a NodeId → good records before those of `stored`: `time` and `value`, in the order of their times."""
    _server: Any = None
    _nodes: dict[str, Any] = field(default_factory=dict)

    async def start(self, names: Iterable[str]) -> None:
        """Start the server with one variable per name.

        Raises ScalebridgeError if the library is not installed, and OSError if the port is taken.
        """
        library = opcua_library()
        ua = library.ua
        self._server = library.Server(user_manager=None if self.users is None else _user_manager(self.users))
        await self._server.init()
        self._server.set_endpoint(self.endpoint)
        self._server.set_server_name("Scalebridge demonstration")
        await self._secure(ua)
        space = await self._server.register_namespace(NAMESPACE)
        plant = await self._server.nodes.objects.add_folder(space, FOLDER)
        storage = _storage(self.stored, self.base, self.page)
        await storage.init()
        self._server.iserver.history_manager.set_storage(storage)
        for name in names:
            node = await plant.add_variable(ua.NodeId(name, space), name, 0.0, ua.VariantType.Double)
            newest = self.stored[name][-1] if self.stored.get(name) else _last(self.base.get(name))
            if newest is not None:
                await node.write_value(_data_value(ua, *newest))
            else:
                await node.write_value(_data_value(ua, datetime.now(UTC), None, ua.StatusCodes.BadWaitingForInitialData))
            self._nodes[name] = node
        if not self.keeps_history:
            self._server.iserver.history_manager.read_history = _no_history
        await self._server.start()

    async def write(self, name: str, time: datetime, value: float | None, code: int = 0) -> None:
        """Give a variable a new value, and keep it in the history. code: number of the status code."""
        ua = opcua_library().ua
        insort(self.stored.setdefault(name, []), (time, value, code), key=lambda one: one[0])
        await self._nodes[name].write_value(_data_value(ua, time, value, code))

    async def stop(self) -> None:
        """Stop the server."""
        await self._server.stop()

    async def _secure(self, ua: Any) -> None:
        if self.certificates is None:
            self._server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
        else:
            await self._server.load_certificate(str(self.certificates.certificate))
            await self._server.load_private_key(str(self.certificates.key))
            self._server.set_security_policy([ua.SecurityPolicyType.Basic256Sha256_SignAndEncrypt])
        if self.users is not None:
            self._server.set_identity_tokens([ua.UserNameIdentityToken])


def _data_value(ua: Any, time: datetime, value: float | None, code: int) -> Any:
    variant = ua.Variant(value, ua.VariantType.Double) if value is not None else ua.Variant(0.0, ua.VariantType.Double)
    return ua.DataValue(variant, ua.StatusCode(code), SourceTimestamp=time, ServerTimestamp=datetime.now(UTC))


def _user_manager(users: Mapping[str, str]) -> Any:
    """What says who may open a session."""
    from asyncua.crypto.permission_rules import User, UserRole

    class Users:
        def get_user(self, _server: Any, username: Any = None, password: Any = None, certificate: Any = None) -> Any:
            return User(role=UserRole.User, name=username) if username in users and users[username] == password else None

    return Users()


async def _no_history(params: Any) -> list[Any]:
    """Answer as a server that records nothing."""
    ua = opcua_library().ua
    code = ua.StatusCode(ua.StatusCodes.BadHistoryOperationUnsupported)
    return [ua.HistoryReadResult(StatusCode=code) for _ in params.NodesToRead]


def _last(rows: pl.DataFrame | None) -> tuple[datetime, float, int] | None:
    return None if rows is None or rows.is_empty() else (rows["time"][-1], rows["value"][-1], 0)


def _storage(
    stored: dict[str, list[tuple[datetime, float | None, int]]], base: Mapping[str, pl.DataFrame], page: int
) -> Any:
    """The history as tables and lists in memory, read by bisection."""
    from asyncua.server.history import HistoryStorageInterface

    ua = opcua_library().ua

    class Storage(HistoryStorageInterface):
        async def init(self) -> None:
            """Nothing is to be made."""

        async def stop(self) -> None:
            """Nothing is open."""

        async def read_node_history(self, node_id: Any, start: Any, end: Any, nb_values: int) -> tuple[list[Any], Any]:
            """Return the records of a node from `start` to `end`, and the time of the first one that did not fit."""
            name, begin, finish, most = str(node_id.Identifier), _aware(start), _aware(end), min(nb_values or page, page)
            rows = stored.get(name, [])
            first = bisect_left(rows, begin, key=lambda one: one[0])
            last = bisect_right(rows, finish, key=lambda one: one[0])
            found = [*_within(base.get(name), begin, finish, most + 1), *rows[first : min(last, first + most + 1)]]
            return [_data_value(ua, *row) for row in found[:most]], found[most][0] if len(found) > most else None

    return Storage()


def _within(rows: pl.DataFrame | None, begin: datetime, end: datetime, most: int) -> list[tuple[datetime, float, int]]:
    if rows is None:
        return []
    first = int(rows["time"].search_sorted(begin, side="left"))
    last = int(rows["time"].search_sorted(end, side="right"))
    return [
        (time, value, 0)
        for time, value in rows.select("time", "value").slice(first, max(0, min(last - first, most))).iter_rows()
    ]


def _aware(when: datetime) -> datetime:
    return when if when.tzinfo is not None else when.replace(tzinfo=UTC)
