"""Whether two scales are equivalent."""

from collections.abc import Mapping

from pydantic.dataclasses import dataclass

from pipeline.answers.result.values import MaybeNumber, Number, UnitLabel
from pipeline.domain.strict_config import STRICT


@dataclass(config=STRICT, frozen=True)
class AttributeEquivalence:
    """Comparison of two scales for one attribute."""

    verdict: str
    reason: str
    unit: UnitLabel
    margin: MaybeNumber
    difference: MaybeNumber
    """Larger minus smaller scale."""
    lower: MaybeNumber
    upper: MaybeNumber
    slope_p: MaybeNumber
    slope_effect: MaybeNumber
    slope_setting: str | None
    batches: tuple[int, int]
    """At the smaller and at the larger scale."""
    products: int


@dataclass(config=STRICT, frozen=True)
class ScaleStep:
    """Equivalence of two scales."""

    about: str
    smaller: Number
    larger: Number
    unit: UnitLabel
    attributes: Mapping[str, AttributeEquivalence]
