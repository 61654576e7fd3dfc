"""Open a workbook with the library openpyxl, and give the cells of a sheet row by row."""

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO, Any, NamedTuple
from zipfile import BadZipFile, ZipFile

from pipeline.domain.errors import ScalebridgeError, listed
from pipeline.domain.file_formats import Excel
from pipeline.history.connectors.file_kinds import is_text, kind_by_content


class Cell(NamedTuple):
    """One cell."""

    value: object
    style: int = 0
    error: bool = False
    uncomputed: bool = False
    """Whether it holds a formula without a stored value."""
    merged: bool = False
    """Whether it is merged with a cell at its left."""


class SheetRow(NamedTuple):
    """The cells of one row that are not blank, by the position of their column."""

    number: int
    cells: dict[int, Cell]


class _Range(NamedTuple):
    """Merged cells: first and last row, first and last column."""

    top: int
    bottom: int
    left: int
    right: int


@dataclass(frozen=True)
class Sheet:
    """One sheet of an open workbook."""

    name: str
    formats: list[str]
    """Number format of each style."""
    parser: Any
    merged: list[_Range]
    others: tuple[str, ...] = ()
    """Names of the other sheets of the workbook."""

    def rows(self) -> Iterator[SheetRow]:
        """Rows that have a cell with a value. Merged cells hold the value of the first of them."""
        waiting, open_ranges = list(self.merged), {}
        for number, cells in self.parser.parse():
            while waiting and waiting[0].top <= number:
                found = waiting.pop(0)
                anchor = cells.get(found.left) if found.top == number else None
                open_ranges[found] = anchor
            open_ranges = {found: anchor for found, anchor in open_ranges.items() if found.bottom >= number}
            if any(cell.value not in (None, "") or cell.uncomputed for cell in cells.values()):
                yield SheetRow(number, _with_merged(cells, open_ranges) if open_ranges else cells)


_WIDEST = 1000
"""Number of columns over which a merged cell is repeated."""


def _with_merged(own: dict[int, Cell], ranges: dict[_Range, Cell | None]) -> dict[int, Cell]:
    for found, anchor in ranges.items():
        if anchor is not None:
            own[found.left] = anchor
            for column in range(found.left + 1, min(found.right, found.left + _WIDEST) + 1):
                own[column] = anchor._replace(merged=True)
    return own


@cache
def _position(letters: str) -> int:
    """Number of a column from its letters; the first is 1."""
    from openpyxl.utils import column_index_from_string

    return int(column_index_from_string(letters))


def column_letter(position: int) -> str:
    """Name of a column in Excel.

    >>> column_letter(0), column_letter(27)
    ('A', 'AB')
    """
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(position + 1))


@contextmanager
def open_sheet(path: Path, form: Excel, place: str) -> Iterator[Sheet]:
    """Open a sheet of a workbook.

    Raises ScalebridgeError if the file is no workbook of this format, is too large, or has no such sheet.
    """
    _refuse_other_files(path, form, place)
    try:
        yield from _opened(path, form, place)
    except ScalebridgeError:
        raise
    except Exception as error:  # the library raises errors of many kinds for a damaged file
        raise ScalebridgeError(
            f"{place} cannot be read as excel: the workbook is damaged ({error}); open it in Excel and save it again"
        ) from None


def _opened(path: Path, form: Excel, place: str) -> Iterator[Sheet]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns of parts that it leaves out, such as rules for entering data
        book, name = _book(path, form, place)
        sheet = book[name]
        with ZipFile(path) as archive, archive.open(sheet._worksheet_path) as cells:
            with archive.open(sheet._worksheet_path) as again:
                merged = sorted(_merged(again))
            others = tuple(one.title for one in book.worksheets if one.title != name)
            yield Sheet(name, _formats(book), _parser(cells, sheet, _is_stale(archive)), merged, others)
        book.close()


def _refuse_other_files(path: Path, form: Excel, place: str) -> None:
    try:
        with ZipFile(path) as archive:
            size, names = sum(member.file_size for member in archive.infolist()), archive.namelist()
    except BadZipFile:
        raise ScalebridgeError(f"{place} is no .xlsx workbook: it is {_what_it_is(path)}") from None
    if "[Content_Types].xml" not in names or any(name.endswith("workbook.bin") for name in names):
        raise ScalebridgeError(f"{place} is no .xlsx workbook, but of another program or format; save it as .xlsx")
    if size > form.largest_mb * 1e6:
        raise ScalebridgeError(
            f"{place} is {size / 1e6:,.0f} MB large when it is unpacked; the limit is {form.largest_mb:g} MB, so it was not read. "
            "If the file is right, set `largest_mb` of the format"
        )


