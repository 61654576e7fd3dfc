"""What is logged of a run, and the hash by which the run is found again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.domain.config_files import parse
from pipeline.domain.hashes import hash_of, hash_of_file, hash_of_files
from pipeline.domain.left_out import LeftOut
from pipeline.publication.bundle import Bundle

FORM = 4
"""Version of the form of a logged run. A new form is logged as a new run, since its numbers have other names."""


@dataclass(frozen=True)
class RunRecord:
    """What is logged of a run: plain data and paths of files."""

    bundle: Bundle
    """The published run."""
    choices: Mapping[str, str]
    """Name of the option chosen in each group."""
    config: Mapping[str, object]
    metrics: Mapping[str, Mapping[str, Mapping[str, float]]]
    """protocol → CQA → metric, of the model that answers."""
    candidates: Mapping[str, Mapping[str, Mapping[str, Mapping[str, float]]]]
    """Model that was compared → protocol → CQA → metric."""
    configured: str
    """Kind of the configured model, which is one of the candidates."""
    chosen: Mapping[str, str]
    """CQA → model that was chosen for it."""
    data_hash: str
    folds_hash: str
    acceptance_hash: str
    """Hash of the acceptance limits that were set before scoring."""
    artifacts: Mapping[str, Path]
    """Folder in the run → file or folder to store there."""
    monitoring: Mapping[str, Mapping[str, Mapping[str, float]]] = field(default_factory=dict)
    """Kind of question, or `logged` → what is counted → metric, of the monitor of running batches. Empty in older runs."""

    @property
    def run(self) -> str:
        """Name of the published run."""
        return self.bundle.run

    @property
    def batches_left_out(self) -> int:
        """Number of batches that the history leaves out on purpose."""
        return len(parse(LeftOut, self.config.get("left_out", {}), "left_out").batches)

    @property
    def experiment(self) -> str:
        """Name of the MLflow experiment."""
        return experiment_of(self.choices["process"])

    @property
    def model_name(self) -> str:
        """Name of the registered model."""
        return f"{self.experiment}-{self.choices['horizon']}"

    def contents(self) -> dict[str, object]:
        """Names and hashes of the contents of the run, and one hash of them. Equal runs have equal contents on every machine."""
        held: dict[str, object] = {
            "form": FORM,
            "experiment": self.experiment,
            "published_run": self.run,
            "model": self.model_name,
            "choices": dict(self.choices),
            "data_sha256": self.data_hash,
            "folds_sha256": self.folds_hash,
            "acceptance_sha256": self.acceptance_hash,
            "model_sha256": hash_of_files(self.bundle.places.model),
            "files_sha256": {place: _hash(path) for place, path in self.artifacts.items()},
        }
        return held | {"run_sha256": hash_of(held)}


def experiment_of(process: str) -> str:
    """Return the name of the MLflow experiment of a process."""
    return f"scalebridge-{process}"


def _hash(path: Path) -> str:
    return hash_of_files(path) if path.is_dir() else hash_of_file(path)
