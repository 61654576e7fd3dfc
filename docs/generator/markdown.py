"""Parts of a Markdown page."""

import re
from collections.abc import Iterable, Sequence


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table. Line breaks in a cell become spaces, and a bar is escaped.

    >>> print(table(["a", "b"], [["1", "x|y"]]))
    | a | b |
    | --- | --- |
    | 1 | x\\|y |
    """
    lines = [header, ["---"] * len(header), *([_cell(text) for text in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip().replace("|", "\\|")


def prose(text: str) -> str:
    """Return a docstring as Markdown: outside of code, `<`, `*` and `|` are plain characters.

    >>> prose("a * b, `x<y>`, <name>")
    'a \\\\* b, `x<y>`, &lt;name>'
    """
    parts = text.split("`")
    return "`".join(part if nth % 2 else part.replace("*", "\\*").replace("<", "&lt;") for nth, part in enumerate(parts))


def code(text: str) -> str:
    """Return text as code, or nothing for an empty text.

    >>> code("scale"), code("")
    ('`scale`', '')
    """
    return f"`{text}`" if text else ""


def heading(level: int, text: str, anchor: str = "") -> str:
    """Return a heading; other pages link to its anchor.

    >>> heading(2, "Source column", "source-column")
    '## Source column {#source-column}'
    """
    return f"{'#' * level} {text}" + (f" {{#{anchor}}}" if anchor else "")


def page(*parts: str) -> str:
    """Return a page of parts with an empty line between them."""
    return "\n\n".join(part.strip("\n") for part in parts if part.strip()) + "\n"


def words(name: str) -> str:
    """Return the words of a class name.

    >>> words("SourceColumn"), words("LightGBM"), words("Csv")
    ('Source column', 'LightGBM', 'Csv')
    """
    parts = re.findall(r"[A-Z]+(?![a-z])|[A-Z][a-z0-9]*", name)
    if any(len(part) > 1 and part.isupper() for part in parts):
        return name
    return " ".join(parts).capitalize()


def anchor(name: str) -> str:
    """Return the anchor of a class.

    >>> anchor("SourceColumn")
    'source-column'
    """
    return words(name).lower().replace(" ", "-")
