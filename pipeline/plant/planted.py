"""Errors planted in the raw files, as people and machines make them; validation must find each of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl

Tables = dict[str, pl.DataFrame]


@dataclass(frozen=True)
class Error:
    """One planted error."""

    file: str
    row: int
    """As a person counts, the header being row 1."""
    column: str
    value: str
    kind: str


@dataclass(frozen=True)
class Plan:
    """What to do to one cell: at which share of the file's length, in which column, and what to write."""

    file: str
    place: float
    column: str
    change: Callable[[str], str]
    kind: str


def _thousands(text: str) -> str:
    """1412.7 as 1.412.700: what a spreadsheet makes of a number in another country's format."""
    return "1.412.698"


PLANS: tuple[Plan, ...] = (
    Plan("boston_batches.csv", 0.11, "Temperature [degC]", lambda text: text.replace(".", ","), "decimal comma"),
    Plan("boston_batches.csv", 0.29, "Air flow [mL/min]", _thousands, "dots of thousands"),
    Plan("boston_batches.csv", 0.43, "Temperature [degC]", lambda text: "365.0", "decimal point forgotten"),
    Plan("boston_batches.csv", 0.57, "pH", lambda text: "n.d.", "text in a number"),
    Plan("boston_batches.csv", 0.71, "Batch", lambda text: "", "name missing"),
    Plan("boston_batches.csv", 0.83, "Start", lambda text: "14/03/19 9am", "date in another form"),
    Plan("visp_chargen.csv", 0.35, "Temperatur °C", lambda text: text.replace(",", "."), "decimal point"),
    Plan("visp_chargen.csv", 0.66, "pO2 %", lambda text: "400,0", "decimal comma forgotten"),
    Plan("cork_batches.xlsx", 0.5, "Volume (L)", lambda text: "-500", "negative volume"),
    Plan("lims_results.csv", 0.13, "unit", lambda text: "furlong", "unknown unit"),
    Plan("lims_results.csv", 0.37, "batch", lambda text: "BOS-99-9999", "batch that does not exist"),
    Plan("lims_results.csv", 0.52, "test", lambda text: "Colour", "test that is not declared"),
    Plan("lims_results.csv", 0.77, "result", lambda text: "see report", "text in a result"),
)
"""At each place of a file another row is struck, so that no error hides another."""


def plant_errors(tables: Tables) -> tuple[Tables, list[Error]]:
    """Change the cells of the plan, and repeat one batch with another value; return the tables and what was done."""
    done: list[Error] = []
    changed = dict(tables)
    for plan in PLANS:
        changed[plan.file], error = _strike(changed[plan.file], plan)
        done.append(error)
    changed["boston_batches.csv"], errors = _contradict(changed["boston_batches.csv"])
    return changed, [*done, *errors]


def _strike(table: pl.DataFrame, plan: Plan) -> tuple[pl.DataFrame, Error]:
    index = int(plan.place * table.height)
    value = plan.change(table[plan.column][index])
    here = pl.int_range(pl.len()) == index
    struck = table.with_columns(pl.when(here).then(pl.lit(value)).otherwise(pl.col(plan.column)).alias(plan.column))
    return struck, Error(plan.file, index + 2, plan.column, value, plan.kind)


def _contradict(table: pl.DataFrame) -> tuple[pl.DataFrame, list[Error]]:
    """Append a batch again with another pH: which one is right cannot be known, so both are set aside."""
    index = table.height // 5
    twin = table[index].with_columns(pl.lit("7.111").alias("pH"))
    name = str(table["Batch"][index])
    rows = (index + 2, table.height + 2)
    return pl.concat([table, twin]), [Error("boston_batches.csv", row, "Batch", name, "batch stated twice") for row in rows]


def struck_batches(before: Mapping[str, pl.DataFrame], errors: list[Error]) -> list[str]:
    """Batches whose own record was struck: all that refers to them is set aside with them."""
    records = ("boston_batches.csv", "visp_chargen.csv", "cork_batches.xlsx")
    names = {
        before[e.file].to_series(0)[e.row - 2] for e in errors if e.file in records and e.row - 2 < before[e.file].height
    }
    return sorted(str(name) for name in names)
