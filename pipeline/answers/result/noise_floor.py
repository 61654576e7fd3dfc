"""How far the reported results scatter, and what this means for the errors of the model."""

from pydantic.dataclasses import dataclass

from pipeline.answers.result.values import MaybeNumber, UnitLabel
from pipeline.domain.strict_config import STRICT


@dataclass(config=STRICT, frozen=True, kw_only=True)
class NoiseFloor:
    """The noise floor of one quality attribute: the error that no model can go below."""

    unit: UnitLabel
    source: str
    """`stated` by a user, or such as `from 34 replicates`. What is stated counts where both are known."""
    deviation: MaybeNumber
    """Standard deviation of one reported result, at the predicted value; None where it is a share of a value that is not
    predicted."""
    results: int
    """Single results of which a reported result is the mean: the median over the batches of history."""
    stated: str
    """The standard deviation of a single result as the process definition states it; empty where it states none."""
    estimated: MaybeNumber
    """The same, pooled over the batches with replicates; None without replicates that differ."""
    estimated_low: MaybeNumber
    """Lower end of its 90 % interval."""
    estimated_high: MaybeNumber
    """Upper end of its 90 % interval."""
    replicates: int
    """Number of replicates behind `estimated`."""
    batches: int
    """Number of batches with these replicates."""
    rmse: MaybeNumber
    """Error on batches that the model had not seen, under the protocol that decides."""
    hidden: MaybeNumber
    """Noise floor of these batches: no model can have a smaller error there."""
    hidden_low: MaybeNumber
    """Lower end of its 90 % interval; None where it is stated."""
    hidden_high: MaybeNumber
    """Upper end of its 90 % interval; None where it is stated."""
    sentence: str
    """The same in words."""
