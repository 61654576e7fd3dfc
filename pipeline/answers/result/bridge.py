"""What moves a prediction from the reference batches to the proposed batch."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field
from pydantic.dataclasses import dataclass

from pipeline.answers.result.values import MaybeNumber, Number, UnitLabel
from pipeline.domain.strict_config import STRICT


@dataclass(config=STRICT, frozen=True)
class QuantityShare:
    """Share of a difference that acts through one quantity."""

    quantity: str
    unit: UnitLabel
    reference: MaybeNumber | str
    proposed: MaybeNumber | str
    change: Number


@dataclass(config=STRICT, frozen=True)
class CauseShare:
    """Share of a difference that one cause has."""

    cause: str
    kind: str
    """equipment, setting, material, control, context, course or unstated"""
    what: str
    """What changes, in words."""
    change: Number
    through: tuple[QuantityShare, ...]


@dataclass(config=STRICT, frozen=True)
class OperationShare:
    """Share of a difference that belongs to one unit operation."""

    operation: str
    change: Number


@dataclass(config=STRICT, frozen=True)
class StepShare:
    """Share of a difference that belongs to one step of the process."""

    step: str
    change: Number


@dataclass(config=STRICT, frozen=True)
class AttributeBridge:
    """The difference of one attribute, shared out three times. Each list sums to the difference."""

    unit: UnitLabel
    reference: Number
    """Mean prediction of the reference batches."""
    proposed: Number
    difference: Number
    by_cause: tuple[CauseShare, ...]
    by_quantity: tuple[QuantityShare, ...]
    by_operation: tuple[OperationShare, ...]
    largest_sampling_error: Number
    """Largest standard error of a share by quantity. The sum has none."""
    by_step: Annotated[tuple[StepShare, ...], Field(exclude_if=lambda found: not found)] = ()
    """In the order of manufacture; what belongs to no step, such as the product, is left out. The key is absent from the file where
    the process declares no steps."""


@dataclass(config=STRICT, frozen=True)
class Bridge:
    """What moves the prediction from the reference batches to the proposed batch."""

    method: str
    batches: int
    """Reference batches."""
    products: tuple[str, ...]
    exact: bool
    """Every combination of causes was computed; else random orders were drawn."""
    carried: Mapping[str, str]
    """Setting → the quantity that stays constant when the vessel alone is exchanged."""
    attributes: Mapping[str, AttributeBridge]
