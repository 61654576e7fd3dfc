"""The client of OPC UA against a real server with history."""

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.feeds import OpcUaPull
from pipeline.history.live.address import Address, parsed_address
from pipeline.history.live.journal import Journal
from pipeline.history.live.journal_reader import JournalReader
from pipeline.history.live.opcua.client import NodeOfTag, NoHistoryError, OpcUaClient, history_session, nodes_of
from pipeline.history.live.record import Record
from pipeline.history.live.sink import Sink
from tests.support.live_servers import ServedPlant, free_port, served_plant, wait_for

pytestmark = pytest.mark.long  # a server takes seconds to start

START = datetime(2026, 3, 1, tzinfo=UTC)
END = START + timedelta(days=30)
PULL = OpcUaPull(kind="opcua", connection="plant", nodes={"TI": "ns=2;s={equipment}.TI"}, equipment=("V1", "V2"))
NODES = nodes_of(PULL, PULL.equipment)
BAD, UNCERTAIN = 0x80310000, 0x40920000
"""BadNoCommunication and UncertainInitialValue."""


def history(count: int = 25) -> dict[str, list[tuple[datetime, float | None, int]]]:
    rows = [(START + timedelta(minutes=n), float(n), 0) for n in range(count)]
    return {"V1.TI": rows, "V2.TI": [(when, value + 100, 0) for when, value, _ in rows]}


@pytest.fixture(scope="module")
def plant() -> Iterator[ServedPlant]:
    """A server, which needs three seconds to start. Tests that follow have a vessel of their own."""
    followed_later = {f"{name}.TI": history(5)["V1.TI"] for name in ("F1", "F2", "F3")}
    bad = [(minute(0), 0.0, 0), (minute(1), 1.0, BAD), (minute(2), 2.0, UNCERTAIN)]
    records = history() | {"Q.TI": bad} | followed_later
    with served_plant(list(records), records, page=7) as served:
        yield served


def minute(n: int) -> datetime:
    return START + timedelta(minutes=n)


def of_vessel(name: str) -> NodeOfTag:
    return NodeOfTag("TI", name, f"ns=2;s={name}.TI")


def read(
    plant: ServedPlant, begin: datetime | None = None, pull: OpcUaPull = PULL, nodes: tuple[NodeOfTag, ...] = NODES
) -> list[Record]:
    return read_at(parsed_address(plant.endpoint, "plant", ("opc.tcp",), ()), begin, pull, nodes)


def read_at(
    address: Address, begin: datetime | None = None, pull: OpcUaPull = PULL, nodes: tuple[NodeOfTag, ...] = NODES
) -> list[Record]:
    with history_session(address, pull) as opened:
        opened.check(nodes)
        return [one for page in opened.pages(nodes, dict.fromkeys(nodes, begin), END) for one in page]


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


def test_history__a_refused_session_is_a_sentence_without_the_password() -> None:
    with served_plant(["V1.TI", "V2.TI"], history(), users={"ann": "right"}) as plant:
        for user, good in (("ann:right@", True), ("ann:wr0ng@", False), ("", False)):
            address = parsed_address(plant.endpoint.replace("://", f"://{user}"), "plant", ("opc.tcp",), ())
            if good:
                assert len(read_at(address)) == 50
            else:
                with pytest.raises(ScalebridgeError, match="refused the session") as refused:
                    read_at(address)
                assert "wr0ng" not in str(refused.value)
                assert "127.0.0.1" not in str(refused.value)


def test_history__a_server_that_does_not_answer_is_a_sentence() -> None:
    address = parsed_address(f"opc.tcp://127.0.0.1:{free_port()}", "plant", ("opc.tcp",), ())
    with pytest.raises(ScalebridgeError, match="The OPC UA server of connection 'plant' cannot be reached"):
        read_at(address)


@contextmanager
def followed(
    plant: ServedPlant, folder: Path, said: list[str], begin: datetime | None = START, vessel: str = "V1"
) -> Iterator[Sink]:
    """Follow one vessel in a thread, as a watch does."""
    reader = JournalReader(folder)
    reader.look()
    with Journal(folder) as journal:
        sink = Sink("historian", journal, said.append)
        sink.arrivals.restore(reader.received())
        address = parsed_address(plant.endpoint, "plant", ("opc.tcp",), ())
        client = OpcUaClient(PULL, address, (of_vessel(vessel),), sink, begin, limit=0.5)
        stop = threading.Event()
        thread = threading.Thread(target=client.run, args=(stop,))
        thread.start()
        try:
            yield sink
        finally:
            stop.set()
            thread.join(20)
            assert not thread.is_alive()


