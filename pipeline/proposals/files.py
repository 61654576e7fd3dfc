"""Answer proposals that lie in files, from a trained model that lies in files."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.plain import parse, read_yaml
from pipeline.domain.process import Process
from pipeline.domain.proposal import Proposal
from pipeline.features import History
from pipeline.history.files import read_history
from pipeline.proposals.answer import Trained, answer
from pipeline.serving import Served


@dataclass(frozen=True)
class Ready:
    """A trained model with the history that it stands on."""

    process: Process
    history: History
    trained: Trained


def read_ready(process: Process, history: Path, features: Path, model: Path, forecasts: Path) -> Ready:
    """Read everything that an answer needs.

    Raises ScalebridgeError where the pipeline has not run.
    """
    tables = read_history(history)
    served = Served.load(model)
    if missing := [path for path in (features, forecasts) if not path.is_file()]:
        raise ScalebridgeError(f"{missing[0]} does not exist; run `dvc repro` first")
    return Ready(process, tables, Trained(served, pl.read_parquet(features), pl.read_parquet(forecasts), tables.results))


def answer_file(path: Path, ready: Ready) -> dict[str, Any]:
    """Answer the proposal in a file.

    Raises ScalebridgeError for a file that is no proposal, or one that does not fit.
    """
    proposal = parse(Proposal, read_yaml(path), str(path))
    return answer(ready.process, proposal, ready.history, ready.trained)


def proposals_for(process: Process, folder: Path) -> list[Path]:
    """The proposals in a folder that are about this process."""
    return [path for path in sorted(folder.glob("*.yaml")) if read_yaml(path).get("process") == process.name]
