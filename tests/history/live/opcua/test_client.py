"""The client of OPC UA follows a real server with history."""

import threading
import time
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path

import pytest

from pipeline.domain.errors import ScalebridgeError
from pipeline.history.live.address import parsed_address
from pipeline.history.live.journal import Journal
from pipeline.history.live.journal_reader import JournalReader
from pipeline.history.live.opcua.client import OpcUaClient
from pipeline.history.live.sink import Sink
from tests.support.live_feeds import followed, values
from tests.support.live_servers import ServedPlant, served_plant, wait_for
from tests.support.opcua_vessels import PULL, START, history, minute, of_vessel

pytestmark = pytest.mark.long  # a server takes seconds to start


def follow(
    plant: ServedPlant, folder: Path, said: list[str], begin: datetime | None = START, vessel: str = "V1"
) -> AbstractContextManager[Sink]:
    """Follow one vessel in a thread, as a watch does."""
    address = parsed_address(plant.endpoint, "plant", ("opc.tcp",), ())
    nodes = (of_vessel(vessel),)
    return followed(folder, lambda sink: OpcUaClient(PULL, address, nodes, sink, begin, limit=0.5), said, "historian")


def test_follow__begins_with_the_history_and_takes_what_comes(plant: ServedPlant, tmp_path: Path) -> None:
    said: list[str] = []
    with follow(plant, tmp_path, said, vessel="F1"):
        wait_for(lambda: len(values(tmp_path)) == 5)
        for n in range(5, 30):
            plant.write("F1.TI", minute(n), float(n))
        wait_for(lambda: len(values(tmp_path)) == 30)
    assert values(tmp_path) == [float(n) for n in range(30)]
    assert said == ["historian: connected to the OPC UA server of connection 'plant', 1 tags."]


def test_follow__a_value_that_stays_the_same_is_recorded_with_its_new_time(plant: ServedPlant, tmp_path: Path) -> None:
    with follow(plant, tmp_path, [], vessel="F2"):
        wait_for(lambda: len(values(tmp_path)) == 5)
        for n in range(5, 8):
            plant.write("F2.TI", minute(n), 4.0)
        wait_for(lambda: len(values(tmp_path)) == 8)


def test_follow__after_a_stop_the_history_fills_what_was_missed(plant: ServedPlant, tmp_path: Path) -> None:
    with follow(plant, tmp_path, [], vessel="F3"):
        wait_for(lambda: len(values(tmp_path)) == 5)
    for n in range(5, 20):
        plant.write("F3.TI", minute(n), float(n))
    with follow(plant, tmp_path, [], None, "F3"):
        wait_for(lambda: len(values(tmp_path)) == 20)
    assert values(tmp_path) == [float(n) for n in range(20)]


def test_follow__a_server_that_ends_and_comes_back_loses_nothing(tmp_path: Path) -> None:
    said: list[str] = []
    records = history(5)
    first = ServedPlant(["V1.TI", "V2.TI"], records)
    first.start()
    with follow(first, tmp_path, said) as sink:
        wait_for(lambda: len(values(tmp_path)) == 5)
        first.stop()
        wait_for(lambda: not sink.connected)
        records["V1.TI"] += [(minute(n), float(n), 0) for n in range(5, 15)]
        time.sleep(1)
        second = ServedPlant(["V1.TI", "V2.TI"], records, port=first.port)
        second.start()
        wait_for(lambda: len(values(tmp_path)) == 15, 40)
        second.write("V1.TI", minute(15), 15.0)
        wait_for(lambda: len(values(tmp_path)) == 16)
    second.stop()
    assert values(tmp_path) == [float(n) for n in range(16)]
    assert len(said) == 3
    assert "was lost" in said[1]
    assert said[1].endswith("; it is tried again.")


def test_follow__without_a_history_the_gap_is_said(tmp_path: Path) -> None:
    said: list[str] = []
    with served_plant(["V1.TI", "V2.TI"], history(1), keeps_history=False) as plant:
        with follow(plant, tmp_path, said):
            wait_for(lambda: len(values(tmp_path)) == 1)
        with follow(plant, tmp_path, said):
            wait_for(lambda: len(said) == 4)
    assert "gives no history of tag 'TI'" in said[1]
    assert "are missing" in said[3]
    reader = JournalReader(tmp_path)
    reader.look()
    assert [one.what for one in reader.events()] == ["connected", "connected", "gap"]


def test_follow__an_unknown_node_ends_it_with_a_sentence(plant: ServedPlant, tmp_path: Path) -> None:
    with Journal(tmp_path) as journal:
        address = parsed_address(plant.endpoint, "plant", ("opc.tcp",), ())
        client = OpcUaClient(PULL, address, (of_vessel("none"),), Sink("historian", journal, lambda _: None))
        with pytest.raises(
            ScalebridgeError, match=r"does not let tag 'TI' \(ns=2;s=none.TI\) be followed: BadNodeIdUnknown"
        ):
            client.run(threading.Event())
