"""The history of a real OPC UA server, page by page."""

from datetime import datetime, timedelta

import pytest

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.feeds import OpcUaPull
from pipeline.history.live.address import parsed_address
from pipeline.history.live.opcua.history import NoHistoryError
from pipeline.history.live.opcua.nodes import NodeOfTag, nodes_of
from pipeline.history.live.record import Record
from tests.support.live_servers import ServedPlant, served_plant
from tests.support.opcua_vessels import NODES, PULL, START, history, of_vessel, read_at

pytestmark = pytest.mark.long  # a server takes seconds to start


def read(
    plant: ServedPlant, begin: datetime | None = None, pull: OpcUaPull = PULL, nodes: tuple[NodeOfTag, ...] = NODES
) -> list[Record]:
    return read_at(parsed_address(plant.endpoint, "plant", ("opc.tcp",), ()), begin, pull, nodes)


def test_history__comes_page_by_page_for_all_nodes(plant: ServedPlant) -> None:
    found = read(plant)
    later = read(plant, START + timedelta(minutes=20))
    assert len(found) == 50
    assert [one.value for one in found if one.equipment == "V1"] == [float(n) for n in range(25)]
    assert {(one.tag, one.equipment, one.quality) for one in found} == {("TI", "V1", "Good"), ("TI", "V2", "Good")}
    assert found[0].time == START
    assert [one.value for one in later if one.equipment == "V2"] == [120.0, 121, 122, 123, 124]


def test_history__keeps_the_names_of_qualities(plant: ServedPlant) -> None:
    found = read(plant, nodes=(of_vessel("Q"),))
    assert [one.quality for one in found] == ["Good", "BadNoCommunication", "UncertainInitialValue"]


def test_history__an_unknown_node_is_a_sentence(plant: ServedPlant) -> None:
    with pytest.raises(ScalebridgeError, match=r"has no node for tag 'TI' \(ns=2;s=none.TI\)"):
        read(plant, nodes=(of_vessel("none"),))


def test_history__a_server_without_one_is_a_sentence() -> None:
    why = r"gives no history of tag 'TI' \(ns=2;s=V1.TI\): BadHistoryOperationUnsupported"
    with served_plant(["V1.TI", "V2.TI"], history(), keeps_history=False) as plant, pytest.raises(NoHistoryError, match=why):
        read(plant)


def test_history__interpolated_values_that_the_server_does_not_compute_are_a_sentence(plant: ServedPlant) -> None:
    nodes = {"TI": "ns=2;s=V1.TI"}
    pull = OpcUaPull(
        kind="opcua", connection="plant", nodes=nodes, equipment=("V1",), values="interpolated", interval="10 min"
    )
    with pytest.raises(NoHistoryError, match=r"computes no interpolated values .*BadNotImplemented.* `values: raw`"):
        read(plant, START, pull, nodes_of(pull, pull.equipment))
