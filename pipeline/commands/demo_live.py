"""The virtual plant behind an OPC UA server: a process whose historian it is, and a batch that runs at a chosen speed."""

import asyncio
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from pipeline.commands.shared import PLACES, say
from pipeline.domain.config_files import as_json, parse, read_as, read_yaml
from pipeline.domain.errors import ScalebridgeError, close_to, listed
from pipeline.domain.names.allowed import name_problem
from pipeline.domain.reading.yaml_text import as_yaml
from pipeline.domain.whole_files import write_whole
from pipeline.history.connectors.connections import read_connection
from pipeline.history.ingest import ingest
from pipeline.history.live.address import Address, parsed_address
from pipeline.history.live.mqtt.client import MQTT_OPTIONS, MQTT_SCHEMES, made_client
from pipeline.history.live.opcua.server import PlantServer

if TYPE_CHECKING:
    from pipeline.domain.process.process import Process
    from pipeline.domain.sources import Source

PLANT, HISTORIAN, CONNECTION, SITE = "virtual_plant", "historian", "plant", "historian_"
ZONES = {"boston": "America/New_York", "visp": "Europe/Zurich", "cork": "Europe/Dublin"}
"""Source of batch records → time zone of its clock."""
OF_BATCHES = {"lims_results.csv": "batch", "samples.csv": "Batch"}
"""File → column of the batch. Its rows of the running batch are not known yet."""


@dataclass(frozen=True)
class Wanted:
    """What is asked of the demonstration."""

    address: str
    process: str
    size: str
    play: str | None
    speed: float
    mqtt: str | None
    replace: bool


def show_plant(wanted: Wanted) -> None:
    """Write the process and its files, serve the plant, and play the batch. It runs until it is ended.

    Raises ScalebridgeError if something exists that would be replaced, or if the batch cannot be played.
    """
    parsed_address(wanted.address, CONNECTION, ("opc.tcp",), ())
    broker = None if wanted.mqtt is None else _broker(wanted.mqtt)
    target = PLACES.conf / "process" / f"{wanted.process}.yaml"
    if problem := name_problem(wanted.process):
        raise ScalebridgeError(f"{wanted.process!r} cannot be the name of a process: {problem}")
    folder = PLACES.raw / wanted.process
    exists = target.exists() and folder.exists()
    if wanted.process == PLANT or (target.exists() and not folder.exists()):
        raise ScalebridgeError(f"{target} exists; give another name with --process")
    anew = wanted.replace or not exists
    if anew:
        _build(wanted, folder)
    given = read_yaml(PLACES.conf / "process" / f"{PLANT}.yaml")
    records = plant_records(parse(_process_class(), given, PLANT), folder)
    held = _held_back(records, wanted.play)
    if anew:
        _write(wanted, given, records, target, folder)
    nodes = [f"{vessel}.{tag}" for vessel in _vessels(records) for tag in tags_of(given)]
    asyncio.run(_serve(wanted, records, held, nodes, broker))


def _process_class() -> Any:
    from pipeline.domain.process.process import Process

    return Process


def _broker(name: str) -> Address:
    return parsed_address(read_connection(name).address, name, MQTT_SCHEMES, MQTT_OPTIONS)


def _build(wanted: Wanted, folder: Path) -> None:
    """Simulate the plant into its folder."""
    from pipeline.simulators.virtual_plant.build import build
    from pipeline.simulators.virtual_plant.config import PlantConfig

    file = PLACES.conf / "plant" / f"{wanted.size}.yaml"
    if not file.is_file():
        there = listed(sorted(path.stem for path in file.parent.glob("*.yaml")), 20)
        raise ScalebridgeError(f"{file} does not exist; sizes are {there}")
    if folder.exists():
        shutil.rmtree(folder)
    build(read_as(PlantConfig, file), folder, PLACES.truth / wanted.process)


def _write(wanted: Wanted, given: Mapping[str, Any], records: pl.DataFrame, target: Path, folder: Path) -> None:
    """Write the process whose historian is the server."""
    if wanted.play is not None:
        _leave_out_results(folder, wanted.play)
    write_whole(target, as_yaml(live_definition(given, wanted.process, _vessels(records))))
    say(f"Wrote {target} and the files of the plant in {folder}.")
    say(
        f"Write `process: {wanted.process}` into {PLACES.params} and the address as `{CONNECTION}` into connections.yaml, then:"
    )
    say("  scalebridge snapshot\n  dvc repro\n  scalebridge watch <batch> --follow")


