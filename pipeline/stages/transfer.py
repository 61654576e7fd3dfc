"""Stage `transfer`: what the other products are worth to a new one as it gains own batches, as a table and a picture."""

import os
from functools import partial

import polars as pl

from pipeline.assessment.learning_curve import transfer as learning_curve
from pipeline.assessment.learning_curve import transfer_figure
from pipeline.domain.attributes import KnownAt
from pipeline.domain.config_files import load
from pipeline.domain.made import record
from pipeline.domain.places import Places
from pipeline.domain.process.process import Process
from pipeline.domain.reading.stored import read_table
from pipeline.engine.calls import results_of
from pipeline.forecasting.cross_validation import with_results
from pipeline.forecasting.trained_model import tasks_of
from pipeline.stages.run import run, write


def transfer(places: Places) -> None:
    """Measure, for every target, the error on the latest products with and without the other products."""
    process, horizon = load(places.config, "process", Process), load(places.config, "horizon", KnownAt)
    rows, results = read_table(places.features), read_table(places.results)
    tasks = tasks_of(process, horizon, rows)
    calls = [partial(learning_curve, with_results(rows, results, task), task) for task in tasks]
    found = pl.concat(results_of(calls, os.cpu_count() or 1))
    write(found, places.transfer)
    transfer_figure(found, places.transfer_figure)
    record(
        places,
        "transfer",
        keys=("horizon", "process"),
        read=(places.features, places.results),
        written=(places.transfer, places.transfer_figure),
    )


if __name__ == "__main__":
    run(transfer)
