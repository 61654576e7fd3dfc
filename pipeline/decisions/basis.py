"""What a decision stands on, read from files."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from pipeline.decisions.choices import Choices
from pipeline.decisions.config import AcceptanceConfig, DecisionConfig
from pipeline.decisions.fixed import limits_hash, limits_of
from pipeline.decisions.record import Hashes
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.hashes import hash_of, hash_of_file, hash_of_files, hash_of_ledger
from pipeline.domain.plain import read_json, read_yaml
from pipeline.domain.process import Process
from pipeline.proposals.files import Places, Ready, read_ready

CODE = Path(__file__).parents[1]


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
