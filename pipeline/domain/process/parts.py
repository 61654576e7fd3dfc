"""Parts of a process definition."""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from pipeline.domain.strict_config import STRICT


@dataclass(config=STRICT, frozen=True)
class Scale:
    """The batch size as a number: which attribute holds it, and along which line a scale-up happens."""

    attribute: str
    """The attribute that holds the batch size; a number of role `scale`."""
    within: str | None = None
    """The attribute along which scale changes (for tablets the strength); the product where not given."""
    tolerance: float = 0.1
    """Scales closer than this share count as one level."""


@dataclass(config=STRICT, frozen=True)
class Material:
    """An input material and the attributes that together name one of its lots, where lots stand in the batch rows."""

    lot: tuple[str, ...] = ()
    """Empty where lots and genealogy are files of their own."""


@dataclass(config=STRICT, frozen=True)
class Grouping:
    """Batches that share a level of this (a site, a vessel, a lot) share what it does to them."""

    unseen: Literal["predict", "refuse"] = "predict"
    """What to do for a level that history does not hold: predict with a wider interval, or answer that it cannot be known."""


@dataclass(config=STRICT, frozen=True)
class Operation:
    """A unit operation of the process: which of our attributes feed its inputs."""

    kind: Literal["bioreactor", "tablet_press", "coating"]
    """Which unit operation it is."""
    inputs: Mapping[str, str]
    """Input of the operation → attribute of this process."""
    tags: Mapping[str, str] = Field(default_factory=dict)
    """Tag that the operation's trajectory features name → trajectory attribute of this process."""


def lot_column(material: str) -> str:
    """Column of the feature table that names the lot of a material."""
    return f"{material}_lot"
