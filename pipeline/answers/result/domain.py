"""Whether history knows the place of a proposal."""

from collections.abc import Mapping
from typing import Literal

from pydantic.dataclasses import dataclass

from pipeline.answers.result.values import MaybeNumber, Number, UnitLabel
from pipeline.domain.strict_config import STRICT

Status = Literal["inside", "edge", "refused"]
"""Among the batches of history; outside them but within reach; beyond the reach of the models."""


@dataclass(config=STRICT, frozen=True)
class VariableStatus:
    """Whether history knows the value of one variable."""

    variable: str
    unit: UnitLabel
    status: Status
    why: str
    proposed: MaybeNumber | str
    smallest: MaybeNumber
    """Smallest value of history; None for a text."""
    largest: MaybeNumber


@dataclass(config=STRICT, frozen=True)
class NearestBatch:
    """A batch of history near the proposed one."""

    batch: str
    product: str
    scale: Number
    distance: Number
    """1: as far as 95 % of the batches are from their own nearest neighbour."""
    results: Mapping[str, MaybeNumber]
    """Quality attribute → measured result."""


@dataclass(config=STRICT, frozen=True)
class Domain:
    """Whether history knows the place of the proposal."""

    status: Status
    sentence: str
    distance: MaybeNumber
    """Distance of the nearest batch."""
    variables: tuple[VariableStatus, ...]
    nearest: tuple[NearestBatch, ...]
