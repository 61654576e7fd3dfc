"""Proposals as the rows of a sheet: one column per field or set-point, one row per question."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.domain.config_files import parse
from pipeline.domain.errors import ScalebridgeError, close_to, listed
from pipeline.domain.file_formats import Excel
from pipeline.domain.process.process import Process
from pipeline.domain.proposal import Proposal
from pipeline.domain.reading.yaml_scalars import is_number
from pipeline.history.connectors.excel_cells import ERROR, MERGED, NOT_COMPUTED, content
from pipeline.history.connectors.workbook import Cell, Sheet, SheetRow, column_letter, open_sheet

ENDING = ".xlsx"
TEXT_FIELDS = ("name", "process", "product", "scale", "equipment", "site", "question", "unstated", "reference_scale", "hold")
"""Fields of a proposal that a column may hold. Every other column is a set-point."""


@dataclass(frozen=True)
class SheetProposal:
    """One row of a sheet."""

    row: int
    """As Excel counts, the header is row 1."""
    proposal: Proposal | None
    problem: str = ""
    """Why the row is no proposal."""


@dataclass(frozen=True)
class _Column:
    """What a column holds: a field of a proposal or a set-point, and the unit that its head states."""

    name: str
    unit: str


def read_proposal_sheet(path: Path, process: Process) -> list[SheetProposal]:
    """Return the proposals in the first visible sheet of a workbook.

    The first row names the columns: `product`, `scale [L]`, `equipment`, `agitation [rpm]` and so on. A blank cell states nothing.
    Rows that cannot be read have a problem, so that one bad row costs one answer. Raises ScalebridgeError for a file that is no
    workbook, without rows, or with a column that is neither a field nor a set-point.
    """
    if not path.is_file():
        raise ScalebridgeError(f"{path} does not exist; give a workbook with one proposal per row")
    with open_sheet(path, Excel(kind="excel"), str(path)) as sheet:
        rows = iter(sheet.rows())
        head = next(rows, None)
        if head is None:
            raise ScalebridgeError(f"{path} has no row; the first row names the columns, and each further row is a proposal")
        columns = _columns(path, head, process)
        found = [_proposal(path, sheet, row, columns, process) for row in rows]
    if not found:
        raise ScalebridgeError(f"{path} has a header and no further row; each further row is a proposal")
    return found


def _columns(path: Path, head: SheetRow, process: Process) -> dict[int, _Column]:
    """Return the column at each position."""
    settable = [name for name, one in process.attributes.items() if one.kind not in ("date", "spectrum")]
    found: dict[int, _Column] = {}
    for position, cell in head.cells.items():
        text = str(cell.value or "").strip()
        if not text:
            continue
        name, _, unit = text.partition("[")
        name = name.strip()
        place = f"{path}, column {column_letter(position)}"
        if name not in TEXT_FIELDS and name not in settable:
            near = close_to(name, [*TEXT_FIELDS, *settable])
            raise ScalebridgeError(
                f"{place}: '{name[:60]}' is neither a field of a proposal ({listed(TEXT_FIELDS)}) nor an attribute of process "
                f"'{process.name}'" + (f". Is {near} meant?" if near else "")
            )
        if any(one.name == name for one in found.values()):
            raise ScalebridgeError(f"{place}: the column '{name}' occurs twice; remove one of them")
        found[position] = _Column(name, unit.rstrip().removesuffix("]").strip())
    return found


def _proposal(path: Path, sheet: Sheet, row: SheetRow, columns: Mapping[int, _Column], process: Process) -> SheetProposal:
    try:
        stated = {
            column.name: _stated(sheet, row.cells[position], column, f"column '{column.name}'")
            for position, column in columns.items()
            if position in row.cells and _holds_something(row.cells[position])
        }
        beside = [column_letter(at) for at, cell in row.cells.items() if at not in columns and _holds_something(cell)]
        if beside:
            raise ScalebridgeError(f"column {listed(beside)} has a value and no head; name the column in row 1")
        given = {name: value for name, value in stated.items() if name in TEXT_FIELDS}
        settings = {name: value for name, value in stated.items() if name not in TEXT_FIELDS}
        name = " to ".join(str(given[key]) for key in ("product", "scale") if key in given) or f"row {row.number}"
        made = parse(
            Proposal, {"name": name, "process": process.name, **given, "settings": settings}, f"{path}, row {row.number}"
        )
    except ScalebridgeError as error:
        return SheetProposal(row.number, None, str(error))
    assert isinstance(made, Proposal)
    return SheetProposal(row.number, made)


def _holds_something(cell: Cell) -> bool:
    return cell.uncomputed or cell.error or cell.value not in (None, "")


def _stated(sheet: Sheet, cell: Cell, column: _Column, place: str) -> str | float:
    """Return what a cell states: a number with the unit of its column, or a text."""
    problem = ERROR if cell.error else NOT_COMPUTED if cell.uncomputed else MERGED if cell.merged else None
    read = content(cell.value, sheet.formats[cell.style], "number", ".") if problem is None else None
    if read is None or read.problem:
        raise ScalebridgeError(f"{place}: {problem or (read and read.problem)}")
    if isinstance(cell.value, bool) or not isinstance(cell.value, int | float):
        with_unit = f"{read.text.strip()} {column.unit}"
        return with_unit if column.unit and is_number(read.text.strip()) else read.text
    if read.fraction is not None:
        return f"{100 * read.fraction:.15g} %"
    number = f"{cell.value:.15g}"
    if column.unit:
        return f"{number} {column.unit}"
    return number if column.name in TEXT_FIELDS else float(cell.value)
