"""What one further run costs, by scale: `conf/cost/<name>.yaml`."""

from collections.abc import Mapping

from pydantic import Field
from pydantic.dataclasses import dataclass

from pipeline.domain.strict_config import STRICT


@dataclass(config=STRICT, frozen=True)
class RunCost:
    """Cost of a run as a line in logarithms of cost and scale: through the table, or by a rule where there is none."""

    unit: str
    """Unit of all costs, such as `bench runs` or `kEUR`."""
    note: str
    """Where the numbers come from; an example must say that it is one."""
    exponent: float = Field(default=0.6, ge=0)
    """Cost grows with scale to this power: six-tenths rule, Williams (1947), Chem. Eng. 54, 124."""
    table: Mapping[str, float] = Field(default_factory=dict)
    """Scale with its unit → cost of a run there."""
