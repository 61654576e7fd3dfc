"""The edits that would mend a cause: of the process definition, or of the file."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl
import yaml

from pipeline.domain.attributes import Attribute, SourceColumn
from pipeline.domain.process.process import Process

MOST = 3
"""Number of texts that a sentence shows."""
LONGEST = 40
"""Longest text that a sentence shows whole."""


@dataclass(frozen=True)
class Edit:
    """One edit and the cells that it mends."""

    text: str
    cells: int
    kind: str = ""
    """Kind of mistake. Columns of one source with the same reason and kind need the same edit."""


@dataclass(frozen=True)
class Found:
    """A cause as the rules for edits see it."""

    process: Process
    source: str
    column: str | None
    values: pl.DataFrame
    """Columns value and cells: each different text with the number of its cells, the most frequent first."""
    other_marks: float
    """Largest share of the rows of the source in which one column has the decimal mark that is not declared."""
    batches: tuple[str, ...]
    """Batches that the batch files name."""

    @property
    def cells(self) -> int:
        """Number of all cells."""
        return int(self.values["cells"].sum())

    @property
    def place(self) -> str:
        """Key of the source in the process definition."""
        return f"sources.{self.source}"

    def read_as(self) -> Mapping[str, tuple[Attribute, SourceColumn]]:
        """Attributes that are read from the column."""
        written = self.process.written_in(self.source) if self.source in self.process.sources else {}
        return {name: pair for name, pair in written.items() if pair[1].column == self.column}

    @property
    def attributes(self) -> str:
        """Names of the attributes that are read from the column."""
        return ", ".join(f"'{name}'" for name in self.read_as()) or "the attribute"


Rule = Callable[[Found, re.Match[str]], list[Edit]]
"""Makes the edits for a cause. The match holds the words of its reason."""


def the_cells(number: int) -> str:
    """Write a number of cells.

    >>> the_cells(1), the_cells(1200)
    ('this cell', 'these 1,200 cells')
    """
    return "this cell" if number == 1 else f"these {number:,} cells"


def quoted(values: pl.Series, most: int = MOST) -> str:
    """List the first texts between backticks, and say how many more there are.

    >>> quoted(pl.Series(["1,5", "2,5"]))
    '`1,5`, `2,5`'
    """
    shown = [f"`{short(text)}`" for text in values.head(most)]
    rest = len(values) - len(shown)
    return ", ".join(shown) + (f" and {rest:,} more" if rest > 0 else "")


def short(text: object) -> str:
    """Write a text in one line of limited length. A sentence puts it between backticks.

    >>> short("x" * 50), short("36\\u00a05")
    ('xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…', '36\\\\xa05')
    """
    line = printable(str(text).replace("`", "'"))
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"


def printable(text: str) -> str:
    """Write characters that a terminal would obey, or that nobody can see, by their code.

    >>> printable("a\\x1b[31m"), printable("37 °C")
    ('a\\\\x1b[31m', '37 °C')
    """
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)


def in_yaml(data: object) -> str:
    """Write plain data as YAML in one line, as it would stand in a process definition.

    >>> in_yaml({"nulls": ["", "n.d."]})
    '{nulls: ["", n.d.]}'
    """
    text: str = yaml.safe_dump(data, default_flow_style=True, allow_unicode=True, width=10**6, sort_keys=False)
    return re.sub(r"''(?=[,\]}])", '""', text.strip())
