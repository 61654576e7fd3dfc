"""Small tables with known values, and how each is written into a raw file."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from tests.support.definitions import PlainData

Kind = Literal["text", "number", "result", "date", "time"]
"""What a column of a file holds. A result is a number that may have a sign such as `<`."""


@dataclass(frozen=True)
class Column:
    """A column of a raw file, the typed column that it becomes, and the conversion of its values to SI."""

    name: str
    typed: str
    kind: Kind
    factor: float = 1.0
    offset: float = 0.0


@dataclass(frozen=True)
class Table:
    """A kind of raw file: its columns, its rows as texts with a decimal point, and the source that reads it."""

    source: str
    columns: tuple[Column, ...]
    rows: list[list[str]]
    declared: PlainData
    """Further keys of the source."""


BATCHES = [f"B{number:02d}" for number in range(1, 9)]


def _numbers(seed: str, low: float, high: float, count: int = len(BATCHES)) -> list[str]:
    draw = random.Random(seed)
    return [f"{draw.uniform(low, high):.2f}" for _ in range(count)]


def _batches() -> Table:
    columns = (
        Column("Batch", "batch", "text"),
        Column("Product", "product", "text"),
        Column("Volume [L]", "volume", "number", 0.001),
        Column("Temp. [°C]", "temperature", "number", 1.0, 273.15),
        Column("Start", "start", "date"),
        Column("Titre [g/L]", "titre", "result"),
    )
    parts = (
        BATCHES,
        ["Prod-Ä", "Prod-B"] * 4,
        _numbers("volume", 1, 2000),
        _numbers("temperature", 30, 40),
        [f"2024-01-{day:02d}" for day in range(11, 19)],
        ["<0.05", *_numbers("titre", 1, 9)[1:]],
    )
    return Table("batches", columns, [list(row) for row in zip(*parts, strict=True)], {"gives": "batches"})


def _results() -> Table:
    columns = (
        Column("Batch", "batch_id", "text"),
        Column("Test", "test", "text"),
        Column("Result", "text", "text"),
        Column("Unit", "unit", "text"),
    )
    values = _numbers("aggregates", 0.1, 5)
    rows = [[batch, "Aggregates (SEC)", value, "%"] for batch, value in zip(BATCHES, ["<0.2", *values[1:]], strict=True)]
    names = {"Aggregates (SEC)": "aggregates"}
    declared = {"gives": "results", "batch": "Batch", "test": "Test", "value": "Result", "unit": "Unit", "names": names}
    return Table("results", columns, rows, declared)


def _lots() -> Table:
    columns = (Column("Lot", "lot_id", "text"), Column("Glucose [g/L]", "glucose", "number"))
    rows = [[f"L{number}", value] for number, value in enumerate(_numbers("glucose", 5, 50))]
    return Table("lots", columns, rows, {"gives": "lots", "material": "media", "lot": "Lot"})


def _genealogy() -> Table:
    columns = (
        Column("Batch", "batch_id", "text"),
        Column("Material", "material", "text"),
        Column("Lot", "lot_id", "text"),
        Column("kg", "quantity", "number"),
    )
    rows = [[b, "media", f"L{n}", kg] for n, (b, kg) in enumerate(zip(BATCHES, _numbers("kg", 1, 100), strict=True))]
    declared = {"gives": "genealogy", "batch": "Batch", "material": "Material", "lot": "Lot", "quantity": "kg"}
    return Table("genealogy", columns, rows, declared)


def _wide_series() -> Table:
    columns = (
        Column("Batch", "batch_id", "text"),
        Column("Time", "moment", "time"),
        Column("Speed [rpm]", "speed", "number", 1 / 60),
        Column("pO2 [%]", "oxygen", "number", 0.01),
    )
    rows = [
        [batch, f"2024-01-11 {hour:02d}:30", speed, oxygen]
        for batch in BATCHES[:2]
        for hour, speed, oxygen in zip(range(8), _numbers(batch, 50, 90), _numbers(batch + "o", 20, 80), strict=True)
    ]
    return Table("series", columns, rows, {"gives": "trajectories", "batch": "Batch", "time": "Time", **_TIME})


def _long_series() -> Table:
    columns = (
        Column("Batch", "batch_id", "text"),
        Column("Tag", "tag", "text"),
        Column("Time", "moment", "time"),
        Column("Value", "value", "number"),
    )
    rows = [
        [batch, tag, f"2024-01-11 {hour:02d}:30", value]
        for batch in BATCHES[:2]
        for tag in ("SI.PV", "DO.PV")
        for hour, value in enumerate(_numbers(batch + tag, 20, 80, 5))
    ]
    declared = {"gives": "trajectories", "batch": "Batch", "time": "Time", "tag": "Tag", "value": "Value"}
    return Table("series", columns, rows, declared | {"tags": {"SI.PV": "speed", "DO.PV": "oxygen"}, **_TIME})


_TIME = {"time_format": "%Y-%m-%d %H:%M"}
TABLES: dict[str, Callable[[], Table]] = {
    "batches": _batches,
    "results": _results,
    "lots": _lots,
    "genealogy": _genealogy,
    "wide series": _wide_series,
    "long series": _long_series,
}


def definition(damaged: Table, form: PlainData, file: str) -> PlainData:
    """A process definition with the batch file, and with the file of the table that is damaged."""
    batches = _batches()
    sources = {"batches": batches.declared | {"files": ["batches.csv"]}}
    sources[damaged.source] = damaged.declared | {"files": [file], "format": form}
    number = {"role": "CPP", "horizon": "plan", "description": "x"}
    date = {"source": "batches", "column": "Start", "date": {"format": "%Y-%m-%d"}}

    def of(source: str, column: str) -> PlainData:
        return {"column": {"source": source, "column": column}} if source in sources else {}

    attributes = {
        "batch": number | {"role": "identifier", "kind": "text"} | of("batches", "Batch"),
        "product": number | {"role": "context", "kind": "text"} | of("batches", "Product"),
        "volume": number | {"role": "scale", "unit": "L"} | of("batches", "Volume [L]"),
        "temperature": number | {"unit": "degC", "between": [0, 100]} | of("batches", "Temp. [°C]"),
        "start": number | {"role": "identifier", "kind": "date", "column": date},
        "titre": number | {"role": "CQA", "horizon": "release", "unit": "g/L"} | of("batches", "Titre [g/L]"),
    }
    if damaged.source == "results":
        attributes["aggregates"] = number | {"role": "CQA", "horizon": "release", "unit": "%"}
    if damaged.source == "lots":
        attributes["glucose"] = number | {"role": "CMA", "unit": "g/L", "material": "media"} | of("lots", "Glucose [g/L]")
    if damaged.source == "series":
        wide = "tags" not in damaged.declared
        in_process = number | {"horizon": "in_process"}
        attributes["speed"] = in_process | {"unit": "rpm"} | (of("series", "Speed [rpm]") if wide else {})
        attributes["oxygen"] = in_process | {"unit": "%"} | (of("series", "pO2 [%]") if wide else {})
    return {
        "name": "known",
        "title": "Known tables",
        "batch": "batch",
        "product": "product",
        "started": "start",
        "scale": {"attribute": "volume"},
        "materials": {"media": {}} if damaged.source in ("lots", "genealogy") else {},
        "sources": sources,
        "attributes": attributes,
    }
