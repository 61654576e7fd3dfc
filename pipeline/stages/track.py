"""Stage `track`: one MLflow run that holds everything.

DVC compares files, so it cannot see that MLflow has lost a run. Hence the stage has no cached output, looks for the run in
MLflow by the hash of its contents, logs it where it is missing, and completes it where an earlier call was killed. `make run`
calls it after each `dvc repro`; `scalebridge track` calls it as well.
"""

from pathlib import Path

from pipeline.answers.result.files import read_answer
from pipeline.assessment.scores import metrics
from pipeline.domain.config_files import as_json, read_config, read_json, read_key, read_yaml
from pipeline.domain.errors import ScalebridgeError, listed
from pipeline.domain.hashes import hash_of_file, hash_of_ledger
from pipeline.domain.places import Places
from pipeline.domain.reading.stored import read_table
from pipeline.forecasting.model_choice import ANSWERING
from pipeline.forecasting.trained_model import TrainedModel
from pipeline.publication.bundle import Bundle
from pipeline.publication.runs import current_run, names_of_runs, run_named
from pipeline.stages.run import run, write_text
from pipeline.tracking.mlflow import track as log
from pipeline.tracking.record import RunRecord


def track(places: Places) -> None:
    """Log the published run that the answers are from, and the answers, unless MLflow has the same already.

    It is the current run, unless `scalebridge use` was called after the stage `predict`.
    """
    record = _record(_answered_run(places), places.answers)
    print(f"  MLflow run {log(record, Path.cwd())} in experiment {record.experiment}")
    write_text(as_json(record.contents()), places.run)


def _answered_run(places: Places) -> Bundle:
    """Open the run that all answers are from; the current run if there is no answer.

    Raises ScalebridgeError if the answers are from several runs, or from one that is not published.
    """
    if not places.answers.is_dir():
        raise ScalebridgeError(f"{places.answers} does not exist; run `dvc repro` first")
    of = {path.parent.name: read_answer(path).record.hashes.run for path in sorted(places.answers.glob("*/result.json"))}
    if not of:
        return current_run(places)
    published = set(names_of_runs(places))
    if len(set(of.values())) > 1 or not published.issuperset(of.values()):
        named = listed(f"{name} from run {run or 'of an earlier version'}" for name, run in of.items())
        raise ScalebridgeError(
            f"The answers in {places.answers} are not from one published run: {named}; published runs are "
            f"{listed(sorted(published))}. Run `python -m pipeline.stages.predict data`, which answers from the current run"
        )
    return run_named(places, next(iter(of.values())))


def _record(bundle: Bundle, answers: Path) -> RunRecord:
    of_run = bundle.places
    scores = read_table(of_run.scores)
    return RunRecord(
        bundle=bundle,
        choices={key: str(value) for key, value in read_yaml(of_run.params).items()},
        config=read_config(of_run.config),
        metrics=read_json(of_run.metrics),
        monitoring=read_json(of_run.monitoring_metrics) if of_run.monitoring_metrics.is_file() else {},
        candidates={name: metrics(scores, name) for name in scores["model"].unique().sort() if name != ANSWERING},
        configured=str(read_key(of_run.config, "model")["kind"]),
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
            **({"monitoring": of_run.monitoring_plots} if of_run.monitoring_plots.is_dir() else {}),
            "answers": answers,
        },
    )


if __name__ == "__main__":
    run(track)
