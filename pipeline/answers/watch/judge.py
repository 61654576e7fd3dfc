"""Where a watch meets what judges: the monitor of a published run, and the forecasts of quality from the records so far."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

import polars as pl

from pipeline.domain.config_files import load
from pipeline.domain.places import Places
from pipeline.domain.process.process import Process
from pipeline.forecasting.trained_model import TrainedModel
from pipeline.monitoring.file_format import load_monitor
from pipeline.monitoring.judgement import Judgement
from pipeline.monitoring.judging import judge
from pipeline.monitoring.monitor import Monitor
from pipeline.monitoring.outlook import AttributeOutlook, outlook
from pipeline.monitoring.outlook_model import ABOUT as OUTLOOK
from pipeline.monitoring.outlook_model import OutlookModel
from pipeline.publication.bundle import Bundle

LEVEL = 0.9
"""Level of intervals where a run has no forecasts of quality ahead."""


class Judge(Protocol):
    """What judges a running batch. row: the feature row of its plan; records: those that were known at `hours`."""

    @property
    def trained_on(self) -> Collection[str]:
        """Batches that were learned from."""

    @property
    def decision_points(self) -> Sequence[float]:
        """Hours at which quality is forecast from the records so far."""

    @property
    def level(self) -> float:
        """Share of results that an interval of a quality forecast should cover."""

    def judge(self, row: pl.DataFrame, records: pl.DataFrame, hours: float) -> Judgement:
        """Judge the batch by what was learned from all batches of the published run."""

    def judge_unseen(self, row: pl.DataFrame, records: pl.DataFrame, hours: float) -> Judgement | None:
        """Judge a past batch by what was learned without it; None where the run cannot do this."""

    def outlook(self, row: pl.DataFrame, records: pl.DataFrame, hours: float) -> Sequence[AttributeOutlook]:
        """Forecast the quality; empty where the run has no such forecast."""


@dataclass(frozen=True)
class RunJudge:
    """The monitor of a published run, and its models of the quality ahead."""

    monitor: Monitor
    model: OutlookModel | None
    """None where the run has no model of the quality that reads records."""

    @property
    def decision_points(self) -> Sequence[float]:
        """Hours at which quality is forecast from the records so far."""
        return () if self.model is None else tuple(point.hours for point in self.model.points)

    @property
    def level(self) -> float:
        """Share of results that an interval of a quality forecast should cover."""
        return LEVEL if self.model is None else self.model.level

    @property
    def trained_on(self) -> Collection[str]:
        """Batches that the monitor learned from."""
        return self.monitor.trained_on

    def judge(self, row: pl.DataFrame, records: pl.DataFrame, hours: float) -> Judgement:
        """Judge the batch by what was learned from all batches of the published run."""
        return judge(self.monitor, row, records, hours)

    def judge_unseen(self, row: pl.DataFrame, records: pl.DataFrame, hours: float) -> Judgement | None:
        """Return None: a published run has one monitor, which has seen all of its batches."""
        return None

    def outlook(self, row: pl.DataFrame, records: pl.DataFrame, hours: float) -> Sequence[AttributeOutlook]:
        """Forecast the quality from the plan and the records up to the latest decision point."""
        return () if self.model is None else outlook(self.model, row, records, hours)


def read_judge(bundle: Bundle) -> Judge:
    """Read the judge of a published run.

    Raises ScalebridgeError if the run has none, with the reason.
    """
    of_run = bundle.places
    process = load(of_run.config, "process", Process)
    return RunJudge(load_monitor(of_run.monitor, process), _quality_ahead(of_run, process))


def _quality_ahead(of_run: Places, process: Process) -> OutlookModel | None:
    """Read the models of the quality ahead, with the final models that they belong to."""
    if not (of_run.outlook / OUTLOOK).is_file():
        return None
    return OutlookModel.load(of_run.outlook, process, TrainedModel.load(of_run.model).finals)
