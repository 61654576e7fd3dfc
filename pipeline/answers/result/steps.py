"""At which step of the process each attribute is decided."""

from collections.abc import Mapping

from pydantic.dataclasses import dataclass

from pipeline.answers.result.values import Chance, MaybeNumber, Number, Range, UnitLabel
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
    """What one step does to one attribute: from batch to batch in history, and to the prediction."""

    step: str
    share: Number
    """Share in the variance that settings and lots explain, within product, scale and place. The shares sum to 1."""
    share_range: Range
    """Range of the share, 90 %. It is wide where the batches do not tell this step from another."""
    largest: Chance
    """Chance that no other step has a larger share."""
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
    batches: int
    """Batches of history, of all products, whose results tell the shares."""
    explained: Number
    """Share of the variance within product, scale and place that settings and lots of these steps explain."""
    explained_range: Range
    """Range of this share, 90 %. It begins near 0 where the results may follow nothing that was recorded."""
    candidates: tuple[str, ...]
    """Steps one of which has the largest share, with a chance of at least 90 %. More than one: history does not tell which."""
    steps: tuple[StepEffect, ...]
    sentence: str
    """At which step the attribute is decided."""


@dataclass(config=STRICT, frozen=True)
class DecidedBySteps:
    """At which step each attribute is decided."""

    batches: int
    """Batches of history, of all products, whose settings and lots were tried in the models."""
    attributes: Mapping[str, AttributeSteps]
