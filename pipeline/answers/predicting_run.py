"""What a prediction is made from. It is a part of a published run, and the part that is served."""

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from pipeline.answers.applicability.seen_values import SeenValues
from pipeline.answers.case.plan_features import PlanFeatures
from pipeline.answers.case.setting_history import SettingHistory
from pipeline.answers.limits import DecisionConfig
from pipeline.answers.transfer_map.known_values import KnownValues
from pipeline.domain.config_files import load
from pipeline.domain.memo import Memo
from pipeline.domain.places import Places
from pipeline.domain.process.process import Process
from pipeline.domain.reading.stored import read_table
from pipeline.domain.scope import EVERYONE, Scope
from pipeline.domain.site_knowledge import SiteKnowledge
from pipeline.forecasting.trained_model import TrainedModel
from pipeline.history.store import read_history
from pipeline.history.tables import History
from pipeline.publication.bundle import Bundle
from pipeline.publication.origin import read_origin, refuse_other_code


@dataclass(frozen=True)
class PredictingRun:
    """What a prediction is made from: a case, its forecasts, and the reasons not to answer."""

    process: Process
    history: History
    model: TrainedModel
    rows: pl.DataFrame
    """Feature table of all batches."""
    decision: DecisionConfig
    sites: SiteKnowledge
    memo: Memo = field(default_factory=Memo, init=False, repr=False, compare=False)
    """What was computed from the run alone. A changed copy of the run begins with none of it."""

    @cached_property
    def settings(self) -> SettingHistory:
        """Return what history has run for each setting. It is collected once per run."""
        return SettingHistory(self.process, self.history.batches, self.decision.unstated)

    @cached_property
    def plan(self) -> PlanFeatures:
        """Return what makes the features of planned batches."""
        return PlanFeatures(self.process, self.history)

    @cached_property
    def known(self) -> KnownValues:
        """Return which batches have a value of which attribute. It is collected once per run."""
        return KnownValues(self.process, self.history)

    @cached_property
    def seen(self) -> SeenValues:
        """Return what history has seen of each feature. It is collected once per run."""
        return SeenValues(self.process, self.rows, self.decision.domain)


def scope_of(of_run: Places) -> Scope:
    """Read for which client a run was made. Runs that were published before there were scopes are made for everyone."""
    return load(of_run.config, "scope", Scope) if (of_run.config / "scope.yaml").is_file() else EVERYONE


def read_by_a_prediction(of_run: Places) -> tuple[Path, ...]:
    """Files and folders of a run that `read_predicting_run` needs. The records of the sensors are not among them."""
    tables = (of_run.history / f"{name}.parquet" for name in ("batches", "results", "lots", "genealogy", "anonymous"))
    return (of_run.config, of_run.features, of_run.model, of_run.origin, *tables)


def read_predicting_run(bundle: Bundle) -> PredictingRun:
    """Read what a prediction is made from. The run may be a copy that has these files alone (`read_by_a_prediction`).

    Raises ScalebridgeError if the model was trained by other code than the one that is installed.
    """
    refuse_other_code(read_origin(bundle.places.origin))
    return PredictingRun(**predicting_parts(bundle.places, records=False))


def predicting_parts(of_run: Places, *, records: bool) -> dict[str, Any]:
    """Return the fields of a `PredictingRun`. records: read the records of the sensors as well."""
    return {
        "process": load(of_run.config, "process", Process),
        "history": read_history(of_run.history, records=records),
        "model": TrainedModel.load(of_run.model),
        "rows": read_table(of_run.features),
        "decision": load(of_run.config, "decision", DecisionConfig),
        "sites": load(of_run.config, "transfer", SiteKnowledge),
    }
