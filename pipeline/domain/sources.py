"""Sources: the files or pulls that hold the history, and the canonical table that each source gives."""

from collections.abc import Collection, Mapping
from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic.dataclasses import dataclass

from pipeline.domain.feeds import OpcUaPull
from pipeline.domain.row_rules import RowsWith
from pipeline.domain.source_files import SourceFiles
from pipeline.domain.strict_config import STRICT
from pipeline.domain.time_zones import ZoneName
from pipeline.domain.times.declared import Clock, DateColumn, Elapsed, Epoch, SeriesTimes, Window, offset_and_zone


@dataclass(config=STRICT, frozen=True, kw_only=True)
class RowsOfStep(SourceFiles):
    """Fields of the sources that may belong to a step of the process."""

    step: str | None = None
    """Step whose batches the rows name. Default: the last step."""


@dataclass(config=STRICT, frozen=True, kw_only=True)
class BatchRows(RowsOfStep):
    """One row per batch. Several such sources, for example one per site, are stacked."""

    gives: Literal["batches"]


@dataclass(config=STRICT, frozen=True, kw_only=True)
class Details(RowsOfStep):
    """Further attributes of batches. `key` names the attributes that link a row to batches: the batch, its code, its vessel."""

    gives: Literal["details"]
    key: tuple[str, ...] = Field(min_length=1)
    """Attributes that find the batch rows to which a row belongs, such as the batch or the vessel."""
    replicates: Literal["refuse", "mean", "last"] = "refuse"
    """What several rows of one key are: a contradiction (`refuse`), replicates of which the mean is used, or attempts of which the
    last row is used."""


@dataclass(config=STRICT, frozen=True, kw_only=True)
class LongResults(RowsOfStep):
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
    """Column with the revision. The newest revision of a result is used; the others go to quarantine. Revisions are compared
    part by part: `1.10` comes after `1.9`, `2a` after `2`, `B` after `A`. What cannot be compared goes to quarantine."""
    available: DateColumn | None = None
    """Column with the date from which each result is known, such as its approval: `{column: Approved, date: "%Y-%m-%d"}`. A date
    without a time of day counts from the end of its day. Where a cell is blank, the dates of the batch count."""
    laboratory: str | None = None
    """Column with the laboratory that measured each result. With `laboratory` under `groupings`, the models pool over it."""
    replicates: Literal["refuse", "mean", "last"] = "refuse"
    """What several results of one test and batch are: a contradiction that goes to quarantine (`refuse`), replicates of which the
    mean is used, or attempts of which the last row is used. A mean with results such as `<0.05` is known to be below the mean of
    the written numbers; it is kept as such a limit."""

    def references(
        self, attributes: Collection[str], materials: Collection[str]
    ) -> list[tuple[str, tuple[str, ...], Collection[str]]]:
        """Attributes named by tests."""
        return [("attribute", tuple(self.names.values()), attributes)]


@dataclass(config=STRICT, frozen=True, kw_only=True)
class LotRows(SourceFiles):
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
class GenealogyRows(RowsOfStep):
    """One row per use of a lot: which batch consumed how much of it.

    The amounts of one lot in one batch are added up, also negative ones, with which an ERP takes an issue back.
    """

    gives: Literal["genealogy"]
    batch: str
    """Column with the batch."""
    material: str
    """Column with the material."""
    lot: str
    """Column with the lot."""
    quantity: str
    """Column with the amount or the share. The shares of one material in one batch are scaled to sum to 1."""
    unit: str | None = None
    """Column with the unit of each amount. Default: all amounts of a material are in one unit."""
    booking: str | None = None
    """Column with the number of the booking. A booking that occurs twice counts once. Without it, a row that repeats a row of an
    earlier file counts once, because the exports overlap; within one file each row is a booking."""
    taken_back: RowsWith | None = None
    """Which rows take an amount back, such as `{column: Movement type, are: ["262"]}` for SAP. Their amounts count as negative,
    with or without a minus sign. Default: an amount that is taken back has a minus sign, before or behind it."""
    materials: Mapping[str, str] = Field(default_factory=dict)
    """Name of a material in the file → material of the process, if they differ."""

    def references(
        self, attributes: Collection[str], materials: Collection[str]
    ) -> list[tuple[str, tuple[str, ...], Collection[str]]]:
        """Materials that the file's names are mapped to."""
        return [("material", tuple(self.materials.values()), materials)]


