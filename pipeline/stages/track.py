"""Stage `track`: one MLflow run that holds everything.

DVC compares files, so it cannot see that MLflow has lost a run. Hence the stage has no cached output, looks for the run in
MLflow by the hash of its contents, logs it where it is missing, and completes it where an earlier call was killed. `make run`
calls it after each `dvc repro`.
"""

from pathlib import Path

from pipeline.answers.result.files import read_answer
from pipeline.assessment.scores import metrics
from pipeline.domain.config_files import as_json, read_config, read_json, read_yaml
from pipeline.domain.errors import ScalebridgeError, listed
from pipeline.domain.hashes import hash_of_file, hash_of_ledger
from pipeline.domain.places import Places
from pipeline.domain.reading.stored import read_table
from pipeline.forecasting.trained_model import TrainedModel
from pipeline.publication.bundle import Bundle
from pipeline.publication.runs import current_run
from pipeline.stages.run import run, write_text
from pipeline.tracking.mlflow import track as log
from pipeline.tracking.record import RunRecord


def track(places: Places) -> None:
    """Log the current published run and the answers, unless MLflow has the same already."""
    record = _record(current_run(places), places.answers)
    print(f"  MLflow run {log(record, Path.cwd())} in experiment {record.experiment}")
    write_text(as_json(record.contents()), places.run)


def _record(bundle: Bundle, answers: Path) -> RunRecord:
    if not answers.is_dir():
        raise ScalebridgeError(f"{answers} does not exist; run `dvc repro` first")
    _check_answers(bundle.run, answers)
    of_run = bundle.places
    scores = read_table(of_run.scores)
    return RunRecord(
        bundle=bundle,
        choices={key: str(value) for key, value in read_yaml(of_run.params).items()},
        config=read_config(of_run.config),
        metrics=read_json(of_run.metrics),
        candidates={name: metrics(scores, name) for name in scores["model"].unique().sort()},
        chosen={target: kind for target, (kind, _) in TrainedModel.load(of_run.model).choices.items()},
        data_hash=hash_of_ledger(read_table(of_run.ledger)),
        folds_hash=hash_of_file(of_run.folds),
        acceptance_hash=read_json(of_run.acceptance)["acceptance_sha256"],
        artifacts={
            "config": of_run.config,
            "split": of_run.folds,
            "quality": of_run.quality_report,
            "scores": of_run.scores,
            "plots": of_run.plots,
            "past_scale_ups": of_run.reenactments,
            "transfer": of_run.transfer,
            "acceptance": of_run.acceptance,
            "explanations": of_run.explanations,
            "answers": answers,
        },
    )


def _check_answers(run: str, answers: Path) -> None:
    """Refuse answers of another run than the one that is logged: `scalebridge use` was called after they were written."""
    of = {path.parent.name: read_answer(path).record.hashes.run for path in sorted(answers.glob("*/result.json"))}
    if others := [f"{name} (run {other or 'of an earlier version'})" for name, other in of.items() if other != run]:
        raise ScalebridgeError(
            f"{answers} holds answers of other runs than the current one, {run}: {listed(others)}. Run "
            "`python -m pipeline.stages.predict data`, which answers from the current run"
        )


if __name__ == "__main__":
    run(track)
