"""What the other products are worth to a new one, as it gains batches of its own: a table and a picture."""

import os
from pathlib import Path

import polars as pl
from joblib import Parallel, delayed

from pipeline.assessment.learning_curve import transfer as play
from pipeline.assessment.learning_curve import transfer_figure
from pipeline.domain.attributes import Horizon
from pipeline.domain.config_files import load
from pipeline.domain.process.process import Process
from pipeline.forecasting.cross_validation import with_results
from pipeline.forecasting.trained_model import tasks_of
from pipeline.stages.run import run, write


def transfer(config: Path, features: Path, history: Path, table: Path, figure: Path) -> None:
    """Play the latest products through, for every target."""
    process, horizon = load(config, "process", Process), load(config, "horizon", Horizon)
    rows, results = pl.read_parquet(features), pl.read_parquet(history / "results.parquet")
    calls = [delayed(play)(with_results(rows, results, task), task) for task in tasks_of(process, horizon)]
    found = pl.concat(Parallel(n_jobs=os.cpu_count() or 1)(calls))
    write(found, table)
    transfer_figure(found, figure)


if __name__ == "__main__":
    run(transfer)
