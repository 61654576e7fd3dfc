"""Sources: the files that hold the history, their format, and the canonical table that each source gives."""

import re
from collections.abc import Collection, Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator
from pydantic.dataclasses import dataclass

from pipeline.domain.names.shown import plain_text
from pipeline.domain.reading.folders import pattern_problem
from pipeline.domain.strict_config import STRICT
from pipeline.domain.time_zones import ZoneName


@dataclass(config=STRICT, frozen=True)
class Csv:
    """A text file with separators."""

    kind: Literal["csv"] = "csv"
    separator: str = ","
    """Character between two columns."""
    encoding: str = "utf-8"
    """Encoding of the text."""
    decimal: Literal[".", ","] = "."
    """The decimal mark. A number with another mark goes to quarantine; nothing is guessed."""


@dataclass(config=STRICT, frozen=True)
class Excel:
    """One sheet of a workbook."""

    kind: Literal["excel"]
    sheet: str | None = None
    """Name of the sheet. Default: the first sheet."""
    header_row: int = 1
    """Number of the row with the column names; the first row of the sheet is 1."""
    decimal: Literal[".", ","] = "."
    """The decimal mark of numbers that are stored as text."""


@dataclass(config=STRICT, frozen=True)
class Parquet:
    """A Parquet file."""

    kind: Literal["parquet"]
    decimal: Literal["."] = "."


Format = Annotated[Csv | Excel | Parquet, Field(discriminator="kind")]


def _below(pattern: str) -> str:
    if problem := pattern_problem(pattern):
        raise ValueError(
            f"'{plain_text(pattern)}' is not a file below data/raw/<process>/: {problem}; write for example lab/*.csv"
        )
    return pattern


FilePattern = Annotated[str, AfterValidator(_below)]
"""Path or glob pattern that stays below the folder of the raw files."""


@dataclass(config=STRICT, frozen=True, kw_only=True)
class _SourceFiles:
    """Fields that every source has."""

    files: tuple[FilePattern, ...]
    """Paths or glob patterns below `data/raw/<process>/`. A path that leads out of this folder is refused, also through a link."""
    format: Format = Field(default_factory=Csv)
    """How the files are written; CSV with a comma where not given."""
    nulls: tuple[str, ...] = ("",)
    """Texts that mean a missing value in every column. Blanks at both ends of a cell are removed first."""
    excluded: Mapping[str, str] = Field(default_factory=dict)
    """Columns that are left out on purpose → reason."""
    key: tuple[str, ...] = ()
    """Attributes that identify a row of `details`."""

    def references(
        self, attributes: Collection[str], materials: Collection[str]
    ) -> list[tuple[str, tuple[str, ...], Collection[str]]]:
        """Names that this source refers to, in groups: kind of name, names used, names that exist."""
        return []


@dataclass(config=STRICT, frozen=True, kw_only=True)
class BatchRows(_SourceFiles):
    """One row per batch. Several such sources, for example one per site, are stacked."""

    gives: Literal["batches"]


@dataclass(config=STRICT, frozen=True, kw_only=True)
class Details(_SourceFiles):
    """Further attributes of batches. `key` names the attributes that link a row to batches: the batch, its code, its vessel."""

    gives: Literal["details"]
    key: tuple[str, ...] = Field(min_length=1)
    """Attributes that find the batch rows to which a row belongs, such as the batch or the vessel."""


@dataclass(config=STRICT, frozen=True, kw_only=True)
class LongResults(_SourceFiles):
    """One laboratory result per row."""

    gives: Literal["results"]
    batch: str
    """Column with the batch."""
    test: str
    """Column with the name of the test."""
    value: str
    """Column with the result."""
    names: Mapping[str, str]
    """Name of a test in the file → attribute."""
    unit: str | None = None
    """Column with the unit of each result. Default: results are in the unit of their attribute."""
    revision: str | None = None
    """Column with the revision number. The highest revision of a result is used; the others go to quarantine."""

    def references(
        self, attributes: Collection[str], materials: Collection[str]
    ) -> list[tuple[str, tuple[str, ...], Collection[str]]]:
        """Attributes named by tests."""
        return [("attribute", tuple(self.names.values()), attributes)]


@dataclass(config=STRICT, frozen=True, kw_only=True)
class LotRows(_SourceFiles):
    """One row per lot of one material, with the properties of the lot."""

    gives: Literal["lots"]
    material: str
    """The material whose lots these are."""
    lot: str
    """Column with the lot."""

    def references(
        self, attributes: Collection[str], materials: Collection[str]
    ) -> list[tuple[str, tuple[str, ...], Collection[str]]]:
        """The material of the lots."""
        return [("material", (self.material,), materials)]


@dataclass(config=STRICT, frozen=True, kw_only=True)
class GenealogyRows(_SourceFiles):
    """One row per use of a lot: which batch consumed how much of it."""

    gives: Literal["genealogy"]
    batch: str
    """Column with the batch."""
    material: str
    """Column with the material."""
    lot: str
    """Column with the lot."""
    quantity: str
    """Column with the amount or the share. The shares of one material in one batch are scaled to sum to 1."""
    materials: Mapping[str, str] = Field(default_factory=dict)
    """Name of a material in the file → material of the process, if they differ."""

    def references(
        self, attributes: Collection[str], materials: Collection[str]
    ) -> list[tuple[str, tuple[str, ...], Collection[str]]]:
        """Materials that the file's names are mapped to."""
        return [("material", tuple(self.materials.values()), materials)]


@dataclass(config=STRICT, frozen=True, kw_only=True)
class TrajectoryRows(_SourceFiles):
    """Sensor values over time.

    With `tag`, the file is long: each row has a tag and a value. Without, it is wide: one column per attribute.
    """

    gives: Literal["trajectories"]
    batch: str
    """Column with the batch."""
    time: str
    """Column with the time."""
    time_format: str = "%Y-%m-%d %H:%M:%S"
    """How a time is written, as strftime."""
    time_zone: ZoneName | None = None
    """IANA name of the time zone of the times, such as `Europe/Zurich`. The times are converted to UTC, so that differences are
    right when daylight saving begins or ends. Leave it out if the clock has no daylight saving, or if the times hold their zone."""
    tag: str | None = None
    """Column with the tag, in a long file."""
    value: str | None = None
    """Column with the value, in a long file."""
    tags: Mapping[str, str] = Field(default_factory=dict)
    """Tag in the file → attribute, for a long file."""

    @model_validator(mode="after")
    def _one_zone(self) -> "TrajectoryRows":
        if self.time_zone is not None and re.search("%[:#]*z", self.time_format):
            raise ValueError(
                f"time_format '{self.time_format}' reads an offset from each time, and time_zone is '{self.time_zone}'; "
                "a time can have only one of the two: remove time_zone"
            )
        return self

    def references(
        self, attributes: Collection[str], materials: Collection[str]
    ) -> list[tuple[str, tuple[str, ...], Collection[str]]]:
        """Attributes named by tags."""
        return [("attribute", tuple(self.tags.values()), attributes)]


Source = Annotated[
    BatchRows | Details | LongResults | LotRows | GenealogyRows | TrajectoryRows, Field(discriminator="gives")
]
Sources = Mapping[str, Source]
