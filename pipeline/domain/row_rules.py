"""Declared rules on the rows of a source: columns outside the table, repeated cells, one spelling of ids, rows left out."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator
from pydantic.dataclasses import dataclass

from pipeline.domain.strict_config import STRICT


def _one_group(pattern: str) -> str:
    try:
        groups = re.compile(pattern).groups
    except re.error as error:
        raise ValueError(f"'{pattern}' is no regular expression: {error}") from None
    if groups != 1:
        raise ValueError(
            f"'{pattern}' has {groups} groups in round brackets; mark the value with exactly one, as in (B\\d+)"
        )
    return pattern


OneGroup = Annotated[str, AfterValidator(_one_group)]
"""A regular expression with one group."""
Fold = Literal["case", "blanks", "composition"]
"""`case`: small letters become capitals. `blanks`: blanks are removed, also those that cannot be seen. `composition`: letters with
accents get their one-character form (Unicode NFC)."""


@dataclass(config=STRICT, frozen=True)
class RowsWith:
    """Rows that have one of several texts in a column."""

    column: str
    """Column that decides."""
    are: Annotated[tuple[str, ...], Field(min_length=1)]
    """Texts of these rows."""


@dataclass(config=STRICT, frozen=True)
class RowFilter:
    """Which rows of a source are read, by the text in one column. The other rows go to quarantine with this reason."""

    column: str
    """Column that decides."""
    are: tuple[str, ...] = ()
    """Texts of the rows that are read."""
    are_not: tuple[str, ...] = ()
    """Texts of the rows that are left out, in place of `are`."""

    @model_validator(mode="after")
    def _one_list(self) -> "RowFilter":
        if bool(self.are) == bool(self.are_not):
            raise ValueError("`rows` needs either `are` or `are_not`, with one text at least")
        return self

    @property
    def reason(self) -> str:
        """Reason of the quarantine records of the rows that are left out."""
        if self.are:
            return f"filtered out by `rows`: '{self.column}' is not {' or '.join(map(repr, self.are))}"
        return f"filtered out by `rows`: '{self.column}' is {' or '.join(map(repr, self.are_not))}"
