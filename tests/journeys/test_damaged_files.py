"""Files made from known tables are damaged by a seed. Whatever is read is what the damaged text says, and every line is counted.

`SCALEBRIDGE_FUZZ=3000 pytest -m long tests/journeys/test_damaged_files.py` tries more files than the default.
"""

import math
import os
import random
import sys
import traceback
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

import polars as pl
import pytest

from pipeline.domain.errors import ScalebridgeError
from pipeline.history.assemble import AssembledHistory, assemble
from pipeline.history.connectors.files import ROW
from pipeline.history.ingest import ingest
from pipeline.history.typed_rows import TypedRows
from tests.conftest import process_of
from tests.support.damage import Damaged, damage, in_bytes
from tests.support.definitions import PlainData
from tests.support.known_tables import TABLES, Column, Table, definition
from tests.support.plain_reading import UNREADABLE, Line, decoded, lines_of, says
from tests.support.typed_damage import (
    cell_says,
    damaged_cells,
    damaged_frame,
    value_says,
    workbook,
    workbook_cells,
)

FILES = int(os.environ.get("SCALEBRIDGE_FUZZ", "300"))
"""Number of damaged text files in all."""
FIRST_ROW_OF_PARQUET = 2
"""Row number of the first record: the names of the columns count as row 1, as in the other formats."""
FORMATS = ((",", "."), (";", ","), ("\t", "."))
"""Separator and decimal mark."""


def _text_file(table: Table, draw: random.Random) -> tuple[Damaged, PlainData]:
    """The table as a text file, before it is damaged, and the format that declares how it is written."""
    separator, decimal = draw.choice(FORMATS)
    encoding = draw.choice(["utf-8", "utf-8", "cp1252"])
    quoted = draw.random() < 0.2
    header = [column.name for column in table.columns]
    rows = [[cell.replace(".", decimal) if _is_number(cell) else cell for cell in row] for row in table.rows]
    lines = [separator.join(f'"{cell}"' if quoted else cell for cell in row) for row in (header, *rows)]
    end = draw.choice(["\n", "\r\n"])
    form = {"kind": "csv", "separator": separator, "decimal": decimal, "encoding": encoding}
    return Damaged(lines, [end] * len(lines), separator, draw, encoding), form


def _is_number(cell: str) -> bool:
    return cell.lstrip("<").replace(".", "", 1).isdigit()


