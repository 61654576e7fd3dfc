"""A proposed scale-up, as an engineer writes it in `data/proposals/<name>.yaml`."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator
from pydantic.dataclasses import dataclass

from pipeline.domain.reading.yaml_scalars import is_number
from pipeline.domain.strict_config import STRICT


def _words(text: str) -> str:
    if not text.strip() or len(text) > LONGEST:
        raise ValueError(f"the text has {len(text.strip())} characters; write between 1 and {LONGEST}")
    return text


def _question(text: str) -> str:
    if len(text) > LONGEST_QUESTION:
        raise ValueError(f"the text has {len(text):,} characters; write at most {LONGEST_QUESTION:,}")
    return text


def _amount(given: str | float) -> str | float:
    """Refuse a text whose first word is no number, such as `inf`, `1_0` and `yes`. The unit is checked with the attribute."""
    if isinstance(given, str) and not is_number(given.split(" ")[0] if given.strip() else ""):
        raise ValueError(f"{given[:60]!r} is not a number with a unit; write for example '2000 L'")
    return given


LONGEST = 500
"""Most characters of a title or a name."""
LONGEST_QUESTION = 5_000
"""Most characters of a question."""
Words = Annotated[str, AfterValidator(_words)]
"""A title or a name: any text that is not empty."""
Amount = Annotated[str | float, AfterValidator(_amount)]
"""A number with a unit, or a plain number in the unit of the attribute."""
MaybeWords = Annotated[str, AfterValidator(lambda text: text and _words(text))]
"""The same as `Words`; empty where it is not stated."""
MaybeAmount = Annotated[str | float, AfterValidator(lambda given: given if given == "" else _amount(given))]
"""The same as `Amount`; empty where it is not stated."""


@dataclass(config=STRICT, frozen=True)
class LotShare:
    """One lot of a material and its share in the proposed batch."""

    lot: str
    """Name of the lot, as in the history."""
    fraction: float = Field(default=1.0, gt=0, le=1)
    """Share of the material that comes from this lot."""


@dataclass(config=STRICT, frozen=True)
class Spread:
    """Variation of a setting from batch to batch."""

    sd: Amount
    """Standard deviation with a unit; a plain number is in the unit of the attribute."""


@dataclass(config=STRICT, frozen=True)
class Measured:
    """A spectrum at positions of its own; it is interpolated linearly to the channels of the attribute."""

    positions: tuple[float, ...] = Field(min_length=2)
    """In the unit of the channels."""
    values: tuple[float, ...] = Field(min_length=2)
    """In the unit of the attribute, one per position."""

    @model_validator(mode="after")
    def _paired(self) -> "Measured":
        if len(self.positions) != len(self.values):
            raise ValueError(f"{len(self.positions)} positions and {len(self.values)} values; give one value per position")
        return self


@dataclass(frozen=True)
class ProposedStep:
    """One process step of a proposal."""

    name: str
    """Name of the process step, as in the process definition."""
    scale: str | float
    equipment: str | None
    site: str | None
    settings: Mapping[str, str | float]
    """Attribute → value with a unit; a plain number is in the unit of the attribute."""


@dataclass(config=STRICT, frozen=True)
class Proposal:
    """What is to be made, at which scale, where, and how."""

    name: Words
    """Title of the answer."""
    process: Words
    """Name of the process; the model must have been trained on it."""
    product: MaybeWords = ""
    """Name of the product, as in the history; a new name is a new product. Left out where the process states no `product`."""
    scale: MaybeAmount = ""
    """A number with a unit, such as `2000 L`. Left out where the process states no `scale`."""
    question: Annotated[str, AfterValidator(_question)] = ""
    """What is to be decided, in the words of the engineer. It is printed above the answer."""
    site: Words | None = None
    """Site where the batch is made. Default: the site of the equipment."""
    equipment: Words | None = None
    """A vessel or machine that occurs in the history. Its properties, its site and its usual settings are taken from there. Where
    the process declares the axis `device`, a new one may be named."""
    settings: Mapping[str, str | float] = Field(default_factory=dict)
    """Attribute → value with a unit; a plain number is in the unit of the attribute. Properties of lots describe a new lot, such as
    the starting material of a patient."""
    hold: str | Mapping[str, str] = ""
    """Setting → quantity that it holds at its value in the reference batches, such as `{agitation: power_per_volume}`. The answer
    solves the setting. `power_per_volume` alone is enough where one setting can hold it."""
    lots: Mapping[str, tuple[LotShare, ...]] = Field(default_factory=dict)
    """Material → lots to be used. Each lot must occur in the history; the properties of a new lot stand in `settings`."""
    spectra: Mapping[str, str | tuple[float, ...] | Measured] = Field(default_factory=dict)
    """Spectrum of the batch → its values in the order of the channels, `{positions: […], values: […]}`, or the name of a CSV file
    beside the proposal with two columns, position and value. A spectrum of a material comes with its lot."""
    unstated: Literal["missing", "as_reference"] = "as_reference"
    """What is done about settings and lots that are not stated. `as_reference`: what follows the product is as in its batches at
    the reference scale; what follows the vessel is as the vessel ran, else as others ran at this scale. The answer lists each value
    with its origin. `missing`: they are unknown."""
    reference_scale: Amount | None = None
    """Scale to compare with. Default: the largest scale of the product that is smaller than the proposed scale; in a transfer to
    another site or device, where such an axis is declared, the proposed scale at its other places."""
    tolerances: Mapping[str, Amount | Spread] = Field(default_factory=dict)
    """Setting → how far it may deviate: a half width such as `2 rpm`, or a standard deviation such as `{sd: 0.5 rpm}`."""
    limits: Mapping[str, tuple[Amount, Amount]] = Field(default_factory=dict)
    """Setting → smallest and largest value that the equipment can hold. Default: what the vessel or the product has run."""

    @property
    def steps(self) -> tuple[ProposedStep, ...]:
        """The process steps of the proposal: one, as long as a process definition describes one."""
        return (ProposedStep(self.process, self.scale, self.equipment, self.site, self.settings),)
