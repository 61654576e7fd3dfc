"""What an attribute is: one column of the history with role, unit, horizon, and the place where it is written."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator
from pydantic.dataclasses import dataclass

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.strict_config import STRICT
from pipeline.domain.units import Unit, unit

Role = Literal["CPP", "CMA", "IPC", "CQA", "scale", "identifier", "context"]
Horizon = Literal["plan", "in_process", "release"]
HORIZONS: tuple[Horizon, ...] = ("plan", "in_process", "release")


def _known_unit(label: str) -> str:
    try:
        unit(label)
    except ScalebridgeError as error:
        raise ValueError(str(error)) from None
    return label


UnitName = Annotated[str, BeforeValidator(_known_unit)]


@dataclass(config=STRICT, frozen=True)
class DateFormat:
    """How a date is written."""

    format: str
    """As strftime: `%d.%m.%Y %H:%M`; a format without a day reads as the first of the month."""
    months: tuple[str, ...] = ()
    """Names of the twelve months, January first, where the files do not write them as numbers (then `%b` stands for one)."""

    @model_validator(mode="after")
    def _twelve(self) -> "DateFormat":
        if self.months and len(self.months) != 12:
            raise ValueError(f"months needs 12 names, January first; it has {len(self.months)}")
        return self


@dataclass(config=STRICT, frozen=True)
class SourceColumn:
    """Where an attribute is written: one column of one source. `laboratory.tbl_yield` is short for source and column."""

    source: str
    """Name of the source."""
    column: str
    """Name of the column as it stands in the file."""
    unit: UnitName | None = None
    """Unit in that file, where it differs from the attribute's."""
    values: Mapping[str, str] = Field(default_factory=dict)
    """Texts to read as another: `{10M: "10"}`."""
    nulls: tuple[str, ...] = ()
    """Texts that mean missing in this column alone."""
    date: DateFormat | None = None


def _columns(given: Any) -> Any:
    """Let `column: source.name` stand for the long form."""
    entries = given if isinstance(given, list | tuple) else [given]
    return tuple(
        dict(zip(("source", "column"), entry.split(".", 1), strict=True))
        if isinstance(entry, str) and "." in entry
        else entry
        for entry in entries
    )


@dataclass(config=STRICT, frozen=True)
class Product:
    """The product of two or more attributes."""

    kind: Literal["product"]
    of: tuple[str, ...]
    """The factors."""


@dataclass(config=STRICT, frozen=True)
class Ratio:
    """The first attribute over the second."""

    kind: Literal["ratio"]
    of: tuple[str, str]
    """Numerator and denominator."""


@dataclass(config=STRICT, frozen=True)
class Lookup:
    """A number (in the attribute's unit) for each text of another attribute."""

    kind: Literal["lookup"]
    of: tuple[str]
    """The text attribute that is looked up."""
    values: Mapping[str, float]
    """Text → number."""


@dataclass(config=STRICT, frozen=True)
class Constant:
    """The same text for every batch."""

    kind: Literal["constant"]
    value: str
    """The text."""
    of: tuple[()] = ()
    """Always empty: the value depends on no other attribute."""


Derivation = Annotated[Product | Ratio | Lookup | Constant, Field(discriminator="kind")]


@dataclass(config=STRICT, frozen=True)
class Specification:
    """The limits that a quality attribute must meet, in the attribute's unit; given by the user, never invented."""

    lower: float | None = None
    """Smallest value that meets the specification."""
    upper: float | None = None
    """Largest value that meets the specification."""
    note: str = ""
    """Where the limit comes from; an example must say that it is one."""

    @model_validator(mode="after")
    def _ordered(self) -> "Specification":
        if self.lower is None and self.upper is None:
            raise ValueError("a specification needs a lower or an upper limit")
        if self.lower is not None and self.upper is not None and self.lower >= self.upper:
            raise ValueError(f"the lower limit {self.lower} is not below the upper limit {self.upper}")
        return self


@dataclass(config=STRICT, frozen=True)
class Attribute:
    """One column of the history: what it is, when it is known, in which unit, and where it is written."""

    role: Role
    """CPP: set or measured during the process. CMA: property of a material lot. IPC: in-process control. CQA: quality
    of the product, predicted. Further: scale, identifier, context."""
    horizon: Horizon
    """When the value is known: before the batch (`plan`), while it runs (`in_process`), or after it (`release`)."""
    description: str
    """What it is, in a few words; printed on the pages."""
    unit: UnitName = ""
    """Unit in which people read and write it; empty for a number without a unit."""
    kind: Literal["number", "text", "date"] = "number"
    """What the column holds."""
    column: Annotated[tuple[SourceColumn, ...], BeforeValidator(_columns)] = ()
    """Where it is written; several for several files, or several sites."""
    derive: Derivation | None = None
    """How it is computed from other attributes, where it is not written in a file."""
    between: tuple[float, float] | None = None
    """Physically possible range in `unit`; a value outside goes to quarantine."""
    reporting_limit: float | None = None
    """In `unit`: a result at or under it is censored, not measured."""
    specification: Specification | None = None
    look_alikes: tuple[str, ...] = ()
    """Attributes that hold this one under another name and may never help to predict it."""
    rises_with: tuple[str, ...] = ()
    """For a CQA: attributes that can only raise it, all else equal; trees are held to it."""
    falls_with: tuple[str, ...] = ()
    """For a CQA: attributes that can only lower it."""
    material: str | None = None
    """For a CMA: the material whose lots have this property."""

    @property
    def si(self) -> Unit:
        """The unit as a line to SI."""
        return unit(self.unit)

    @property
    def possible(self) -> tuple[float, float] | None:
        """`between` in SI."""
        return None if self.between is None else (self.si.to_si(self.between[0]), self.si.to_si(self.between[1]))