def _whole_batches(folder: Path) -> None:
    """The batch file without damage, beside a damaged file of another kind."""
    table = TABLES["batches"]()
    lines = [",".join(row) for row in ([column.name for column in table.columns], *table.rows)]
    (folder / "batches.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _read(made: PlainData, folder: Path) -> tuple[dict[str, TypedRows], AssembledHistory]:
    process = process_of(made)
    typed = ingest(process, folder)
    quarantine, ledger = (pl.concat([getattr(one, part) for one in typed.values()]) for part in ("quarantine", "ledger"))
    return typed, assemble(process, {name: one.rows for name, one in typed.items()}, quarantine, ledger)


def _faults(table: Table, form: PlainData, data: bytes, folder: Path) -> Iterator[str]:
    """What is wrong with how a damaged text file is read."""
    file = "batches.csv" if table.source == "batches" else "damaged.csv"
    _whole_batches(folder)
    (folder / file).write_bytes(data)
    try:
        typed, history = _read(definition(table, form, file), folder)
    except ScalebridgeError as error:
        if "Traceback" in str(error) or not str(error).strip():
            yield f"no sentence: {error}"
        return
    text = decoded(data, form["encoding"])
    lines = None if text is None else lines_of(text, form["separator"], [column.name for column in table.columns])
    if lines is None:
        yield "read, although it is not in the declared encoding or has no header"
        return
    yield from _miscounted(typed[table.source], [line.number for line in lines], history, file)
    yield from _misread(table, typed[table.source], lines, form["decimal"])
    yield from _misresulted(table, history, lines, form["decimal"])
    yield from _not_finite(history)


def _miscounted(typed: TypedRows, numbers: list[int], history: AssembledHistory, file: str) -> Iterator[str]:
    """Lines that are neither read nor in quarantine, and sums that do not hold."""
    seen = {*typed.rows[ROW].to_list(), *typed.quarantine["row"].to_list()}
    if seen != set(numbers):
        yield f"lines lost: {sorted(set(numbers) - seen)[:5]}; lines that the file does not have: {sorted(seen - set(numbers))[:5]}"
    row = history.ledger.filter(pl.col("file") == file).row(0, named=True)
    if row["read"] != len(numbers) or row["read"] != row["valid"] + row["quarantined"] + row["left_out"]:
        yield f"the file has {len(numbers)} lines, the ledger {row}"
    if len(set(typed.rows[ROW].to_list())) != typed.rows.height:
        yield "a line was read twice"


def _misread(table: Table, typed: TypedRows, lines: list[Line], decimal: str) -> Iterator[str]:
    """Cells that were read as something else than what the text says."""
    by_number = {line.number: line for line in lines}
    named = set(typed.quarantine.select("row", "column").iter_rows())
    for row in typed.rows.iter_rows(named=True):
        line = by_number.get(row[ROW])
        if line is None:
            continue
        if line.cells is None:
            yield f"line {line.number} was read, and its cells cannot be told apart"
            continue
        for column in table.columns:
            read, said = row[column.typed], says(line.cells[column.name], column, decimal)
            if read is None and (row[ROW], column.name) in named:
                continue
            if not _same(read, said):
                shown = "nothing" if said is UNREADABLE else repr(said)
                yield f"line {line.number}, {column.name}: {line.cells[column.name][:60]!r} was read as {read!r}, and says {shown}"


def _same(read: object, said: object) -> bool:
    if isinstance(read, float) and isinstance(said, float):
        return math.isclose(read, said, rel_tol=1e-9, abs_tol=1e-300)
    if isinstance(read, datetime):
        return read.replace(tzinfo=None) == said
    if isinstance(read, timedelta):
        return read == said
    if isinstance(read, str) and isinstance(said, str):
        return read.strip() == said
    return read is None and said is None


def _result_in(unit: str) -> Column:
    """The column of results, for a line that states a unit."""
    return Column(f"Result [{unit.strip()}]", "value", "result", 0.01)


def _misresulted(table: Table, history: AssembledHistory, lines: list[Line], decimal: str) -> Iterator[str]:
    """Results that no line says. A result may carry the unit that its line states."""
    if table.source != "results":
        return
    said = {
        (cells["Batch"].strip(), round(number, 12))
        for line in lines
        if (cells := line.cells) is not None
        and isinstance(number := says(cells["Result"], _result_in(cells["Unit"]), decimal), float)
    }
    for batch, result in history.results.filter(attribute="aggregates").select("batch_id", "value").iter_rows():
        if (batch, round(result, 12)) not in said:
            yield f"batch {batch} has the result {result}, which no line says"


def _not_finite(history: AssembledHistory) -> Iterator[str]:
    for name, table in history.tables().items():
        for column in table.columns:
            if table.schema[column].is_float() and not table[column].drop_nulls().is_finite().all():
                yield f"table {name}, column {column}, is not finite"


def _try(kind: str, seed: int, folder: Path) -> list[str]:
    """The faults of one damaged text file, each with what is needed to see it again."""
    table, draw = TABLES[kind](), random.Random(f"{kind} {seed}")
    file, form = _text_file(table, draw)
    damage(file)
    data = in_bytes(file)
    folder.mkdir()
    try:
        faults = list(_faults(table, form, data, folder))
    except Exception:  # every other error is a traceback that would reach the user
        faults = [traceback.format_exc(limit=-3)]
    return [f"{kind}, seed {seed} ({'; '.join(file.log)}; {form}): {fault}" for fault in faults]


@pytest.mark.long
@pytest.mark.parametrize("kind", TABLES)
def test_damaged_text_files__are_read_as_they_say_or_refused(kind: str, tmp_path: Path) -> None:
    share = max(FILES // len(TABLES), 1)
    faults = [fault for seed in range(share) for fault in _try(kind, seed, tmp_path / str(seed))]
    assert not faults, f"{len(faults)} faults in {share} files:\n" + "\n".join(faults[:20])


def _typed_faults(
    table: Table, form: PlainData, data: bytes, folder: Path, said: dict[int, list[set[object]]]
) -> Iterator[str]:
    """What is wrong with how a damaged workbook or Parquet file is read. said: row → what each cell can mean."""
    file = "batches.csv" if table.source == "batches" else "damaged.bin"
    _whole_batches(folder)
    (folder / file).write_bytes(data)
    try:
        typed, history = _read(definition(table, form, file), folder)
    except ScalebridgeError:
        return
    own = typed[table.source]
    yield from _miscounted(own, sorted(said), history, file)
    yield from _not_finite(history)
    named = set(own.quarantine.select("row", "column").iter_rows())
    for row in own.rows.iter_rows(named=True):
        for column, values in zip(table.columns, said.get(row[ROW], []), strict=False):
            read = row[column.typed]
            aside = read is None and (row[ROW], column.name) in named
            if not aside and not any(_same(read, value) for value in values):
                yield f"row {row[ROW]}, {column.name} was read as {read!r}, and can mean {values}"


def _try_workbook(kind: str, seed: int, folder: Path) -> list[str]:
    table, draw = TABLES[kind](), random.Random(f"workbook {kind} {seed}")
    cells, down, right = workbook_cells(table), draw.choice([0, 0, 3]), draw.choice([0, 0, 2])
    log, decimal = damaged_cells(cells, draw), draw.choice([".", ","])
    data = workbook([column.name for column in table.columns], cells, down, right)
    if draw.random() < 0.1:
        data = data[: draw.randrange(len(data))]
    filled = max(n for n, line in enumerate(cells) if any(cell.kind != "blank" for cell in line))
    said = {
        n: [cell_says(cell, column, decimal) for cell, column in zip(line, table.columns, strict=True)]
        for n, line in enumerate(cells[: filled + 1], down + 2)
    }
    form = {"kind": "excel", "decimal": decimal} | ({"header_row": down + 1} if draw.random() < 0.5 else {})
    return _tried(f"workbook of {kind}, seed {seed} ({log}; {form})", table, form, data, folder, said)


def _try_parquet(kind: str, seed: int, folder: Path) -> list[str]:
    table, draw = TABLES[kind](), random.Random(f"parquet {kind} {seed}")
    frame, log = damaged_frame(table, draw)
    buffer = BytesIO()
    frame.write_parquet(buffer)
    data = buffer.getvalue()
    if draw.random() < 0.1:
        data = data[: draw.randrange(len(data))]
    said = {
        n: [value_says(value, column) for value, column in zip(row, table.columns, strict=True)]
        for n, row in enumerate(frame.iter_rows(), FIRST_ROW_OF_PARQUET)
    }
    return _tried(f"Parquet of {kind}, seed {seed} ({log})", table, {"kind": "parquet"}, data, folder, said)


def _tried(
    what: str, table: Table, form: PlainData, data: bytes, folder: Path, said: dict[int, list[set[object]]]
) -> list[str]:
    folder.mkdir()
    try:
        faults = list(_typed_faults(table, form, data, folder, said))
    except Exception:  # every other error is a traceback that would reach the user
        faults = [traceback.format_exc(limit=-3)]
    return [f"{what}: {fault}" for fault in faults]


@pytest.mark.long
@pytest.mark.parametrize("kind", TABLES)
@pytest.mark.parametrize("tried", [_try_workbook, _try_parquet], ids=["workbook", "parquet"])
def test_damaged_typed_files__are_read_as_they_say_or_refused(
    kind: str, tried: Callable[[str, int, Path], list[str]], tmp_path: Path
) -> None:
    share = max(FILES // (4 * len(TABLES)), 1)
    faults = [fault for seed in range(share) for fault in tried(kind, seed, tmp_path / str(seed))]
    assert not faults, f"{len(faults)} faults in {share} files:\n" + "\n".join(faults[:20])


@pytest.mark.parametrize("kind", TABLES)
def test_whole_text_files__are_read_whole(kind: str, tmp_path: Path) -> None:
    """Without damage every cell is read: the damaged files are not refused for another reason."""
    for seed in range(6):
        table, draw = TABLES[kind](), random.Random(seed)
        file, form = _text_file(table, draw)
        data = "".join(line + end for line, end in zip(file.lines, file.ends, strict=True)).encode(file.encoding)
        folder = tmp_path / str(seed)
        folder.mkdir()
        assert not list(_faults(table, form, data, folder))
        name = "batches.csv" if table.source == "batches" else "damaged.csv"
        typed, _ = _read(definition(table, form, name), folder)
        assert typed[table.source].rows.height == len(table.rows)


def test_faults__are_found_in_a_reader_that_guesses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The checks notice a cell that is read as something else, and a line that is lost."""
    table, form = TABLES["lots"](), {"kind": "csv", "separator": ",", "decimal": ".", "encoding": "utf-8"}
    data = "\n".join([",".join(column.name for column in table.columns), *map(",".join, table.rows)]).encode() + b"\n"
    honest: Callable[[PlainData, Path], tuple[dict[str, TypedRows], AssembledHistory]] = _read

    def guessing(made: PlainData, folder: Path) -> tuple[dict[str, TypedRows], AssembledHistory]:
        typed, history = honest(made, folder)
        lots = typed["lots"]
        wrong = lots.rows.with_columns(pl.col("glucose") * 1.01).head(lots.rows.height - 1)
        return typed | {"lots": TypedRows(wrong, lots.quarantine, lots.ledger)}, history

    monkeypatch.setattr(sys.modules[__name__], "_read", guessing)
    faults = list(_faults(table, form, data, tmp_path))
    assert any("lines lost: [9]" in fault for fault in faults)
    assert any("was read as" in fault for fault in faults)
