"""Attributes: one column of the history each, with role, unit and horizon, and the file columns that it is read from."""

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator
from pydantic.dataclasses import dataclass

from pipeline.domain.derivations import Derivation
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.repeatability import Repeatability, repeatability
from pipeline.domain.spectra import Channels, SpectrumFiles, Treatment, channels_left
from pipeline.domain.strict_config import STRICT
from pipeline.domain.times.declared import Dates
from pipeline.domain.times.lag import Lag
from pipeline.domain.units import Substance, Unit, conversion, quantity, unit

Role = Literal["CPP", "CMA", "IPC", "CQA", "scale", "identifier", "context"]
Horizon = Literal["plan", "in_process", "release"]
Kind = Literal["number", "text", "date", "spectrum"]
HORIZONS: tuple[Horizon, ...] = ("plan", "in_process", "release")
AFTER = "after "
"""Beginning of the horizon after a step."""


def _known_at(text: object) -> object:
    if text in HORIZONS or (isinstance(text, str) and text.startswith(AFTER) and text.removeprefix(AFTER).strip()):
        return text
    raise ValueError(
        f"{text!r} is no horizon; write {', '.join(HORIZONS)}, or `after` and the name of a step of the process"
    )


KnownAt = Annotated[str, BeforeValidator(_known_at)]
"""What is known when a prediction is made: a horizon, or `after <step>`: the plan, and what this and earlier steps measured."""
LAB: tuple[Role, ...] = ("CQA", "IPC")
"""Roles of laboratory results, which may be censored."""


def step_of_horizon(horizon: str) -> str | None:
    """Return the step after which a prediction is made; None for another horizon.

    >>> step_of_horizon("after capture"), step_of_horizon("plan")
    ('capture', None)
    """
    return horizon.removeprefix(AFTER).strip() if horizon.startswith(AFTER) else None


def _known_unit(label: object) -> str:
    if not isinstance(label, str):
        raise ValueError(f'{label!r} is no unit; write a text such as g/L, or "" for a number without a unit')
    try:
        unit(label)
    except ScalebridgeError as error:
        raise ValueError(str(error)) from None
    return label


UnitName = Annotated[str, BeforeValidator(_known_unit)]


def _positive(text: str | None, default_unit: str, what: str) -> float | None:
    """Read a property of a substance in SI. Raises ValueError if it has another dimension, or is not above zero."""
    if text is None:
        return None
    if len(text.split()) < 2:
        raise ValueError(f"{what} is '{text}'; write a number and its unit, such as '1 {default_unit}'")
    try:
        value = quantity(text, default_unit)
    except ScalebridgeError as error:
        raise ValueError(f"{what}: {error}") from None
    if value <= 0:
        raise ValueError(f"{what} is '{text}'; it must be above zero")
    return value


@cache
def _substance(molar_mass: str | None, density: str | None, gas_state: bool) -> Substance:
    return Substance(_positive(molar_mass, "g/mol", "molar_mass"), _positive(density, "kg/m3", "density"), gas_state)


@dataclass(config=STRICT, frozen=True)
class ReferenceState:
    """Temperature and pressure for which a flow or volume of gas is stated, such as 0 °C and 1 atm for a normal cubic metre."""

    temperature: str
    """Such as `0 degC`, `20 degC` or `70 degF`."""
    pressure: str = "1 atm"
    """Absolute pressure, such as `1 atm` or `1 bar`."""

    @model_validator(mode="after")
    def _possible(self) -> "ReferenceState":
        _positive(self.temperature, "degC", "temperature")
        _positive(self.pressure, "Pa", "pressure")
        return self

    @property
    def kelvin(self) -> float:
        """Temperature in SI."""
        return quantity(self.temperature, "degC")

    @property
    def pascal(self) -> float:
        """Pressure in SI, absolute."""
        return quantity(self.pressure, "Pa")


def _one_line(name: str) -> str:
    if not name.strip() or len(name.splitlines()) > 1:
        raise ValueError(f"{name!r} is no display name; write one line of text, such as HCP, or leave `display` out")
    return name.strip()


DisplayName = Annotated[str, AfterValidator(_one_line)]


@dataclass(config=STRICT, frozen=True)
class SourceColumn:
    """A column of a source that an attribute is read from. Its short form in YAML is `source.column`."""

    source: str
    """Name of the source."""
    column: str
    """Name of the column as it stands in the file."""
    unit: UnitName | None = None
    """Unit of the values in the file, if it differs from the unit of the attribute."""
    values: Mapping[str, str] = Field(default_factory=dict)
    """Replacements: `{10M: "10"}` reads the text `10M` as `10`."""
    nulls: tuple[str, ...] = ()
    """Texts that mean a missing value in this column, besides those of the source."""
    date: Dates | None = None
    """Format of the dates; required for an attribute of kind `date`."""
    channels: Channels | None = None
    """For a spectrum: positions of the channels in this source, if they differ from those of the attribute. Values between two
    positions are interpolated linearly."""
    files: SpectrumFiles | None = None
    """For a spectrum: the column holds the name of a file per batch. Without it, `column` is the pattern of the names of the
    columns, such as `{} nm`."""


def _columns(given: object) -> object:
    """Expand the short form `column: source.name` to the long form with `source` and `column`."""
    entries = given if isinstance(given, list | tuple) else [given]
    return tuple(
        dict(zip(("source", "column"), entry.split(".", 1), strict=True))
        if isinstance(entry, str) and "." in entry
        else entry
        for entry in entries
    )


