"""The nodes of an OPC UA server that a source reads, and what their records are of."""

from collections.abc import Sequence
from typing import NamedTuple

from pipeline.domain.feeds import OpcUaPull


class NodeOfTag(NamedTuple):
    """A node that is read, and what its records are of."""

    tag: str
    equipment: str | None
    node: str


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
