"""At which step of the process each attribute is decided."""

from collections.abc import Mapping

from pydantic.dataclasses import dataclass

from pipeline.answers.result.values import MaybeNumber, Number, UnitLabel
from pipeline.domain.strict_config import STRICT


@dataclass(config=STRICT, frozen=True)
class Lever:
    """The setting of a step that moves an attribute most, moved by its standard deviation within product and scale."""

    setting: str
    unit: UnitLabel
    proposed: Number
    moved: Number
    """Value of the setting after the move."""
    relative: MaybeNumber
    """Relative change of the setting; None where its proposed value is not above zero, as a temperature below 0 °C."""
    effect: Number
    """Change of the prediction, in the unit of the attribute."""
    sentence: str


@dataclass(config=STRICT, frozen=True)
class StepEffect:
    """What one step does to the prediction of one attribute."""

    step: str
    share: Number
    """Share in the variance of the prediction, if each step alone varied as from batch to batch. The shares sum to 1."""
    spread: Number
    """Standard deviation of the prediction where this step alone varies as from batch to batch, in the unit of the attribute."""
    bridge: MaybeNumber
    """Change from the reference batches to the proposed batch that belongs to this step; None without a bridge."""
    lever: Lever | None
    """None where no setting of the step moves the prediction."""


@dataclass(config=STRICT, frozen=True)
class AttributeSteps:
    """The steps of one attribute, in the order of manufacture, without the steps after that of the attribute."""

    unit: UnitLabel
    steps: tuple[StepEffect, ...]
    sentence: str
    """At which step the attribute is decided."""


@dataclass(config=STRICT, frozen=True)
class DecidedBySteps:
    """At which step each attribute is decided."""

    batches: int
    """Batches of history whose settings and lots were tried."""
    of_product: bool
    """Whether these are batches of the product alone; else of all products."""
    attributes: Mapping[str, AttributeSteps]
