"""Cross-validation: forecasts of hidden batches by every model, on every fold, with calibrated intervals."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar, TypeVarTuple

import polars as pl

from pipeline.domain.batch_columns import AVAILABLE
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.process.axes import TRANSFER_COLUMNS
from pipeline.domain.process.parts import LABORATORY, RESULT_LABORATORY
from pipeline.domain.tables import CENSORING
from pipeline.engine.calls import results_in_turn, results_of
from pipeline.extrapolation.availability import date_of, known_by
from pipeline.extrapolation.kinds import KIND_COLUMN, KINDS, NEW_SOURCE, NEXT_BATCH, TrainingExtent, kinds_of
from pipeline.extrapolation.reenactment import LEAST_RESULTS, rows_of_role
from pipeline.forecasting.calibrated_model import CalibratedModel, fit_all_calibrated, forecast_table, holds_carry_over
from pipeline.forecasting.intervals import IntervalConfig, bounds
from pipeline.forecasting.model_choice import ANSWERING, Choice
from pipeline.models.hierarchical.fitting import fit_hierarchical
from pipeline.models.hierarchical.model import Hierarchical
from pipeline.models.registry import ModelConfig, Task, fits_over_workers

BATCH_COLUMNS = ("batch_id", "product", "lineage", "scale", "scale_level")
"""Columns that name a batch in the table of predictions."""
CALIBRATION_COLUMNS = (KIND_COLUMN, "rehearsed_as", "residuals", "groups", "largest_level")
"""Columns that describe a calibration; `rehearsed_as` is the kind of question that was re-enacted."""
Schema = dict[str, pl.DataType]
ORDER = ("protocol", "fold", "model", "cqa", "batch_id")
Result = TypeVar("Result")
Arguments = TypeVarTuple("Arguments")


@dataclass(frozen=True)
class Forecasts:
    """Forecasts of hidden batches, and a description of the calibrations behind their intervals."""

    predictions: pl.DataFrame
    """A row per protocol, fold, model, CQA and test batch with a result: observed, predicted and intervals, SI. The model
    `ANSWERING` is the one that was chosen in the fold; `answered_by` is the kind of the model that made the forecast."""
    calibrations: pl.DataFrame
    """A row per protocol, fold, model, CQA and kind of question: the re-enacted kind, the numbers of residuals and groups,
    and the largest level that the groups support. `model` and `answered_by` are as in the predictions."""


@dataclass(frozen=True)
class _FoldOfTarget:
    """One fold of one protocol for one CQA: the training rows and the test rows that have a result."""

    protocol: str
    fold: int
    task: Task
    train: pl.DataFrame
    test: pl.DataFrame

    @property
    def kinds(self) -> list[str]:
        """Kinds of question that the test rows ask, sorted."""
        return kinds_of(
            self.test,
            TrainingExtent.of(self.train, self.task.scale_tolerance, self.task.refuse, by_device=self.task.by_device),
        )


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
    """Fit and calibrate each model on the training rows of each fold, choose one that answers, and forecast the test rows.

    rows: one per batch, with `scale_level`; results: batch_id, attribute, value, censoring, and `available_at` if known; folds: as
    `protocols.fold_table` returns them; models: the configured one last. A training result was available at the date of the
    question.
    The work is one call per protocol, fold and CQA. The calls run in `jobs` processes or on the cluster. `watch` gets the number
    of finished calls and of all calls. A fold is left out for a CQA that it leaves fewer than `LEAST_RESULTS` results to learn
    from. The tables have no rows where no fold is left.

    The choice is nested (Cawley, Talbot 2010, J. Mach. Learn. Res. 11, 2079): each fold hides training batches of its own, and
    `fit_final` does the same in the whole history. So the forecasts of the model `ANSWERING` show how good the chosen model is, and
    not how good it looks on the batches that chose it. A blend that holds the carry-over mean is not compared with the
    baselines, so each fold hides batches for the kinds of question that its own test batches ask. Any other model is compared for
    all kinds that the folds of the CQA ask, as in the whole history.
    """
    parts = list(_folds_of_targets(rows, results, folds, tasks))
    if not parts:
        return _no_forecasts(rows, interval)
    asked = {} if holds_carry_over(models[-1]) else _kinds_asked(parts)
    calls = [(part, models, asked.get(part.task.target, part.kinds), interval, seed) for part in parts]
    found = in_parallel(_forecasts, calls, jobs, watch, together=fits_over_workers(tuple(models)))
    predictions, calibrations = (pl.concat(tables) for tables in zip(*found, strict=True))
    return Forecasts(_with_transfers(predictions, folds).sort(ORDER), calibrations.sort(*ORDER[:-1], KIND_COLUMN))


def _with_transfers(predictions: pl.DataFrame, folds: pl.DataFrame) -> pl.DataFrame:
    """Add what each past transfer changed, where the folds state it."""
    stated = [name for name in TRANSFER_COLUMNS if name in folds.columns]
    if not stated:
        return predictions
    return predictions.join(folds.select("protocol", "fold", *stated).unique(), on=["protocol", "fold"], how="left")


@dataclass(frozen=True)
class FinalModel:
    """The model that answers for a CQA, and why it was chosen."""

    model: CalibratedModel
    choice: Choice
    hidden: Mapping[str, pl.DataFrame]
    """Kind of question → its forecasts of hidden batches, which calibrate its intervals."""
    folds: int
    """Number of re-enacted folds per kind of question."""


def fit_final(
    rows: pl.DataFrame,
    results: pl.DataFrame,
    folds: pl.DataFrame,
    tasks: Sequence[Task],
    models: Sequence[ModelConfig],
    interval: IntervalConfig,
    seed: int,
    jobs: int = 1,
) -> dict[str, FinalModel]:
    """Return the final model of each CQA, fitted to all its results and calibrated for every kind of question.

    models: the candidates, the configured one last. The final model is chosen as in each fold of `crossfit`. Where no fold asks
    anything, as in the history of one product at one scale, forecasts of repeat batches decide. Raises ScalebridgeError for a CQA
    with fewer than `LEAST_RESULTS` results.
    """
    asked = _kinds_asked(_folds_of_targets(rows, results, folds, tasks))
    calls = [
        (with_results(rows, results, task), task, models, asked.get(task.target, (NEXT_BATCH,)), interval, seed)
        for task in tasks
    ]
    found = in_parallel(_fit_final, calls, jobs, together=fits_over_workers(tuple(models)))
    return {task.target: one for task, one in zip(tasks, found, strict=True)}


def _kinds_asked(parts: Iterable[_FoldOfTarget]) -> dict[str, tuple[str, ...]]:
    """Return CQA → the kinds of question that its test batches ask, over all folds. No result of a batch is read."""
    found: dict[str, set[str]] = {}
    for part in parts:
        found.setdefault(part.task.target, set()).update(part.kinds)
    return {target: tuple(kind for kind in KINDS if kind in kinds) for target, kinds in found.items()}


def _no_forecasts(rows: pl.DataFrame, interval: IntervalConfig) -> Forecasts:
    """Return tables without rows."""
    ends = [end for level in interval.levels for end in bounds(level)]
    names: Schema = dict.fromkeys(("model", "answered_by", "cqa"), pl.String())
    key: Schema = {"protocol": pl.String(), "fold": pl.Int32(), **names}
    batch: Schema = {name: rows.schema[name] for name in BATCH_COLUMNS}
    result: Schema = {"observed": pl.Float64(), "censoring": pl.Enum(CENSORING), KIND_COLUMN: pl.String()}
    forecast: Schema = dict.fromkeys(["predicted", "spread", *ends], pl.Float64())
    answered: Schema = {"answered": pl.Boolean(), "reason": pl.String()}
    described = (pl.String(), pl.String(), pl.Int64(), pl.Int64(), pl.Float64())
    calibration: Schema = dict(zip(CALIBRATION_COLUMNS, described, strict=True))
    return Forecasts(
        pl.DataFrame(schema={**key, **batch, **result, **forecast, **answered}), pl.DataFrame(schema={**key, **calibration})
    )


def _folds_of_targets(
    rows: pl.DataFrame, results: pl.DataFrame, folds: pl.DataFrame, tasks: Sequence[Task]
) -> Iterator[_FoldOfTarget]:
    """Yield each fold of each CQA that has test rows and enough training rows."""
    for task in tasks:
        observed = with_results(rows, results, task)
        for (protocol, fold), part in folds.group_by("protocol", "fold", maintain_order=True):
            train, test = (rows_of_role(observed, part, role) for role in ("train", "test"))
            known = known_by(train, date_of(part))
            if known.height >= LEAST_RESULTS and not test.is_empty():
                yield _FoldOfTarget(str(protocol), int(fold), task, known, test)


def _forecasts(
    part: _FoldOfTarget, models: Sequence[ModelConfig], asked: Sequence[str], interval: IntervalConfig, seed: int
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the predictions and the calibrations of all models, and of the one that answers, on one fold of one CQA."""
    fitted = fit_all_calibrated(part.train, part.task, models, interval, seed, asked, asked)
    named = [*fitted.models.items(), (ANSWERING, fitted.answering)]
    tables = [_forecasts_of_model(part, name, one, interval) for name, one in named]
    predictions, calibrations = zip(*tables, strict=True)
    return pl.concat(predictions), pl.concat(calibrations)


