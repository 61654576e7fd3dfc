"""Whether two scales are equivalent."""

from collections.abc import Mapping
from dataclasses import field
from typing import Annotated

from pydantic import Field
from pydantic.dataclasses import dataclass

from pipeline.answers.result.values import MaybeNumber, Number, Range, UnitLabel
from pipeline.domain.strict_config import STRICT


@dataclass(config=STRICT, frozen=True)
class AttributeEquivalence:
    """Comparison of two scales for one attribute."""

    verdict: str
    reason: str
    unit: UnitLabel
    margin: MaybeNumber
    """In standard deviations between batches, the margin is reduced for their error."""
    difference: MaybeNumber
    """Larger minus smaller scale, mean of the products. With censored results in the middle of what they can be."""
    lower: MaybeNumber
    upper: MaybeNumber
    slope_p: MaybeNumber
    slope_effect: MaybeNumber
    slope_setting: str | None
    batches: tuple[int, int]
    """At the smaller and at the larger scale."""
    products: int
    censored: tuple[int, int] = (0, 0)
    """Number of censored results at the smaller and at the larger scale. The interval covers every value that they can have."""
    censored_range: Range | None = None
    """Smallest and largest difference that the censored results allow. None if there are none."""
    differences: Mapping[str, Number] = field(default_factory=dict)
    """Product → its own difference. With two or more products, these are the evidence."""
    needed: int | None = None
    """Number of products, or of batches at each scale with one product, that would decide. None: decided, or not known."""


@dataclass(config=STRICT, frozen=True)
class ScaleStep:
    """Equivalence of two scales, or of two places at one scale."""

    about: str
    smaller: Number
    larger: Number
    unit: UnitLabel
    attributes: Mapping[str, AttributeEquivalence]
    places: Annotated[tuple[str, str] | None, Field(exclude_if=lambda places: places is None)] = None
    """Sending and receiving sites or devices. The key is absent from the file where two scales are compared."""
