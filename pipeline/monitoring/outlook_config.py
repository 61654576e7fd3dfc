"""When the quality of a running batch is forecast again, and how sure its interval is."""

from pydantic import Field
from pydantic.dataclasses import dataclass

from pipeline.domain.strict_config import STRICT
from pipeline.domain.times.lag import Lag, lag
from pipeline.forecasting.intervals import MAIN_LEVEL

SECONDS = 3600.0
"""Seconds of an hour."""


@dataclass(config=STRICT, frozen=True)
class OutlookConfig:
    """Decision points of a running batch, and the level of the intervals."""

    decision_points: tuple[Lag, ...] = ("3 d", "5 d", "7 d", "10 d")
    """Times since the start of the batch at which its quality is forecast again, the earliest first: `3 d`, `36 h`, `40 s`."""
    level: float = Field(default=MAIN_LEVEL, gt=0, lt=1)
    """Share of results that an interval should cover."""

    def __post_init__(self) -> None:
        """Refuse points that are no times, that are zero, or that do not rise."""
        hours = self.hours
        if not hours or hours[0] <= 0:
            raise ValueError("decision_points needs at least one time above zero, such as '3 d'")
        if list(hours) != sorted(set(hours)):
            raise ValueError(f"decision_points must rise; given are {', '.join(self.decision_points)}")

    @property
    def hours(self) -> tuple[float, ...]:
        """The decision points in hours since the start of the batch."""
        return tuple(lag(text).total_seconds() / SECONDS for text in self.decision_points)
