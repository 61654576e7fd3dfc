"""Simulations of proposals that lie in files, alone and with the answers."""

from pathlib import Path

from pipeline.decisions.basis import Basis
from pipeline.decisions.choices import Choices
from pipeline.decisions.decide import decide_file
from pipeline.decisions.served_forecaster import of_served
from pipeline.decisions.simulation import Known, Simulation, simulate
from pipeline.decisions.transfer_sheet import workbook
from pipeline.domain.plain import as_json, parse, read_yaml
from pipeline.domain.proposal import Proposal
from pipeline.features import build
from pipeline.proposals.answer import past_errors
from pipeline.proposals.files import Ready
from pipeline.proposals.row import propose

SHEET = "transfer_map.xlsx"
PLAIN = "simulation.json"


def simulate_file(path: Path, ready: Ready, choices: Choices) -> Simulation:
    """Simulate the proposal in a file.

    Raises ScalebridgeError for a file that is no proposal, or one that does not fit.
    """
    proposal = parse(Proposal, read_yaml(path), str(path))
    served = ready.trained.served
    known = Known(ready.process, ready.history, ready.trained.rows, tuple(served.inputs), served.reads)
    row = build(ready.process, propose(ready.process, proposal, ready.history).history)
    past = past_errors(row, ready.trained, list(served.finals))
    return simulate(proposal, known, choices, of_served(served, ready.process, past))


def answer_whole(path: Path, basis: Basis) -> Simulation:
    """Answer and simulate the proposal in a file: the keys of both.

    Raises ScalebridgeError as both do.
    """
    result = decide_file(path, basis)
    played = simulate_file(path, basis.ready, basis.choices)
    return Simulation(result | dict(played.result), played.pictures)


def write_simulation(found: Simulation, folder: Path) -> list[Path]:
    """Write the plain data, the pictures, and the transfer map as a sheet; return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    pictures = {f"{name}.svg": picture.encode() for name, picture in found.pictures.items()}
    files = {PLAIN: as_json(found.result).encode(), SHEET: workbook(found.result["transfer_map"]), **pictures}
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return [folder / name for name in files]
