"""Simulations of proposals that lie in files, alone and with the answers."""

from pathlib import Path

from pipeline.answers.answer import decide_file
from pipeline.answers.case.proposed_batch import propose
from pipeline.answers.joint import past_errors
from pipeline.answers.simulation import Known, Simulation, simulate
from pipeline.answers.trained_run import Basis, Choices, Ready
from pipeline.domain.config_files import parse, read_yaml
from pipeline.domain.proposal import Proposal
from pipeline.features.table import build
from pipeline.forecasting.batch_forecaster import batch_forecaster


def simulate_file(path: Path, ready: Ready, choices: Choices) -> Simulation:
    """Simulate the proposal in a file.

    Raises ScalebridgeError for a file that is no proposal, or one that does not fit.
    """
    proposal = parse(Proposal, read_yaml(path), str(path))
    served = ready.trained.served
    known = Known(ready.process, ready.history, ready.trained.rows, served.finals, served.reads)
    row = build(ready.process, propose(ready.process, proposal, ready.history).history)
    past = past_errors(row, ready.trained, list(served.finals))
    return simulate(proposal, known, choices, batch_forecaster(served, ready.process, past))


def answer_whole(path: Path, basis: Basis) -> Simulation:
    """Answer and simulate the proposal in a file: the keys of both.

    Raises ScalebridgeError as both do.
    """
    result = decide_file(path, basis)
    played = simulate_file(path, basis.ready, basis.choices)
    return Simulation(result | dict(played.result))