def _forecasts_of_model(
    part: _FoldOfTarget, model: str, fitted: CalibratedModel, interval: IntervalConfig
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the predictions and the calibrations of one model on one fold of one CQA."""
    key = {
        "protocol": pl.lit(part.protocol),
        "fold": pl.lit(part.fold, pl.Int32),
        "model": pl.lit(model),
        "answered_by": pl.lit(fitted.model.kind),
        "cqa": pl.lit(part.task.target),
    }
    forecast = forecast_table(fitted, part.test, interval.levels).drop("batch_id")
    batches = part.test.select(**key, **{name: pl.col(name) for name in (*BATCH_COLUMNS, "observed", "censoring")})
    used = _calibration_table(fitted).filter(pl.col(KIND_COLUMN).is_in(part.kinds))
    calibrations = used.select(**key, **{name: pl.col(name) for name in CALIBRATION_COLUMNS})
    return pl.concat([batches, forecast], how="horizontal"), calibrations


def _calibration_table(fitted: CalibratedModel) -> pl.DataFrame:
    """Return a row per kind of question that describes its calibration."""
    lines = [
        {
            KIND_COLUMN: kind,
            "rehearsed_as": calibration.reenacted_kind,
            "residuals": len(calibration.residuals),
            "groups": len(set(calibration.groups)),
            "largest_level": calibration.largest_level,
        }
        for kind, calibration in fitted.calibrations.items()
    ]
    return pl.DataFrame(lines, schema_overrides={"largest_level": pl.Float64})


def with_results(rows: pl.DataFrame, results: pl.DataFrame, task: Task) -> pl.DataFrame:
    """Return the batches that have a result of the target, with the result in `observed`, `censoring` and, if the results have it,
    `available_at`. If the task pools over the laboratory of a result, the rows have it as well."""
    further = [pl.col(AVAILABLE)] if AVAILABLE in results.columns else []
    if RESULT_LABORATORY in task.groups and LABORATORY in results.columns:
        rows, further = rows.drop(RESULT_LABORATORY, strict=False), [*further, pl.col(LABORATORY).alias(RESULT_LABORATORY)]
    own = results.filter(pl.col("attribute") == task.target).select("batch_id", "censoring", *further, observed="value")
    return rows.join(own, on="batch_id", how="inner").sort("batch_id")


def _fit_final(
    rows: pl.DataFrame,
    task: Task,
    models: Sequence[ModelConfig],
    asked: Sequence[str],
    interval: IntervalConfig,
    seed: int,
) -> FinalModel:
    if rows.height < LEAST_RESULTS:
        raise ScalebridgeError(
            f"There are {rows.height} results of '{task.target}' to learn from; at least {LEAST_RESULTS} are needed"
        )
    kinds = [kind for kind in KINDS if kind != NEW_SOURCE or task.refuse]
    fitted = fit_all_calibrated(rows, task, models, interval, seed, kinds, asked)
    hidden = fitted.hidden[fitted.choice.model]
    return FinalModel(with_companion(fitted.answering, rows), fitted.choice, hidden, fitted.folds)


def with_companion(final: CalibratedModel, rows: pl.DataFrame) -> CalibratedModel:
    """Return a final model, with a hierarchical model beside it where it has no hierarchical part."""
    if final.hierarchical is not None:
        return final
    return replace(final, companion=fit_hierarchical(Hierarchical(), rows, rows["observed"].to_numpy(), final.task))


def in_parallel(
    function: Callable[[*Arguments], Result],
    calls: Sequence[tuple[*Arguments]],
    jobs: int,
    watch: Callable[[int, int], None] = lambda done, of: None,
    together: bool = False,
) -> list[Result]:
    """Return the results of all calls of a function, in their order. The calls run in `jobs` processes, or on the cluster.

    together: each call uses the whole cluster itself, so the calls run one after the other.
    """
    results: list[Result] = []
    ready = [partial(function, *call) for call in calls]
    for result in results_in_turn(ready) if together else results_of(ready, jobs):
        results.append(result)
        watch(len(results), len(calls))
    return results
