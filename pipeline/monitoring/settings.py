"""What is chosen for the monitoring of running batches."""

from dataclasses import field

from pydantic import Field
from pydantic.dataclasses import dataclass

from pipeline.domain.strict_config import STRICT
from pipeline.monitoring.judgement import CHANNELS, FAST, MIDDLE, SLOW
from pipeline.monitoring.outlook_config import OutlookConfig


@dataclass(config=STRICT, frozen=True)
class MonitoringConfig:
    """Promised rate, channels and the shape of the models."""

    promised_rate: float = Field(default=0.05, gt=0, lt=0.5)
    """Share of normal batches in which an alarm may be raised at any time from start to end."""
    channels: tuple[str, ...] = CHANNELS
    """Channels that are watched."""
    ahead: dict[str, float] = field(default_factory=lambda: {FAST: 0.006, MIDDLE: 0.036})
    """Channel → how far ahead its forecast is made, as a share of the duration of a batch. 0.036 of 14 days is 12 hours."""
    effort: dict[str, float] = field(default_factory=lambda: {FAST: 0.3, SLOW: 0.5})
    """Channel → share of the trees and points that its forecasts use. The other channels use all."""
    window: float = Field(default=0.018, ge=0, lt=1)
    """Length over which deviations are averaged beside single points, as a share of the duration of a batch."""
    slow_window: float = Field(default=0.1, ge=0, lt=1)
    """The same for the level of history."""
    log_holds: float = Field(default=1.0, gt=0.2, le=1)
    """Share of past deviations that the log of deviations holds, as far as the plant knows. The limits count with the others:
    as many of the largest hidden batches are taken as deviations that nobody logged."""
    folds: int = Field(default=3, ge=2)
    """Parts into which history is hidden for each kind of question."""
    trees: int = Field(default=60, ge=1)
    """Number of trees of each forecast."""
    points: int = Field(default=20_000, ge=500)
    """Number of points of all courses from which a forecast learns, at most."""
    level: float = Field(default=0.9, gt=0, lt=1)
    """Share of courses that the band of an expected course should cover."""
    least_probability: float = Field(default=0.1, gt=0, lt=1)
    """Causes below this probability are not named."""

    quality: OutlookConfig = field(default_factory=OutlookConfig)
    """When the quality of a running batch is forecast again."""

    def __post_init__(self) -> None:
        """Refuse channels that do not exist, and forecasts of which nothing says how far ahead they are made."""
        if not self.channels or (unknown := [name for name in self.channels if name not in CHANNELS]):
            raise ValueError(
                f"channels are some of {', '.join(CHANNELS)}; given is {unknown[0] if self.channels else 'none'}"
            )
        if lacking := [name for name in self.channels if name in (FAST, MIDDLE) and name not in self.ahead]:
            raise ValueError(f"ahead has no entry for the channel '{lacking[0]}'; add one, such as `{lacking[0]}: 0.036`")