def values(folder: Path) -> list[float]:
    reader = JournalReader(folder)
    reader.look()
    return reader.records()["value"].to_list()


def test_follow__begins_with_the_history_and_takes_what_comes(plant: ServedPlant, tmp_path: Path) -> None:
    said: list[str] = []
    with followed(plant, tmp_path, said, vessel="F1"):
        wait_for(lambda: len(values(tmp_path)) == 5)
        for n in range(5, 30):
            plant.write("F1.TI", minute(n), float(n))
        wait_for(lambda: len(values(tmp_path)) == 30)
    assert values(tmp_path) == [float(n) for n in range(30)]
    assert said == ["historian: connected to the OPC UA server of connection 'plant', 1 tags."]


def test_follow__a_value_that_stays_the_same_is_recorded_with_its_new_time(plant: ServedPlant, tmp_path: Path) -> None:
    with followed(plant, tmp_path, [], vessel="F2"):
        wait_for(lambda: len(values(tmp_path)) == 5)
        for n in range(5, 8):
            plant.write("F2.TI", minute(n), 4.0)
        wait_for(lambda: len(values(tmp_path)) == 8)


def test_follow__after_a_stop_the_history_fills_what_was_missed(plant: ServedPlant, tmp_path: Path) -> None:
    with followed(plant, tmp_path, [], vessel="F3"):
        wait_for(lambda: len(values(tmp_path)) == 5)
    for n in range(5, 20):
        plant.write("F3.TI", minute(n), float(n))
    with followed(plant, tmp_path, [], None, "F3"):
        wait_for(lambda: len(values(tmp_path)) == 20)
    assert values(tmp_path) == [float(n) for n in range(20)]


def test_follow__a_server_that_ends_and_comes_back_loses_nothing(tmp_path: Path) -> None:
    said: list[str] = []
    records = history(5)
    first = ServedPlant(["V1.TI", "V2.TI"], records)
    first.start()
    with followed(first, tmp_path, said) as sink:
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
        with followed(plant, tmp_path, said):
            wait_for(lambda: len(values(tmp_path)) == 1)
        with followed(plant, tmp_path, said):
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


def certified(folder: Path, name: str) -> tuple[Path, Path]:
    """Make a certificate that signs itself, and its key."""
    from asyncua.crypto.cert_gen import setup_self_signed_certificate
    from cryptography.x509.oid import ExtendedKeyUsageOID

    key, certificate = folder / f"{name}.key.pem", folder / f"{name}.der"
    uses = [ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH]
    asyncio.run(setup_self_signed_certificate(key, certificate, f"urn:test:{name}", "127.0.0.1", uses, {"commonName": name}))
    return certificate, key


def test_session__is_encrypted_where_the_server_wants_it(tmp_path: Path) -> None:
    from pipeline.history.live.opcua.server import Certificates

    own, given = certified(tmp_path, "server"), certified(tmp_path, "client")
    options = ("security", "application_uri")
    with served_plant(["V1.TI", "V2.TI"], history(), certificates=Certificates(*own), users={"ann": "right"}) as plant:
        open_address = plant.endpoint.replace("://", "://ann:right@")
        security = f"?security=Basic256Sha256,SignAndEncrypt,{given[0]},{given[1]}&application_uri=urn:test:client"
        encrypted = parsed_address(open_address + security, "plant", ("opc.tcp",), options)
        assert len(read_at(encrypted)) == 50
        with pytest.raises(ScalebridgeError, match="The OPC UA server of connection 'plant'"):
            read_at(parsed_address(open_address, "plant", ("opc.tcp",), options))
        missing = parsed_address(open_address + security.replace("client.der", "gone.der"), "plant", ("opc.tcp",), options)
        with pytest.raises(ScalebridgeError, match="a certificate or key of its address does not exist"):
            read_at(missing)
