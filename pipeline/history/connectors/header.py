"""The header of a table: where it stands, and which column has which name."""

import re
from collections.abc import Callable, Sequence

from pipeline.domain.errors import ScalebridgeError, listed
from pipeline.history.connectors.raw_table import Needed, holds, plain

SEARCHED = 500
"""Number of rows at the top of a table in which its header is searched."""
GUESSED = 20
"""Number of rows at the top of a table in which the header is guessed for a draft."""


def joined(rows: Sequence[Sequence[str]]) -> list[str]:
    """Join the rows of a header to one name per column. A blank cell of an upper row repeats the cell at its left.

    >>> joined([["", "Temperature", ""], ["Batch", "mean", "sd"]])
    ['Batch', 'Temperature mean', 'Temperature sd']
    """
    width = max((len(row) for row in rows), default=0)
    *upper, lowest = [[*map(plain, row), *[""] * (width - len(row))] for row in rows]
    parts = [*(_repeated(cells, lowest) for cells in upper), lowest]
    return [plain(" ".join(dict.fromkeys(cells))) for cells in zip(*parts, strict=True)]


def _repeated(cells: Sequence[str], lowest: Sequence[str]) -> list[str]:
    """Repeat each cell to the right over blanks, unless it is the whole name of its own column."""
    filled, last = [], ""
    for cell, below in zip(cells, lowest, strict=True):
        if cell:
            last = cell if below not in ("", cell) else ""
        filled.append(cell or last)
    return filled


def find_header(
    rows: Sequence[tuple[int, Sequence[str]]], declared: int | None, height: int, needed: Needed | None, place: str
) -> tuple[int, list[str]]:
    """Find the header among the first rows of a file, given with their row numbers. Blank rows are not among them.

    Return the position of its first row, and the names of the columns. Without a declared row number, the header is the first
    that holds all needed columns; if none does, the first row. `needed` None: the header is guessed, for a draft.

    Raises ScalebridgeError if the file has no such row.
    """
    count = len(rows) - height + 1
    if declared is not None:
        at = next((i for i, (number, _) in enumerate(rows[: max(count, 0)]) if number == declared), None)
        if at is None:
            raise ScalebridgeError(
                f"{place} has no header in row {declared}, which `header_row` names: the row is blank or absent"
            )
        return at, _names(rows, at, height)
    if count < 1:
        raise ScalebridgeError(f"{place} cannot be read: it is empty; it needs a row with the names of the columns")
    if needed is None:
        return (at := _guessed(rows[:count])), _names(rows, at, height)
    at = next((i for i in range(count) if holds(_names(rows, i, height), needed)), 0)
    return at, _names(rows, at, height)


def _guessed(rows: Sequence[tuple[int, Sequence[str]]]) -> int:
    """Guess the position of the header: the first row, unless it is a title or a row of groups above the names.

    That is so if it has at most half as many names as a later row has cells, and a later row is full of different texts
    without a number.
    """
    filled = [[plain(cell) for cell in cells if plain(cell)] for _, cells in rows[:GUESSED]]
    width = max(map(len, filled), default=0)
    if not filled or 2 * len(set(filled[0])) > width:
        return 0
    return next((i for i, cells in enumerate(filled) if len(set(cells)) == width and not any(map(_number, cells))), 0)


def _number(text: str) -> bool:
    return re.match(r"[<>+\-.,]?\d", text) is not None


def _names(rows: Sequence[tuple[int, Sequence[str]]], at: int, height: int) -> list[str]:
    return joined([cells for _, cells in rows[at : at + height]])


def positions(
    names: Sequence[str],
    needed: Needed | None,
    place: str,
    row: int,
    letter: Callable[[int], str],
    advice: str = "if the names of the columns stand in another row, set `header_row`",
) -> dict[str, int]:
    """Column → its position in the header.

    Raises ScalebridgeError if a needed column is missing, or if two columns have its name. `needed` None means all columns that
    have a name.
    """
    own = [plain(name) for name in names]
    wanted = [name for name in dict.fromkeys(own) if name] if needed is None else list(needed)
    if missing := [name for name in wanted if plain(name) not in own]:
        shown = listed([name for name in own if name], 60)
        raise ScalebridgeError(
            f"{place} has no column {listed(map(repr, missing))}; it has {shown} in row {row}, which is read as its header; "
            f"{advice}"
        )
    for name in wanted:
        if own.count(plain(name)) > 1:
            where = " and ".join(letter(i) for i, other in enumerate(own) if other == plain(name))
            raise ScalebridgeError(
                f"{place}, row {row}: columns {where} have the same name '{plain(name)}', and the definition needs one; rename one"
            )
    return {name: own.index(plain(name)) for name in wanted}
