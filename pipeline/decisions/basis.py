"""What a decision stands on, read from files."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from pipeline.decisions.config import DecisionConfig
from pipeline.decisions.record import Hashes, hash_of, hash_of_files, hash_of_ledger
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.plain import read_yaml
from pipeline.domain.process import Process
from pipeline.domain.transfer import Transfer
from pipeline.proposals.files import Places, Ready, read_ready

CODE = Path(__file__).parents[1]


@dataclass(frozen=True)
class Basis:
    """A trained model with its history, the limits of the decision, what sites say, what was scored, and the hashes of all."""

    ready: Ready
    config: DecisionConfig
    transfer: Transfer
    metrics: Mapping[str, Any]
    stability: pl.DataFrame
    """Ranks of features over refits: cqa, then the columns of `stability.stability`."""
    hashes: Hashes


def read_basis(places: Places, process: Process, decision: DecisionConfig, transfer: Transfer) -> Basis:
    """Read everything that a decision needs.

    Raises ScalebridgeError where the pipeline has not run.
    """
    ready = read_ready(process, places)
    ranks = places.explanations / "stability.parquet"
    if missing := [path for path in (places.metrics, ranks) if not path.is_file()]:
        raise ScalebridgeError(f"{missing[0]} does not exist; run `dvc repro` first")
    composed = read_yaml(places.config)
    hashes = Hashes(
        data=hash_of_ledger(pl.read_parquet(places.history / "ledger.parquet")),
        configuration=hash_of({key: composed[key] for key in ("process", "decision", "transfer")}),
        acceptance=hash_of(composed["decision"]["acceptance"]),
        code=hash_of_files(CODE, (".py", ".j2")),
        model=hash_of_files(places.model, (".json",)),
    )
    scored = json.loads(places.metrics.read_text(encoding="utf-8"))
    return Basis(ready, decision, transfer, scored, pl.read_parquet(ranks), hashes)
