"""A proposed scale-up, as an engineer writes it down in `data/proposals/<name>.yaml`."""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from pipeline.domain.strict_config import STRICT


@dataclass(config=STRICT, frozen=True)
class LotShare:
    """One lot of a material and its share in the proposed batch."""

    lot: str
    """Name of the lot, as in the history."""
    fraction: float = Field(default=1.0, gt=0, le=1)
    """Share of the material that comes from this lot."""


@dataclass(config=STRICT, frozen=True)
class Spread:
    """How far a setting varies from batch to batch, as a standard deviation."""

    sd: str | float
    """Standard deviation with a unit, such as `0.5 rpm`."""


@dataclass(config=STRICT, frozen=True)
class Proposal:
    """What is to be made, at which scale, where, and how."""

    name: str
    """Title of the answer."""
    process: str
    """Name of the process; the model must have been trained on it."""
    product: str
    """Name of the product, as in the history; a new name is a new product."""
    scale: str | float
    """A number with a unit, such as `2000 L`."""
    question: str = ""
    """What is to be decided, in the engineer's words; printed above the answer."""
    site: str | None = None
    """Site where the batch is made."""
    equipment: str | None = None
    """A vessel or machine known from history: its properties are taken from there."""
    settings: Mapping[str, str | float] = Field(default_factory=dict)
    """Attribute → value with a unit; a plain number is in the attribute's unit."""
    lots: Mapping[str, tuple[LotShare, ...]] = Field(default_factory=dict)
    """Material → the lots to be used; lots known from history."""
    unstated: Literal["missing", "as_reference"] = "missing"
    """What to take for what is not stated: nothing, or the median of the product's batches at the reference scale. Either
    way the answer lists it."""
    reference_scale: str | float | None = None
    """Scale to compare with; the largest at which the product has run where not given."""
    tolerances: Mapping[str, str | float | Spread] = Field(default_factory=dict)
    """Setting → how far it may be off: a half width such as `2 rpm`, or `{sd: 0.5 rpm}`."""
    limits: Mapping[str, tuple[str | float, str | float]] = Field(default_factory=dict)
    """Setting → smallest and largest value that the equipment can hold; what history has seen there where not given."""