def _leave_out_results(folder: Path, batch: str) -> None:
    """Leave out what is not known yet of a batch that runs: results and samples."""
    for name, column in OF_BATCHES.items():
        rows = pl.read_csv(folder / name, infer_schema=False)
        write_whole(folder / name, rows.filter(pl.col(column) != batch).write_csv())


def _vessels(records: pl.DataFrame) -> list[str]:
    """Names of the vessels that have records."""
    return records["vessel"].unique().sort().to_list()


def tags_of(given: Mapping[str, Any]) -> dict[str, str]:
    """Tag of the historian → attribute: the names of the first site of the virtual plant, for all sites."""
    found: dict[str, str] = next(rules["tags"] for name, rules in given["sources"].items() if name.startswith(SITE))
    return dict(found)


def live_definition(given: Mapping[str, Any], name: str, vessels: Sequence[str]) -> dict[str, Any]:
    """Return the definition of the virtual plant with one historian behind OPC UA.

    given: the definition as plain data. vessels: names of the vessels. The batch records get time zones, so that the historian's
    times in UTC can be compared with them.
    """
    sites = [source for source in given["sources"] if source.startswith(SITE)]
    kept = {key: rules for key, rules in given["sources"].items() if key not in (*sites, "deviations")}
    kept["samples"] = {**kept["samples"], "time_zone": "UTC"}
    tags = tags_of(given)
    historian = {
        "gives": "trajectories",
        "window": "whole",
        "pull": {
            "kind": "opcua",
            "connection": CONNECTION,
            "nodes": {tag: f"ns=2;s={{equipment}}.{tag}" for tag in tags},
            "equipment": list(vessels),
        },
        "of_equipment": {"column": "equipment", "attribute": given["equipment"]},
        "quality": {"column": "quality", "good": ["Good"]},
        "time": "time",
        "tag": "tag",
        "value": "value",
        "tags": tags,
    }
    started = given["attributes"][given["started"]]
    columns = [{**one, "date": {**one["date"], "time_zone": ZONES[one["source"]]}} for one in started["column"]]
    attributes = {**given["attributes"], given["started"]: {**started, "column": columns}}
    title = f"{given['title']}, with a historian behind OPC UA"
    return {**given, "name": name, "title": title, "sources": {**kept, HISTORIAN: historian}, "attributes": attributes}


def plant_records(given: "Process", folder: Path) -> pl.DataFrame:
    """Return the records of all historians of the plant, in UTC: batch, vessel, node, time and value, by node and time.

    given: the definition of the virtual plant. folder: its raw files.
    """
    tags = next(_tags(one) for name, one in given.sources.items() if name.startswith(SITE))
    name_of = {attribute: tag for tag, attribute in tags.items()}
    wanted = {name: one for name, one in given.sources.items() if name.startswith(SITE)}
    typed = ingest(given, folder)
    batches = pl.concat([typed[name].rows for name in given.sources_that_give("batches")], how="diagonal_relaxed")
    vessels = batches.select(pl.col(given.batch).alias("batch"), pl.col("vessel"))
    parts = []
    for name, source in wanted.items():
        local = {tag: name_of[attribute] for tag, attribute in _tags(source).items()}
        rows = typed[name].rows
        when = pl.col("moment").dt.replace_time_zone("UTC") if _naive(rows) else pl.col("moment").dt.convert_time_zone("UTC")
        known = rows.filter(pl.col("tag").is_in(list(local))).with_columns(pl.col("tag").cast(pl.String))
        parts.append(
            known.select(
                pl.col("batch_id").alias("batch"),
                pl.col("tag").replace_strict(local, return_dtype=pl.String),
                when.cast(pl.Datetime("us", "UTC")).alias("time"),
                pl.col("value").cast(pl.Float64),
            )
        )
    joined = (
        pl.concat(parts)
        .join(vessels, on="batch", how="inner")
        .with_columns(pl.format("{}.{}", "vessel", "tag").alias("node"))
    )
    return (
        joined.drop_nulls(["vessel", "time", "value"])
        .sort("node", "time")
        .unique(["node", "time"], keep="first", maintain_order=True)
    )


