"""What the process is expected to show while the proposed batch runs, and what this means for quality."""

from collections.abc import Mapping

from pydantic.dataclasses import dataclass

from pipeline.answers.result.bridge import CauseShare
from pipeline.answers.result.values import MaybeNumber, Number, UnitLabel
from pipeline.domain.strict_config import STRICT


@dataclass(config=STRICT, frozen=True)
class IntermediateEffect:
    """What the change of one intermediate means for one quality attribute."""

    unit: UnitLabel
    """Unit of `effect`."""
    change: Number
    """Change of the intermediate by the model of this attribute, in the unit of the intermediate."""
    effect: Number
    """Part of the predicted difference of the attribute that goes through the intermediate."""


@dataclass(config=STRICT, frozen=True, kw_only=True)
class ExpectedIntermediate:
    """The forecast of one quantity that is measured while a batch runs."""

    unit: UnitLabel
    measured: MaybeNumber
    """Mean of the reference batches as measured; None where none has a value."""
    reference: Number
    """Mean forecast of the reference batches. Forecasts are means over the models of the attributes."""
    proposed: Number
    """Forecast of the proposed batch."""
    change: Number
    causes: tuple[CauseShare, ...]
    """The largest first. They sum to `change`."""
    effects: Mapping[str, IntermediateEffect]
    """Attribute → effect, for the attributes whose model reads this intermediate."""
    sentence: str
    """The same in words."""


@dataclass(config=STRICT, frozen=True)
class Intermediates:
    """The part of the prediction that is made from forecasts of measured intermediates."""

    weights: Mapping[str, Number]
    """Attribute → weight of this part in its prediction, 0 to 1. The rest of the prediction is not explained in this way."""
    expected: Mapping[str, ExpectedIntermediate]
    """Intermediate → its forecast. The one with the largest effect, in standard deviations of the results, comes first."""
