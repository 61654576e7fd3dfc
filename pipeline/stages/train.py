"""Fit, rehearse, calibrate: out-of-fold forecasts of every model, and the final model of each target."""

import os
import sys
from pathlib import Path

import polars as pl

from pipeline.assessment.model_choice import choose
from pipeline.domain.attributes import Horizon
from pipeline.domain.config_files import load
from pipeline.domain.process.process import Process
from pipeline.forecasting.cross_validation import crossfit, fit_final
from pipeline.forecasting.intervals import IntervalConfig
from pipeline.forecasting.trained_model import tasks_of, trained_model
from pipeline.models.registry import ModelConfig, ladder
from pipeline.stages.run import run, write


def train(
    config: Path, features: Path, history: Path, folds: Path, model: Path, forecasts: Path, calibrations: Path
) -> None:
    """Train the model and the baselines under every protocol; of those that tie, the simplest answers for its CQA."""
    process, horizon = load(config, "process", Process), load(config, "horizon", Horizon)
    chosen, interval, seed = (
        load(config, "model", ModelConfig),
        load(config, "interval", IntervalConfig),
        load(config, "seed", int),
    )
    rows, results = pl.read_parquet(features), pl.read_parquet(history / "results.parquet")
    tasks, jobs = tasks_of(process, horizon), os.cpu_count() or 1
    candidates: dict[str, ModelConfig] = {one.kind: one for one in ladder(chosen)}
    asked = pl.read_parquet(folds)
    found = crossfit(rows, results, asked, tasks, list(candidates.values()), interval, seed, jobs, _watch)
    choices = {task.target: choose(found.predictions, task.target, list(candidates)) for task in tasks}
    models = {target: candidates[kind] for target, (kind, _) in choices.items()}
    finals = fit_final(rows, results, tasks, models, interval, seed, jobs)
    trained_model(process, finals, rows, interval.levels, choices).save(model)
    write(found.predictions, forecasts)
    write(found.calibrations, calibrations)


def _watch(done: int, of: int) -> None:
    """Show progress to a person; a log gets one line at the end."""
    if sys.stderr.isatty() or done == of:
        print(f"\r  {done} of {of} folds fitted", end="\n" if done == of else "", file=sys.stderr, flush=True)


if __name__ == "__main__":
    run(train)
