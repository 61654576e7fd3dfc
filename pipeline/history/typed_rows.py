"""Read the rows of a source: rows with typed columns, and a quarantine record for each unreadable cell."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from pipeline.domain.process.process import Process
from pipeline.domain.sources import GenealogyRows, LongResults, LotRows, Source, TrajectoryRows
from pipeline.domain.tables import NamedQuarantine, Quarantine, empty
from pipeline.history.cells import LAB, CellReading, cell_reading, clean, clean_once, not_a_number, number
from pipeline.history.clock import MOMENT, UNCLEAR, with_utc_times
from pipeline.history.connectors.files import FILE, ROW

CENSORING = "__censoring"
"""Ending of the column beside a laboratory result that says whether it is censored."""


@dataclass(frozen=True)
class TypedRows:
    """The readable rows of one source, its quarantine, and the number of rows per file."""

    rows: pl.DataFrame
    quarantine: pl.DataFrame
    ledger: pl.DataFrame


def needed_columns(name: str, source: Source, process: Process) -> list[str]:
    """Columns that the files of a source must have."""
    own = {
        LongResults: ("batch", "test", "value", "unit", "revision"),
        LotRows: ("lot",),
        GenealogyRows: ("batch", "material", "lot", "quantity"),
        TrajectoryRows: ("batch", "time", "tag", "value"),
    }.get(type(source), ())
    named = [getattr(source, field) for field in own if getattr(source, field) is not None]
    return list(dict.fromkeys([*named, *(column.column for _, column in process.written_in(name).values())]))


def type_source(name: str, source: Source, process: Process, raw: pl.DataFrame) -> TypedRows:
    """Read every declared column of a source. A row with an unreadable cell goes to quarantine."""
    if isinstance(source, TrajectoryRows):
        raw = with_utc_times(raw, source)
    cells = {
        **_structure(source, raw),
        **{
            attribute: cell_reading(definition, column, source.nulls, source.format.decimal, raw.schema[column.column])
            for attribute, (definition, column) in process.written_in(name).items()
        },
    }
    columns = {attribute: column.column for attribute, (_, column) in process.written_in(name).items()}
    bad = raw.with_columns(cell.problem.is_not_null().alias(name) for name, cell in cells.items()).select(*cells)
    problems = _problems(name, raw, cells, {**_structure_columns(source), **columns}, bad)
    good = raw if problems.is_empty() else raw.filter(~bad.select(pl.any_horizontal(pl.all())).to_series())
    rows = good.select(FILE, ROW, *_values(cells, process))
    return TypedRows(rows, _with_batches(problems, raw, cells, process), _read_per_file(name, raw))


def _with_batches(
    problems: pl.DataFrame, raw: pl.DataFrame, cells: Mapping[str, CellReading], process: Process
) -> pl.DataFrame:
    """Add to each quarantine record the batch that its row names."""
    if problems.is_empty():
        return empty(NamedQuarantine)
    cell = cells.get("batch_id", cells.get(process.batch))
    batch = pl.lit(None, dtype=pl.String) if cell is None else cell.value.cast(pl.String)
    own = raw.filter(pl.col(ROW).is_in(problems["row"].unique().implode())).select(FILE, ROW, batch.alias("batch_id"))
    return problems.join(own, left_on=["file", "row"], right_on=[FILE, ROW], how="left", maintain_order="left")


def _read_per_file(source: str, raw: pl.DataFrame) -> pl.DataFrame:
    """Count the rows of each file. The rows of one file are adjacent."""
    runs = raw.select(pl.col(FILE).rle()).unnest(FILE)
    return runs.select(pl.lit(source).alias("source"), pl.col("value").alias("file"), pl.col("len").alias("read"))


def _values(cells: Mapping[str, CellReading], process: Process) -> list[pl.Expr]:
    """The typed columns, with a censoring column for each laboratory result."""
    lab = [name for name in cells if name in process.attributes and process.attributes[name].role in LAB]
    return [
        *(cell.value.alias(name) for name, cell in cells.items()),
        *(cells[name].censoring.alias(name + CENSORING) for name in lab),
    ]


def _problems(
    source: str, raw: pl.DataFrame, cells: Mapping[str, CellReading], columns: Mapping[str, str], bad: pl.DataFrame
) -> pl.DataFrame:
    """Make one quarantine record per unreadable cell. `bad` says for each column which rows are unreadable."""
    found = [
        raw.filter(bad[name]).select(
            pl.lit(source).alias("source"),
            pl.col(FILE).alias("file"),
            pl.col(ROW).alias("row"),
            pl.lit(columns[name]).alias("column"),
            pl.col(columns[name]).cast(pl.String).alias("value"),
            cell.problem.alias("reason"),
        )
        for name, cell in cells.items()
        if bad[name].any()
    ]
    return pl.concat([empty(Quarantine), *found]).sort("file", "row", "column")


def _structure_columns(source: Source) -> dict[str, str]:
    """Canonical column → column of the file, for the columns that link a row to a batch, lot, test or time."""
    match source:
        case LongResults():
            names = {"batch_id": source.batch, "test": source.test, "text": source.value}
            return names | {k: v for k, v in (("unit", source.unit), ("revision", source.revision)) if v is not None}
        case LotRows():
            return {"lot_id": source.lot}
        case GenealogyRows():
            return {
                "batch_id": source.batch,
                "material": source.material,
                "lot_id": source.lot,
                "quantity": source.quantity,
            }
        case TrajectoryRows():
            names = {"batch_id": source.batch, "moment": source.time}
            return names | ({"tag": source.tag, "value": source.value} if source.tag and source.value else {})
        case _:
            return {}


def _structure(source: Source, raw: pl.DataFrame) -> dict[str, CellReading]:
    """Canonical column → its reading, for the columns that link a row to a batch, lot, test or time.

    A row in which one of them is missing goes to quarantine.
    """
    columns = _structure_columns(source)
    cells = {name: _required(raw, column, source.nulls) for name, column in columns.items() if name not in _OPTIONAL}
    for name in _OPTIONAL & columns.keys():
        text = clean(columns[name], source.nulls)
        cells[name] = CellReading(text, text, pl.lit("none"), pl.lit(None, dtype=pl.String))
    for name in {"quantity", "revision"} & columns.keys():
        cells[name] = _plain_number(columns[name], source)
    if isinstance(source, TrajectoryRows):
        cells |= _time_cells(source, raw)
    return {name: cells[name] for name in columns}


_OPTIONAL = {"unit", "value"}


def _required(raw: pl.DataFrame, column: str, nulls: tuple[str, ...]) -> CellReading:
    text = clean_once(raw[column], nulls)
    return CellReading(text, text, pl.lit("none"), pl.when(text.is_null()).then(pl.lit("missing")))


def _plain_number(column: str, source: Source) -> CellReading:
    text = clean(column, source.nulls)
    value = number(text, source.format.decimal)
    problem = pl.when(value.is_null()).then(pl.lit(not_a_number(source.format.decimal)))
    return CellReading(text, value, pl.lit("none"), problem)


def _time_cells(source: TrajectoryRows, raw: pl.DataFrame) -> dict[str, CellReading]:
    """Readings of the time and, in long files, of the value. The value may be missing, but not unreadable."""
    moment, unread = pl.col(MOMENT), pl.lit(f"not a time in the format {source.time_format}")
    why = pl.when(moment.is_null()).then(pl.coalesce(UNCLEAR, unread))
    cells = {"moment": CellReading(clean(source.time, source.nulls), moment, pl.lit("none"), why)}
    if source.value is None:
        return cells
    written = clean(source.value, source.nulls)
    numeric = raw.schema[source.value].is_numeric()
    value = pl.col(source.value).cast(pl.Float64).fill_nan(None) if numeric else number(written, source.format.decimal)
    bad = pl.lit(False) if numeric else written.is_not_null() & value.is_null()
    cells["value"] = CellReading(
        written, value, pl.lit("none"), pl.when(bad).then(pl.lit(not_a_number(source.format.decimal)))
    )
    return cells
