"""Live feeds: rows per second of the history of an OPC UA server, and the time from a new value to the statement of a watch.

The references are the libraries alone, in the same run: asyncua reads the same history, and asyncua and paho receive the same
values. The server and the broker (mosquitto) are programs of their own on the same machine. The judge of the watch is that of the
tests, which costs nothing, so that the figures show what the program adds to it.

    python benchmarks/live.py [records] [--write]
"""

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from report import Report, Table, command, publish  # noqa: E402

from pipeline.answers.watch import judge  # noqa: E402
from pipeline.commands import watching  # noqa: E402
from pipeline.domain.config_files import parse  # noqa: E402
from pipeline.domain.feeds import OpcUaPull  # noqa: E402
from pipeline.domain.sources import Source  # noqa: E402
from pipeline.history.live.address import parsed_address  # noqa: E402
from pipeline.history.live.journal import Journal  # noqa: E402
from pipeline.history.live.mqtt.client import made_client  # noqa: E402
from pipeline.history.live.opcua.client import PUBLISHED  # noqa: E402
from pipeline.history.live.opcua.history import history_session  # noqa: E402
from pipeline.history.live.opcua.library import opcua_library  # noqa: E402
from pipeline.history.live.opcua.nodes import nodes_of  # noqa: E402
from pipeline.history.live.record import Record  # noqa: E402
from pipeline.history.pulls.pulling import pull_source  # noqa: E402
from tests.support.live_servers import Mosquitto, free_port  # noqa: E402
from tests.support.live_vat import MQTT, OPCUA, hour, live_project  # noqa: E402
from tests.support.watched_project import ThermometerJudge  # noqa: E402

NODES, EVERY = 4, 0.1
"""Nodes of the history, and seconds between two new values."""
REPEATS = 3
"""How often each reading of the history is timed; the shortest counts."""
FROM = 12
"""Hour of the batch of the first value; the batch has a sample before."""
START = hour(FROM)
SERVER = """
import asyncio, sys, time
from datetime import UTC, datetime, timedelta
from pipeline.history.live.opcua.server import PlantServer
start = datetime(2024, 3, 20, 12, tzinfo=UTC)
rows, nodes = int(sys.argv[2]), int(sys.argv[3])
async def serve():
    stored = {f"H{n}.TI": [(start + timedelta(seconds=i), float(i), 0) for i in range(rows)] for n in range(nodes)}
    server = PlantServer(sys.argv[1], stored=stored)
    await server.start([*stored, "V1.TI"])
    print("ready", flush=True)
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        n = int(line)
        print(n, time.time(), flush=True)
        await server.write("V1.TI", start + timedelta(minutes=n), 36.5 + n * 1e-4)
asyncio.run(serve())
"""


def main(arguments: argparse.Namespace) -> None:
    """Measure, and report."""
    setattr(judge, "read_judge", lambda _: ThermometerJudge())  # noqa: B010
    records = arguments.records
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        history = histories(arguments.rows, folder)
        opcua = [latency("asyncua alone", one_opcua(bare_opcua, records, folder / "a"))]
        opcua += [latency("watch, OPC UA, to its statement", one_opcua(watched, records, folder / "b"))]
        mqtt = [latency("paho alone", one_mqtt(bare_mqtt, records, folder / "c"))]
        mqtt += [latency("watch, MQTT, to its statement", one_mqtt(watched, records, folder / "d"))]
        written = journal_speed(folder / "journal")
    tables = [
        Table(
            "Reading the history of an OPC UA server",
            ["reader", "rows", "s", "rows/s", "times the time of asyncua"],
            history,
        ),
        Table(
            "Time from a new value at its source to its reader [ms]",
            ["reader", "values", "median", "p99", "times the median of the client alone"],
            [*with_ratio(opcua), *with_ratio(mqtt)],
            note=f"A server of OPC UA sends every {PUBLISHED} ms, so that the median holds half of this as waiting. A new value "
            f"came every {EVERY * 1000:g} ms.",
        ),
        Table(
            "Writing the journal, each message flushed to the disk", ["records per message", "records/s"], written, digits=0
        ),
    ]
    publish(Report("live", tables, (), {"values": records, "rows of history": arguments.rows * NODES}), arguments)


