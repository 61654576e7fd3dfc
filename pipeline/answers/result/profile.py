"""What can be set in a proposal, the ranges that history supports, and the response curves around one point.

It is what a page needs to let a person move the settings of a proposal. Numbers are in display units.
"""

from collections.abc import Mapping
from typing import Literal

from pydantic.dataclasses import dataclass

from pipeline.answers.result.values import MaybeNumber, Number, Range, UnitLabel
from pipeline.domain.strict_config import STRICT

RanBy = Literal["here", "vessel", "product", "history"]
"""Batches that show what is usual here, batches in one vessel, batches of one product, all batches."""


@dataclass(config=STRICT, frozen=True)
class RanRange:
    """The range of a setting that a group of batches has run."""

    by: RanBy
    low: Number
    high: Number
    batches: int
    sentence: str
    """Such as `V-2001 has run 18 to 24 L/min in 9 batches`."""


@dataclass(config=STRICT, frozen=True)
class NamedQuantity:
    """A comparable quantity and its display name."""

    name: str
    shown: str


@dataclass(config=STRICT, frozen=True)
class ProfiledSetting:
    """A setting of a proposal: its usual value, and the ranges that history supports."""

    name: str
    shown: str
    """Display name."""
    description: str
    unit: UnitLabel
    kind: Literal["number", "text"]
    default: Number | str | None
    """The value that a draft of a proposal has. None: history does not show one."""
    source: str
    """Where the default comes from."""
    slider: Range | None
    """Ends of the slider: the supported range with a margin. None: history has no value, or the setting is a text."""
    step: MaybeNumber
    """Step of the slider; a value is rounded to it."""
    logarithmic: bool
    """The slider moves along the logarithm of the value."""
    possible: Range | None
    """What is physically possible, as the process definition states it."""
    supported: RanRange | None
    """The range that history supports for this product in this vessel."""
    ran: tuple[RanRange, ...]
    """What this vessel, this product and all batches have run."""
    choices: tuple[str, ...]
    """Texts of history, for a text."""
    holds: tuple[NamedQuantity, ...]
    """Quantities that this setting can hold at their value in the reference batches."""


@dataclass(config=STRICT, frozen=True)
class ProfiledProduct:
    """A product of history."""

    name: str
    batches: int
    scales: Range
    """Smallest and largest scale that it has run at."""


@dataclass(config=STRICT, frozen=True)
class ProfiledVessel:
    """A vessel of history. It implies the site."""

    name: str
    site: str | None
    """Site of most of its batches."""
    batches: int
    scales: Range
    usual_scale: Number
    """Median scale of its batches."""


@dataclass(config=STRICT, frozen=True)
class ProfiledProcess:
    """What a proposal about a process may name."""

    process: str
    title: str
    states_product: bool
    states_scale: bool
    scale_unit: UnitLabel
    scales: tuple[Number, ...]
    """Levels of scale of history."""
    products: tuple[ProfiledProduct, ...]
    vessels: tuple[ProfiledVessel, ...]


@dataclass(config=STRICT, frozen=True)
class ProfiledPlace:
    """The settings of a product in a vessel at a scale."""

    product: str
    equipment: str | None
    site: str | None
    scale: ProfiledSetting | None
    """None where the process states no scale."""
    settings: tuple[ProfiledSetting, ...]


@dataclass(config=STRICT, frozen=True)
class HeldValue:
    """A setting that was solved to hold a quantity."""

    setting: str
    quantity: str
    value: Number
    why: str


@dataclass(config=STRICT, frozen=True)
class ProfileCurve:
    """A quality attribute along one setting. A point that the model must not answer has no numbers."""

    predicted: tuple[MaybeNumber, ...]
    lower: tuple[MaybeNumber, ...]
    """Lower end of the 90 % interval."""
    upper: tuple[MaybeNumber, ...]


@dataclass(config=STRICT, frozen=True)
class CurvesAlong:
    """The quality along one setting. All other settings are as proposed; those that hold a quantity are solved at each point."""

    setting: str
    values: tuple[Number, ...]
    attributes: Mapping[str, ProfileCurve]
    joint: tuple[MaybeNumber, ...] | None
    """Chance that one batch meets all specifications. None where no such chance is given."""
    held: Mapping[str, tuple[MaybeNumber, ...]]
    """Setting that holds a quantity → its value at each point. A point without a number has no possible value."""
