"""Read one batch from the raw files, by the rules of the stages `ingest` and `validate`. Nothing is written."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl

from pipeline.answers.watch.running import Clock, RunningBatch, plan_row
from pipeline.domain.errors import ScalebridgeError, close_to, listed
from pipeline.domain.feeds import MqttFeed, OpcUaPull
from pipeline.domain.process.process import Process
from pipeline.domain.process.steps import last_step, step_of_source
from pipeline.domain.pulls import SqlPull
from pipeline.domain.sources import Source, TrajectoryRows, TransferRows
from pipeline.history.assemble import AssembledHistory, assemble
from pipeline.history.batches import find_batches
from pipeline.history.cells import cell_reading, clean_once
from pipeline.history.connectors.files import (
    FILE,
    ROW,
    RawRows,
    files_of,
    folder_of,
    read_one_file,
    read_source,
    without_replaced,
)
from pipeline.history.connectors.raw_table import OnlyRows
from pipeline.history.left_out import batch_column
from pipeline.history.live.journal_reader import JournalReader
from pipeline.history.live.received import journal_folder, received_rows
from pipeline.history.occupancy import continuous, with_batches_of_vessels
from pipeline.history.pulls.polled import GONE, POLLED, is_whole
from pipeline.history.snapshots.manifest import read_manifest
from pipeline.history.spectra.source import with_spectra
from pipeline.history.tables import History
from pipeline.history.typed_rows import TypedRows, needed_columns, type_source
from pipeline.monitoring.known import HOUR


@dataclass
class SeriesFiles:
    """Rows of batches that were read from files of series. A file that has not changed since is not read again."""

    read: dict[tuple[str, str, Path, int, int], RawRows] = field(default_factory=dict)
    """Batch or vessel, source, file, time of its last change and size → the rows of the batch."""
    journals: dict[Path, JournalReader] = field(default_factory=dict)
    """Folder → the journal in it of what was received, as far as it was read."""

    def journal(self, folder: Path) -> JournalReader:
        """Return the reader of the journal in a folder."""
        return self.journals.setdefault(folder, JournalReader(folder))


def read_running(
    process: Process,
    folder: Path,
    batch: str,
    files: SeriesFiles,
    snapshots: Path | None = None,
    received: Path | None = None,
) -> RunningBatch:
    """Read a batch from the raw files of its process, from the snapshots of what was pulled, and from what was received.

    folder: the raw files of the process. snapshots: the snapshots of the process. received: the journals of its feeds. Raises
    ScalebridgeError if a file or a column is missing, or if the batch is not in the batch records, or is set aside there.
    """
    places = {name: folder_of(name, source, folder, snapshots) for name, source in process.sources.items()}
    typed: dict[str, TypedRows] = {}
    names: set[str] = set()
    whole: dict[str, pl.DataFrame] = {}
    vessels = continuous(process)
    for name, source in process.sources.items():
        if isinstance(source, TrajectoryRows):
            continue
        raw = read_source(name, source, places[name], needed_columns(name, source, process))
        names |= _batches_named(name, process, raw.rows) if source.gives == "batches" else set()
        if vessels and source.gives in ("batches", "details"):
            whole[name] = _typed(name, process, raw, folder).rows
        raw = replace(raw, rows=_of_batch(name, process, raw.rows, batch))
        typed[name] = _typed(name, process, raw, folder)
    batches = find_batches(process, whole).rows if vessels else None
    for name, source in process.sources.items():
        if isinstance(source, TrajectoryRows):
            of = (
                batch
                if batches is None or name not in vessels
                else _vessel(process, batches, batch, vessels[name].attribute)
            )
            raw = series_of_batch(name, source, process, places[name], of, files, received)
            typed[name] = _typed(name, process, raw, folder)
    if batches is not None:
        typed = _placed(process, typed, batches, batch)
    found = _assembled(process, typed)
    if found.batches.is_empty():
        raise ScalebridgeError(_why_missing(process, folder, batch, names, found))
    history = History(found.batches, found.results, found.lots, found.genealogy, found.trajectories)
    rows = {name: typed[name].rows for name in process.sources_that_give("trajectories")}
    clock = clock_of(process, rows, found.trajectories)
    ended = _end(process, typed, found.batches)
    row = plan_row(process, history, batch)
    running = RunningBatch(batch, str(row["product"][0]), row, found.trajectories, clock, ended, found.notes[:1])
    if batches is None:
        return running
    in_vessels = {name: _vessel(process, batches, batch, rule.attribute) for name, rule in vessels.items()}
    return replace(running, vessels=in_vessels, started=_started(process, batches, batch))


def _vessel(process: Process, batches: pl.DataFrame, batch: str, attribute: str) -> str:
    """The vessel of a batch; an empty text if it is not known."""
    found = batches.filter(pl.col(process.batch) == batch)[attribute].drop_nulls()
    return "" if found.is_empty() else str(found[0])


def _started(process: Process, batches: pl.DataFrame, batch: str) -> datetime | None:
    """The start of a batch, by the clock of the series."""
    assert process.started is not None  # a series that names no batch needs it
    found: datetime | None = batches.filter(pl.col(process.batch) == batch)[process.started].drop_nulls().min()  # type: ignore[assignment]
    return found


def _placed(process: Process, typed: Mapping[str, TypedRows], batches: pl.DataFrame, batch: str) -> dict[str, TypedRows]:
    """Give the records of continuous series their batch, and keep those of one batch."""
    names = continuous(process)
    rows = {name: typed[name].rows for name in names}
    found = with_batches_of_vessels(process, rows, batches).rows
    own = {name: replace(typed[name], rows=found[name].filter(pl.col("batch_id") == batch)) for name in names}
    return {**typed, **own}


def series_of_batch(
    name: str,
    source: TrajectoryRows,
    process: Process,
    folder: Path,
    of: str,
    files: SeriesFiles,
    received: Path | None = None,
) -> RawRows:
    """Read the rows of one batch from the files of a series, file by file, so that no more than one file is in memory.

    of: the batch; or the vessel, for a series that names no batch. received: the journals of the feeds of the process. A record
    that was received and is also in a snapshot counts once.
    """
    pull = source.pull
    feed = pull if isinstance(pull, OpcUaPull | MqttFeed) and received is not None else None
    polled = None if received is None or not isinstance(pull, SqlPull) else received / name / POLLED
    polled = polled if polled is not None and polled.is_file() else None
    pulled = pull is not None and ((feed is None and polled is None) or read_manifest(folder) is not None)
    if polled is not None and isinstance(pull, SqlPull) and is_whole(pull, folder):
        pulled = False  # what was polled holds all rows
    paths = files_of(source, folder) if pulled or pull is None else []
    parts = [_of_file(path, name, source, process, folder, of, files) for path in paths]
    if polled is not None:
        parts = [_without_gone(part, polled.with_name(GONE)) for part in parts]
        parts.append(_of_file(polled, name, source, process, polled.parent, of, files))
    if feed is not None and received is not None:
        journal = files.journal(journal_folder(received, name, feed, None if source.batch is not None else of))
        parts.append(_of_file(received_rows(journal), name, source, process, journal.folder, of, files))
    if not parts:
        return read_source(name, source, folder, needed_columns(name, source, process))  # it says which files are missing
    stacked = pl.concat([part.rows for part in parts], how="diagonal_relaxed")
    rows = RawRows(stacked, parts[0].set_aside, tuple(paths))
    whole = without_replaced(rows, name, folder) if pulled else rows
    if feed is None and polled is None:
        return whole
    values = [column for column in whole.rows.columns if column not in (FILE, ROW)]
    return replace(whole, rows=whole.rows.unique(values, keep="first", maintain_order=True))


def _without_gone(part: RawRows, gone: Path) -> RawRows:
    """Leave out the rows of a snapshot that polled rows replace."""
    rows = part.rows.join(pl.read_parquet(gone), left_on=[FILE, ROW], right_on=["file", "row"], how="anti")
    return replace(part, rows=rows)


def _of_file(
    path: Path, name: str, source: TrajectoryRows, process: Process, folder: Path, of: str, files: SeriesFiles
) -> RawRows:
    """The rows of one batch or vessel in one file. A file that has not changed since is not read again."""
    state = path.stat()
    key = (of, name, path, state.st_mtime_ns, state.st_size)
    if key not in files.read:
        only = OnlyRows(source.series_of, of)
        raw = read_one_file(path, name, source, folder, needed_columns(name, source, process), only)
        of_batch = raw.rows.filter(clean_once(raw.rows[source.series_of], source.nulls) == of)
        known = {old for old in files.read if old[:3] == key[:3]}
        files.read = {old: rows for old, rows in files.read.items() if old not in known}
        files.read[key] = RawRows(of_batch, raw.set_aside.clear())
    return files.read[key]


def clock_of(process: Process, rows: Mapping[str, pl.DataFrame], records: pl.DataFrame) -> Clock | None:
    """Return the clock of a batch from the newest record of a source of series, if possible of one whose times are in UTC.

    rows: source of a series → its typed rows of the batch, whose `moment` is the time of the clock. None where the times
    are elapsed times.
    """
    found = [clock for name, typed in rows.items() if (clock := _clock_of_source(process, name, typed, records)) is not None]
    return max(found, key=lambda clock: (clock.utc, clock.start)) if found else None


def _clock_of_source(process: Process, name: str, typed: pl.DataFrame, records: pl.DataFrame) -> Clock | None:
    source, kind = process.sources[name], typed.schema["moment"]
    assert isinstance(source, TrajectoryRows)
    tags = set(source.tags.values()) or set(process.written_in(name))
    times = records.filter(pl.col("tag").cast(pl.String).is_in(tags))["time"]
    valued = typed.drop_nulls("value") if "value" in typed.columns else typed
    if not isinstance(kind, pl.Datetime) or times.is_empty() or valued.is_empty():
        return None
    moment, last = valued["moment"].dt.replace_time_zone(None).max(), times.max()
    assert isinstance(moment, datetime)
    assert isinstance(last, float)
    return Clock(moment - timedelta(seconds=last), source.in_utc or kind.time_zone is not None)


def _typed(name: str, process: Process, raw: RawRows, folder: Path) -> TypedRows:
    rows, _ = with_spectra(name, process, raw.rows, folder)
    return type_source(name, process.sources[name], process, replace(raw, rows=rows))


def _of_batch(name: str, process: Process, raw: pl.DataFrame, batch: str) -> pl.DataFrame:
    """Return the raw rows of one batch; all rows of a source whose rows belong to no single batch."""
    cell = _batch_cell(name, process, raw)
    return raw if cell is None else raw.filter(cell.cast(pl.String) == batch)


def _batch_cell(name: str, process: Process, raw: pl.DataFrame) -> pl.Expr | None:
    """The name of the batch in raw rows, read as the stage `ingest` reads it; None for rows of earlier steps, which name others."""
    source: Source = process.sources[name]
    earlier = isinstance(source, TransferRows) or step_of_source(process, name) != last_step(process)
    if earlier or batch_column(process, name) is None:
        return None
    own: str | None = getattr(source, "batch", None)  # sources of batches and details have it among their attributes
    if own is not None:
        return clean_once(raw[own], source.nulls)
    attribute, column = process.written_in(name)[process.batch]
    return cell_reading(attribute, column, source.nulls, source.decimal, raw.schema).value


def _batches_named(name: str, process: Process, raw: pl.DataFrame) -> set[str]:
    cell = _batch_cell(name, process, raw)
    return set() if cell is None else set(raw.select(cell.cast(pl.String)).to_series().drop_nulls())


def _assembled(process: Process, typed: Mapping[str, TypedRows]) -> AssembledHistory:
    quarantine = pl.concat([one.quarantine for one in typed.values()])
    read = pl.concat([one.ledger.with_columns(pl.lit("").alias("sha256")) for one in typed.values()])
    return assemble(process, {name: one.rows for name, one in typed.items()}, quarantine, read)


def _why_missing(process: Process, folder: Path, batch: str, names: Collection[str], found: AssembledHistory) -> str:
    sources = listed(process.sources_that_give("batches"))
    if batch in names:
        reasons = found.quarantine.filter(pl.col("batch_id") == batch)["reason"].unique().sort()
        return (
            f"Batch '{batch}' is set aside in the batch records of process '{process.name}' (sources {sources} in {folder}): "
            f"{listed(reasons)}. Correct its record"
        )
    near = close_to(batch, names)
    there = f"the closest names are {near}" if near else f"its {len(names)} batches are {listed(sorted(names))}"
    return (
        f"Batch '{batch}' is not in the batch records of process '{process.name}' (sources {sources} in {folder}); {there}. If its "
        "record comes later, describe the batch in a YAML file with `process`, `batch`, `proposal` and `series`, and give that file"
    )


def _end(process: Process, typed: Mapping[str, TypedRows], batches: pl.DataFrame) -> float | None:
    """Hour of the end that the batch records state."""
    started, ended = process.started, process.ended
    if started is None or ended is None:
        return None
    frames = [one.rows for name, one in typed.items() if {started, ended} <= set(typed[name].rows.columns)]
    spans = [
        frame.select((pl.col(ended) - pl.col(started)).dt.total_seconds().max()).item() for frame in frames if frame.height
    ]
    known = [span for span in spans if span is not None and span > 0]
    return max(known) / HOUR if known else None
