"""Forecasts of what was hidden: every model, on every fold, with intervals rehearsed inside the training rows."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import polars as pl
from joblib import Parallel, delayed

from pipeline.domain.errors import ScalebridgeError
from pipeline.folds import Protocol, rehearse
from pipeline.intervals import Calibration, IntervalConfig, bounds
from pipeline.models import FittedModel, ModelConfig, Task, fit, from_dict
from pipeline.models.task import FloatArray

IDENTITY = ("batch_id", "product", "lineage", "scale", "scale_level")
FORECAST = (*IDENTITY, "observed", "censoring", "predicted")
ORDER = ("protocol", "fold", "model", "cqa", "batch_id")
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Forecasts:
    """What was forecast for hidden batches, and what each interval stands on."""

    predictions: pl.DataFrame
    """A row per protocol, fold, model, CQA and test batch with a result: observed, predicted and the intervals (SI)."""
    calibrations: pl.DataFrame
    """A row per protocol, fold, model and CQA: how it was rehearsed, on how many groups, the largest level they support."""


@dataclass(frozen=True)
class Final:
    """The model of one CQA that answers proposals: fitted on all batches, with a calibration per protocol."""

    task: Task
    model: FittedModel
    calibrations: Mapping[str, Calibration]

    def predict(self, rows: pl.DataFrame) -> FloatArray:
        """Predict each row within the possible range, shape (n,), in SI."""
        return self.task.clipped(self.model.predict(rows))

    def interval(self, rows: pl.DataFrame, protocol: str, level: float) -> tuple[FloatArray, FloatArray]:
        """Lower and upper end for each row, shape (n,), in SI, as wide as that protocol's errors ask for."""
        lower, upper = self.calibrations[protocol].interval(self.predict(rows), level)
        return self.task.clipped(lower), self.task.clipped(upper)

    def to_dict(self) -> dict[str, Any]:
        """Give task, model and calibrations as values that JSON holds."""
        task = {name: list(value) if isinstance(value, tuple) else value for name, value in vars(self.task).items()}
        calibrations = {protocol: calibration.to_dict() for protocol, calibration in self.calibrations.items()}
        return {"task": task, "model": self.model.to_dict(), "calibrations": calibrations}

    @classmethod
    def from_dict(cls, saved: dict[str, Any]) -> "Final":
        """Read what `to_dict` gave."""
        task: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in saved["task"].items()
        }
        calibrations = {protocol: Calibration.from_dict(one) for protocol, one in saved["calibrations"].items()}
        return cls(Task(**task), from_dict(saved["model"]), calibrations)


@dataclass(frozen=True)
class _Question:
    """One fold of one protocol for one CQA: the rows with a result to learn from and to predict."""

    protocol: Protocol
    fold: int
    task: Task
    train: pl.DataFrame
    test: pl.DataFrame


