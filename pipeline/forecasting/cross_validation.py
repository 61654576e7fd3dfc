"""Forecasts of what was hidden: every model, on every fold, with intervals rehearsed inside the training rows."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import polars as pl
from joblib import Parallel, delayed

from pipeline.domain.errors import ScalebridgeError
from pipeline.extrapolation.kinds import NEW_SOURCE, SHIFTS, TrainingExtent, asked
from pipeline.forecasting.forecaster import CalibratedModel, answers, learn, learn_all
from pipeline.forecasting.intervals import IntervalConfig
from pipeline.models.registry import ModelConfig, Task

IDENTITY = ("batch_id", "product", "lineage", "scale", "scale_level")
EVIDENCE = ("shift", "rehearsed_as", "residuals", "groups", "largest_level")
ORDER = ("protocol", "fold", "model", "cqa", "batch_id")
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Forecasts:
    """What was forecast for hidden batches, and what each interval stands on."""

    predictions: pl.DataFrame
    """A row per protocol, fold, model, CQA and test batch with a result: observed, predicted and the intervals (SI)."""
    calibrations: pl.DataFrame
    """A row per protocol, fold, model, CQA and kind of question: how it was rehearsed, on how many groups, which level they
    support."""


@dataclass(frozen=True)
class _Question:
    """One fold of one protocol for one CQA: the rows with a result to learn from and to predict."""

    protocol: str
    fold: int
    task: Task
    train: pl.DataFrame
    test: pl.DataFrame


def crossfit(
    rows: pl.DataFrame,
    results: pl.DataFrame,
    folds: pl.DataFrame,
    tasks: Sequence[Task],
    models: Sequence[ModelConfig],
    interval: IntervalConfig,
    seed: int,
    jobs: int = 1,
    watch: Callable[[int, int], None] = lambda done, of: None,
) -> Forecasts:
    """Fit each model on the training rows of each fold, rehearse its intervals there, and predict the test rows.

    rows: one per batch, with `scale_level`; results: batch_id, attribute, value, censoring; folds: as `folds.split`.
    `watch` is told how many of the questions (protocol × fold × CQA) are answered; they are spread over `jobs` processes.
    Raises ScalebridgeError where a fold leaves a CQA nothing to learn from.
    """
    questions = list(_questions(rows, results, folds, tasks))
    if not questions:
        raise ScalebridgeError(f"No test batch of {folds['protocol'].n_unique()} protocols has a result to compare with")
    answers = each(_answer, [(question, models, interval, seed) for question in questions], jobs, watch)
    predictions, calibrations = (pl.concat(tables) for tables in zip(*answers, strict=True))
    return Forecasts(predictions.sort(ORDER), calibrations.sort(*ORDER[:-1], "shift"))


def fit_final(
    rows: pl.DataFrame,
    results: pl.DataFrame,
    tasks: Sequence[Task],
    models: Mapping[str, ModelConfig],
    interval: IntervalConfig,
    seed: int,
    jobs: int = 1,
) -> dict[str, CalibratedModel]:
    """Fit the model of each CQA on all its results, calibrated for every kind of question that a proposal can ask.

    Raises ScalebridgeError for a CQA without results.
    """
    calls = [(with_results(rows, results, task), task, models[task.target], interval, seed) for task in tasks]
    return {task.target: one for task, one in zip(tasks, each(_fit, calls, jobs), strict=True)}


def _questions(rows: pl.DataFrame, results: pl.DataFrame, folds: pl.DataFrame, tasks: Sequence[Task]) -> Iterator[_Question]:
    for task in tasks:
        observed = with_results(rows, results, task)
        for part in _folds(folds):
            train, test = _parts(observed, part)
            if not test.is_empty():
                yield _Question(part["protocol"][0], part["fold"][0], task, train, test)


def _answer(
    question: _Question, models: Sequence[ModelConfig], interval: IntervalConfig, seed: int
) -> tuple[pl.DataFrame, pl.DataFrame]:
    if question.train.height < 2:
        raise ScalebridgeError(
            f"Fold {question.fold} of '{question.protocol}' leaves {question.train.height} results of "
            f"'{question.task.target}' to learn from; at least 2 are needed"
        )
    shifts = asked(question.test, TrainingExtent.of(question.train, question.task.refuse))
    found = learn_all(question.train, question.task, models, interval, seed, shifts)
    said = [_forecast(question, model, one, interval) for model, one in zip(models, found, strict=True)]
    predictions, calibrations = zip(*said, strict=True)
    return pl.concat(predictions), pl.concat(calibrations)


def _forecast(
    question: _Question, model: ModelConfig, found: CalibratedModel, interval: IntervalConfig
) -> tuple[pl.DataFrame, pl.DataFrame]:
    key = {
        "protocol": pl.lit(question.protocol),
        "fold": pl.lit(question.fold, pl.Int32),
        "model": pl.lit(model.kind),
        "cqa": pl.lit(question.task.target),
    }
    said = answers(found, question.test, interval.levels)
    predictions = question.test.select(**key, **{name: pl.col(name) for name in (*IDENTITY, "observed", "censoring")})
    return pl.concat([predictions, said.drop("batch_id")], how="horizontal"), _evidence(found).select(
        **key, **{name: pl.col(name) for name in EVIDENCE}
    )


def _evidence(found: CalibratedModel) -> pl.DataFrame:
    """What the interval of each kind of question stands on."""
    lines = [
        {
            "shift": shift,
            "rehearsed_as": one.shown,
            "residuals": len(one.residuals),
            "groups": len(set(one.groups)),
            "largest_level": one.largest_level,
        }
        for shift, one in found.calibrations.items()
    ]
    return pl.DataFrame(lines, schema_overrides={"largest_level": pl.Float64})


def _folds(folds: pl.DataFrame) -> list[pl.DataFrame]:
    return [part for _, part in folds.group_by("protocol", "fold", maintain_order=True)]


def _parts(rows: pl.DataFrame, fold: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Take the rows to learn from and the rows to predict."""
    train, test = (fold.filter(pl.col("role") == role)["batch_id"].implode() for role in ("train", "test"))
    return rows.filter(pl.col("batch_id").is_in(train)), rows.filter(pl.col("batch_id").is_in(test))


def with_results(rows: pl.DataFrame, results: pl.DataFrame, task: Task) -> pl.DataFrame:
    """Take the batches with a result of this CQA, as `observed` and `censoring`."""
    own = results.filter(pl.col("attribute") == task.target).select("batch_id", "censoring", observed="value")
    return rows.join(own, on="batch_id", how="inner").sort("batch_id")


def _fit(rows: pl.DataFrame, task: Task, model: ModelConfig, interval: IntervalConfig, seed: int) -> CalibratedModel:
    if rows.height < 2:
        raise ScalebridgeError(f"There are {rows.height} results of '{task.target}' to learn from; at least 2 are needed")
    return learn(rows, task, model, interval, seed, [s for s in SHIFTS if s != NEW_SOURCE or task.refuse])


def each(
    work: Callable[..., Answer],
    calls: Sequence[tuple[Any, ...]],
    jobs: int,
    watch: Callable[[int, int], None] = lambda done, of: None,
) -> list[Answer]:
    """Make all calls, on several processes, and give their answers in order."""
    answers = []
    for answer in Parallel(n_jobs=jobs, return_as="generator")(delayed(work)(*call) for call in calls):
        answers.append(answer)
        watch(len(answers), len(calls))
    return answers
