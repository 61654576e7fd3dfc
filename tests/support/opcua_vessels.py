"""Vessels behind an OPC UA server, each with one tag and one record a minute."""

from datetime import UTC, datetime, timedelta

from pipeline.domain.feeds import OpcUaPull
from pipeline.history.live.address import Address
from pipeline.history.live.opcua.history import history_session
from pipeline.history.live.opcua.nodes import NodeOfTag, nodes_of
from pipeline.history.live.record import Record

START = datetime(2026, 3, 1, tzinfo=UTC)
END = START + timedelta(days=30)
PULL = OpcUaPull(kind="opcua", connection="plant", nodes={"TI": "ns=2;s={equipment}.TI"}, equipment=("V1", "V2"))
NODES = nodes_of(PULL, PULL.equipment)


def history(count: int = 25) -> dict[str, list[tuple[datetime, float | None, int]]]:
    rows = [(START + timedelta(minutes=n), float(n), 0) for n in range(count)]
    return {"V1.TI": rows, "V2.TI": [(when, value + 100, 0) for when, value, _ in rows]}


def minute(n: int) -> datetime:
    return START + timedelta(minutes=n)


def of_vessel(name: str) -> NodeOfTag:
    return NodeOfTag("TI", name, f"ns=2;s={name}.TI")


def read_at(
    address: Address, begin: datetime | None = None, pull: OpcUaPull = PULL, nodes: tuple[NodeOfTag, ...] = NODES
) -> list[Record]:
    with history_session(address, pull) as opened:
        opened.check(nodes)
        return [one for page in opened.pages(nodes, dict.fromkeys(nodes, begin), END) for one in page]
