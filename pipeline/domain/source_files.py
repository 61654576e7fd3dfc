"""What every source says about its files or its pull: where they are, how they are written, and which rows are read."""

from collections.abc import Collection, Mapping
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator
from pydantic.dataclasses import dataclass

from pipeline.domain.file_formats import Csv, Format
from pipeline.domain.names.shown import plain_text
from pipeline.domain.pull_kinds import Pull
from pipeline.domain.reading.folders import pattern_problem
from pipeline.domain.row_rules import Fold, OneGroup, RowFilter
from pipeline.domain.strict_config import STRICT


def _below(pattern: str) -> str:
    if problem := pattern_problem(pattern):
        raise ValueError(
            f"'{plain_text(pattern)}' is not a file below data/raw/<process>/: {problem}; write for example lab/*.csv"
        )
    return pattern


FilePattern = Annotated[str, AfterValidator(_below)]
"""Path or glob pattern that stays below the folder of the raw files."""


@dataclass(config=STRICT, frozen=True, kw_only=True)
class SourceFiles:
    """Fields that every source has."""

    files: tuple[FilePattern, ...] = ()
    """Paths or glob patterns below `data/raw/<process>/`. A path that leads out of this folder is refused, also through a link."""
    pull: Pull | None = None
    """What is read from a database, a historian or a feed, instead of files. `scalebridge snapshot` keeps it in
    `data/snapshots/<process>/<source>/`."""
    format: Format = Field(default_factory=Csv)
    """How the files are written; CSV with a comma where not given."""
    nulls: tuple[str, ...] = ("",)
    """Texts that mean a missing value in every column. Blanks at both ends of a cell are removed first."""
    excluded: Mapping[str, str] = Field(default_factory=dict)
    """Columns that are left out on purpose → reason."""
    columns_in_path: Mapping[str, OneGroup | Mapping[str, str]] = Field(default_factory=dict)
    """Columns that stand in the path of each file instead of in its rows → regular expression with one group, such as
    `{Batch: "hist/(B\\d+)\\.csv"}`, or the value of each file, such as `{Batch: {d1.csv: B1, d2.csv: B2}}`."""
    columns_in_preamble: Mapping[str, OneGroup] = Field(default_factory=dict)
    """Columns that stand in the lines above the header → regular expression with one group, such as
    `{Batch: "Batch No.: (\\S+)"}`."""
    columns_joined: Mapping[str, Annotated[tuple[str, ...], Field(min_length=2)]] = Field(default_factory=dict)
    """Columns that are made of several columns of the file, with a blank between their texts, such as `{When: [Date, Time]}`."""
    fill_down: tuple[str, ...] = ()
    """Columns in which a blank cell repeats the cell above it. Merged cells of a workbook need no such rule."""
    fold: Mapping[str, tuple[Fold, ...]] = Field(default_factory=dict)
    """Columns with ids that are spelled in several ways → how they get one spelling: `{Batch: [case, blanks]}`. Fold the ids
    of every source that names them."""
    rows: RowFilter | None = None
    """Which rows are read, such as `{column: Status, are: [released]}`. Default: all."""
    key: tuple[str, ...] = ()
    """Attributes that identify a row of `details`."""

    @model_validator(mode="after")
    def _files_or_pull(self) -> "SourceFiles":
        if bool(self.files) == (self.pull is not None):
            raise ValueError("write either `files` with at least one file, or `pull`")
        if self.pull is None:
            return self
        of_files = {
            "format": self.format != Csv(),
            "columns_in_path": bool(self.columns_in_path),
            "columns_in_preamble": bool(self.columns_in_preamble),
            "fill_down": bool(self.fill_down),
        }
        if wrong := [name for name, stated in of_files.items() if stated]:
            raise ValueError(f"`{wrong[0]}` is a rule for files, and this source has `pull`; remove it")
        return self

    @property
    def decimal(self) -> str:
        """The decimal mark of numbers that are written as text."""
        return self.format.decimal if self.pull is None else self.pull.decimal

    def references(
        self, attributes: Collection[str], materials: Collection[str]
    ) -> list[tuple[str, tuple[str, ...], Collection[str]]]:
        """Names that this source refers to, in groups: kind of name, names used, names that exist."""
        return []
