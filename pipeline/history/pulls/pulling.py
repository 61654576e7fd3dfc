"""Pull a source, and add what came to its snapshot."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from pipeline.domain.errors import ScalebridgeError, listed
from pipeline.domain.feeds import MqttFeed, OpcUaPull
from pipeline.domain.process.process import Process
from pipeline.domain.pull_kinds import Pull
from pipeline.domain.pulls import SqlPull
from pipeline.domain.sources import Source
from pipeline.history.connectors.connections import Connection, read_connection
from pipeline.history.pulls.any_sql import any_sql
from pipeline.history.pulls.opcua import opcua_history
from pipeline.history.pulls.postgresql import SCHEMES, postgresql
from pipeline.history.pulls.received import received_records
from pipeline.history.pulls.session import Session
from pipeline.history.pulls.watermarks import since
from pipeline.history.snapshots.manifest import Manifest, Pulled
from pipeline.history.snapshots.store import Added, OpenSnapshot, Rule, Unchanged, add_snapshot, open_snapshot
from pipeline.history.typed_rows import needed_columns

Progress = Callable[[str, int], None]
"""Called with the source and the number of rows that have come so far."""


@dataclass(frozen=True)
class Outcome:
    """What the pull of one source brought."""

    source: str
    found: Added | Unchanged
    seconds: float
    note: str = ""
    """Why all rows were read although the source has a watermark; empty otherwise."""


def pulled_sources(process: Process) -> dict[str, Source]:
    """Name → source, for the sources of a process that are pulled."""
    return {name: source for name, source in process.sources.items() if source.pull is not None}


def pull_source(
    name: str,
    source: Source,
    folder: Path,
    root: Path,
    *,
    full: bool = False,
    progress: Progress | None = None,
    received: Path | None = None,
) -> Outcome:
    """Pull a source and add what is new to its snapshot.

    folder: the snapshot of the source. root: folder of the project, with `connections.yaml`. full: read all rows, also with a
    watermark. received: what was received of the source, if it is a feed. Raises ScalebridgeError if anything fails; then nothing
    was added.
    """
    pull = source.pull
    assert pull is not None
    began, at = time.monotonic(), datetime.now(UTC).isoformat(timespec="seconds")
    try:
        with open_snapshot(folder) as snapshot:
            note = _why_all(pull, snapshot.manifest)
            start = None if full or note is not None else start_of(pull, snapshot.manifest)
            rule = Rule(pull.key, pull.watermark, whole=start is None)
            with opened_source(pull, root, snapshot, received) as opened:
                origin = Pulled(
                    kind=pull.kind,
                    connection=pull.connection,
                    what=what(pull),
                    at=at,
                    since=start if isinstance(start, int) or start is None else start.isoformat(),
                    values=pull.values,
                    versions=opened.versions,
                )
                frames = _counted(opened.frames(pull, start), name, progress)
                _, found = add_snapshot(snapshot, frames, origin, rule)
    except ScalebridgeError as problem:
        raise ScalebridgeError(f"Source '{name}': {problem}") from None
    return Outcome(name, found, time.monotonic() - began, note or "")


def check_source(name: str, source: Source, process: Process, root: Path) -> str:
    """Open the connection of a source and look at its columns. Returns a sentence; nothing is pulled.

    Raises ScalebridgeError if the connection cannot be opened, or if a column is missing that the definition reads.
    """
    pull = source.pull
    assert pull is not None
    try:
        with opened_source(pull, root, None, None) as opened:
            frame = next(opened.frames(pull, None, nothing=True))
    except ScalebridgeError as problem:
        raise ScalebridgeError(f"Source '{name}': {problem}") from None
    shown = "the query" if isinstance(pull, SqlPull) and pull.query is not None else what(pull)
    joined = {part for column in source.columns_joined for part in source.columns_joined[column]}
    needed = {*needed_columns(name, source, process), *pull.key, *([pull.watermark] if pull.watermark else []), *joined}
    if absent := sorted(needed - set(frame.columns) - set(source.columns_joined)):
        raise ScalebridgeError(
            f"Source '{name}': {shown} has no column {listed(map(repr, absent))}; its columns are {listed(frame.columns, 30)}"
        )
    versions = ", ".join(f"{program} {version}" for program, version in opened.versions.items())
    opens = f"connection '{pull.connection}' opens ({versions})"
    return f"Source '{name}': {opens}; {shown} has all {len(needed)} columns that are read."


def session(connection: Connection, pull: SqlPull, known: Mapping[str, pl.DataType]) -> AbstractContextManager[Session]:
    """Open the database of a connection: PostgreSQL by ADBC, any other by SQLAlchemy. known: column → type of earlier files."""
    if connection.scheme in SCHEMES:
        return postgresql(connection, pull.time_limit)
    if "://" not in connection.address:
        raise ScalebridgeError(f"{connection}: its address has no scheme; write for example postgresql://user@host/database")
    return any_sql(connection, pull.time_limit, known)


def opened_source(
    pull: Pull, root: Path, snapshot: OpenSnapshot | None, received: Path | None
) -> AbstractContextManager[Any]:
    """Open what a source is pulled from: a database, a historian, or the journals of what was received."""
    if isinstance(pull, MqttFeed):
        return received_records(received or Path())
    connection = read_connection(pull.connection, root)
    if isinstance(pull, OpcUaPull):
        return opcua_history(connection, pull, snapshot)
    return session(connection, pull, {} if snapshot is None else _types(snapshot))


def what(pull: Pull) -> str:
    """Return what a pull reads, for the manifest and for messages."""
    if isinstance(pull, OpcUaPull):
        nodes = ", ".join(f"{tag} = {node}" for tag, node in pull.nodes.items())
        return f"{pull.values} history of {nodes}" + (f" every {pull.interval}" if pull.interval else "")
    if isinstance(pull, MqttFeed):
        return f"topics {', '.join(pull.topics)}"
    return f"table {pull.table}" if pull.query is None else pull.query


def _why_all(pull: Pull, manifest: Manifest | None) -> str | None:
    """Say why a pull with a watermark must read all rows although the source was pulled before; None if it must not."""
    if pull.watermark is None or manifest is None or not manifest.counting:
        return None
    if manifest.counting[-1].pulled.what != what(pull):
        return "what is read is another one than at the last pull, so all rows were read"
    if (manifest.key, manifest.watermark) != (pull.key, pull.watermark):
        return "`key` or `watermark` are others than at the last pull, so all rows were read"
    return None


def start_of(pull: Pull, manifest: Manifest | None) -> datetime | date | int | None:
    """Return the watermark from which rows are asked for; None for all rows."""
    if pull.watermark is None or manifest is None or manifest.highest is None:
        return None
    return since(pull, manifest.highest)


def _types(snapshot: OpenSnapshot) -> Mapping[str, pl.DataType]:
    """Column → type of the newest file that counts."""
    if snapshot.manifest is None or not snapshot.manifest.counting:
        return {}
    return dict(pl.read_parquet_schema(snapshot.folder / snapshot.manifest.counting[-1].file))


def _counted(frames: Iterator[pl.DataFrame], name: str, progress: Progress | None) -> Iterator[pl.DataFrame]:
    rows = 0
    for frame in frames:
        rows += frame.height
        if progress is not None:
            progress(name, rows)
        yield frame
