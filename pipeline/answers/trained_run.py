"""A trained pipeline as answers read it: models, history, scores, configuration and hashes."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipeline.answers.limits import DecisionConfig
from pipeline.answers.result.record import Hashes
from pipeline.assessment.acceptance_ledger import AcceptanceConfig, limits_hash, limits_of
from pipeline.domain.config_files import load, read_json, read_key, read_yaml
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.hashes import hash_of, hash_of_file, hash_of_files, hash_of_ledger
from pipeline.domain.places import Places
from pipeline.domain.process.process import Process
from pipeline.domain.run_cost import RunCost
from pipeline.domain.site_knowledge import SiteKnowledge
from pipeline.forecasting.trained_model import TrainedModel
from pipeline.history.store import read_history
from pipeline.history.tables import History

CODE = Path(__file__).parents[1]
RECORDED = ("process", "decision", "transfer")
"""Keys of the configuration that an answer depends on. The record contains their hash."""
Scores = Mapping[str, Mapping[str, Mapping[str, float]]]
"""Protocol → attribute → metric, on batches that the model had not seen."""


@dataclass(frozen=True)
class TrainedRun:
    """Everything that an answer is made from. It is read once and passed to all parts."""

    process: Process
    history: History
    model: TrainedModel
    rows: pl.DataFrame
    """Feature table of all batches."""
    forecasts: pl.DataFrame
    """Forecasts of hidden batches by all models. They give the correlation of the errors of the attributes."""
    scores: Scores
    importance: pl.DataFrame
    """Importance on all batches: cqa, unit, then the columns of `assessment.importance.importance`."""
    stability: pl.DataFrame
    """Ranks of features over refits: cqa, then the columns of `assessment.importance_stability.stability`."""
    decision: DecisionConfig
    acceptance: AcceptanceConfig
    """Acceptance limits that were fixed before scoring."""
    sites: SiteKnowledge
    cost: RunCost
    seed: int
    hashes: Hashes


def read_trained_run(places: Places) -> TrainedRun:
    """Read a trained pipeline.

    Raises ScalebridgeError if the pipeline has not run or its acceptance limits were changed by hand.
    """
    process = load(places.config, "process", Process)
    tables, model = read_history(places.history), TrainedModel.load(places.model)
    needed = (places.features, places.forecasts, places.metrics, places.acceptance, places.importance, places.stability)
    for path in needed:
        if not path.is_file():
            raise ScalebridgeError(f"{path} does not exist; run `dvc repro` first")
    acceptance = limits_of(read_json(places.acceptance), hash_of_file(places.forecasts))
    return TrainedRun(
        process=process,
        history=tables,
        model=model,
        rows=pl.read_parquet(places.features),
        forecasts=pl.read_parquet(places.forecasts),
        scores=read_json(places.metrics),
        importance=pl.read_parquet(places.importance),
        stability=pl.read_parquet(places.stability),
        decision=load(places.config, "decision", DecisionConfig),
        acceptance=acceptance,
        sites=load(places.config, "transfer", SiteKnowledge),
        cost=load(places.config, "cost", RunCost),
        seed=load(places.config, "seed", int),
        hashes=_hashes(places, acceptance),
    )


def _hashes(places: Places, acceptance: AcceptanceConfig) -> Hashes:
    return Hashes(
        data=hash_of_ledger(pl.read_parquet(places.ledger)),
        configuration=hash_of({key: read_key(places.config, key) for key in RECORDED}),
        acceptance=limits_hash(acceptance),
        code=hash_of_files(CODE, (".py", ".j2")),
        model=hash_of_files(places.model, (".json",)),
    )


def proposals_for(process: Process, folder: Path) -> list[Path]:
    """Return the proposals in a folder that are about this process."""
    return [path for path in sorted(folder.glob("*.yaml")) if read_yaml(path).get("process") == process.name]
