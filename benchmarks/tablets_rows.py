"""The tablets data as the stages read it: feature table, results, and the features that each attribute may use."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl
from raw_files import feature_rows, history_of

from pipeline.domain.attributes import Horizon
from pipeline.domain.config_files import parse, read_yaml
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.process.process import Process
from pipeline.forecasting.trained_model import tasks_of
from pipeline.history.ingest import ingest
from pipeline.models.registry import Task

ROOT = Path(__file__).parents[1]
CQAS = ("dissolution_av", "dissolution_min", "residual_solvent", "impurities_total", "impurity_l")
"""CQAs of the tables. impurity_o is left out: it is at its reporting limit in 84 % of the batches, so it cannot separate models."""


@dataclass(frozen=True)
class Batches:
    """Rows, results and tasks of a process."""

    rows: pl.DataFrame
    """One per batch: keys, scale_level and features, SI."""
    results: pl.DataFrame
    """batch_id, attribute, value (SI; a censored result at its limit), censoring."""
    tasks: dict[str, Task]
    """CQA → its features at the horizon, without features that are the CQA under another name."""

    def observed(self, target: str) -> pl.DataFrame:
        """Return the rows that have a result of the CQA, with the columns `observed` and `censoring`, sorted by batch."""
        own = self.results.filter(pl.col("attribute") == target).select("batch_id", "censoring", observed="value")
        return self.rows.join(own, on="batch_id", how="inner").sort("batch_id")


def tablets(horizon: Horizon = "in_process") -> Batches:
    """Read the tablets. `in_process` includes what the press recorded and excludes what was measured on coated tablets.

    Raises ScalebridgeError if the data has not been fetched.
    """
    return read_batches("tablets", raw_tablets(), horizon)


def raw_tablets(raw: Path = ROOT / "data/raw/tablets") -> Path:
    """Return the folder of the raw files. Raises ScalebridgeError if the data has not been fetched."""
    if not raw.is_dir():
        raise ScalebridgeError(f"{raw} does not exist; run `dvc pull data/raw/tablets.dvc` first")
    return raw


def read_batches(process_name: str, raw: Path, horizon: Horizon) -> Batches:
    """Read raw exports by the definition of their process, as the stages ingest, validate and features do."""
    process: Process = parse(Process, read_yaml(ROOT / f"conf/process/{process_name}.yaml"), process_name)
    history = history_of(process, ingest(process, raw))
    rows = feature_rows(process, history)
    cqas = {task.target: task for task in tasks_of(process, horizon, rows) if process.attributes[task.target].role == "CQA"}
    return Batches(rows, history.results, cqas)