@dataclass(config=STRICT, frozen=True, kw_only=True)
class OfEquipment:
    """Series that run on without naming a batch: a record belongs to the batch that was in its vessel at its time."""

    column: str
    """Column with the vessel or machine."""
    attribute: str
    """Attribute of the batch records that names the vessel, often that of `equipment`."""


@dataclass(config=STRICT, frozen=True, kw_only=True)
class GoodQuality:
    """The quality codes of records that are used. Every other record goes to quarantine with its code."""

    column: str
    """Column with the quality code."""
    good: Annotated[tuple[str | int, ...], Field(min_length=1)]
    """Codes of good records, such as `[192, Good]`."""

    @property
    def texts(self) -> list[str]:
        """The good codes as texts."""
        return [str(code) for code in self.good]


@dataclass(config=STRICT, frozen=True, kw_only=True)
class TransferRows(SourceFiles):
    """One row per transfer between steps: which batch of a step took how much of which batch of an earlier step.

    Batches are pooled and split this way, many to many. The steps are found by the names of the batches, unless `from_step` and
    `to_step` state them. Consecutive steps in which a batch has the same name need no row: the batch went on whole. The amounts of
    several rows of one pair are added up.
    """

    gives: Literal["transfers"]
    from_batch: str
    """Column with the batch that gave."""
    to_batch: str
    """Column with the batch that took."""
    quantity: str
    """Column with the amount or the share. The shares of what a batch took from one step are scaled to sum to 1."""
    unit: str | None = None
    """Column with the unit of each amount. Default: all amounts that a batch took from one step are in one unit."""
    booking: str | None = None
    """Column with the number of the transfer. A transfer that occurs twice counts once. Without it, a row that repeats a row of an
    earlier file counts once, because the exports overlap; within one file each row is a transfer."""
    from_step: str | None = None
    """Step whose batches gave. Needed where several steps name their batches alike, such as 1, 2, 3. Default: found by the name."""
    to_step: str | None = None
    """Step whose batches took. With both steps, equal names say nothing: the rows alone connect the batches of these two steps."""


