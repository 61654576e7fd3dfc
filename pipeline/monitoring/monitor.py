"""The trained monitor: expected courses, channels, the scoring of each kind of question, bands and causes."""

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.domain.arrays import FloatArray
from pipeline.domain.process.process import Process
from pipeline.extrapolation.kinds import BEYOND_SCALE, NEW_LINEAGE, NEW_SCALE, NEXT_BATCH, TrainingExtent
from pipeline.monitoring.causes import Causes
from pipeline.monitoring.channels import ChannelForecasts
from pipeline.monitoring.conditioning import CourseCovariance
from pipeline.monitoring.scoring import Scoring
from pipeline.monitoring.settings import MonitoringConfig

REHEARSED = (NEXT_BATCH, NEW_SCALE, NEW_LINEAGE, BEYOND_SCALE)
"""Kinds of question for which history is hidden. The other kinds use the nearest of these."""


@dataclass(frozen=True)
class Bands:
    """How far courses lay from what their plan let expect, at the nodes of all tags: sensors first, then samples."""

    covariance: CourseCovariance
    factors: FloatArray
    """(nodes,): standard deviations within which the stated share of past courses lay."""


@dataclass(frozen=True)
class Monitor:
    """Everything that a running batch is judged with."""

    process: Process
    config: MonitoringConfig
    forecasts: ChannelForecasts
    scorings: Mapping[str, Scoring]
    """Kind of question that was rehearsed → its scoring."""
    bands: Mapping[str, Bands]
    """The same for the bands of the expected courses."""
    causes: Causes
    extent: TrainingExtent
    trained_on: tuple[str, ...]
    """Batches from which the monitor learned."""
    suspected: tuple[str, ...]
    """Unlogged past batches that look like deviations. No limit comes from them."""

    def scoring_of(self, kind: str) -> tuple[str, Scoring]:
        """Return the rehearsed kind that stands for a kind of question, and its scoring."""
        near = nearest(kind, tuple(self.scorings))
        return near, self.scorings[near]


def nearest(kind: str, rehearsed: tuple[str, ...]) -> str:
    """Return the rehearsed kind that stands for a kind of question: itself, or the next harder one, or the hardest.

    >>> nearest("new_place", ("next_batch", "new_scale"))
    'new_scale'
    """
    harder = REHEARSED if kind not in REHEARSED else REHEARSED[REHEARSED.index(kind) :]
    order = (*(one for one in harder if kind == NEXT_BATCH or one != NEXT_BATCH), *reversed(REHEARSED))
    return next(near for near in order if near in rehearsed)