def _what_it_is(path: Path) -> str:
    with path.open("rb") as file:
        first = file.read(1000)
    if first.startswith(b"PK"):
        return "damaged or cut off; export it again"
    if is_text(first) and kind_by_content(first) is None:
        return "a text file; declare `kind: csv` with its `separator`"
    return kind_by_content(first) or "empty, damaged or of another format; open it in Excel and save it as .xlsx"


def _book(path: Path, form: Excel, place: str) -> tuple[Any, str]:
    import openpyxl

    book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
    names = [sheet.title for sheet in book.worksheets]
    visible = [sheet.title for sheet in book.worksheets if sheet.sheet_state == "visible"]
    if form.sheet is not None and form.sheet not in names:
        raise ScalebridgeError(f"{place} has no sheet '{form.sheet}'; it has {listed(names)}")
    if not names:
        raise ScalebridgeError(f"{place} has no sheet with cells")
    return book, form.sheet or (visible or names)[0]


def _formats(book: Any) -> list[str]:
    from openpyxl.styles.numbers import BUILTIN_FORMATS, BUILTIN_FORMATS_MAX_SIZE

    own = book._number_formats
    ids = [style.numFmtId for style in book._cell_styles] or [0]
    return [
        BUILTIN_FORMATS.get(i, "General") if i < BUILTIN_FORMATS_MAX_SIZE else own[i - BUILTIN_FORMATS_MAX_SIZE] for i in ids
    ]


def _is_stale(archive: ZipFile) -> bool:
    """Whether the program that wrote the workbook left the formulas to Excel. A stored value of 0 then means nothing."""
    part = next((name for name in archive.namelist() if name.endswith("workbook.xml")), None)
    return part is not None and re.search(rb'fullCalcOnLoad="(1|true)"', archive.read(part)) is not None


_MERGE = re.compile(rb'mergeCell [^>]*?ref="([A-Z]+)(\d+):([A-Z]+)(\d+)"')


def _merged(source: IO[bytes]) -> Iterator[_Range]:
    """The merged cells of a sheet, which stand below the rows in its file."""
    rest = b""
    while chunk := source.read(1 << 20):
        text = rest + chunk
        found = list(_MERGE.finditer(text))
        for left, top, right, bottom in (match.groups() for match in found):
            yield _Range(int(top), int(bottom), _position(left.decode()) - 1, _position(right.decode()) - 1)
        rest = text[max(found[-1].end() if found else 0, len(text) - 200) :]


def _parser(source: IO[bytes], sheet: Any, stale: bool) -> Any:
    """The parser of openpyxl for rows, which also says whether a formula has a stored value."""
    from openpyxl.utils.escape import unescape
    from openpyxl.worksheet._reader import FORMULA_TAG, VALUE_TAG, WorkSheetParser

    class Parser(WorkSheetParser):  # type: ignore[misc]
        """Gives the cells of a row as `Cell`, by the position of their column. Plain cells are read without the library."""

        def parse_row(self, row: Any) -> tuple[int, dict[int, Cell]]:
            self.row_counter: int = int(row.get("r") or self.row_counter + 1)
            self.col_counter = 0
            cells = {}
            for element in row:
                found = self._cell(element)
                if found is not None:
                    cells[self.col_counter - 1] = found
            return self.row_counter, cells

        def _cell(self, element: Any) -> Cell | None:
            kind, style, stored, formula = element.get("t", "n"), int(element.get("s", 0)), None, False
            for part in element:
                if part.tag == VALUE_TAG:
                    stored = part.text
                elif part.tag == FORMULA_TAG:
                    formula = True
            place = element.get("r")
            self.col_counter = _position(place.rstrip("0123456789")) if place else self.col_counter + 1
            if formula and ((not stored and kind != "str") or (stale and stored in (None, "", "0"))):
                return Cell(None, style, uncomputed=True)
            if kind == "s" and stored:
                text = self.shared_strings[int(stored)]
                return Cell(unescape(text) if "_x" in text else text, style)
            if kind == "n" and stored and style not in self.date_formats:
                return Cell(float(stored) if not stored.lstrip("-").isdigit() else int(stored), style)
            if not stored and kind != "inlineStr":
                return None
            found = self.parse_cell(element)
            return None if found["value"] is None else Cell(found["value"], style, found["data_type"] == "e")

    book = sheet.parent
    return Parser(
        source,
        sheet._shared_strings,
        data_only=True,
        epoch=book.epoch,
        date_formats=book._date_formats,
        timedelta_formats=book._timedelta_formats,
    )
