"""How many runs are proposed, from how many candidates, and when a decision needs none."""

from pydantic import Field
from pydantic.dataclasses import dataclass

from pipeline.domain.strict_config import STRICT


@dataclass(config=STRICT, frozen=True)
class NextRunsConfig:
    """Limits of the search for the next runs."""

    runs: int = Field(default=4, ge=1)
    """Number of runs that are proposed."""
    candidates_per_scale: int = Field(default=120, ge=1)
    """Largest number of candidate runs per scale. They are evenly spaced batches of history."""
    clear_risk: float = Field(default=0.005, ge=0, lt=0.5)
    """Probability of a wrong decision below which no run is needed. A smaller reduction of it does not count as a reduction."""
