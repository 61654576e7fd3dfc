"""Where history is written: files, how to read them, and which canonical table each of them gives."""

import re
from collections.abc import Collection, Mapping
from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic.dataclasses import dataclass

from pipeline.domain.strict_config import STRICT
from pipeline.domain.time_zones import ZoneName


@dataclass(config=STRICT, frozen=True)
class Csv:
    """Text with separators."""

    kind: Literal["csv"] = "csv"
    separator: str = ","
    """Character between two columns."""
    encoding: str = "utf-8"
    """Encoding of the text."""
    decimal: Literal[".", ","] = "."
    """The decimal mark. A number written otherwise is an error of its cell, never guessed."""


@dataclass(config=STRICT, frozen=True)
class Excel:
    """One sheet of a workbook."""

    kind: Literal["excel"]
    sheet: str | None = None
    """The first sheet where not given."""
    header_row: int = 1
    """Row with the column names, counted from 1 as in the workbook."""
    decimal: Literal[".", ","] = "."
    """The decimal mark of numbers that stand as text."""


@dataclass(config=STRICT, frozen=True)
class Parquet:
    """Typed columns."""

    kind: Literal["parquet"]
    decimal: Literal["."] = "."


Format = Annotated[Csv | Excel | Parquet, Field(discriminator="kind")]


@dataclass(config=STRICT, frozen=True, kw_only=True)
class _Files:
    """What every source has."""

    files: tuple[str, ...]
    """Paths or globs below `data/raw/<process>/`."""
    format: Format = Field(default_factory=Csv)
    """How the files are written; CSV with a comma where not given."""
    nulls: tuple[str, ...] = ("",)
    """Texts that mean missing in every column, after blanks at both ends are cut."""
    excluded: Mapping[str, str] = Field(default_factory=dict)
    """Columns that are left out on purpose, with the reason."""
    key: tuple[str, ...] = ()
    """Attributes that find the batch rows to which a row belongs; for `details` alone."""

    def references(
        self, attributes: Collection[str], materials: Collection[str]
    ) -> list[tuple[str, tuple[str, ...], Collection[str]]]:
        """Names that this source uses: (what they are, the names, those that exist)."""
        return []


@dataclass(config=STRICT, frozen=True, kw_only=True)
class BatchRows(_Files):
    """One row per batch; several such sources, one per site perhaps, are stacked."""

    gives: Literal["batches"]


@dataclass(config=STRICT, frozen=True, kw_only=True)
class Details(_Files):
    """More attributes of batches, found by `key`: the batch itself, its code, its equipment."""

    gives: Literal["details"]
    key: tuple[str, ...] = Field(min_length=1)
    """Attributes that find the batch rows to which a row belongs, such as the batch or the vessel."""


@dataclass(config=STRICT, frozen=True, kw_only=True)
class LongResults(_Files):
    """One laboratory result per row."""

    gives: Literal["results"]
    batch: str
    """Column with the batch."""
    test: str
    """Column with the name of the test."""
    value: str
    """Column with the result."""
    names: Mapping[str, str]
    """Name of the test as written → attribute."""
    unit: str | None = None
    """Column with the unit of each result, converted to the attribute's."""
    revision: str | None = None
    """Column with the number of the revision: the highest counts, the others go to quarantine as superseded."""

    def references(
        self, attributes: Collection[str], materials: Collection[str]
    ) -> list[tuple[str, tuple[str, ...], Collection[str]]]:
        """Attributes named by tests."""
        return [("attribute", tuple(self.names.values()), attributes)]


@dataclass(config=STRICT, frozen=True, kw_only=True)
class LotRows(_Files):
    """One row per lot of one material, with its properties."""

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
class GenealogyRows(_Files):
    """Which batch consumed how much of which lot."""

    gives: Literal["genealogy"]
    batch: str
    """Column with the batch."""
    material: str
    """Column with the material."""
    lot: str
    """Column with the lot."""
    quantity: str
    """Column with the amount or share; shares within batch and material are made to sum to 1."""
    materials: Mapping[str, str] = Field(default_factory=dict)
    """Name of the material as written → material, where they differ."""

    def references(
        self, attributes: Collection[str], materials: Collection[str]
    ) -> list[tuple[str, tuple[str, ...], Collection[str]]]:
        """Materials that names are mapped to."""
        return [("material", tuple(self.materials.values()), materials)]


@dataclass(config=STRICT, frozen=True, kw_only=True)
class TrajectoryRows(_Files):
    """Sensor values over time: long (a tag and a value per row) where `tag` is given, else one column per attribute."""

    gives: Literal["trajectories"]
    batch: str
    """Column with the batch."""
    time: str
    """Column with the time."""
    time_format: str = "%Y-%m-%d %H:%M:%S"
    """How a time is written, as strftime."""
    time_zone: ZoneName | None = None
    """IANA name of the zone whose wall clock wrote the times, `Europe/Zurich`: they are converted to UTC, so that the time in a
    batch is the time that passed. None: the clock is never changed, as UTC is not; `Etc/GMT-1` is winter time all year east of
    Greenwich. Times that carry their zone need none."""
    tag: str | None = None
    """Column with the tag, for long files."""
    value: str | None = None
    """Column with the value, for long files."""
    tags: Mapping[str, str] = Field(default_factory=dict)
    """Tag as written → attribute, for long files."""

    @model_validator(mode="after")
    def _one_zone(self) -> "TrajectoryRows":
        if self.time_zone is not None and re.search("%[:#]*z", self.time_format):
            raise ValueError(
                f"time_format '{self.time_format}' reads the offset that each time carries; time_zone '{self.time_zone}' "
                "would state it again: remove it"
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
