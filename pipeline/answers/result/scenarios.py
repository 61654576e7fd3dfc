"""The proposed batch computed many times, within tolerances and with other lots."""

from collections.abc import Mapping
from typing import Literal

from pydantic.dataclasses import dataclass

from pipeline.answers.result.prediction import SpecificationLimits
from pipeline.answers.result.values import MaybeNumber, Number, Range, RowChance, UnitLabel
from pipeline.domain.strict_config import STRICT


@dataclass(config=STRICT, frozen=True)
class Withheld:
    """Why a part of the answer was not computed."""

    reason: str
    state: Literal["withheld"] = "withheld"


@dataclass(config=STRICT, frozen=True)
class VariedParameter:
    """How far a parameter varies from batch to batch."""

    parameter: str
    unit: UnitLabel
    set_point: Number
    distribution: Literal["uniform", "normal"]
    width: Number
    """Half width of the uniform distribution, standard deviation of the normal one."""
    source: str


@dataclass(config=STRICT, frozen=True)
class FixedSetting:
    """A parameter that is not explored and stays at its set-point, and why."""

    parameter: str
    reason: str


@dataclass(config=STRICT, frozen=True)
class DrawnMaterial:
    """A material whose lots are drawn from history."""

    material: str
    properties: tuple[str, ...]
    source: str


@dataclass(config=STRICT, frozen=True)
class DistributionSummary:
    """An attribute over many batches."""

    mean: Number
    sd: Number
    low_5: Number
    """5th percentile."""
    median: Number
    high_95: Number
    """95th percentile."""
    chance: MaybeNumber
    """Chance to meet the specification, over all scenarios."""
    ppk: MaybeNumber


@dataclass(config=STRICT, frozen=True)
class Histogram:
    """Shares of batches over the same bins."""

    edges: tuple[Number, ...]
    without_model_error: tuple[Number, ...]
    with_model_error: tuple[Number, ...]


@dataclass(config=STRICT, frozen=True)
class AttributeScenarios:
    """Distribution of one attribute over the scenarios."""

    attribute: str
    unit: UnitLabel
    specification: SpecificationLimits | None
    without_model_error: DistributionSummary
    with_model_error: DistributionSummary
    histogram: Histogram


@dataclass(config=STRICT, frozen=True)
class ScenarioChances:
    """Chance that one batch meets all specifications, over all scenarios. The last digit is not smaller than the error."""

    of: tuple[str, ...]
    without_model_error: MaybeNumber
    with_model_error: MaybeNumber
    error: MaybeNumber = None
    """The larger of their standard errors, from the number of scenarios and from the computation; None where not stated."""


@dataclass(config=STRICT, frozen=True)
class ResponseCurve:
    """Quality and chance along one parameter; the others stay."""

    parameter: str
    unit: UnitLabel
    set_point: Number
    values: tuple[Number, ...]
    limits_from: str
    """Where the explored range comes from, in words: `V-2001 has run 18 to 24 L/min in 9 batches`."""
    acts: bool
    """The parameter has an effect in the model."""
    attributes: Mapping[str, tuple[Number, ...]]
    chance: tuple[RowChance, ...]


@dataclass(config=STRICT, frozen=True)
class SettingValue:
    """One setting."""

    parameter: str
    unit: UnitLabel
    value: Number


@dataclass(config=STRICT, frozen=True)
class ReachedLevel:
    """The best chance that was found, and where."""

    level: MaybeNumber
    """Highest of the levels looked at that is reached."""
    best_chance: RowChance
    best_settings: tuple[SettingValue, ...]
    at_set_points: bool
    """Ranges are given around the proposed set-points; else around the best settings."""

    @property
    def around(self) -> str:
        """Return what the ranges are given around, in words."""
        return "the proposed set-points" if self.at_set_points else "the best settings found"


@dataclass(config=STRICT, frozen=True)
class ProvenRange:
    """Range of one parameter in which the chance reaches the level; the others stay."""

    low: Number
    high: Number
    low_is_limit: bool
    """The end is the limit of what was explored."""
    high_is_limit: bool


