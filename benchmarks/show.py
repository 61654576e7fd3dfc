"""Tables of at most 100 columns for a terminal."""

import textwrap
from collections.abc import Mapping, Sequence

NAME = 20
WIDE = 100


def table(title: str, columns: Sequence[str], rows: Mapping[str, Sequence[float | str | None]], digits: int = 2) -> str:
    """Set a table: a name per row, then the columns, right-aligned and as wide as 100 characters allow.

    >>> print(table("Errors", ["a", "b"], {"mean": [1.0, None]}))
    Errors
                               a       b
    mean                    1.00       –
    """
    width = max(5, min(8, (WIDE - NAME) // max(len(columns), 1)))
    cells = [("", [*columns]), *((name, [_cell(value, digits) for value in values]) for name, values in rows.items())]
    lines = [f"{name:{NAME}.{NAME}}" + "".join(f"{value:>{width}}" for value in values) for name, values in cells]
    return "\n".join([title, *(line.rstrip() for line in lines)])


def paragraph(text: str) -> str:
    """Break a sentence to the width of the tables, further lines indented."""
    return textwrap.fill(text, WIDE, subsequent_indent="  ")


def _cell(value: float | str | None, digits: int) -> str:
    if value is None or value != value:
        return "–"
    return value if isinstance(value, str) else f"{value:.{digits}f}"
