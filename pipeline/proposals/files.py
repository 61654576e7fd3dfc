"""Answer proposals that lie in files, from a trained model that lies in files."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.plain import read_yaml
from pipeline.domain.process import Process
from pipeline.features import History
from pipeline.history.files import read_history
from pipeline.proposals.answer import Trained
from pipeline.serving import Served


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


def read_ready(process: Process, places: Places) -> Ready:
    """Read everything that an answer needs.

    Raises ScalebridgeError where the pipeline has not run.
    """
    tables = read_history(places.history)
    served = Served.load(places.model)
    for path in (places.features, places.forecasts):
        if not path.is_file():
            raise ScalebridgeError(f"{path} does not exist; run `dvc repro` first")
    rows, forecasts = (pl.read_parquet(path) for path in (places.features, places.forecasts))
    return Ready(process, tables, Trained(served, rows, forecasts, tables.results))


def proposals_for(process: Process, folder: Path) -> list[Path]:
    """The proposals in a folder that are about this process."""
    return [path for path in sorted(folder.glob("*.yaml")) if read_yaml(path).get("process") == process.name]
