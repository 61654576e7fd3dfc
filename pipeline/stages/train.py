"""Stage `train`: out-of-fold forecasts of every model and of the one that answers, and the final model of each target."""

import os
import sys

from pipeline.domain.attributes import KnownAt
from pipeline.domain.config_files import as_json, load
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.places import Places
from pipeline.domain.process.process import Process
from pipeline.domain.reading.stored import read_table
from pipeline.extrapolation.applicable import nothing_to_learn, too_few_results
from pipeline.forecasting.cross_validation import crossfit, fit_final
from pipeline.forecasting.hidden_forecasts import hidden_table
from pipeline.forecasting.intervals import IntervalConfig
from pipeline.forecasting.trained_model import tasks_of, trained_model
from pipeline.models.registry import ModelConfig, ladder
from pipeline.publication.current_origin import origin_now
from pipeline.publication.origin import as_plain
from pipeline.stages.run import run, write, write_text


def train(places: Places) -> None:
    """Train the configured model and the baselines under every protocol. One of them is chosen to answer for each target.

    The choice is made anew in each fold, from batches that are hidden inside its training rows.
    """
    process, horizon = load(places.config, "process", Process), load(places.config, "horizon", KnownAt)
    interval, seed = load(places.config, "interval", IntervalConfig), load(places.config, "seed", int)
    candidates = ladder(load(places.config, "model", ModelConfig))
    rows, results, folds = (read_table(file) for file in (places.features, places.results, places.folds))
    few = too_few_results(results, process.targets)
    tasks, jobs = [task for task in tasks_of(process, horizon, rows) if task.target not in few], os.cpu_count() or 1
    if not tasks:
        raise ScalebridgeError(
            f"Process '{process.name}' has nothing to learn from: {nothing_to_learn(results, process.targets)}"
        )
    found = crossfit(rows, results, folds, tasks, candidates, interval, seed, jobs, _progress)
    finals = fit_final(rows, results, folds, tasks, candidates, interval, seed, jobs)
    models, choices = {name: one.model for name, one in finals.items()}, {name: one.choice for name, one in finals.items()}
    trained_model(models, rows, interval.levels, choices, few).save(places.model)
    write(found.predictions, places.forecasts)
    write(found.calibrations, places.calibrations)
    write(hidden_table(finals), places.hidden)
    write_text(as_json(as_plain(origin_now(places))), places.origin)


def _progress(done: int, of: int) -> None:
    """Count the fitted folds on a terminal; a log gets one line at the end."""
    if sys.stderr.isatty() or done == of:
        print(f"\r  {done} of {of} folds fitted", end="\n" if done == of else "", file=sys.stderr, flush=True)


if __name__ == "__main__":
    run(train)
