"""One MLflow run that holds all of it."""

import json
from pathlib import Path

import polars as pl

from pipeline.assessment.scores import metrics as nested
from pipeline.domain.config_files import load, read_json, read_yaml
from pipeline.domain.hashes import hash_of_file, hash_of_ledger
from pipeline.domain.process.process import Process
from pipeline.forecasting.trained_model import TrainedModel, in_display_units
from pipeline.stages.run import run, write_text
from pipeline.tracking.mlflow import RunRecord
from pipeline.tracking.mlflow import track as log


def track(
    params: Path,
    config: Path,
    history: Path,
    quality: Path,
    features: Path,
    folds: Path,
    model: Path,
    scores: Path,
    past: Path,
    transfer: Path,
    metrics: Path,
    acceptance: Path,
    plots: Path,
    explanations: Path,
    answers: Path,
    record: Path,
) -> None:
    """Log the run with its configuration, data, folds, numbers, pictures, answers and model."""
    process = load(config, "process", Process)
    choices = {key: str(value) for key, value in read_yaml(params).items()}
    rows = in_display_units(process, pl.read_parquet(features).head(5))
    tables = pl.read_parquet(scores)
    files = {"": config, "split": folds, "quality": quality, "scores": scores, "plots": plots}
    files |= {"past_scale_ups": past, "transfer": transfer, "acceptance": acceptance}
    written = log(
        RunRecord(
            choices=choices,
            config=read_yaml(config),
            metrics=read_json(metrics),
            candidates={name: nested(tables, name) for name in tables["model"].unique().sort()},
            chosen={target: kind for target, (kind, _) in TrainedModel.load(model).choices.items()},
            data_hash=hash_of_ledger(pl.read_parquet(history / "ledger.parquet")),
            folds_hash=hash_of_file(folds),
            acceptance_hash=read_json(acceptance)["acceptance_sha256"],
            artifacts=files | {"explanations": explanations, "answers": answers},
            model=model,
            example=rows,
        ),
        Path.cwd(),
    )
    write_text(json.dumps(written, indent=2) + "\n", record)


if __name__ == "__main__":
    run(track)
