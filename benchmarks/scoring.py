"""Put the same questions to every competitor, and compute the errors of the answers."""

import math
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import polars as pl
from competitors import BLEND, BLENDED, MEAN, Competitor
from joblib import Parallel, delayed
from protocols import Protocol
from tablets_rows import Batches
from threadpoolctl import threadpool_limits

from pipeline.domain.arrays import FloatArray
from pipeline.forecasting.intervals import residual
from pipeline.models.registry import Task

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Question:
    """Training rows and test rows of one CQA in one fold."""

    protocol: str
    fold: int
    task: Task
    train: pl.DataFrame
    test: pl.DataFrame

    @property
    def asked(self) -> pl.DataFrame:
        """Test rows without their results."""
        return self.test.drop("observed", "censoring")


def questions(batches: Batches, protocols: Iterable[Protocol], cqas: Sequence[str]) -> list[Question]:
    """Return every fold of every protocol for every CQA, with the batches that have a result."""
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
    """Put all questions to one competitor; return its answers and the processor time that they took [s].

    Columns: protocol, fold, cqa, model, batch_id, product, observed, censoring, predicted (SI, kept in the possible range).
    """
    found = Parallel(n_jobs=jobs)(delayed(timed)(competitor, q, seed) for q in asked)
    return pl.concat(_answer(name, q, values) for q, (values, _) in zip(asked, found, strict=True)), sum(s for _, s in found)


def timed(answerer: Callable[..., Answer], question: Question, seed: int) -> tuple[Answer, float]:
    """Return the answer of one fit and its processor time [s].

    The fit has one thread. Linear algebra with many threads is much slower on a machine with other work.
    """
    with threadpool_limits(1):
        start = time.process_time()
        answer = answerer(question.train, question.asked, question.task, seed)
        return answer, time.process_time() - start


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
    """Add the mean of three predictors, if all three have answered."""
    members = answers.filter(pl.col("model").is_in(BLENDED))
    if members["model"].n_unique() < len(BLENDED):
        return answers
    key = ["protocol", "fold", "cqa", "batch_id"]
    same = [pl.col(name).first() for name in ("product", "observed", "censoring")]
    mixed = members.group_by(key, maintain_order=True).agg(pl.lit(BLEND).alias("model"), *same, pl.col("predicted").mean())
    return pl.concat([answers, mixed.select(answers.columns)])


def errors(answers: pl.DataFrame) -> pl.DataFrame:
    """Return the root mean square error of each protocol, CQA and model over the batches of all folds: columns rmse, n.

    If a result is below its reporting limit and the prediction is too, the error is zero, as everywhere in the project.
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
    """Return errors relative to those of the training mean, averaged over the CQAs: protocol, model, ratio."""
    ratios = against(errors(answers), MEAN)
    return ratios.group_by("protocol", "model", maintain_order=True).agg(pl.col("ratio").mean())


def geometric(answers: pl.DataFrame, reference: str) -> pl.DataFrame:
    """Return errors relative to those of a reference, geometric mean over the CQAs: protocol, model, ratio."""
    ratios = against(errors(answers), reference)
    return ratios.group_by("protocol", "model", maintain_order=True).agg(pl.col("ratio").log().mean().exp())


def duration(seconds: float) -> str:
    """Return a duration as text.

    >>> duration(75), duration(3.14)
    ('1 min 15 s', '3.1 s')
    """
    return f"{seconds:.1f} s" if seconds < 60 else f"{math.floor(seconds / 60)} min {seconds % 60:.0f} s"