def crossfit(
    rows: pl.DataFrame,
    results: pl.DataFrame,
    folds: pl.DataFrame,
    protocols: Sequence[Protocol],
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
    questions = list(_questions(rows, results, folds, protocols, tasks))
    if not questions:
        raise ScalebridgeError(f"No test batch of {folds['protocol'].n_unique()} protocols has a result to compare with")
    answers = _each(_answer, [(question, models, interval, seed) for question in questions], jobs, watch)
    predictions, calibrations = (pl.concat(tables) for tables in zip(*answers, strict=True))
    return Forecasts(predictions.sort(ORDER), calibrations.sort(ORDER[:-1]))


def fit_final(
    rows: pl.DataFrame,
    results: pl.DataFrame,
    predictions: pl.DataFrame,
    tasks: Sequence[Task],
    model: ModelConfig,
    interval: IntervalConfig,
    seed: int,
    jobs: int = 1,
) -> dict[str, Final]:
    """Fit the model of each CQA on all its results; the errors of each protocol's forecasts calibrate it.

    Raises ScalebridgeError for a CQA without results, or without forecasts of this model.
    """
    calls = [(model, _with_results(rows, results, task), task, seed) for task in tasks]
    fitted = _each(_fit, calls, jobs, lambda done, of: None)
    own = predictions.filter(pl.col("model") == model.kind)
    return {
        task.target: Final(task, one, _calibrations(own.filter(pl.col("cqa") == task.target), interval))
        for task, one in zip(tasks, fitted, strict=True)
    }


def _questions(
    rows: pl.DataFrame, results: pl.DataFrame, folds: pl.DataFrame, protocols: Sequence[Protocol], tasks: Sequence[Task]
) -> Iterator[_Question]:
    by_name = {protocol.kind: protocol for protocol in protocols}
    for task in tasks:
        observed = _with_results(rows, results, task)
        for part in _folds(folds):
            train, test = _parts(observed, part)
            if not test.is_empty():
                yield _Question(by_name[part["protocol"][0]], part["fold"][0], task, train, test)


def _answer(
    question: _Question, models: Sequence[ModelConfig], interval: IntervalConfig, seed: int
) -> tuple[pl.DataFrame, pl.DataFrame]:
    if question.train.height < 2:
        raise ScalebridgeError(
            f"Fold {question.fold} of '{question.protocol.kind}' leaves {question.train.height} results of "
            f"'{question.task.target}' to learn from; at least 2 are needed"
        )
    rehearsal = rehearse(question.train, question.protocol)
    answers = [_forecast(question, rehearsal, model, interval, seed) for model in models]
    predictions, calibrations = zip(*answers, strict=True)
    return pl.concat(predictions), pl.concat(calibrations)


def _forecast(
    question: _Question, rehearsal: pl.DataFrame, model: ModelConfig, interval: IntervalConfig, seed: int
) -> tuple[pl.DataFrame, pl.DataFrame]:
    task = question.task
    parts = [_parts(question.train, fold) for fold in _folds(rehearsal)]
    rehearsed = [_predicted(model, *part, task, seed) for part in parts if all(rows.height for rows in part)]
    calibration = Calibration.of(pl.concat(rehearsed), interval)
    predictions = _predicted(model, question.train, question.test, task, seed)
    key = {
        "protocol": pl.lit(question.protocol.kind),
        "fold": pl.lit(question.fold, pl.Int32),
        "model": pl.lit(model.kind),
        "cqa": pl.lit(task.target),
    }
    evidence = pl.DataFrame(
        {
            "rehearsed_as": rehearsal["protocol"][0],
            "grouping": interval.grouping,
            "residuals": len(calibration.residuals),
            "groups": len(set(calibration.groups)),
            "largest_level": calibration.largest_level,
        }
    )
    ends = _ends(calibration, predictions["predicted"].to_numpy(), task, interval.levels)
    return predictions.select(**key, **{name: name for name in FORECAST}).with_columns(ends), evidence.select(
        **key, **{name: name for name in evidence.columns}
    )


def _predicted(model: ModelConfig, train: pl.DataFrame, test: pl.DataFrame, task: Task, seed: int) -> pl.DataFrame:
    fitted = fit(model, train, train["observed"].to_numpy(), task, seed)
    return test.select(*IDENTITY, "observed", "censoring", predicted=pl.lit(pl.Series(task.clipped(fitted.predict(test)))))


def _ends(calibration: Calibration, predicted: FloatArray, task: Task, levels: Sequence[float]) -> list[pl.Series]:
    return [
        pl.Series(name, task.clipped(end))
        for level in levels
        for name, end in zip(bounds(level), calibration.interval(predicted, level), strict=True)
    ]


def _folds(folds: pl.DataFrame) -> list[pl.DataFrame]:
    return [part for _, part in folds.group_by("protocol", "fold", maintain_order=True)]


def _parts(rows: pl.DataFrame, fold: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Take the rows to learn from and the rows to predict."""
    train, test = (fold.filter(pl.col("role") == role)["batch_id"].implode() for role in ("train", "test"))
    return rows.filter(pl.col("batch_id").is_in(train)), rows.filter(pl.col("batch_id").is_in(test))


def _with_results(rows: pl.DataFrame, results: pl.DataFrame, task: Task) -> pl.DataFrame:
    """Take the batches with a result of this CQA, as `observed` and `censoring`."""
    own = results.filter(pl.col("attribute") == task.target).select("batch_id", "censoring", observed="value")
    return rows.join(own, on="batch_id", how="inner").sort("batch_id")


def _fit(model: ModelConfig, rows: pl.DataFrame, task: Task, seed: int) -> FittedModel:
    return fit(model, rows, rows["observed"].to_numpy(), task, seed)


def _calibrations(predictions: pl.DataFrame, interval: IntervalConfig) -> dict[str, Calibration]:
    names = predictions["protocol"].unique().sort().to_list()
    return {name: Calibration.of(predictions.filter(pl.col("protocol") == name), interval) for name in names}


def _each(
    work: Callable[..., Answer], calls: Sequence[tuple[Any, ...]], jobs: int, watch: Callable[[int, int], None]
) -> list[Answer]:
    """Make all calls, on several processes, and give their answers in order."""
    answers = []
    for answer in Parallel(n_jobs=jobs, return_as="generator")(delayed(work)(*call) for call in calls):
        answers.append(answer)
        watch(len(answers), len(calls))
    return answers
