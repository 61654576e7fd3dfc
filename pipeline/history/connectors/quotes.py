"""Lines with quotation marks: split by the rules of CSV, with a mark inside a cell as an ordinary character."""

import re

from pipeline.domain.errors import ScalebridgeError

MOST_LINES = 1000
"""Number of lines that one cell may span."""


class UnclosedQuoteError(ValueError):
    """A cell begins with a quotation mark that is not closed."""


def well_formed(separator: str) -> str:
    """Regular expression of a line in which each quotation mark opens or closes a cell."""
    mark = re.escape(separator)
    cell = rf'(?:"(?:[^"]|"")*"|[^"{mark}][^"{mark}]*|)'
    return f"^{cell}(?:{mark}{cell})*$"


def split_line(line: str, separator: str) -> list[str] | None:
    """Split a line into cells. None if text follows a closing quotation mark, so that the cells cannot be told apart.

    A quotation mark that does not begin a cell is an ordinary character.

    >>> split_line('B2,"a, b",hose 1/2" ID', ",")
    ['B2', 'a, b', 'hose 1/2" ID']

    Raises UnclosedQuoteError if a cell begins with a quotation mark that is not closed.
    """
    cells, at = [], 0
    while True:
        if line.startswith('"', at):
            end = _closing(line, at + 1)
            cells.append(line[at + 1 : end].replace('""', '"'))
            rest = end + 1
            if rest < len(line) and line[rest] != separator:
                return None
        else:
            rest = line.find(separator, at)
            rest = len(line) if rest < 0 else rest
            cells.append(line[at:rest])
        if rest >= len(line):
            return cells
        at = rest + 1


def _closing(line: str, at: int) -> int:
    """Position of the quotation mark that closes a cell; a doubled mark stands for one mark in the cell."""
    while (found := line.find('"', at)) >= 0:
        if line[found + 1 : found + 2] != '"':
            return found
        at = found + 2
    raise UnclosedQuoteError


def quoted(cells: list[str], separator: str) -> str:
    """Write cells as a line in which every cell is quoted. Line breaks in cells become blanks."""
    return separator.join('"' + cell.replace('"', '""').replace("\n", " ") + '"' for cell in cells)


def over_lines(lines: list[str], first: int, separator: str) -> tuple[list[str] | None, int]:
    """Split a row that begins at position `first` and spans several lines. Return its cells, and the number of its lines."""
    text = lines[first]
    for count in range(1, min(MOST_LINES, len(lines) - first) + 1):
        try:
            return split_line(text, separator), count
        except UnclosedQuoteError:
            text = "\n".join(lines[first : first + count + 1])
    raise UnclosedQuoteError


def unclosed(place: str, line: int, multiline: bool) -> ScalebridgeError:
    """Error for a quotation mark that is not closed."""
    advice = "" if multiline else "; if cells of this file may hold line breaks, set `multiline: true`"
    end = f"within {MOST_LINES} lines or the file" if multiline else "on this line"
    return ScalebridgeError(
        f"{place}, line {line}: a cell begins with a quotation mark that is not closed {end}, so the rows that follow "
        f'are in doubt; close it, or set `quote: ""` if the file writes quotation marks as ordinary characters{advice}'
    )