@dataclass(config=STRICT, frozen=True, kw_only=True)
class TrajectoryRows(SourceFiles):
    """Sensor values over time.

    With `tag`, the file is long: each row has a tag and a value. Without, it is wide: one column per attribute.
    """

    gives: Literal["trajectories"]
    batch: str | None = None
    """Column with the batch."""
    of_equipment: OfEquipment | None = None
    """For series without a column of the batch: how a record finds its batch. The batch records need `started`, with a time of
    day."""
    quality: GoodQuality | None = None
    """Column with the quality of each record, and which codes are good. Default: all records are used."""
    time: str
    """Column with the time."""
    time_format: SeriesTimes = Field(default_factory=lambda: Clock(kind="clock", format="%Y-%m-%d %H:%M:%S"))
    """How the times are written: a format of a clock as strftime, such as `%d.%m.%Y %H:%M`, or a mapping with a `kind`. A format
    that ends with the hour reads `14` as 14:00. Default: `%Y-%m-%d %H:%M:%S`."""
    time_zone: ZoneName | None = None
    """IANA name of the time zone of the times, such as `Europe/Zurich`. The times are converted to UTC, so that differences are
    right when daylight saving begins or ends. Leave it out if the clock has no daylight saving, or if the times hold their zone."""
    tag: str | None = None
    """Column with the tag, in a long file."""
    value: str | None = None
    """Column with the value, in a long file."""
    tags: Mapping[str, str] = Field(default_factory=dict)
    """Tag in the file → attribute, for a long file."""
    window: Window | Literal["whole"] | None = None
    """Which part of the series is the process; `whole` for all of it. Default: from `started` to `ended` of the process, where
    these dates have a time of day. The time of a series counts from the start of its window, else from its first record."""
    in_order: bool = False
    """Whether each file holds the records of a batch in the order of their times, for a long file those of each tag. A record whose
    time is before that of an earlier row then goes to quarantine, since it is of another batch. Default: any order."""

    @model_validator(mode="after")
    def _one_batch(self) -> "TrajectoryRows":
        if (self.batch is None) == (self.of_equipment is None):
            raise ValueError(
                "write either `batch`, the column with the batch, or `of_equipment`, if the series names no batch"
            )
        if self.of_equipment is not None and isinstance(self.time_format, Elapsed):
            raise ValueError("`of_equipment` needs times of a clock, and time_format declares elapsed times")
        if isinstance(self.pull, OpcUaPull) and (self.of_equipment is None or self.of_equipment.column != "equipment"):
            raise ValueError(
                "records of OPC UA name no batch; write `of_equipment: {column: equipment, attribute: <attribute of the vessel>}`"
            )
        if self.pull is not None and self.pull.values is None:
            raise ValueError("a pulled series must state its `values` in `pull`: `raw` records, or `interpolated` values")
        return self

    @property
    def series_of(self) -> str:
        """The column that says whose series a row belongs to: the batch, or else the vessel."""
        if self.batch is not None:
            return self.batch
        assert self.of_equipment is not None  # `_one_batch` requires one of them
        return self.of_equipment.column

    @model_validator(mode="after")
    def _one_zone(self) -> "TrajectoryRows":
        if self.time_zone is None:
            return self
        if not isinstance(self.time_format, Clock):
            raise ValueError(
                f"time_format declares {self.time_format.kind} times, which have no zone, and time_zone is '{self.time_zone}'; "
                "remove time_zone"
            )
        if problem := offset_and_zone(self.time_format, self.time_zone):
            raise ValueError(problem)
        return self

    @property
    def in_utc(self) -> bool:
        """Whether the definition says that the times are known in UTC."""
        if isinstance(self.time_format, Clock):
            return self.time_zone is not None or self.time_format.states_offset
        return isinstance(self.time_format, Epoch)

    def references(
        self, attributes: Collection[str], materials: Collection[str]
    ) -> list[tuple[str, tuple[str, ...], Collection[str]]]:
        """Attributes named by tags and by the window."""
        dates = () if not isinstance(self.window, Window) else (self.window.start, self.window.end)
        vessel = () if self.of_equipment is None else (self.of_equipment.attribute,)
        named = (*self.tags.values(), *(name for name in dates if name is not None), *vessel)
        return [("attribute", named, attributes)]


@dataclass(config=STRICT, frozen=True, kw_only=True)
class DeviationRows(SourceFiles):
    """One deviation of a batch per row: the batch left its expected course, and the log states the cause.

    A batch may have several deviations. A batch without a row may still have deviated, because logs are not complete.
    """

    gives: Literal["deviations"]
    batch: str
    """Column with the batch."""
    cause: str
    """Column with the cause, such as `feed pump fault`."""
    names: Mapping[str, str] = Field(default_factory=dict)
    """Cause as the file writes it → cause. Several texts may mean one cause. A text that is not listed is itself the cause."""
    began: DateColumn | None = None
    """Column with the time at which the deviation began: `{column: Began, date: "%Y-%m-%d %H:%M"}`. It counts from `started` of the
    process, so both need the same clock. A blank cell means that it is not known."""
    available: DateColumn | None = None
    """Column with the date from which the deviation is known, such as the end of its investigation. A date without a time of day
    counts from the end of its day. Where a cell is blank, the dates of the batch count, as they do for results."""
    optional: bool = False
    """Whether the files may be absent. Without them no deviation is known, and the checks of the data say so."""


Source = Annotated[
    BatchRows | Details | LongResults | LotRows | GenealogyRows | TransferRows | TrajectoryRows | DeviationRows,
    Field(discriminator="gives"),
]
Sources = Mapping[str, Source]
