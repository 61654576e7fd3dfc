"""What moves a product, and which setting matters more at which scale."""

from collections.abc import Mapping

from pydantic.dataclasses import dataclass

from pipeline.answers.result.values import MaybeNumber, Number, UnitLabel
from pipeline.domain.strict_config import STRICT


@dataclass(config=STRICT, frozen=True)
class FeatureShare:
    """Importance of one feature for one attribute."""

    feature: str
    within: MaybeNumber
    """Mean |SHAP| around each product's own mean."""
    pooled: MaybeNumber
    """Mean |SHAP| over all batches."""
    direction_within: MaybeNumber
    """Correlation of feature and share within the product."""
    direction_pooled: MaybeNumber
    sign_flips: bool
    best_rank: int | None
    worst_rank: int | None
    same_sign: MaybeNumber
    """Share of refits with the same direction."""
    refits: int | None


@dataclass(config=STRICT, frozen=True)
class SettingEffect:
    """Effect of one step of a setting at both scales."""

    setting: str
    step: Number
    step_unit: UnitLabel
    at_reference: Number
    at_proposed: Number
    mark: str
    """How the effect differs between the scales; empty where it does not differ clearly."""


@dataclass(config=STRICT, frozen=True)
class Drivers:
    """What moves the product, and which setting matters more at which scale."""

    shares: Mapping[str, tuple[FeatureShare, ...]]
    interactions: Mapping[str, tuple[SettingEffect, ...]]
