"""The verbs `demo`: the virtual plant as a newcomer's own plant would be, in a database."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.commands.shared import PLACES, say
from pipeline.domain.errors import ScalebridgeError, listed
from pipeline.domain.names.allowed import name_problem
from pipeline.domain.whole_files import write_whole

if TYPE_CHECKING:
    from pipeline.domain.process.process import Process

PLANT = "virtual_plant"
demo = typer.Typer(no_args_is_help=True, help="Demonstrations that need nothing but this program and what they name.")


@demo.callback()
def _demo() -> None:
    """Demonstrations that need nothing but this program and what they name."""


@demo.command()
def plant(
    postgres: Annotated[
        str | None, typer.Option(help="name of the connection to a PostgreSQL database that the plant is loaded into")
    ] = None,
    process: Annotated[str, typer.Option(help="name of the process that is written")] = "plant_in_a_database",
    size: Annotated[str, typer.Option(help="size of the plant, a file in conf/plant/")] = "small",
    schema: Annotated[str, typer.Option(help="schema of the database that is made")] = "plant",
    opcua: Annotated[
        str | None,
        typer.Option(help="address at which the plant is served by OPC UA, such as opc.tcp://127.0.0.1:4840/plant"),
    ] = None,
    play: Annotated[
        str | None, typer.Option(help="with --opcua: the batch that runs; its records come one after the other")
    ] = None,
    speed: Annotated[
        float, typer.Option(min=0.0, help="with --play: how many times as fast as it ran; 0: hold its records back and wait")
    ] = 600.0,
    mqtt: Annotated[
        str | None, typer.Option(help="with --play: connection to a broker that gets the records as well")
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="replace the schema and the process of an earlier demonstration")
    ] = False,
) -> None:
    """Load the virtual plant into a database, or serve it by OPC UA, and write a process whose sources are pulled from there."""
    from pipeline.domain.config_files import read_yaml
    from pipeline.domain.reading.yaml_text import as_yaml
    from pipeline.history.connectors.connections import read_connection

    if opcua is not None:
        from pipeline.commands.demo_live import Wanted, show_plant

        name = "plant_by_opcua" if process == "plant_in_a_database" else process
        show_plant(Wanted(opcua, name, size, play, speed, mqtt, replace))
        return
    if postgres is None:
        raise ScalebridgeError(
            "Say where the plant is to be loaded: --postgres with the name of a connection, such as --postgres plant; or --opcua "
            "with the address at which it is served"
        )
    target = PLACES.conf / "process" / f"{process}.yaml"
    if problem := name_problem(process):
        raise ScalebridgeError(f"{process!r} cannot be the name of a process: {problem}; write letters, digits, '_' and '-'")
    if process == PLANT or (target.exists() and not replace):
        raise ScalebridgeError(f"{target} exists; give another name with --process, or replace it with --replace")
    if not schema.isidentifier() or not schema.isascii():
        raise ScalebridgeError(
            f"{schema!r} cannot be the name of a schema here; write letters, digits and '_', with a letter first"
        )
    connection = read_connection(postgres)
    given = read_yaml(PLACES.conf / "process" / f"{PLANT}.yaml")
    counts = _load(connection, given, size, schema, replace)
    write_whole(target, as_yaml(pulled_definition(given, process, postgres, schema, set(counts))))
    say(f"Loaded {len(counts)} tables with {sum(counts.values()):,} rows into the schema '{schema}' of {connection}.")
    say(f"Wrote {target}. Write `process: {process}` into {PLACES.params}, then:")
    say("  scalebridge snapshot\n  scalebridge check\n  dvc repro")


def _load(connection: Any, given: Mapping[str, Any], size: str, schema: str, replace: bool) -> dict[str, int]:
    """Simulate the plant, and load its files. Returns table → number of rows."""
    from pipeline.domain.config_files import parse, read_as
    from pipeline.domain.process.process import Process as Definition
    from pipeline.history.pulls.exported import tables_of
    from pipeline.history.pulls.loading import loader
    from pipeline.simulators.virtual_plant.build import build
    from pipeline.simulators.virtual_plant.config import PlantConfig

    file = PLACES.conf / "plant" / f"{size}.yaml"
    if not file.is_file():
        there = listed(sorted(path.stem for path in file.parent.glob("*.yaml")), 20)
        raise ScalebridgeError(f"{file} does not exist; sizes are {there}")
    process: Process = parse(Definition, given, PLANT)
    with TemporaryDirectory() as folder, loader(connection, schema, replace=replace) as loading:
        raw = Path(folder) / "raw"
        build(read_as(PlantConfig, file), raw, Path(folder) / "truth")
        for name, source in process.sources.items():
            loading.add(name, tables_of(process, name, source, raw))
        return dict(loading.tables)


def pulled_definition(given: Mapping[str, Any], name: str, connection: str, schema: str, tables: set[str]) -> dict[str, Any]:
    """Return a definition whose sources are pulled from tables, made from one whose sources are files.

    given: the definition as plain data. tables: sources that have a table; the others are left out.
    """
    sources = {
        source: _pulled(source, rules, connection, schema) for source, rules in given["sources"].items() if source in tables
    }
    title = f"{given['title']}, pulled from a database"
    return {**given, "name": name, "title": title, "sources": sources}


def _pulled(source: str, rules: Mapping[str, Any], connection: str, schema: str) -> dict[str, Any]:
    from pipeline.history.pulls.loading import CHANGED, RECORD

    table = f"{schema}.{source}"
    pull: dict[str, Any] = {"kind": "sql", "connection": connection}
    if "time_zone" in rules:  # when daylight saving ends, the order of the rows says which of two equal times is meant
        pull["query"] = f'SELECT * FROM "{schema}"."{source}" ORDER BY {RECORD}'
    else:
        pull["table"] = table
    pull |= {"key": [RECORD], "watermark": CHANGED, "overlap": "1 h"}
    if (decimal := rules.get("format", {}).get("decimal", ".")) != ".":
        pull["decimal"] = decimal
    if rules["gives"] == "trajectories":
        pull["values"] = "raw"
    kept = {key: value for key, value in rules.items() if key not in ("files", "format", "optional")}
    return {**kept, "pull": pull}
