"""What counts as matched, as equivalent and as good enough: limits that are set before anything is compared."""

from pydantic import Field
from pydantic.dataclasses import dataclass

from pipeline.answers.next_runs.config import NextRunsConfig
from pipeline.assessment.acceptance_ledger import AcceptanceConfig
from pipeline.domain.strict_config import STRICT


@dataclass(config=STRICT, frozen=True)
class EquivalenceConfig:
    """When two scales count as equivalent (two one-sided tests, Schuirmann 1987, J. Pharmacokinet. Biopharm. 15, 657)."""

    margin_of_width: float = Field(default=0.15, gt=0)
    """Largest difference that does not matter, as a share of the width of a specification with two limits."""
    margin_of_sd: float = Field(default=1.5, gt=0)
    """The same in standard deviations between batches, where a specification has one limit or none (1.5 as in Tsong, Dong, Shen
    2017, J. Biopharm. Stat. 27, 197)."""
    alpha: float = Field(default=0.05, gt=0, lt=0.5)
    least_batches: int = Field(default=4, ge=3)
    """Batches per scale below which nothing is claimed."""
    settings: int = Field(default=3, ge=0)
    """Most settings whose slopes are compared."""


@dataclass(config=STRICT, frozen=True)
class DecisionConfig:
    """Limits of a decision."""

    context_of_use: str = "supports planning of a scale-up run; no release decision and no control of a batch"
    model_risk: str = "not assessed by the user"
    """Influence of the model on the decision and consequence of a wrong one, in the user's words."""

    equivalence: EquivalenceConfig = EquivalenceConfig()
    acceptance: AcceptanceConfig = AcceptanceConfig()
    next_runs: NextRunsConfig = NextRunsConfig()
