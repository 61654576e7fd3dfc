"""What a damaged file says, read in the plainest way: line by line, cell by cell, by the declared rules alone.

It shares no code with the program. What it cannot read, the program must not read either.
"""

import math
import re
from dataclasses import dataclass
from datetime import datetime

from tests.support.known_tables import Column, Kind

UNREADABLE = object()
"""The text is no value of its kind."""


@dataclass(frozen=True)
class Line:
    """A line below the header: its number as an editor shows it, and its cells by the names of the header.

    cells is None if the line does not have the cells of the header.
    """

    number: int
    cells: dict[str, str] | None


def decoded(data: bytes, encoding: str) -> str | None:
    """The text of a file; None if it is not in the declared encoding. A mark at the beginning says which Unicode it is."""
    marks = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
    encoding = next((name for mark, name in marks.items() if data.startswith(mark)), encoding)
    try:
        return data.decode(encoding)
    except UnicodeError:
        return None


def lines_of(text: str, separator: str, needed: list[str]) -> list[Line] | None:
    """The lines below the header; None if no line is the header. The header is the first line that holds all needed columns."""
    written = re.split(r"\r\n|\n|\r", text)
    if written[-1] == "":
        written.pop()
    split = [cells_of(line, separator) for line in written]
    header = next((n for n, cells in enumerate(split) if cells and set(needed) <= {cell.strip() for cell in cells}), None)
    if header is None:
        return None
    names = [cell.strip() for cell in split[header] or []]
    lines = []
    for number, cells in enumerate(split[header + 1 :], header + 2):
        whole = cells is not None and len(cells) == len(names)
        lines.append(Line(number, dict(zip(names, cells or [], strict=True)) if whole else None))
    return lines


def cells_of(line: str, separator: str) -> list[str] | None:
    """The cells of a line. None if a quotation mark stays open, or if text follows one that closes a cell."""
    cells, rest = [], line
    while True:
        if rest.startswith('"'):
            closed = re.match(r'"((?:[^"]|"")*)"', rest)
            if closed is None:
                return None
            cells.append(closed[1].replace('""', '"'))
            rest = rest[closed.end() :]
            if rest and not rest.startswith(separator):
                return None
        else:
            cell = rest.split(separator, 1)[0]
            cells.append(cell)
            rest = rest[len(cell) :]
        if not rest:
            return cells
        rest = rest[1:]


def says(text: str, column: Column, decimal: str) -> object:
    """The value that a text says, in SI; None if it is blank; UNREADABLE if it is no value of its kind."""
    plain = text.strip()
    if plain == "":
        return None
    if column.kind == "text":
        return plain
    if column.kind in ("date", "time"):
        return moment(plain, column.kind)
    unit = re.search(r"\[(.+)\]$", column.name)
    plain = (
        plain.replace("−", "-").removesuffix(unit[1] if unit else "").rstrip()
    )  # a number may carry the unit of its column
    sign = r"(?:[<>≤≥]\s*)?" if column.kind == "result" else ""
    match = re.fullmatch(rf"({sign})([+-]?(?:[0-9]+\{decimal}?[0-9]*|\{decimal}[0-9]+)(?:[eE][+-]?[0-9]+)?)", plain)
    if match is None:
        return UNREADABLE
    value = float(match[2].replace(",", "."))
    return value * column.factor + column.offset if math.isfinite(value) else UNREADABLE


def moment(text: str, kind: Kind) -> object:
    """A date, or a date with a time of day. A blank before a part does not change what it says."""
    pattern = r"(\d{4})-\s*(\d{1,2})-\s*(\d{1,2})" + (r"\s+(\d{1,2}):\s*(\d{1,2})" if kind == "time" else "")
    match = re.fullmatch(pattern, text, re.ASCII)
    try:
        return UNREADABLE if match is None else datetime(*map(int, match.groups()))  # type: ignore[arg-type]
    except ValueError:
        return UNREADABLE
