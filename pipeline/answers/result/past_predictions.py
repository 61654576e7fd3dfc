"""The record of past predictions: how many were given, and how many results lay inside their intervals."""

from typing import Literal

from pydantic.dataclasses import dataclass

from pipeline.answers.result.values import Number, UnitLabel
from pipeline.domain.strict_config import STRICT


@dataclass(config=STRICT, frozen=True)
class ScoredPrediction:
    """A prediction that was given before its batch, and the result of this batch."""

    answer: str
    """Id of the answer."""
    asked: str
    """Time of the question (ISO 8601, UTC)."""
    by: str
    """Who asked."""
    proposal: str
    batch: str
    attribute: str
    unit: UnitLabel
    predicted: Number
    lower: Number
    """Lower end of the 90 % interval."""
    upper: Number
    observed: Number
    inside: bool


@dataclass(config=STRICT, frozen=True)
class UnscoredAnswer:
    """An answer that no batch can be compared with, and why."""

    answer: str
    asked: str
    by: str
    proposal: str
    state: Literal["waiting", "run differently", "not answered", "asked again"]
    reason: str


@dataclass(config=STRICT, frozen=True)
class PastPredictions:
    """All answers that were given, scored where the results of their batches have arrived."""

    answers: int
    scored: tuple[ScoredPrediction, ...]
    unscored: tuple[UnscoredAnswer, ...]
    sentence: str
    unreadable: tuple[str, ...] = ()
    """A sentence for each file that cannot be read."""
