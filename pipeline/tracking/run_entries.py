"""What a run shows in MLflow: its parameters, tags and metrics, and the commit of the code."""

import re
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from pipeline.domain.config_files import as_json
from pipeline.tracking.record import RunRecord

CONTENTS = "run_sha256"
"""Tag by which a run is found again, and key of the same hash in `RunRecord.contents`."""
CONFIGURED = "configured_model"
"""Start of the names of the metrics of the configured model, which need not be the one that answers."""
SHARED = ("process", "split", "horizon")
"""Choices that the nested runs have as tags as well."""


def name_of(record: RunRecord) -> str:
    """Return the name of a run: its model, split and horizon."""
    return "-".join(record.choices[key] for key in ("model", "split", "horizon"))


def parameters_of(record: RunRecord) -> dict[str, str]:
    """Return the parameters of a run: its settings, without the process definition, and its choices."""
    return dict(_flat({key: value for key, value in record.config.items() if key != "process"})) | dict(record.choices)


def tags_of(record: RunRecord, folder: Path) -> dict[str, str]:
    """Return the tags of a run. They contain the hash of its contents, by which the run is found again."""
    return {
        CONTENTS: str(record.contents()[CONTENTS]),
        "data_sha256": record.data_hash,
        "folds_sha256": record.folds_hash,
        "acceptance_sha256": record.acceptance_hash,
        "git_commit": git_commit(folder),
        "level": "run",
        "batches_left_out": str(record.batches_left_out),
        "published_run": record.run,
        **{key: record.choices[key] for key in ("model", *SHARED)},
    }


def tags_of_candidate(record: RunRecord, model: str) -> dict[str, str]:
    """Return the tags of the nested run of a model that was compared, with the attributes that it was chosen for."""
    answers = ", ".join(cqa for cqa, kind in record.chosen.items() if kind == model)
    shared = {key: record.choices[key] for key in SHARED}
    return {"level": "candidate", "candidate": model, "answers_for": answers or "none", **shared}


def tags_of_attribute(record: RunRecord, cqa: str) -> dict[str, str]:
    """Return the tags of the nested run of a quality attribute."""
    return {"level": "cqa", "cqa": cqa, **{key: record.choices[key] for key in ("model", *SHARED)}}


def metrics_of_run(record: RunRecord) -> dict[str, float]:
    """Return the numbers of the model that answers, those of the configured model, `configured_model/…`, and of the monitor."""
    configured = metrics_of(record.candidates.get(record.configured, {}))
    return (
        metrics_of(record.metrics)
        | {f"{CONFIGURED}/{name}": value for name, value in configured.items()}
        | dict(_of_monitor(record))
    )


def _of_monitor(record: RunRecord) -> Iterator[tuple[str, float]]:
    """Yield each number of the monitor as `monitoring/kind/normal.metric`, with `_` for what MLflow does not allow in a name."""
    for kind, counted in record.monitoring.items():
        for what, numbers in counted.items():
            for metric, value in numbers.items():
                yield f"monitoring/{kind}/{re.sub(r'[^A-Za-z0-9_. /-]', '_', what)}.{metric}", value


def metrics_of(metrics: Mapping[str, Mapping[str, Mapping[str, float]]]) -> dict[str, float]:
    """Return each number as `protocol/cqa.metric`, and the mean skill per protocol, which ranks runs."""
    return dict(_named(metrics))


def metrics_of_attribute(record: RunRecord, cqa: str) -> dict[str, float]:
    """Return the numbers of one attribute, by the model that answers, as `protocol.metric`."""
    own = {protocol: cqas[cqa] for protocol, cqas in record.metrics.items() if cqa in cqas}
    return {f"{protocol}.{metric}": value for protocol, numbers in own.items() for metric, value in numbers.items()}


def _named(metrics: Mapping[str, Mapping[str, Mapping[str, float]]]) -> Iterator[tuple[str, float]]:
    for protocol, cqas in metrics.items():
        for cqa, numbers in cqas.items():
            for metric, value in numbers.items():
                yield f"{protocol}/{cqa}.{metric}", value
        if (skill := mean_skill(cqas)) is not None:
            yield f"{protocol}/mean_skill_carry_over", skill


def mean_skill(cqas: Mapping[str, Mapping[str, float]]) -> float | None:
    """Mean over the CQAs of the skill against the carry-over mean."""
    skills = [numbers["skill_carry_over"] for numbers in cqas.values() if "skill_carry_over" in numbers]
    return sum(skills) / len(skills) if skills else None


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