@dataclass(config=STRICT, frozen=True)
class Specification:
    """The limits that a quality attribute must meet, in its unit. The user gives them; the software never invents one."""

    lower: float | None = None
    """Smallest value that meets the specification."""
    upper: float | None = None
    """Largest value that meets the specification."""
    note: str = ""
    """Where the limits come from. If they are an example, the note must say so."""

    @model_validator(mode="after")
    def _ordered(self) -> "Specification":
        if self.lower is None and self.upper is None:
            raise ValueError("a specification needs `lower`, `upper` or both")
        if self.lower is not None and self.upper is not None and self.lower >= self.upper:
            raise ValueError(f"the lower limit {self.lower} is not below the upper limit {self.upper}")
        return self


@dataclass(config=STRICT, frozen=True)
class Attribute:
    """One column of the history: what it is, when it is known, its unit, and the file columns that it is read from."""

    role: Role
    """CPP: set or measured during the process. CMA: property of a material lot. IPC: in-process control. CQA: quality
    of the product, predicted. Further: scale, identifier, context."""
    horizon: Horizon
    """When the value is known: before the batch (`plan`), during it (`in_process`) or after it (`release`)."""
    description: str
    """What it is, in a few words; printed on the pages."""
    display: DisplayName | None = None
    """Name as people write it, such as `HCP` or `pCO₂`. Default: the name with blanks."""
    unit: UnitName = ""
    """Unit in which people read and write it; empty for a number without a unit."""
    kind: Kind = "number"
    """What the column holds. A spectrum is one attribute with a value per channel."""
    column: Annotated[tuple[SourceColumn, ...], BeforeValidator(_columns)] = ()
    """File columns that it is read from: several, if several files or sites record it."""
    derive: Derivation | None = None
    """How it is computed from other attributes, if no file records it."""
    between: tuple[float, float] | None = None
    """Smallest and largest value that is physically possible, in `unit`. A row with a value outside goes to quarantine."""
    reporting_limit: float | None = None
    """In `unit`. A result at or below it is left-censored: only the limit is known, not the value."""
    repeatability: str | float | None = None
    """For a result: the standard deviation of one result when the same sample is measured again, as `2 %` of the value or as an
    amount such as `0.1 g/L`. The intermediate precision may be stated instead. It gives the noise floor of the scores."""
    specification: Specification | None = None
    result_lag: Lag | None = None
    """For a result: the time that the laboratory needs for it, instead of `result_lag` of the process."""
    look_alikes: tuple[str, ...] = ()
    """Attributes that hold the same information under another name. They are never used to predict this one."""
    rises_with: tuple[str, ...] = ()
    """For a CQA: attributes whose increase cannot lower it if all else stays equal. Tree models obey this."""
    falls_with: tuple[str, ...] = ()
    """For a CQA: attributes whose increase cannot raise it if all else stays equal. Tree models obey this."""
    material: str | None = None
    """For a CMA: the material whose lots have this property."""
    totaliser: bool = False
    """For values over time: a counter, such as the base added so far, that falls back when it is reset. What it counts after a
    reset is added to what it counted before. A value below half of the one before it is a reset. The total begins at the start
    of the process, if that is declared; else with the first value."""
    molar_mass: str | None = None
    """Molar mass of what is measured, such as `89.07 g/mol` for lactate. It converts between g/L and mmol/L."""
    density: str | None = None
    """Density of what is measured, such as `1.2 kg/m3` for air. It converts between a mass and a volume, also of flows."""
    reference_state: ReferenceState | None = None
    """For a flow of gas: the temperature and pressure for which it is stated. Units such as `slpm` and `Nm3/h` need it."""
    channels: Channels | None = None
    """For a spectrum: the positions of its channels, such as `{first: 1100, last: 2498, step: 2, unit: nm}`."""
    pre_treatment: tuple[Treatment, ...] = ()
    """For a spectrum: what is done to each spectrum, in this order: `snv`, `savitzky_golay`, `binning`."""

    @property
    def treated_channels(self) -> int:
        """Number of channels of a spectrum after its pre-treatment. The validation of a process finds what is not possible."""
        return 0 if self.channels is None else channels_left(self.channels.count, self.pre_treatment)

    @model_validator(mode="after")
    def _possible_substance(self) -> "Attribute":
        _positive(self.molar_mass, "g/mol", "molar_mass")
        _positive(self.density, "kg/m3", "density")
        return self

    @model_validator(mode="after")
    def _readable_repeatability(self) -> "Attribute":
        if self.repeatability is None:
            return self
        if self.role not in LAB or self.kind != "number":
            raise ValueError(
                f"repeatability is stated for a {self.kind} of role {self.role}; only a number of role CQA or IPC has one"
            )
        try:
            _ = self.stated_repeatability
        except ScalebridgeError as error:
            raise ValueError(f"repeatability: {error}") from None
        return self

    @property
    def stated_repeatability(self) -> Repeatability | None:
        """The standard deviation of one result, as stated."""
        return None if self.repeatability is None else repeatability(self.repeatability, self.unit, self.substance)

    @property
    def si(self) -> Unit:
        """The unit, as the linear conversion to SI."""
        return unit(self.unit)

    @property
    def substance(self) -> Substance:
        """What is declared about the substance, for conversions between units of different dimensions."""
        return _substance(self.molar_mass, self.density, self.reference_state is not None)

    def written_in(self, label: str) -> Unit:
        """The conversion of values that a file gives in another unit, to the SI form of this attribute.

        Raises ScalebridgeError if the unit is not known or cannot be converted.
        """
        return conversion(label, self.unit, self.substance)

    @property
    def possible(self) -> tuple[float, float] | None:
        """`between` in SI."""
        return None if self.between is None else (self.si.to_si(self.between[0]), self.si.to_si(self.between[1]))
