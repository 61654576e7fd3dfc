"""What is asked of a proposal beyond its prediction: transfer map, scenarios, next runs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from pipeline.answers.case.proposed_batch import propose
from pipeline.answers.next_runs.next_runs import next_runs
from pipeline.answers.scenarios.scenarios import scenarios
from pipeline.answers.scenarios.setup import setup
from pipeline.answers.trained_run import Choices
from pipeline.answers.transfer_map.transfer_map import transfer_map
from pipeline.domain.process.process import Process
from pipeline.domain.proposal import Proposal
from pipeline.forecasting.forecaster import CalibratedModel
from pipeline.forecasting.outcome import ErrorForecaster
from pipeline.history.tables import History


@dataclass(frozen=True)
class Known:
    """What a simulation stands on."""

    process: Process
    history: History
    rows: pl.DataFrame
    """Feature table of all batches."""
    finals: Mapping[str, CalibratedModel]
    """Trained model of each quality attribute."""
    reads: Mapping[str, tuple[str, ...]]
    """Quality attribute → features that its model reads."""


@dataclass(frozen=True)
class Simulation:
    """What a simulation found, as plain data."""

    result: Mapping[str, Any]
    """Keys transfer_map, scenarios, next_runs; the last two are None where the transfer map names a gap that counts."""


def simulate(proposal: Proposal, known: Known, choices: Choices, forecaster: ErrorForecaster) -> Simulation:
    """Judge the transfer, and where nothing blocks the prediction, play scenarios and look for the next runs.

    Raises ScalebridgeError for a proposal, tolerance, limit or transfer that does not fit.
    """
    proposed = propose(known.process, proposal, known.history)
    mapped = transfer_map(known.process, proposal, known.history, proposed, known.reads, choices.transfer)
    if mapped["blocked"] or mapped["lacking"]:
        return Simulation({"transfer_map": mapped, "scenarios": None, "next_runs": None})
    made = setup(known.process, proposal, known.history, forecaster)
    reference = known.rows.filter(pl.col("batch_id").is_in(made.reference["batch_id"].implode()))
    played = scenarios(made, reference, choices.seed)
    row = made.rows(made.batch.select(made.process.scale.attribute))
    runs = next_runs(
        known.process, row, known.rows, known.finals, forecaster.joint, choices.cost, choices.next_runs, choices.seed
    )
    return Simulation({"transfer_map": mapped, "scenarios": played, "next_runs": runs})
