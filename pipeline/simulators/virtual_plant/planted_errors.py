"""Planted errors in the raw files, of kinds that people and machines make, and the rows that validation must set aside."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl

Tables = dict[str, pl.DataFrame]
RECORDS: dict[str, str] = {"boston_batches.csv": "Batch", "visp_chargen.csv": "Charge", "cork_batches.xlsx": "Batch"}
"""File of batch records → its column with the batch."""


@dataclass(frozen=True)
class PlantedError:
    """One planted error."""

    file: str
    row: int
    """Row number in the file; the header is row 1."""
    column: str
    value: str
    kind: str


@dataclass(frozen=True)
class PlannedError:
    """An error to be planted in one cell."""

    file: str
    place: float
    """Position of the row, as a share of the length of the file."""
    column: str
    change: Callable[[str], str]
    """Function from the right text to the wrong one."""
    kind: str


def _to(text: str) -> Callable[[str], str]:
    return lambda _: text


def _comma(text: str) -> str:
    return text.replace(".", ",")


PLANNED_ERRORS: tuple[PlannedError, ...] = (
    PlannedError("boston_batches.csv", 0.11, "Temperature [degC]", _comma, "decimal comma"),
    PlannedError("boston_batches.csv", 0.29, "Air flow [mL/min]", _to("1.412.698"), "dots of thousands"),
    PlannedError("boston_batches.csv", 0.43, "Temperature [degC]", _to("365.0"), "decimal point forgotten"),
    PlannedError("boston_batches.csv", 0.57, "pH", _to("n.d."), "text in a number"),
    PlannedError("boston_batches.csv", 0.71, "Batch", _to(""), "name missing"),
    PlannedError("boston_batches.csv", 0.83, "Start", _to("14/03/19 9am"), "date in another form"),
    PlannedError("visp_chargen.csv", 0.35, "Temperatur °C", lambda text: text.replace(",", "."), "decimal point"),
    PlannedError("visp_chargen.csv", 0.66, "pO2 %", _to("400,0"), "decimal comma forgotten"),
    PlannedError("cork_batches.xlsx", 0.5, "Volume (L)", _to("-500"), "negative volume"),
    PlannedError("lims_results.csv", 0.13, "unit", _to("furlong"), "unknown unit"),
    PlannedError("lims_results.csv", 0.37, "batch", _to("BOS-99-9999"), "batch that does not exist"),
    PlannedError("lims_results.csv", 0.52, "test", _to("Colour"), "test that is not declared"),
    PlannedError("lims_results.csv", 0.77, "result", _to("see report"), "text in a result"),
    PlannedError("samples.csv", 0.17, "Glucose [g/L]", _comma, "decimal comma"),
    PlannedError("samples.csv", 0.41, "Viability [%]", _to("978"), "decimal point forgotten"),
    PlannedError("samples.csv", 0.58, "Sampled (UTC)", _to("noon"), "time in another form"),
    PlannedError("samples.csv", 0.86, "Batch", _to("BOS-99-9999"), "batch that does not exist"),
    PlannedError("genealogy.csv", 0.24, "kg", _to("-1.5"), "negative amount"),
    PlannedError("genealogy.csv", 0.63, "Material", _to("Mediun"), "material that is not declared"),
    PlannedError("media_lots.csv", 0.55, "copper", _comma, "decimal comma"),
    PlannedError("feed_lots.csv", 0.45, "feed_glucose", _to("ca. 40"), "text in a number"),
)
"""The places within one file differ, so that no row has two errors."""


def plant_errors(tables: Tables) -> tuple[Tables, list[PlantedError]]:
    """Plant the errors of `PLANNED_ERRORS`, and repeat one batch with another value. Return the tables and the errors."""
    done: list[PlantedError] = []
    changed = dict(tables)
    for plan in PLANNED_ERRORS:
        changed[plan.file], error = _plant(changed[plan.file], plan)
        done.append(error)
    changed["boston_batches.csv"], errors = _repeat_batch(changed["boston_batches.csv"])
    return changed, [*done, *errors]


def _plant(table: pl.DataFrame, plan: PlannedError) -> tuple[pl.DataFrame, PlantedError]:
    index = _row_at(table, plan.place)
    value = plan.change(table[plan.column][index])
    return _set(table, index, plan.column, value), PlantedError(plan.file, index + 2, plan.column, value, plan.kind)


def _row_at(table: pl.DataFrame, place: float) -> int:
    """Row at a share of the table. A laboratory result must have one revision only, or another would replace it."""
    alone = pl.len().over("batch", "test") == 1 if "test" in table.columns else pl.lit(True)
    rows = table.select(pl.int_range(pl.len()).filter(alone).alias("index"))["index"]
    return int(rows[int(place * len(rows))])


def _set(table: pl.DataFrame, index: int, column: str, value: object) -> pl.DataFrame:
    here = pl.int_range(pl.len()) == index
    return table.with_columns(
        pl.when(here).then(pl.lit(value, dtype=table.schema[column])).otherwise(pl.col(column)).alias(column)
    )


def _repeat_batch(table: pl.DataFrame) -> tuple[pl.DataFrame, list[PlantedError]]:
    """Append a batch a second time with another pH. Both rows must be set aside, because the right one is not known."""
    index = table.height // 5
    twin = table[index].with_columns(pl.lit("7.111").alias("pH"))
    name = str(table["Batch"][index])
    rows = (index + 2, table.height + 2)
    return pl.concat([table, twin]), [
        PlantedError("boston_batches.csv", row, "Batch", name, "batch recorded twice") for row in rows
    ]


def plant_in_historian(file: str, records: pl.DataFrame, ph_tag: str) -> tuple[pl.DataFrame, list[PlantedError]]:
    """Plant four different errors in the records of a historian; its columns are batch, tag, time and value."""
    batch, tag, _, value = records.columns
    acid = int(records.select(pl.int_range(pl.len()).filter(pl.col(tag) == ph_tag).alias("i"))["i"][10])
    spare, test, twice = (int(share * records.height) for share in (0.4, 0.6, 0.8))
    changed_records = _set(_set(_set(records, acid, value, 70.1), spare, tag, "SPARE_7"), test, batch, "TEST-1")
    twin = changed_records[twice].with_columns(pl.col(value) * 3 + 1)
    errors = [
        PlantedError(file, acid + 2, value, "70.1", "outside the possible range"),
        PlantedError(file, spare + 2, tag, "SPARE_7", "tag that is not declared"),
        PlantedError(file, test + 2, batch, "TEST-1", "batch that does not exist"),
        *(PlantedError(file, row, value, "", "two values at one time") for row in (twice + 2, twice + 3)),
    ]
    return pl.concat([changed_records[: twice + 1], twin, changed_records[twice + 1 :]]), errors


def batches_with_errors(before: Mapping[str, pl.DataFrame], errors: list[PlantedError]) -> list[str]:
    """Batches whose batch record has an error. All rows that refer to them must be set aside."""
    names = {
        before[e.file][RECORDS[e.file]][e.row - 2] for e in errors if e.file in RECORDS and e.row - 2 < before[e.file].height
    }
    return sorted(str(name) for name in names)


def set_aside(file: str, batches: pl.Series, names: list[str]) -> pl.DataFrame:
    """Rows of a file that belong to the given batches: file, row, kind."""
    return _rows(file, batches.is_in(names), "belongs to a batch whose record has an error")


def replaced_results(lims: pl.DataFrame) -> pl.DataFrame:
    """Laboratory results that a later revision replaces, or that are exported twice: file, row, kind."""
    key = ["batch", "test"]
    older = lims.select((pl.col("revision") != pl.col("revision").max().over(key)).alias("x"))["x"]
    again = lims.select((pl.int_range(pl.len()).over([*key, "revision"]) > 0).alias("x"))["x"]
    file = "lims_results.csv"
    return pl.concat([_rows(file, older, "an older revision"), _rows(file, again & ~older, "exported twice")])


def unclear_times(file: str, unclear: pl.Series) -> pl.DataFrame:
    """Records at a local time that occurs twice and that the row order cannot decide: file, row, kind."""
    return _rows(file, unclear, "local time that occurs twice")


def planted_rows(errors: list[PlantedError]) -> pl.DataFrame:
    """Rows with a planted error: file, row, kind."""
    columns = {"file": [e.file for e in errors], "row": [e.row for e in errors], "kind": [e.kind for e in errors]}
    return pl.DataFrame(columns, schema={"file": pl.String, "row": pl.UInt32, "kind": pl.String})


def _rows(file: str, which: pl.Series, kind: str) -> pl.DataFrame:
    rows = which.arg_true().cast(pl.UInt32) + 2
    return pl.select(pl.lit(file).alias("file"), rows.alias("row"), pl.lit(kind).alias("kind"))
