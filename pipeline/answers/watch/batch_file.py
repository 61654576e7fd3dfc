"""A batch that is not in the batch records, described in a YAML file: its plan as a proposal, and the files of its series."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Annotated

import polars as pl
from pydantic import AfterValidator, Field
from pydantic.dataclasses import dataclass

from pipeline.answers.case.case import read_case
from pipeline.answers.predicting_run import PredictingRun
from pipeline.answers.watch.raw_batch import SeriesFiles, clock_of, series_of_batch
from pipeline.answers.watch.running import RunningBatch
from pipeline.domain.config_files import read_as
from pipeline.domain.errors import ScalebridgeError, listed
from pipeline.domain.file_formats import Parquet
from pipeline.domain.process.process import Process
from pipeline.domain.sources import TrajectoryRows
from pipeline.domain.strict_config import STRICT
from pipeline.history.trajectories import find_trajectories
from pipeline.history.typed_rows import TypedRows, type_source

ENDINGS = (".yaml", ".yml")


def _moment(text: str) -> str:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"'{text}' is no time; write for example '2026-11-20 08:30'") from None
    if found.tzinfo is not None:
        raise ValueError(f"'{text}' has a time zone; write it in the clock of the batch records, without a zone")
    return text


@dataclass(config=STRICT, frozen=True)
class BatchFile:
    """A running batch that is described in a file."""

    process: str
    """Name of the process; the published run must have been trained on it."""
    batch: str
    """Name of the batch, as its series name it."""
    proposal: str
    """The file of the proposal that states the plan, as seen from this file."""
    series: Mapping[str, Annotated[tuple[str, ...], Field(min_length=1)]] = Field(min_length=1)
    """Source of series in the process definition → its files, as seen from this file. They are written as the source declares."""
    started: Annotated[str, AfterValidator(_moment)] | None = None
    """Start of the batch, such as `2026-11-20 08:30`, in the clock of the batch records. Needed where series count from it."""


def is_batch_file(name: str) -> bool:
    """Tell whether what a user wants to watch is a file, and not the name of a batch."""
    return name.lower().endswith(ENDINGS)


def read_batch_file(path: Path, run: PredictingRun, files: SeriesFiles) -> RunningBatch:
    """Read the batch that a file describes.

    Raises ScalebridgeError for a file that is not valid, a proposal that does not fit, or series without a record of the batch.
    """
    given: BatchFile = read_as(BatchFile, path)
    process = run.process
    if given.process != process.name:
        raise ScalebridgeError(
            f"{path} is about process '{given.process}', the published run was trained on '{process.name}'"
        )
    case = read_case(path.parent / given.proposal, run)
    row = case.row.with_columns(pl.lit(given.batch).alias("batch_id"))
    rows = {name: _rows(path, name, given, process, files).rows for name in given.series}
    others = {n: _none(n, process, rows) for n in process.sources_that_give("trajectories") if n not in rows}
    found = find_trajectories(process, rows | others, _dates(process, given))
    if found.table.is_empty():
        raise ScalebridgeError(_why_none(path, given, found.quarantine))
    clock = clock_of(process, rows, found.table)
    return RunningBatch(given.batch, case.proposal.product, row, found.table, clock, None, found.notes)


def _rows(path: Path, name: str, given: BatchFile, process: Process, files: SeriesFiles) -> TypedRows:
    """The typed rows of the batch in the files of one source."""
    source = _source(path, name, process)
    parts = [_of_file(path, file, name, source, given, process, files) for file in given.series[name]]
    return TypedRows(
        pl.concat([part.rows for part in parts], how="diagonal_relaxed"),
        pl.concat([part.quarantine for part in parts]),
        pl.concat([part.ledger for part in parts]),
    )


def _of_file(
    path: Path, file: str, name: str, source: TrajectoryRows, given: BatchFile, process: Process, files: SeriesFiles
) -> TypedRows:
    whole = path.parent / file
    if not whole.is_file():
        raise ScalebridgeError(
            f"{path}, series.{name}: {whole} is not a file; correct the path, which counts from {path.parent}"
        )
    outside = Path(file).is_absolute() or ".." in Path(file).parts
    folder = whole.parent if outside else path.parent
    form = source.format if source.pull is None else Parquet("parquet")
    one = replace(source, files=(whole.relative_to(folder).as_posix(),), pull=None, format=form)
    return type_source(name, source, process, series_of_batch(name, one, process, folder, given.batch, files))


def _source(path: Path, name: str, process: Process) -> TrajectoryRows:
    known = process.sources_that_give("trajectories")
    source = known.get(name)
    if not isinstance(source, TrajectoryRows):
        raise ScalebridgeError(f"{path}: series names the source '{name}'; sources of series are {listed(known, 20)}")
    if source.of_equipment is not None:
        raise ScalebridgeError(
            f"{path}: series names the source '{name}', whose records name a vessel and no batch; they need a batch "
            "record with its vessel and its start. Give the name of the batch instead of this file"
        )
    return source


def _none(name: str, process: Process, rows: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """No row of a source that the file does not name. Its times are of the type of those that it names."""
    first = next(iter(rows.values()))
    source = process.sources[name]
    assert isinstance(source, TrajectoryRows)
    sensors = {} if source.tag else dict.fromkeys(process.written_in(name), pl.Float64())
    long = {"tag": pl.String(), "value": pl.Float64()} if source.tag else {}
    base = {column: first.schema[column] for column in ("_file", "_row", "batch_id", "moment")}
    return pl.DataFrame(schema={**base, **long, **sensors})


def _dates(process: Process, given: BatchFile) -> pl.DataFrame:
    """The dates of the batch: its start where it is stated."""
    dates = [name for name, one in process.attributes.items() if one.kind == "date"]
    started = None if given.started is None else datetime.fromisoformat(given.started)
    values = {name: [started if name == process.started else None] for name in dates}
    return pl.DataFrame(
        {"batch_id": [given.batch], **values}, schema={"batch_id": pl.String, **dict.fromkeys(dates, pl.Datetime("us"))}
    )


def _why_none(path: Path, given: BatchFile, quarantine: pl.DataFrame) -> str:
    """Say why a file gives no record."""
    if quarantine.is_empty():
        return (
            f"{path}: the series hold no record of batch '{given.batch}' ({listed(given.series)}); correct `batch`, which must be "
            "the name that the series write, or the files"
        )
    reasons = quarantine["reason"].unique().sort()
    return f"{path}: no record of batch '{given.batch}' can be used: {listed(reasons)}"
