"""What is kept of a run, and the hash by which the run is found again."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from pipeline.domain.hashes import hash_of, hash_of_file, hash_of_files


@dataclass(frozen=True)
class RunRecord:
    """What is kept of a run: plain data and paths of files."""

    choices: Mapping[str, str]
    """Name of the option chosen in each group."""
    config: Mapping[str, Any]
    metrics: Mapping[str, Mapping[str, Mapping[str, float]]]
    """protocol → CQA → metric"""
    candidates: Mapping[str, Mapping[str, Mapping[str, Mapping[str, float]]]]
    """Every model that was compared → protocol → CQA → metric."""
    chosen: Mapping[str, str]
    """CQA → the model that answers for it."""
    data_hash: str
    folds_hash: str
    acceptance_hash: str
    """Limits that stood before scoring."""
    artifacts: Mapping[str, Path]
    """Folder in the run → file or folder to keep there."""
    model: Path
    """Folder with the model's text files."""
    example: pl.DataFrame
    """A few rows as the served model takes them."""

    @property
    def experiment(self) -> str:
        """Name of the MLflow experiment."""
        return f"scalebridge-{self.choices['process']}"

    @property
    def model_name(self) -> str:
        """Name of the registered model."""
        return f"{self.experiment}-{self.choices['horizon']}"

    def contents(self) -> dict[str, Any]:
        """Names and hashes of what the run holds, and their hash. Equal runs have equal contents on every machine."""
        held = {
            "experiment": self.experiment,
            "model": self.model_name,
            "choices": dict(self.choices),
            "data_sha256": self.data_hash,
            "folds_sha256": self.folds_hash,
            "acceptance_sha256": self.acceptance_hash,
            "model_sha256": hash_of_files(self.model),
            "files_sha256": {place: _hash(path) for place, path in self.artifacts.items()},
        }
        return held | {"run_sha256": hash_of(held)}


def _hash(path: Path) -> str:
    return hash_of_files(path) if path.is_dir() else hash_of_file(path)
