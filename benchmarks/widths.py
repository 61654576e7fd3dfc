"""Coverage and width of intervals, and the width that another method needs for the same coverage."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from conformal import Answerer
from joblib import Parallel, delayed
from scoring import Question, timed

from pipeline.forecasting.intervals import bounds, covered, residual

KEY = ("protocol", "fold", "cqa", "batch_id")


def ask_intervals(name: str, one: Answerer, asked: Sequence[Question], seed: int, jobs: int) -> tuple[pl.DataFrame, float]:
    """Put all questions to one method; return its intervals beside the results, and the processor time [s]."""
    found = Parallel(n_jobs=jobs)(delayed(timed)(one, question, seed) for question in asked)
    answers = pl.concat([_beside(name, q, answer) for q, (answer, _) in zip(asked, found, strict=True)], how="diagonal")
    return answers, sum(seconds for _, seconds in found)


def _beside(name: str, question: Question, answer: pl.DataFrame) -> pl.DataFrame:
    key = {"protocol": question.protocol, "fold": question.fold, "cqa": question.task.target, "model": name}
    own = question.test.select("batch_id", "product", "observed", "censoring")
    limits = {"lowest": question.task.lowest, "highest": question.task.highest}
    return own.select(*(pl.lit(value).alias(column) for column, value in key.items()), pl.all()).with_columns(
        *(pl.lit(value, pl.Float64).alias(column) for column, value in limits.items()),
        *(answer[column] for column in answer.columns if column != "batch_id"),
    )


def coverage_and_width(answers: pl.DataFrame, spread: dict[str, float], level: float) -> pl.DataFrame:
    """Return coverage, width in standard deviations of the CQA, and share answered, per protocol and model over all CQAs."""
    low, high = bounds(level)
    deviation = pl.col("cqa").replace_strict(spread, return_dtype=pl.Float64)
    said = pl.col("answered")
    return answers.group_by("protocol", "model", maintain_order=True).agg(
        covered(low, high).filter(said).mean().alias("coverage"),
        ((pl.col(high) - pl.col(low)) / deviation).filter(said).mean().alias("width"),
        said.mean().alias("answered"),
        said.sum().alias("n"),
    )


def widths_at_equal_coverage(ours: pl.DataFrame, theirs: pl.DataFrame, spread: dict[str, float]) -> dict[str, float]:
    """Return, per protocol, the width of `theirs` [standard deviations] after scaling to the coverage of `ours`.

    Only batches that `ours` answered count. There is one factor per protocol. It is chosen on the test results themselves, so no
    recalibration could be better. Both intervals are limited to the possible range of the CQA.
    """
    said = ours.filter(pl.col("answered")).select(*KEY, covered(*bounds(0.9)).alias("_ours"))
    both = theirs.join(said, on=list(KEY), how="inner").with_columns((residual().abs() / pl.col("half")).alias("_size"))
    return {str(protocol): _width(part, spread) for (protocol,), part in both.group_by("protocol", maintain_order=True)}


def _width(part: pl.DataFrame, spread: dict[str, float]) -> float:
    sizes = part["_size"].sort()
    wanted = int(part["_ours"].sum())
    factor = sizes[wanted - 1] if wanted else 0.0
    half = factor * part["half"].to_numpy()
    low = np.fmax(part["predicted"].to_numpy() - half, part["lowest"].fill_null(-np.inf).to_numpy())
    high = np.fmin(part["predicted"].to_numpy() + half, part["highest"].fill_null(np.inf).to_numpy())
    deviation = part["cqa"].replace_strict(spread, return_dtype=pl.Float64).to_numpy()
    return float(np.mean((high - low) / deviation))