@dataclass(config=STRICT, frozen=True)
class ParameterRanges:
    """Normal, proven and explored range of one parameter."""

    parameter: str
    unit: UnitLabel
    set_point: Number
    normal_operating_range: Range | None
    normal_from: str
    proven_acceptable_range: ProvenRange | None
    explored: Range
    limits_from: str
    acts: bool
    chance_at_set_point: RowChance
    largest_chance: RowChance


@dataclass(config=STRICT, frozen=True)
class MapAxis:
    """One axis of the design map."""

    parameter: str
    unit: UnitLabel
    set_point: Number
    values: tuple[Number, ...]


@dataclass(config=STRICT, frozen=True)
class DesignMap:
    """Chance over two parameters."""

    x: MapAxis
    y: MapAxis
    chance: tuple[tuple[RowChance, ...], ...]
    """One row per value of y."""
    level: Number
    share_of_design_space: Number
    largest_chance: RowChance


@dataclass(config=STRICT, frozen=True)
class RestoringSetting:
    """One setting before and after restoring."""

    parameter: str
    unit: UnitLabel
    proposed: Number
    restoring: Number
    limits: Range
    limits_from: str


@dataclass(config=STRICT, frozen=True)
class RestoredAttribute:
    """One attribute before and after restoring."""

    attribute: str
    unit: UnitLabel
    reference: Number
    proposed: Number
    restored: Number


@dataclass(config=STRICT, frozen=True)
class Restoring:
    """Set-points that bring back the quality of the reference."""

    settings: tuple[RestoringSetting, ...]
    attributes: tuple[RestoredAttribute, ...]
    distance_proposed: Number
    """Distance from the reference in standard deviations of the model's own errors."""
    distance_restored: Number
    chance_proposed: RowChance
    chance_restored: RowChance


@dataclass(config=STRICT, frozen=True)
class BoxRange:
    """Range of one parameter in the box."""

    parameter: str
    unit: UnitLabel
    range: Range


@dataclass(config=STRICT, frozen=True)
class OperatingBox:
    """The largest box of settings that keeps the chance at a level."""

    wanted: Number
    best_chance: RowChance
    best_settings: tuple[SettingValue, ...]
    level: MaybeNumber
    """None where no level has room for a box."""
    verified: MaybeNumber
    """Share of a fresh sample inside the box that reaches the level."""
    share_of_space: MaybeNumber
    holds_set_point: bool
    ranges: tuple[BoxRange, ...]


@dataclass(config=STRICT, frozen=True)
class ErrorCorrelation:
    """How the errors of the attributes go together."""

    of: tuple[str, ...]
    correlation: tuple[tuple[Number, ...], ...]
    batches: int
    products: int
    sentence: str


@dataclass(config=STRICT, frozen=True)
class ScenarioCaptions:
    """What each part of the scenarios says, in words."""

    distributions: str
    reached: str
    response_curves: str
    design_map: str
    restoring: str
    box: str


NO_CAPTIONS = ScenarioCaptions("", "", "", "", "", "")


@dataclass(config=STRICT, frozen=True)
class Scenarios:
    """The proposed batch computed many times, within tolerances and with other lots."""

    level: Number
    """Wanted chance."""
    batches: int
    seed: int
    varied: tuple[VariedParameter, ...]
    held: tuple[str, ...]
    materials: tuple[DrawnMaterial, ...]
    attributes: tuple[AttributeScenarios, ...]
    all_within: ScenarioChances
    curves: tuple[ResponseCurve, ...]
    reached: ReachedLevel | None
    ranges: tuple[ParameterRanges, ...]
    map: DesignMap | None
    restoring: Restoring | None
    box: OperatingBox | None
    joint: ErrorCorrelation
    method: Mapping[str, str]
    captions: ScenarioCaptions = NO_CAPTIONS
    """Written last, from the rest."""
    state: Literal["computed"] = "computed"
    supported: MaybeNumber = None
    """Largest chance that past errors support, K/(K + 1) of K products. A chance above it is printed as "above"."""
    fixed: tuple[FixedSetting, ...] = ()
    """Parameters that are not explored: neither the proposal nor history gives a range of them."""
