"""Forecasts of the hidden batches of one plant by the configured blend of a checkout, which may be an older commit.

    PYTHONPATH=CHECKOUT:CHECKOUT/benchmarks python -P benchmarks/sharper_forecasts.py RAW FILE [--jobs 2]

`sharper.py` runs this file for two commits. It therefore imports only what the benchmarks of commit 050686f have as well. The
checkout reads the raw files by its own definition of the process. It makes its own features and fits its own blend,
`conf/model/scaleup.yaml`.
"""

import argparse
import time
from pathlib import Path

import polars as pl
from competitors import CARRY_OVER, MEAN, competitors
from joblib import Parallel, delayed
from ours import scalebridge
from plants import QUESTIONS
from scoring import Question, questions
from tablets_rows import read_batches
from threadpoolctl import threadpool_limits

SEED = 1
"""Seed of the learners."""
BASELINES = {"carry_over": CARRY_OVER, "training_mean": MEAN}
"""Column of the table → name of the competitor."""


def forecasts(question: Question) -> pl.DataFrame:
    """Return the test batches of one fold of one CQA: forecast, interval and baselines beside the result, SI, and the time [s]."""
    asked, train, everyone = question.test.drop("observed", "censoring"), question.train, competitors(("product",))
    with threadpool_limits(1):
        start = time.process_time()
        found = scalebridge()(train, asked, question.task, SEED)
        seconds = time.process_time() - start
        simple = {column: everyone[name](train, asked, question.task, SEED) for column, name in BASELINES.items()}
    return question.test.select(
        pl.lit(question.protocol).alias("protocol"),
        pl.lit(question.fold).alias("fold"),
        pl.lit(question.task.target).alias("cqa"),
        *("batch_id", "product", "observed"),
        pl.col("censoring").cast(pl.String),
        *(found[name] for name in ("predicted", "lower_90", "upper_90", "answered")),
        *(pl.Series(column, values) for column, values in simple.items()),
        pl.lit(train.height).alias("learned_from"),
        pl.lit(seconds).alias("seconds"),
    )


def main(given: argparse.Namespace) -> None:
    """Write the forecasts of all folds of the four questions for all CQAs."""
    batches = read_batches("virtual_plant", given.raw, "plan")
    asked = questions(batches, QUESTIONS, tuple(batches.tasks))
    spread = {cqa: batches.observed(cqa)["observed"].std() for cqa in batches.tasks}
    found = pl.concat(Parallel(n_jobs=given.jobs)(delayed(forecasts)(question) for question in asked))
    deviation = pl.col("cqa").replace_strict(spread, return_dtype=pl.Float64).alias("deviation")
    found.with_columns(deviation).write_parquet(given.file)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("raw", type=Path, help="raw files of the plant")
    parser.add_argument("file", type=Path, help="Parquet file to write")
    parser.add_argument("--jobs", type=int, default=1, help="processes, each of them fits with one thread")
    main(parser.parse_args())
