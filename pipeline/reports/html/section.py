"""The parts of a section of the page: sentences, tables and pictures."""

from dataclasses import dataclass

Cell = str | float | int | None


@dataclass(frozen=True)
class Table:
    """One table of a section."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    folded: str = ""
    """Title of a table that opens on the screen and is not printed; empty for a table that always shows."""
    right: tuple[int, ...] = ()
    """Columns of text that are set to the right, as numbers are."""


@dataclass(frozen=True)
class Figure:
    """One picture of a section."""

    svg: str
    caption: str


@dataclass(frozen=True)
class Section:
    """One section of the page."""

    key: str
    title: str
    summary: tuple[str, ...]
    tables: tuple[Table, ...]
    figures: tuple[Figure, ...] = ()
