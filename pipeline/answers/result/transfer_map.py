"""Data, method and competence per attribute at both sites of a transfer."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from pipeline.answers.result.values import Number, UnitLabel
from pipeline.domain.site_knowledge import State
from pipeline.domain.strict_config import STRICT


@dataclass(config=STRICT, frozen=True)
class Finding:
    """The state of data, method or competence, and what it stands on."""

    state: State
    reason: str


@dataclass(config=STRICT, frozen=True)
class SiteFindings:
    """Data, method and competence of one attribute at one site."""

    data: Finding
    method: Finding
    competence: Finding


@dataclass(config=STRICT, frozen=True)
class TransferLine:
    """One attribute of the transfer map."""

    attribute: str
    description: str
    role: str
    unit: UnitLabel
    sending: SiteFindings
    receiving: SiteFindings
    model_inputs: tuple[str, ...]
    """Features made from the attribute that a model reads."""
    predicted: bool
    """The attribute is a target of the models."""
    gap_touches_model: bool
    """The receiving site has a gap and a model reads the attribute."""
    blocks: str | None
    """Why the gap stops an answer; None where it does not."""


@dataclass(config=STRICT, frozen=True)
class TransferSide:
    """One side of a transfer."""

    site: str
    """Name of the site; of the device in a transfer to another device."""
    batches: int
    scale: Number
    unit: UnitLabel


@dataclass(config=STRICT, frozen=True)
class GapCounts:
    """Number of attributes with a gap."""

    data: int
    method: int
    competence: int


@dataclass(config=STRICT, frozen=True)
class Blocked:
    """A gap, stated by the receiving site, that stops the answer of attributes."""

    attribute: str
    reason: str
    targets: tuple[str, ...]


@dataclass(config=STRICT, frozen=True)
class Lacking:
    """An input that a model needs and the proposal does not give."""

    attribute: str
    reason: str


@dataclass(config=STRICT, frozen=True)
class TransferMap:
    """Data, method and competence per attribute at both sites."""

    title: str
    sending: TransferSide
    receiving: TransferSide
    attributes: tuple[TransferLine, ...]
    sending_gaps: GapCounts
    receiving_gaps: GapCounts
    blocked: tuple[Blocked, ...]
    lacking: tuple[Lacking, ...]
    rules: Mapping[str, str]
    """What each state stands on."""
    place: Annotated[Literal["site", "device"], Field(exclude_if=lambda place: place == "site")] = "site"
    """What the two sides are. The key is absent from the file where they are sites."""
