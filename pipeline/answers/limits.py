"""Limits that decide something in an answer. They come from `conf/decision/`, and the record contains their hash."""

from typing import Annotated

from pydantic import Field
from pydantic.dataclasses import dataclass

from pipeline.assessment.acceptance_ledger import AcceptanceConfig
from pipeline.domain.strict_config import STRICT

Share = Annotated[float, Field(gt=0, lt=1)]


@dataclass(config=STRICT, frozen=True)
class EquivalenceConfig:
    """When two scales count as equivalent (two one-sided tests, Schuirmann 1987, J. Pharmacokinet. Biopharm. 15, 657)."""

    margin_of_width: float = Field(default=0.15, gt=0)
    """Largest difference that does not matter, as a share of the width of a specification with two limits."""
    margin_of_sd: float = Field(default=1.5, gt=0)
    """The same in standard deviations between batches, where a specification has one limit or none (1.5 as in Tsong, Dong, Shen
    2017, J. Biopharm. Stat. 27, 197)."""
    alpha: float = Field(default=0.05, gt=0, lt=0.5)
    """Largest probability of calling two scales equivalent that are not."""
    least_batches: int = Field(default=4, ge=3)
    """Smallest number of batches per scale for a comparison."""
    settings: int = Field(default=3, ge=0)
    """Largest number of settings whose slopes are compared."""


@dataclass(config=STRICT, frozen=True)
class DomainConfig:
    """When a proposal counts as covered by the batches of history."""

    nearest: int = Field(default=5, ge=1)
    """Number of nearest batches that are examined and shown in the answer."""
    rare: Share = 0.05
    """Largest share of the batches of history that may count as having few batches nearby when each is hidden in turn."""
    same: Share = 0.01
    """Share of the range of a variable within which two values count as the same."""
    alike: float = Field(default=0.1, ge=0)
    """Difference of two distances that does not decide which batch is nearer: within it a batch of the own product, or at the own
    scale, comes first. 1 is as far as 95 % of the batches are from their nearest neighbour."""


@dataclass(config=STRICT, frozen=True)
class UnstatedConfig:
    """Where the values come from that a proposal does not state."""

    follows_vessel: Share = 0.5
    """A setting follows the vessel or the scale if its scatter there is below this share of its scatter among the batches of one
    product. Otherwise it follows the product."""


@dataclass(config=STRICT, frozen=True)
class TransferConfig:
    """When data, method and competence of an attribute count as present at a site."""

    present_share: Share = 0.9
    """Smallest share of batches with a value for which data count as present and a model counts as depending on the attribute."""
    newest_batches: int = Field(default=5, ge=1)
    """Number of newest batches of a site that are examined to see whether it still measures the attribute."""
    competent_batches: int = Field(default=5, ge=1)
    """Smallest number of batches at the scale for which a site counts as competent."""
    censored_share: Share = 0.2
    """Share of results beyond the reporting limit above which a method counts as partial."""


@dataclass(config=STRICT, frozen=True)
class DriversConfig:
    """When a difference between settings, scales or directions is reported."""

    notable_factor: float = Field(default=2.0, gt=1)
    """An effect is marked if it changes by at least this factor between the scales."""
    small_share: Share = 0.1
    """Effects below this share of the largest one are not marked."""
    clear_direction: Share = 0.3
    """Smallest correlation between a feature and its share for which the direction counts as clear."""
    features: int = Field(default=8, ge=1)
    """Number of features that are listed per attribute."""


@dataclass(config=STRICT, frozen=True)
class ScenarioConfig:
    """Size of the scenarios and the wanted chance."""

    batches: int = Field(default=5_000, ge=100)
    """Number of batches that are computed."""
    wanted_chance: Share = 0.9
    """Wanted chance that a batch meets all specifications."""
    lower_levels: tuple[Share, ...] = (0.8, 0.7, 0.6, 0.5)
    """Levels that are tried in this order if the wanted chance is not reached. The answer names the level that it uses."""
    own_lots: int = Field(default=8, ge=2)
    """Smallest number of lots of the product for which only these are drawn. With fewer, the lots of all products are drawn."""


@dataclass(config=STRICT, frozen=True)
class NextRunsConfig:
    """Limits of the search for the next runs."""

    runs: int = Field(default=4, ge=1)
    """Number of runs that are proposed."""
    candidates_per_scale: int = Field(default=120, ge=1)
    """Largest number of candidate runs per scale. They are evenly spaced batches of history."""
    clear_risk: float = Field(default=0.005, ge=0, lt=0.5)
    """Probability of a wrong decision below which no run is needed. A smaller reduction of it does not count as a reduction."""


@dataclass(config=STRICT, frozen=True)
class DecisionConfig:
    """Limits of a decision."""

    context_of_use: str = "supports planning of a scale-up run; no release decision and no control of a batch"
    """What the answer may be used for, in the user's words; printed in the record of every answer."""
    model_risk: str = "not assessed by the user"
    """Influence of the model on the decision and consequence of a wrong decision, in the user's words."""
    at_risk: Share = 0.9
    """An attribute is called at risk if its chance to meet the specification is below this value."""
    matched: Share = 0.1
    """Largest deviation from one of the ratio of two matched values of a quantity. The formulas are no more accurate than this."""
    equivalence: EquivalenceConfig = EquivalenceConfig()
    acceptance: AcceptanceConfig = AcceptanceConfig()
    unstated: UnstatedConfig = UnstatedConfig()
    domain: DomainConfig = DomainConfig()
    transfer: TransferConfig = TransferConfig()
    drivers: DriversConfig = DriversConfig()
    scenarios: ScenarioConfig = ScenarioConfig()
    next_runs: NextRunsConfig = NextRunsConfig()
