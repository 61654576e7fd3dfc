"""Where a watch meets what judges: the monitor of a published run, and the forecasts of quality from the records so far."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import polars as pl

from pipeline.domain.errors import ScalebridgeError
from pipeline.monitoring.judgement import Judgement
from pipeline.publication.bundle import Bundle


@dataclass(frozen=True)
class ForecastAhead:
    """Forecast of one quality attribute, SI."""

    median: float
    lower: float
    """Lower end of the 90 % interval."""
    upper: float
    chance: float | None
    """Chance to meet the specification; None without a specification."""


@dataclass(frozen=True)
class OutlookLine:
    """One quality attribute: the forecast now beside that of the plan."""

    attribute: str
    plan: ForecastAhead
    now: ForecastAhead | None
    """None where the records so far say nothing about the attribute."""
    hours: float | None
    """The decision point whose forecast `now` is."""
    note: str = ""


@dataclass(frozen=True)
class LoggedDeviation:
    """A deviation that people found and wrote down."""

    cause: str
    hours: float | None
    """Hours since the start of the batch; None where the log has no time."""


class Judge(Protocol):
    """What judges a running batch. row: the feature row of its plan; records: those that were known at `hours`."""

    @property
    def decision_points(self) -> Sequence[float]:
        """Hours at which quality is forecast from the records so far."""

    def judge(self, row: pl.DataFrame, records: pl.DataFrame, hours: float) -> Judgement:
        """Judge the batch by what was learned from all batches of the published run."""

    def judge_unseen(self, row: pl.DataFrame, records: pl.DataFrame, hours: float) -> Judgement | None:
        """Judge a past batch by what was learned without it; None where the run cannot do this."""

    def outlook(self, row: pl.DataFrame, records: pl.DataFrame, hours: float) -> Sequence[OutlookLine]:
        """Forecast the quality; empty where the run has no such forecast."""

    def deviations(self, batch: str) -> Sequence[LoggedDeviation]:
        """What the log of deviations says about a past batch."""


def read_judge(bundle: Bundle) -> Judge:
    """Read the judge of a published run.

    Raises ScalebridgeError if the run has none.
    """
    raise ScalebridgeError(
        f"The published run {bundle.run} has no monitor, so no batch can be judged by it. Run `dvc repro` with this version of the "
        "program, or choose a run that has one: `scalebridge runs`"
    )
