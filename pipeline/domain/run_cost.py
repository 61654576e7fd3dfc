"""Cost of one further run by scale, as written in `conf/cost/<name>.yaml`."""

from collections.abc import Mapping

from pydantic import Field
from pydantic.dataclasses import dataclass

from pipeline.domain.strict_config import STRICT


@dataclass(config=STRICT, frozen=True)
class RunCost:
    """Cost of a run as a power of its scale.

    Between two scales of `table`, cost is interpolated on logarithmic axes. Beyond them, and without a table, cost grows
    with scale to the power `exponent`.
    """

    unit: str
    """Unit of the costs, such as `EUR` or `bench runs`."""
    note: str
    """Where the numbers come from. If they are an example, the note must say so."""
    exponent: float = Field(default=0.6, ge=0)
    """Power of the scale in the cost. The default is the six-tenths rule, Williams (1947), Chem. Eng. 54, 124."""
    table: Mapping[str, float] = Field(default_factory=dict)
    """Scale with its unit → cost of a run at that scale."""
