"""Stage `track`: one MLflow run that holds everything.

DVC compares files, so it cannot see that MLflow has lost a run. Hence the stage has no cached output, looks for the run in
MLflow by the hash of its contents, and logs it where it is missing. `make run` calls it after each `dvc repro`.
"""

from pathlib import Path

import polars as pl

from pipeline.assessment.scores import metrics
from pipeline.domain.config_files import as_json, load, read_config, read_json, read_yaml
from pipeline.domain.hashes import hash_of_file, hash_of_ledger
from pipeline.domain.places import Places
from pipeline.domain.process.process import Process
from pipeline.forecasting.trained_model import TrainedModel, in_display_units
from pipeline.stages.run import run, write_text
from pipeline.tracking.mlflow import track as log
from pipeline.tracking.record import RunRecord


def track(places: Places) -> None:
    """Log configuration, data, folds, numbers, pictures, answers and model, unless MLflow has the same run already."""
    record = _record(places)
    print(f"  MLflow run {log(record, Path.cwd())} in experiment {record.experiment}")
    write_text(as_json(record.contents()), places.run)


def _record(places: Places) -> RunRecord:
    scores = pl.read_parquet(places.scores)
    return RunRecord(
        choices={key: str(value) for key, value in read_yaml(places.params).items()},
        config=read_config(places.config),
        metrics=read_json(places.metrics),
        candidates={name: metrics(scores, name) for name in scores["model"].unique().sort()},
        chosen={target: kind for target, (kind, _) in TrainedModel.load(places.model).choices.items()},
        data_hash=hash_of_ledger(pl.read_parquet(places.ledger)),
        folds_hash=hash_of_file(places.folds),
        acceptance_hash=read_json(places.acceptance)["acceptance_sha256"],
        artifacts={
            "config": places.config,
            "split": places.folds,
            "quality": places.quality_report,
            "scores": places.scores,
            "plots": places.plots,
            "past_scale_ups": places.reenactments,
            "transfer": places.transfer,
            "acceptance": places.acceptance,
            "explanations": places.explanations,
            "answers": places.answers,
        },
        model=places.model,
        example=in_display_units(load(places.config, "process", Process), pl.read_parquet(places.features).head(5)),
    )


if __name__ == "__main__":
    run(track)
