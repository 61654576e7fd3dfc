"""What a definition declares about the dates of a column, or about the times of a series."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator
from pydantic.dataclasses import dataclass

from pipeline.domain.strict_config import STRICT
from pipeline.domain.time_zones import ZoneName
from pipeline.domain.times.time_format import TimeFormat, agree_on_zone, time_format


@dataclass(config=STRICT, frozen=True, kw_only=True)
class WrittenTimes:
    """How dates and times of day are written as text."""

    format: str | None = None
    """Codes of `strftime`, such as `%d.%m.%Y %H:%M`. If the format of a date has no day, it is the first of the month. A format
    that ends with the hour reads `14` as 14:00."""
    formats: tuple[str, ...] = ()
    """Several formats, instead of `format`. A text that two of them read differently goes to quarantine, unless `first_fit`."""
    first_fit: bool = False
    """Of several formats, use the first that fits a text, even if another one fits too."""
    months: tuple[str, ...] = ()
    """Names of the twelve months, January first, for files that write months as words. `%b` stands for the month. Default:
    English names."""
    two_digit_years_from: Annotated[int, Field(ge=1900, le=2099)] = 1969
    """First year that a year of two digits (`%y`) can mean. With 1969, `69` is 1969 and `68` is 2068."""
    offsets: Mapping[str, str] = Field(default_factory=dict)
    """What names of zones mean, for a format with `%Z`: `{CET: "+01:00", CEST: "+02:00"}`."""

    @model_validator(mode="after")
    def _readable(self) -> "WrittenTimes":
        if (self.format is None) == (not self.formats):
            raise ValueError("write either `format`, or `formats` with a list of them")
        if self.months and len(self.months) != 12:
            raise ValueError(f"`months` has {len(self.months)} names; write 12, January first")
        agree_on_zone(self.read)
        return self

    @property
    def texts(self) -> tuple[str, ...]:
        """The formats as they are declared."""
        return self.formats if self.format is None else (self.format,)

    @property
    def read(self) -> tuple[TimeFormat, ...]:
        """The formats, checked."""
        named = any("%b" in text or "%B" in text or "%h" in text or "%v" in text for text in self.texts)
        zones = any("%Z" in text for text in self.texts)
        return tuple(
            time_format(
                text,
                self.months if not named or any(code in text for code in ("%b", "%B", "%h", "%v")) else (),
                tuple(self.offsets.items()) if not zones or "%Z" in text else (),
            )
            for text in self.texts
        )

    @property
    def states_offset(self) -> bool:
        """Whether each text states its offset from UTC."""
        return self.read[0].zoned

    @property
    def has_hour(self) -> bool:
        """Whether every format reads a time of day."""
        return all(one.has_hour for one in self.read)

    def in_words(self) -> str:
        """The formats for a message."""
        names = f" with the months {', '.join(self.months)}" if self.months else ""
        return ("the format " if len(self.texts) == 1 else "one of the formats ") + ", ".join(self.texts) + names


def offset_and_zone(times: WrittenTimes, zone: str | None) -> str | None:
    """Say why a time zone cannot be declared beside these formats; None if it can."""
    if zone is None or not times.states_offset:
        return None
    how = "ends with a literal Z or UTC" if times.read[0].ends_with_utc else "reads an offset from each time"
    return f"the format '{times.texts[0]}' {how}, and time_zone is '{zone}'; a time can have only one of the two: remove time_zone"


@dataclass(config=STRICT, frozen=True, kw_only=True)
class DateFormat(WrittenTimes):
    """How a date is written in a file. The short form in YAML is the format alone, or a list of formats."""

    time_zone: ZoneName | None = None
    """IANA name of the time zone of the dates, such as `Europe/Zurich`. They are converted to UTC. Needed where series in UTC are
    compared with the start of a batch."""

    @model_validator(mode="after")
    def _one_zone(self) -> "DateFormat":
        if problem := offset_and_zone(self, self.time_zone):
            raise ValueError(problem)
        return self

    @property
    def in_utc(self) -> bool:
        """Whether the dates are known in UTC."""
        return self.time_zone is not None or self.states_offset


@dataclass(config=STRICT, frozen=True, kw_only=True)
class Clock(WrittenTimes):
    """Dates with times of day. The short form in YAML is the format alone, or a list of formats."""

    kind: Literal["clock"]

    @model_validator(mode="after")
    def _of_a_day(self) -> "Clock":
        if short := next((one.text for one in self.read if not one.has_day), None):
            raise ValueError(f"the format '{short}' of a series has no day; write %d where the day stands")
        return self


@dataclass(config=STRICT, frozen=True, kw_only=True)
class Elapsed:
    """Time since the start of the process, as number or as hours, minutes and seconds. It may pass 24 h and be below zero.

    Duration columns of Parquet and durations of Excel need neither `unit` nor `layout`.
    """

    kind: Literal["elapsed"]
    unit: Literal["d", "h", "min", "s", "ms"] | None = None
    """Unit of numbers: `1.5` in `h` is 1 h 30 min."""
    layout: Literal["HH:MM", "HH:MM:SS", "d.HH:MM:SS"] | None = None
    """Layout of texts: `125:30:00` is `HH:MM:SS`, `5.05:30:00` and `5 05:30:00` are `d.HH:MM:SS`."""

    @model_validator(mode="after")
    def _one_way(self) -> "Elapsed":
        if self.unit is not None and self.layout is not None:
            raise ValueError("write `unit` for numbers or `layout` for texts such as 125:30:00, not both")
        return self


@dataclass(config=STRICT, frozen=True, kw_only=True)
class Epoch:
    """Numbers that count from 1970-01-01 00:00 UTC."""

    kind: Literal["epoch"]
    unit: Literal["s", "ms", "us", "ns"]
    """Unit of the numbers."""


def _formats(given: object) -> object:
    """Expand the short forms, a format or a list of formats, to a mapping."""
    if isinstance(given, str):
        return {"format": given}
    return {"formats": given} if isinstance(given, list | tuple) else given


def _kind(given: object) -> object:
    """Expand the short forms, and a mapping with formats and without `kind`, to times of a clock."""
    full = _formats(given)
    return {"kind": "clock", **full} if isinstance(full, dict) and {"format", "formats"} & full.keys() else full


Dates = Annotated[DateFormat, BeforeValidator(_formats)]
"""How the dates of a column are written."""


@dataclass(config=STRICT, frozen=True, kw_only=True)
class DateColumn:
    """A column of a file with dates."""

    column: str
    """Name of the column as it stands in the file."""
    date: Dates
    """How its dates are written."""


SeriesTimes = Annotated[
    Annotated[Clock | Elapsed | Epoch, Field(discriminator="kind")],
    BeforeValidator(_kind),
]
"""How the times of a series are written."""


@dataclass(config=STRICT, frozen=True)
class Window:
    """Which part of a series is the process. Records outside it are counted and left out."""

    start: str | None = None
    """Date attribute with the start, such as the inoculation. The time of the series counts from it. Default: `started`."""
    end: str | None = None
    """Date attribute with the end, such as the harvest. Default: `ended`."""
