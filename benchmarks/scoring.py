"""Asking every competitor the same questions, and the errors of their answers."""

import math
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl
from competitors import BLEND, BLENDED, MEAN, Competitor
from joblib import Parallel, delayed
from protocols import Protocol
from tablets_rows import Batches
from threadpoolctl import threadpool_limits

from pipeline.domain.arrays import FloatArray
from pipeline.forecasting.intervals import residual
from pipeline.models.registry import Task


@dataclass(frozen=True)
class Question:
    """Rows to learn from and rows to predict, of one CQA."""

    protocol: str
    fold: int
    task: Task
    train: pl.DataFrame
    test: pl.DataFrame

    @property
    def asked(self) -> pl.DataFrame:
        """The rows to predict, without their results."""
        return self.test.drop("observed", "censoring")


def questions(batches: Batches, protocols: Iterable[Protocol], cqas: Sequence[str]) -> list[Question]:
    """Every fold of every protocol for every CQA, as far as its test batches have a result."""
    found = []
    folds = [(protocol.name, n, fold) for protocol in protocols for n, fold in enumerate(protocol.folds(batches.rows))]
    for cqa in cqas:
        rows = batches.observed(cqa)
        for name, number, fold in folds:
            train, test = (rows.filter(pl.col("batch_id").is_in(part)) for part in (fold.train, fold.test))
            if train.height and test.height:
                found.append(Question(name, number, batches.tasks[cqa], train, test))
    return found


def ask(name: str, competitor: Competitor, asked: Sequence[Question], seed: int, jobs: int) -> tuple[pl.DataFrame, float]:
    """Put all questions to one competitor; return its answers and the seconds that they took.

    Columns: protocol, fold, cqa, model, batch_id, product, observed, censoring, predicted (SI, kept in the possible range).
    """
    start = time.perf_counter()
    predicted = Parallel(n_jobs=jobs)(delayed(_alone)(competitor, q, seed) for q in asked)
    seconds = time.perf_counter() - start
    return pl.concat(_answer(name, q, values) for q, values in zip(asked, predicted, strict=True)), seconds


def _alone(competitor: Competitor, question: Question, seed: int) -> FloatArray:
    """Fit with one thread: linear algebra that spins on all cores of a busy machine takes many times longer."""
    with threadpool_limits(1):
        return competitor(question.train, question.asked, question.task, seed)


def _answer(name: str, question: Question, predicted: FloatArray) -> pl.DataFrame:
    return question.test.select(
        pl.lit(question.protocol).alias("protocol"),
        pl.lit(question.fold).alias("fold"),
        pl.lit(question.task.target).alias("cqa"),
        pl.lit(name).alias("model"),
        *("batch_id", "product", "observed", "censoring"),
        pl.Series("predicted", question.task.clipped(predicted)),
    )


def with_blend(answers: pl.DataFrame) -> pl.DataFrame:
    """Add the blend, where all its members have answered."""
    members = answers.filter(pl.col("model").is_in(BLENDED))
    if members["model"].n_unique() < len(BLENDED):
        return answers
    key = ["protocol", "fold", "cqa", "batch_id"]
    same = [pl.col(name).first() for name in ("product", "observed", "censoring")]
    mixed = members.group_by(key, maintain_order=True).agg(pl.lit(BLEND).alias("model"), *same, pl.col("predicted").mean())
    return pl.concat([answers, mixed.select(answers.columns)])


def errors(answers: pl.DataFrame) -> pl.DataFrame:
    """Root mean square error of each protocol, CQA and model over the batches of all folds: columns rmse, n.

    A result under its reporting limit is no error of a prediction that lies there too, as everywhere in the project.
    """
    key = ["protocol", "cqa", "model"]
    return answers.group_by(key, maintain_order=True).agg((residual() ** 2).mean().sqrt().alias("rmse"), pl.len().alias("n"))


def against(found: pl.DataFrame, reference: str) -> pl.DataFrame:
    """Divide each error by that of a reference on the same batches: column `ratio`."""
    own = found.filter(pl.col("model") == reference).select("protocol", "cqa", pl.col("rmse").alias("_own"))
    return found.join(own, on=["protocol", "cqa"], how="left", maintain_order="left").with_columns(
        (pl.col("rmse") / pl.col("_own")).alias("ratio")
    )


def relative(answers: pl.DataFrame) -> pl.DataFrame:
    """Errors relative to those of the training mean, averaged over the CQAs: protocol, model, ratio."""
    ratios = against(errors(answers), MEAN)
    return ratios.group_by("protocol", "model", maintain_order=True).agg(pl.col("ratio").mean())


def geometric(answers: pl.DataFrame, reference: str) -> pl.DataFrame:
    """Errors relative to those of a reference, geometric mean over the CQAs: protocol, model, ratio."""
    ratios = against(errors(answers), reference)
    return ratios.group_by("protocol", "model", maintain_order=True).agg(pl.col("ratio").log().mean().exp())


def duration(seconds: float) -> str:
    """Write a duration.

    >>> duration(75), duration(3.14)
    ('1 min 15 s', '3.1 s')
    """
    return f"{seconds:.1f} s" if seconds < 60 else f"{math.floor(seconds / 60)} min {seconds % 60:.0f} s"