@contextmanager
def served(rows: int) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Start the server of OPC UA as a program of its own. It writes a value for each number that it reads."""
    endpoint = f"opc.tcp://127.0.0.1:{free_port()}/plant"
    arguments = [sys.executable, "-c", SERVER, endpoint, str(rows), str(NODES)]
    surroundings = {**os.environ, "PYTHONPATH": str(ROOT)}
    pipe = subprocess.PIPE
    with subprocess.Popen(arguments, stdin=pipe, stdout=pipe, text=True, env=surroundings) as server:
        assert server.stdout is not None
        server.stdout.readline()
        try:
            yield endpoint, server
        finally:
            server.kill()


def histories(rows: int, folder: Path) -> list[list[str | int | float]]:
    """Read the same history by asyncua alone, as records, and as a snapshot on the disk."""
    pull = {
        "kind": "opcua",
        "connection": "plant",
        "nodes": {"TI": "ns=2;s={equipment}.TI"},
        "equipment": [f"H{n}" for n in range(NODES)],
    }
    fields = {"gives": "trajectories", "time": "time", "tag": "tag", "value": "value", "tags": {"TI": "x"}}
    source: Source = parse(Source, {**fields, "pull": pull, "of_equipment": {"column": "equipment", "attribute": "v"}}, "x")
    given: OpcUaPull = parse(OpcUaPull, pull, "x")
    with served(rows) as (endpoint, _):
        os.environ["SCALEBRIDGE_CONNECTION_PLANT"] = endpoint
        alone = timed(lambda: asyncio.run(_alone(endpoint, given)))
        ours = timed(lambda: _records(endpoint, given))
        folders = iter(range(REPEATS))
        snapshot = timed(lambda: pull_source("historian", source, folder / f"snapshot{next(folders)}", folder))
    total = rows * NODES
    named = (
        ("asyncua alone", alone),
        ("scalebridge, records in memory", ours),
        ("scalebridge snapshot, on the disk", snapshot),
    )
    return [[name, total, spent, round(total / spent), spent / alone] for name, spent in named]


async def _alone(endpoint: str, pull: OpcUaPull) -> None:
    async with opcua_library().Client(endpoint, timeout=60, watchdog_intervall=60) as client:
        for one in nodes_of(pull, pull.equipment):
            await client.get_node(one.node).read_raw_history(START, START + timedelta(days=3650), return_bounds=False)


def _records(endpoint: str, pull: OpcUaPull) -> None:
    nodes = nodes_of(pull, pull.equipment)
    with history_session(parsed_address(endpoint, "plant", ("opc.tcp",), ()), pull) as opened:
        for _ in opened.pages(nodes, {}, datetime.now(UTC)):
            pass


@dataclass
class Arrived:
    """When each value was sent, and when it arrived [s]."""

    sent: dict[int, float] = field(default_factory=dict)
    got: dict[int, float] = field(default_factory=dict)

    def take(self, newest: int) -> None:
        """Take that all values up to one have arrived."""
        now = time.time()
        for n in range(newest + 1 if newest in self.sent else 0):
            self.got.setdefault(n, now)

    def milliseconds(self) -> list[float]:
        """Return the times between, without those of the first tenth, while everything is loaded."""
        both = [n for n in self.sent if n in self.got]
        return [1000 * (self.got[n] - self.sent[n]) for n in sorted(both)[len(both) // 10 :]]


Reader = Callable[[str, Path, Arrived, threading.Event], None]


def one_opcua(reader: Reader, records: int, folder: Path) -> list[float]:
    """Send values by OPC UA to a reader."""
    arrived = Arrived()
    with served(0) as (endpoint, server):
        assert server.stdin is not None
        assert server.stdout is not None

        def send(n: int) -> None:
            print(n, file=server.stdin, flush=True)
            number, when = server.stdout.readline().split()  # type: ignore[union-attr]
            arrived.sent[int(number)] = float(when)

        return _run(reader, endpoint, folder, arrived, records, send, OPCUA)


def one_mqtt(reader: Reader, records: int, folder: Path) -> list[float]:
    """Send values by MQTT to a reader."""
    arrived, broker = Arrived(), Mosquitto(folder / "broker")
    broker.start()
    address = f"mqtt://127.0.0.1:{broker.port}"
    sender = made_client(parsed_address(address, "x", ("mqtt",), ()), "sender", clean=True)
    sender.connect("127.0.0.1", broker.port)
    sender.loop_start()

    def send(n: int) -> None:
        when = (START + timedelta(minutes=n)).isoformat()
        arrived.sent[n] = time.time()
        sender.publish("plant/V1/TI", f'{{"time": "{when}", "value": 36.5}}', qos=1)

    try:
        return _run(reader, address, folder, arrived, records, send, MQTT)
    finally:
        sender.disconnect()
        sender.loop_stop()
        broker.stop()


def _run(
    reader: Reader, address: str, folder: Path, arrived: Arrived, records: int, send: Callable[[int], None], pull: Any
) -> list[float]:
    os.environ["SCALEBRIDGE_CONNECTION_PLANT"] = address
    folder.mkdir(exist_ok=True)
    live_project(folder, pull)
    ready = threading.Event()
    thread = threading.Thread(target=reader, args=(address, folder, arrived, ready), daemon=True)
    thread.start()
    ready.wait(60)
    time.sleep(2)
    for n in range(records):
        send(n)
        time.sleep(EVERY)
    time.sleep(3)
    return arrived.milliseconds()


def bare_opcua(address: str, folder: Path, arrived: Arrived, ready: threading.Event) -> None:
    """Receive by asyncua alone."""

    async def follow() -> None:
        async with opcua_library().Client(address) as client:
            subscription = await client.create_subscription(PUBLISHED, queue_maxsize=0)
            await subscription.subscribe_data_change(client.get_node("ns=2;s=V1.TI"), queuesize=1000)
            ready.set()
            async for event in subscription:
                if not hasattr(event, "data"):
                    continue
                when = event.data.monitored_item.Value.SourceTimestamp
                arrived.take(round((when.replace(tzinfo=UTC) - START).total_seconds() / 60))

    asyncio.run(follow())


def bare_mqtt(address: str, folder: Path, arrived: Arrived, ready: threading.Event) -> None:
    """Receive by paho alone."""
    import json

    client = made_client(parsed_address(address, "x", ("mqtt",), ()), "bare", clean=True)

    def on_message(_client: Any, _data: object, message: Any) -> None:
        when = datetime.fromisoformat(json.loads(message.payload)["time"])
        arrived.take(round((when - START).total_seconds() / 60))

    client.on_message = on_message
    client.connect("127.0.0.1", int(address.rpartition(":")[2]))
    client.subscribe("plant/#", 1)
    client.loop_start()
    ready.set()


def watched(address: str, folder: Path, arrived: Arrived, ready: threading.Event) -> None:
    """Receive by a watch, until its statement is written."""

    class Timed(watching.Targets):
        def write(self, watch: Any) -> None:
            super().write(watch)
            if watch.scores:
                arrived.take(round((watch.as_of.hours - FROM) * 60))
            ready.set()

    from pipeline.domain.places import Places

    setattr(watching, "say", lambda _: None)  # noqa: B010
    targets = Timed(folder / "watch.json", None)
    session = watching.Session(Places.under(folder / "data"), "R1", targets, None, 24.0, 0.0)
    session.follow(60.0)


def latency(name: str, times: list[float]) -> list[str | int | float]:
    """Return median and 99th percentile of times [ms]."""
    return [name, len(times), statistics.median(times), statistics.quantiles(times, n=100)[98]]


def with_ratio(rows: list[list[Any]]) -> list[list[Any]]:
    """Add the median over that of the first row."""
    return [[*row, row[2] / rows[0][2]] for row in rows]


def journal_speed(folder: Path) -> list[list[str | int | float]]:
    """Return how many records a second the journal takes, for messages of several sizes."""
    found: list[list[str | int | float]] = []
    for size in (1, 100):
        with Journal(folder / str(size)) as journal:
            begin, count = time.perf_counter(), 0
            while time.perf_counter() - begin < 2:
                when = START + timedelta(seconds=count)
                journal.append([Record("TI", when + timedelta(milliseconds=n), float(n)) for n in range(size)])
                count += size
            found.append([str(size), count / (time.perf_counter() - begin)])
    return found


def timed(what: Callable[[], object]) -> float:
    """Return the shortest time that something takes [s], of three."""
    found = []
    for _ in range(REPEATS):
        begin = time.perf_counter()
        what()
        found.append(time.perf_counter() - begin)
    return min(found)


if __name__ == "__main__":
    parser = command(__doc__)
    parser.add_argument("records", nargs="?", type=int, default=300, help="values that are sent to each reader")
    parser.add_argument("--rows", type=int, default=25_000, help="rows of history of each of four nodes")
    main(parser.parse_args())
