"""Read the rows of a source: rows with typed columns, and a quarantine record for each unreadable cell."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import polars as pl

from pipeline.domain.attributes import LAB, Attribute, SourceColumn
from pipeline.domain.batch_columns import AVAILABLE, BEGAN
from pipeline.domain.file_formats import Excel
from pipeline.domain.process.availability import resolution
from pipeline.domain.process.parts import LABORATORY
from pipeline.domain.process.process import Process
from pipeline.domain.process.steps import batch_of_source
from pipeline.domain.sources import DeviationRows, GenealogyRows, LongResults, LotRows, Source, TrajectoryRows, TransferRows
from pipeline.domain.tables import NamedQuarantine, Quarantine, empty
from pipeline.domain.times.declared import DateColumn, DateFormat
from pipeline.history.cells import (
    INFINITE,
    CellReading,
    cell_reading,
    clean,
    clean_once,
    not_a_number,
    number,
    typed_number,
)
from pipeline.history.clock import MOMENT, UNCLEAR, with_utc_times
from pipeline.history.connectors.files import FILE, ROW, RawRows
from pipeline.history.connectors.raw_table import ColumnUse
from pipeline.history.native_cells import as_percent, native_times, with_native_problems
from pipeline.history.quarantine import with_batch
from pipeline.history.spectra.source import CELL, CHANNEL, channel_columns, spectrum_reading
from pipeline.history.times.counted import in_hours
from pipeline.history.times.dates import check_zones, end_of

VESSEL = "vessel"
"""Column with the vessel of a record, in a series that names no batch."""
CENSORING = "__censoring"
"""Ending of the column beside a laboratory result that says whether it is censored."""


@dataclass(frozen=True)
class TypedRows:
    """The readable rows of one source, its quarantine, and the number of rows per file."""

    rows: pl.DataFrame
    quarantine: pl.DataFrame
    ledger: pl.DataFrame


def needed_columns(name: str, source: Source, process: Process) -> dict[str, ColumnUse]:
    """Columns that the files of a source must have → what their cells are read as."""
    uses: dict[str, ColumnUse] = {} if source.rows is None else {source.rows.column: "text"}
    for attribute, column in process.written_in(name).values():
        if attribute.kind == "spectrum":
            uses |= channel_columns(attribute, column)
            continue
        uses[column.column] = "id" if attribute.role == "identifier" and attribute.kind == "text" else attribute.kind
    revision: ColumnUse = "text" if isinstance(source.format, Excel) else "number"  # a workbook shows 1.10 of the number 1.1
    own: dict[type, dict[str, ColumnUse]] = {
        LongResults: {
            "batch": "id",
            "test": "id",
            "value": "number",
            "unit": "text",
            "revision": revision,
            LABORATORY: "id",
        },
        LotRows: {"lot": "id"},
        GenealogyRows: {"batch": "id", "material": "id", "lot": "id", "quantity": "number", "unit": "text", "booking": "id"},
        TransferRows: {"from_batch": "id", "to_batch": "id", "quantity": "number", "unit": "text", "booking": "id"},
        TrajectoryRows: {"series_of": "id", "time": "time", "tag": "id", "value": "number"},
        DeviationRows: {"batch": "id", "cause": "text"},
    }
    named = {getattr(source, field, None): use for field, use in own.get(type(source), {}).items()}
    structure: dict[str, ColumnUse] = {column: use for column, use in named.items() if column is not None}
    if isinstance(source, TrajectoryRows) and source.quality is not None:
        uses.setdefault(source.quality.column, "text")
    if isinstance(source, GenealogyRows) and source.taken_back is not None:
        uses.setdefault(source.taken_back.column, "text")
    structure |= dict.fromkeys((dated.column for dated in _dated(source).values()), "date")
    return structure | {column: use for column, use in uses.items() if column not in structure}


def type_source(name: str, source: Source, process: Process, read: RawRows) -> TypedRows:
    """Read every declared column of a source. A row with an unreadable cell goes to quarantine.

    In a series with one column per sensor, an unreadable cell of a sensor goes to quarantine alone.
    """
    raw = read.rows
    if source.pull is not None:
        check_zones(name, raw.schema, _formats(name, source, process))
    if isinstance(source, TrajectoryRows):
        raw = native_times(raw, source, with_utc_times)
    if isinstance(source, LongResults):
        raw = as_percent(raw, source)
    columns = _structure_columns(source) | {key: column.column for key, (_, column) in process.written_in(name).items()}
    cells = with_native_problems(_readings(name, source, process, raw), columns, raw)
    bad = raw.with_columns(cell.problem.is_not_null().alias(name) for name, cell in cells.items()).select(*cells)
    problems = _problems(name, raw, cells, columns, bad)
    if isinstance(source, TrajectoryRows) and source.tag is None:
        sensors = list(process.written_in(name))
        cells |= {sensor: _or_missing(cells[sensor]) for sensor in sensors if bad[sensor].any()}
        bad = bad.drop(sensors)
    if isinstance(source, GenealogyRows | TransferRows):
        # An unread amount stays as a blank: without it, the shares of the other lots are not known.
        bad = bad.drop("quantity")
    if isinstance(source, GenealogyRows):
        # So does an amount without a lot. A row that has neither says nothing.
        nothing = raw.select(cells["quantity"].text.is_null().alias("quantity")).to_series()
        bad = bad.with_columns(pl.col("lot_id") & nothing)
    if isinstance(source, TransferRows):
        bad = bad.drop("from_batch")  # so does a batch that gave, for the same reason
    good = raw if problems.is_empty() else raw.filter(~bad.select(pl.any_horizontal(pl.all())).to_series())
    rows = good.select(FILE, ROW, *_values(cells, process))
    named = pl.concat([_with_batches(problems, raw, cells, batch_of_source(process, name)), read.set_aside], how="diagonal")
    return TypedRows(rows, named, _read_per_file(name, raw, read.set_aside))


def _formats(name: str, source: Source, process: Process) -> dict[str, DateFormat]:
    """Column → how its dates are declared."""
    own = {one.column: one.date for _, one in process.written_in(name).values() if one.date is not None}
    return own | {dated.column: dated.date for dated in _dated(source).values()}


def _with_batches(
    problems: pl.DataFrame, raw: pl.DataFrame, cells: Mapping[str, CellReading], batch_attribute: str
) -> pl.DataFrame:
    """Add to each quarantine record the batch that its row names."""
    if problems.is_empty():
        return empty(NamedQuarantine)
    cell = cells.get("batch_id", cells.get("to_batch", cells.get(batch_attribute)))
    batch = pl.lit(None, dtype=pl.String) if cell is None else cell.value.cast(pl.String)
    return with_batch(problems, raw, batch)


def _or_missing(cell: CellReading) -> CellReading:
    """The reading of a sensor in a wide row: an unreadable cell is missing there, and the other sensors of the row stay."""
    return replace(cell, value=pl.when(cell.problem.is_null()).then(cell.value))


def _readings(name: str, source: Source, process: Process, raw: pl.DataFrame) -> dict[str, CellReading]:
    """Canonical column or attribute → how its cells are read."""
    return _structure(source, raw) | {
        attribute: spectrum_reading(attribute)
        if definition.kind == "spectrum"
        else cell_reading(definition, column, source.nulls, source.decimal, raw.schema)
        for attribute, (definition, column) in process.written_in(name).items()
    }


def _read_per_file(source: str, raw: pl.DataFrame, set_aside: pl.DataFrame) -> pl.DataFrame:
    """Count the rows of each file: those that have cells, and those that were set aside before."""
    whole = raw.group_by(FILE).len().select(pl.col(FILE).alias("file"), pl.col("len").alias("read"))
    aside = set_aside.group_by("file").agg(pl.col("row").n_unique().cast(pl.UInt32).alias("read"))
    both = pl.concat([whole, aside]).group_by("file").agg(pl.col("read").sum()).sort("file")
    return both.select(pl.lit(source).alias("source"), "file", "read")


def _values(cells: Mapping[str, CellReading], process: Process) -> list[pl.Expr]:
    """The typed columns, with a censoring column for each laboratory result."""
    attributes = process.attributes
    lab = [n for n in cells if n in attributes and attributes[n].role in LAB and attributes[n].kind != "spectrum"]
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
            *_place(raw, name, columns[name]),
            cell.problem.alias("reason"),
        )
        for name, cell in cells.items()
        if bad[name].any()
    ]
    return pl.concat([empty(Quarantine), *found]).sort("file", "row", "column")


def _place(raw: pl.DataFrame, name: str, column: str) -> list[pl.Expr]:
    """The column of an unreadable cell, and its text. A spectrum has many columns, and its own columns say which it is."""
    if name + CHANNEL in raw.columns:
        return [pl.col(name + CHANNEL).alias("column"), pl.col(name + CELL).alias("value")]
    return [pl.lit(column).alias("column"), _as_text(raw, column).alias("value")]


def _as_text(raw: pl.DataFrame, column: str) -> pl.Expr:
    """The cells of a column as text; durations in hours, because polars has no text for them."""
    if isinstance(raw.schema[column], pl.Duration):
        return in_hours(pl.col(column))
    return pl.col(column).cast(pl.String)


def _structure_columns(source: Source) -> dict[str, str]:
    """Canonical column → column of the file, for the columns that link a row to a batch, lot, test or time."""
    match source:
        case LongResults():
            names = {"batch_id": source.batch, "test": source.test, "text": source.value}
            optional = {"unit": source.unit, "revision": source.revision, LABORATORY: source.laboratory}
            dates = {name: dated.column for name, dated in _dated(source).items()}
            return names | {k: v for k, v in optional.items() if v is not None} | dates
        case LotRows():
            return {"lot_id": source.lot}
        case GenealogyRows():
            names = {
                "batch_id": source.batch,
                "material": source.material,
                "lot_id": source.lot,
                "quantity": source.quantity,
            }
            return names | {k: v for k, v in (("unit", source.unit), ("booking", source.booking)) if v is not None}
        case TransferRows():
            names = {"from_batch": source.from_batch, "to_batch": source.to_batch, "quantity": source.quantity}
            return names | {k: v for k, v in (("unit", source.unit), ("booking", source.booking)) if v is not None}
        case TrajectoryRows():
            names = {"batch_id" if source.batch is not None else VESSEL: source.series_of, "moment": source.time}
            return names | ({"tag": source.tag, "value": source.value} if source.tag and source.value else {})
        case DeviationRows():
            return {"batch_id": source.batch, "cause": source.cause} | {n: d.column for n, d in _dated(source).items()}
        case _:
            return {}


def _dated(source: Source) -> dict[str, DateColumn]:
    """Canonical column → the column of dates that the source declares for it."""
    match source:
        case LongResults():
            dates = {AVAILABLE: source.available}
        case DeviationRows():
            dates = {BEGAN: source.began, AVAILABLE: source.available}
        case _:
            return {}
    return {name: column for name, column in dates.items() if column is not None}


def _structure(source: Source, raw: pl.DataFrame) -> dict[str, CellReading]:
    """Canonical column → its reading, for the columns that link a row to a batch, lot, test or time.

    A row in which one of them is missing goes to quarantine.
    """
    columns = _structure_columns(source)
    cells = {
        name: _required(raw, column, source.nulls)
        for name, column in columns.items()
        if name not in (*_OPTIONAL, "moment", BEGAN, AVAILABLE)
    }
    for name in _OPTIONAL & columns.keys():
        text = clean(columns[name], source.nulls)
        cells[name] = CellReading(text, text, pl.lit("none"), pl.lit(None, dtype=pl.String))
    if "quantity" in columns:
        cells["quantity"] = _amount(columns["quantity"], source, raw)
    if "revision" in columns and raw.schema[columns["revision"]].is_float():
        cells["revision"] = _whole_revision(columns["revision"])
    for name, dated in _dated(source).items():
        cells[name] = _date(source, dated, raw)
    if AVAILABLE in cells:
        until = end_of(cells[AVAILABLE].value, resolution([_dated(source)[AVAILABLE].date]))
        cells[AVAILABLE] = replace(cells[AVAILABLE], value=until)
    if isinstance(source, TrajectoryRows):
        cells |= _time_cells(source, raw)
    return {name: cells[name] for name in columns}


_OPTIONAL = {"unit", "value", LABORATORY}


def _required(raw: pl.DataFrame, column: str, nulls: tuple[str, ...]) -> CellReading:
    text = clean_once(raw[column], nulls)
    return CellReading(text, text, pl.lit("none"), pl.when(text.is_null()).then(pl.lit("missing")))


def _amount(column: str, source: Source, raw: pl.DataFrame) -> CellReading:
    """The reading of an amount; below zero in a row that takes it back."""
    cell = _plain_number(column, source)
    if not isinstance(source, GenealogyRows) or source.taken_back is None:
        return cell
    back = clean_once(raw[source.taken_back.column], ()).is_in(list(source.taken_back.are)).fill_null(False)
    return replace(cell, value=pl.when(back).then(-cell.value.abs()).otherwise(cell.value))


def _plain_number(column: str, source: Source) -> CellReading:
    text = clean(column, source.nulls)
    value = number(text.str.replace(_MINUS_BEHIND, "-$1"), source.decimal)
    problem = pl.when(value.is_null()).then(pl.lit(not_a_number(source.decimal)))
    return CellReading(text, value, pl.lit("none"), problem)


_MINUS_BEHIND = r"^([0-9.,]+)\s?-$"
"""An amount that is taken back, as SAP writes it: `25.0-`."""


_A_DATE = Attribute("context", "release", "date of a result or deviation", kind="date")


def _date(source: Source, dated: DateColumn, raw: pl.DataFrame) -> CellReading:
    """The reading of a date that a source declares beside its attributes."""
    column = SourceColumn("", dated.column, date=dated.date)
    return cell_reading(_A_DATE, column, source.nulls, source.decimal, raw.schema)


def _whole_revision(column: str) -> CellReading:
    """The reading of revisions in a column of numbers, in which 1.1 and 1.10 are the same."""
    number = pl.col(column).cast(pl.Float64).fill_nan(None)
    whole = pl.when(number == number.floor()).then(number).cast(pl.Int64, strict=False).cast(pl.String)
    fraction = pl.lit("a revision with a fraction is a number here, in which 1.1 and 1.10 are the same; export it as text")
    missing = pl.when(number.is_null()).then(pl.lit("missing"))
    return CellReading(whole, whole, pl.lit("none"), pl.coalesce(missing, pl.when(whole.is_null()).then(fraction)))


def _time_cells(source: TrajectoryRows, raw: pl.DataFrame) -> dict[str, CellReading]:
    """Readings of the time and, in long files, of the value. The value may be missing, but not unreadable."""
    moment, why = pl.col(MOMENT), pl.coalesce(UNCLEAR, pl.when(pl.col(MOMENT).is_null()).then(pl.lit("missing")))
    cells = {"moment": CellReading(pl.col(source.time), moment, pl.lit("none"), why)}
    if source.value is None:
        return cells
    written = clean(source.value, source.nulls)
    dtype = raw.schema[source.value]
    numeric = dtype.is_numeric()
    value = typed_number(source.value, dtype, source.nulls) if numeric else number(written, source.decimal)
    bad = value.is_infinite() if numeric else written.is_not_null() & value.is_null()
    reason = INFINITE if numeric else not_a_number(source.decimal)
    cells["value"] = CellReading(written, value, pl.lit("none"), pl.when(bad).then(pl.lit(reason)))
    return cells
