"""What a run shows in MLflow beside its numbers: its parameters and tags, and the commit of the code."""

import os
import subprocess
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path

from pipeline.domain.config_files import as_json
from pipeline.domain.display import unit_label
from pipeline.tracking.record import FORM, RunRecord
from pipeline.tracking.run_facts import RunFacts

CONTENTS = "run_sha256"
"""Tag by which a run is found again, and key of the same hash in `RunRecord.contents`."""
NOTE = "mlflow.note.content"
"""Tag whose text MLflow shows as the description."""
EXPERIMENT_OF_DVC = "DVC_EXP_NAME"
"""Variable in which `dvc exp run` names the experiment."""
ANSWERING = "model that answers"
"""Value of the tag `candidate` of a run itself, so that its numbers stand beside those of the models that were compared."""
SHARED = ("process", "split", "horizon")
"""Choices that the nested runs have as tags as well."""


def name_of(record: RunRecord) -> str:
    """Return the name of a run: its model, split and horizon."""
    return "-".join(record.choices[key] for key in ("model", "split", "horizon"))


def parameters_of(record: RunRecord) -> dict[str, str]:
    """Return the parameters of a run: its settings, without the process definition, and its choices."""
    return dict(_flat({key: value for key, value in record.config.items() if key != "process"})) | dict(record.choices)


def tags_of(record: RunRecord, facts: RunFacts, folder: Path) -> dict[str, str]:
    """Return the tags of a run. They contain the hash of its contents, by which the run is found again.

    People search by: process, product count, scales, model per attribute, verdict of the acceptance limits, version, commit.
    """
    experiment = os.environ.get(EXPERIMENT_OF_DVC)
    return {
        **_shared(record, "model"),
        "level": "run",
        "candidate": ANSWERING,
        "acceptance": facts.verdict,
        "acceptance_not_met": ", ".join(facts.not_met) or "none",
        "product_count": str(len(facts.products)),
        "scales": ", ".join(facts.scales),
        "batches": str(facts.batches),
        "batches_left_out": str(record.batches_left_out),
        **{f"answers.{cqa}": kind for cqa, kind in record.chosen.items()},
        "published_run": record.run,
        **({"dvc_experiment": experiment} if experiment else {}),
        "scalebridge_version": version("scalebridge"),
        "git_commit": git_commit(folder),
        "data_sha256": record.data_hash,
        "folds_sha256": record.folds_hash,
        "acceptance_sha256": record.acceptance_hash,
        CONTENTS: str(record.contents()[CONTENTS]),
    }


def tags_of_candidate(record: RunRecord, model: str) -> dict[str, str]:
    """Return the tags of the nested run of a model that was compared, with the attributes that it was chosen for."""
    answers = ", ".join(cqa for cqa, kind in record.chosen.items() if kind == model)
    configured = "yes" if model == record.configured else "no"
    own = {"level": "candidate", "candidate": model, "configured": configured, "answers_for": answers or "none"}
    return own | _shared(record)


def tags_of_attribute(record: RunRecord, facts: RunFacts, cqa: str) -> dict[str, str]:
    """Return the tags of the nested run of a quality attribute."""
    unit = unit_label(facts.process.attributes[cqa].unit or "")
    own = {"level": "cqa", "cqa": cqa, "unit": unit or "none", "answers": record.chosen.get(cqa, "none")}
    return own | _shared(record, "model")


def tags_of_monitor(record: RunRecord) -> dict[str, str]:
    """Return the tags of the nested run with the numbers of the monitor of running batches."""
    return {"level": "monitor"} | _shared(record)


def _shared(record: RunRecord, *also: str) -> dict[str, str]:
    """Tags that all runs have: the form of the record, and some choices."""
    return {**{key: record.choices[key] for key in (*SHARED, *also)}, "form": str(FORM)}


def _flat(data: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Flatten nested settings to pairs of `group.key` and text; lists become JSON."""
    for key, value in data.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", as_json(value, indent=None).strip() if isinstance(value, list) else str(value)


def git_commit(folder: Path) -> str:
    """The commit of the code, with the ending `-dirty` if files were changed since; `unknown` without git."""
    try:
        commit = _git(folder, "rev-parse", "HEAD")
        return commit + ("-dirty" if _git(folder, "status", "--porcelain", "--untracked-files=no") else "")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def _git(folder: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout.strip()