def _tags(source: "Source") -> Mapping[str, str]:
    found: Mapping[str, str] = getattr(source, "tags", {})
    return found


def _naive(rows: pl.DataFrame) -> bool:
    return getattr(rows.schema["moment"], "time_zone", None) is None


def _held_back(records: pl.DataFrame, batch: str | None) -> pl.DataFrame:
    """The records of the batch that is played, by time. The server does not hold them before they are played.

    Raises ScalebridgeError if the batch is unknown, or if another batch was in its vessel later.
    """
    if batch is None:
        return records.clear()
    own = records.filter(batch=batch)
    last = (
        records.group_by("vessel", "batch")
        .agg(pl.col("time").max())
        .sort("time")
        .group_by("vessel")
        .agg(pl.col("batch").last())
    )
    playable = last["batch"].sort().to_list()
    if batch in playable:
        return own.sort("time", "node")
    near = close_to(batch, records["batch"].unique().to_list())
    why = (
        f"there is no batch '{batch}'{f'; the closest names are {near}' if near else ''}"
        if own.is_empty()
        else (f"another batch was in the vessel of '{batch}' after it")
    )
    raise ScalebridgeError(f"--play {batch}: {why}. Batches that were the last in their vessel: {listed(playable, 20)}")


@dataclass
class _Publisher:
    """Sends each played record to a broker as well, to the topic `plant/<vessel>/<tag>`."""

    address: Address
    client: Any = field(init=False)

    def __post_init__(self) -> None:
        """Connect to the broker."""
        self.client = made_client(self.address, "", clean=True)
        try:
            self.client.connect(self.address.host, self.address.port)
        except OSError:
            raise ScalebridgeError(
                "The broker of --mqtt cannot be reached; check that it runs, and the connection"
            ) from None
        self.client.loop_start()

    def send(self, vessel: str, tag: str, time: datetime, value: float) -> None:
        """Send one record as JSON, with QoS 1."""
        text = as_json({"time": time.isoformat(), "value": value}, indent=None).strip()
        self.client.publish(f"plant/{vessel}/{tag}", text, qos=1)


async def _serve(
    wanted: Wanted, records: pl.DataFrame, held: pl.DataFrame, nodes: Sequence[str], broker: Address | None
) -> None:
    """Serve the plant, and play the batch, until the program is ended."""
    past = records.join(held.select("node", "time"), on=["node", "time"], how="anti", maintain_order="left")
    server = PlantServer(
        wanted.address, base={str(node): part for (node,), part in past.group_by("node", maintain_order=True)}
    )
    publisher = None if broker is None else _Publisher(broker)
    try:
        await server.start(nodes)
    except OSError as error:
        raise ScalebridgeError(
            f"--opcua {wanted.address}: the server cannot listen there ({error.strerror}); take another port"
        ) from None
    say(f"Serving {past.height:,} records of {len(nodes)} nodes at {wanted.address}. Ctrl-C ends it.")
    try:
        if wanted.play is not None and wanted.speed > 0:
            await _play(wanted, held, server, publisher)
        elif wanted.play is not None:
            say(f"The records of batch {wanted.play} are held back. A later call with --speed plays them.")
        await asyncio.Event().wait()
    finally:
        await server.stop()


async def _play(wanted: Wanted, held: pl.DataFrame, server: PlantServer, publisher: _Publisher | None) -> None:
    """Give the records of the batch their turn: one second of the clock is `speed` seconds of the batch."""
    say(f"Playing batch {wanted.play}: {held.height:,} records, {wanted.speed:g} times as fast as it ran.")
    loop = asyncio.get_running_loop()
    first, begin = held["time"][0], loop.time()
    for (time,), part in held.group_by("time", maintain_order=True):
        assert isinstance(time, datetime)
        await asyncio.sleep(max(0.0, begin + (time - first).total_seconds() / wanted.speed - loop.time()))
        for node, vessel, tag, value in part.select("node", "vessel", "tag", "value").iter_rows():
            await server.write(node, time.astimezone(UTC), value)
            if publisher is not None:
                publisher.send(vessel, tag, time, value)
    say(f"Batch {wanted.play} has been played.")
