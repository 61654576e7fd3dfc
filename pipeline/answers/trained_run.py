"""What a decision stands on, read from files."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from pipeline.answers.limits import DecisionConfig
from pipeline.answers.next_runs.config import NextRunsConfig
from pipeline.assessment.acceptance_ledger import AcceptanceConfig, limits_hash, limits_of
from pipeline.domain.config_files import read_json, read_yaml
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.hashes import hash_of, hash_of_file, hash_of_files, hash_of_ledger
from pipeline.domain.process.process import Process
from pipeline.domain.run_cost import RunCost
from pipeline.domain.site_knowledge import SiteKnowledge
from pipeline.forecasting.trained_model import TrainedModel
from pipeline.history.store import read_history
from pipeline.history.tables import History

CODE = Path(__file__).parents[1]


@dataclass(frozen=True)
class Hashes:
    """SHA-256 of what an answer is made from."""

    data: str
    """All raw files, by name and content."""
    configuration: str
    """Process definition, limits of the decision, and what the sites say of a transfer."""
    acceptance: str
    """Acceptance limits that were fixed before scoring."""
    code: str
    """All files of the package."""
    model: str
    """The model's text files."""


@dataclass(frozen=True)
class Trained:
    """What an answer is made from."""

    served: TrainedModel
    rows: pl.DataFrame
    """Feature table of all batches."""
    forecasts: pl.DataFrame
    """Out-of-fold predictions of the chosen model, for the chance that all attributes are met together."""
    results: pl.DataFrame


@dataclass(frozen=True)
class Ready:
    """A trained model with the history that it stands on."""

    process: Process
    history: History
    trained: Trained


@dataclass(frozen=True)
class Places:
    """Where a trained pipeline keeps what an answer and a decision need."""

    config: Path
    history: Path
    features: Path
    model: Path
    forecasts: Path
    metrics: Path
    acceptance: Path
    explanations: Path

    @classmethod
    def under(cls, data: Path) -> "Places":
        """As the stages write them into one folder."""
        inputs = ("config.yaml", "history", "features.parquet")
        names = (*inputs, "model", "forecasts.parquet", "metrics.json", "acceptance.json", "explanations")
        return cls(*(data / name for name in names))


@dataclass(frozen=True)
class Choices:
    """What the configuration says."""

    transfer: SiteKnowledge
    cost: RunCost
    seed: int
    next_runs: NextRunsConfig


@dataclass(frozen=True)
class Basis:
    """A trained model with its history, the limits of the decision, what sites say, what was scored, and the hashes of all."""

    ready: Ready
    config: DecisionConfig
    choices: Choices
    metrics: Mapping[str, Any]
    importance: pl.DataFrame
    """What moves each attribute on all batches: cqa, unit, then the columns of `explanations.importance`."""
    stability: pl.DataFrame
    """Ranks of features over refits: cqa, then the columns of `stability.stability`."""
    fixed: AcceptanceConfig
    """Acceptance limits that stood before scoring."""
    hashes: Hashes


def read_basis(places: Places, process: Process, decision: DecisionConfig, choices: Choices) -> Basis:
    """Read everything that a decision needs.

    Raises ScalebridgeError where the pipeline has not run.
    """
    ready = read_ready(process, places)
    moves, ranks = (places.explanations / f"{name}.parquet" for name in ("importance", "stability"))
    if missing := [path for path in (places.metrics, places.acceptance, moves, ranks) if not path.is_file()]:
        raise ScalebridgeError(f"{missing[0]} does not exist; run `dvc repro` first")
    fixed = limits_of(read_json(places.acceptance), hash_of_file(places.forecasts))
    composed = read_yaml(places.config)
    hashes = Hashes(
        data=hash_of_ledger(pl.read_parquet(places.history / "ledger.parquet")),
        configuration=hash_of({key: composed[key] for key in ("process", "decision", "transfer")}),
        acceptance=limits_hash(fixed),
        code=hash_of_files(CODE, (".py", ".j2")),
        model=hash_of_files(places.model, (".json",)),
    )
    tables = (pl.read_parquet(moves), pl.read_parquet(ranks))
    return Basis(ready, decision, choices, read_json(places.metrics), *tables, fixed, hashes)


def read_ready(process: Process, places: Places) -> Ready:
    """Read everything that an answer needs.

    Raises ScalebridgeError where the pipeline has not run.
    """
    tables = read_history(places.history)
    served = TrainedModel.load(places.model)
    for path in (places.features, places.forecasts):
        if not path.is_file():
            raise ScalebridgeError(f"{path} does not exist; run `dvc repro` first")
    rows, forecasts = (pl.read_parquet(path) for path in (places.features, places.forecasts))
    return Ready(process, tables, Trained(served, rows, forecasts, tables.results))


def proposals_for(process: Process, folder: Path) -> list[Path]:
    """The proposals in a folder that are about this process."""
    return [path for path in sorted(folder.glob("*.yaml")) if read_yaml(path).get("process") == process.name]
