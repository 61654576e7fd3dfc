"""Histories of 12 to 60 batches of many plants: the model that answers is never worse than the carry-over by more than noise.

`SCALEBRIDGE_PLANTS` sets the number of plants, at most 20; `.ci/nightly` takes all. A plant takes seven seconds.
"""

import os
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from choice import OF_SMALL_PLANTS, small_plant
from plants import Plant
from scoring import Question, questions
from threadpoolctl import threadpool_limits

from pipeline.domain.config_files import parse, read_yaml
from pipeline.extrapolation.kinds import TrainingExtent, kinds_of
from pipeline.forecasting.calibrated_model import fit_all_calibrated
from pipeline.forecasting.intervals import IntervalConfig
from pipeline.models.registry import ModelConfig, ladder
from tests.conftest import ROOT

PLANTS = min(int(os.environ.get("SCALEBRIDGE_PLANTS", "10")), 20)
SEEDS = range(801, 801 + PLANTS)
"""Not the plants on which the share of the carry-over mean was chosen. They were looked at twice."""
CQAS = ("titre", "hmw")
NOISE = 2.0
"""Standard errors over plants."""
SINGLE = 1.25
"""Largest error of one plant relative to the carry-over, mean over questions and attributes."""


def _squared_errors(question: Question, made: Plant) -> tuple[float, float]:
    """Return the mean squared errors against the truth, of the model that answers and of the carry-over mean."""
    train, test, task = question.train, question.test, question.task
    blend: ModelConfig = parse(ModelConfig, read_yaml(ROOT / "conf/model/scaleup.yaml"), "scaleup")
    kinds = kinds_of(test, TrainingExtent.of(train, task.scale_tolerance, task.refuse))
    fitted = fit_all_calibrated(train, task, ladder(blend), IntervalConfig(), 1, kinds, kinds)
    truth = test.join(made.truth.filter(cqa=task.target), on="batch_id", how="left", maintain_order="left")[
        "truth"
    ].to_numpy()
    answered, carried = (
        float(np.mean((one.predict(test) - truth) ** 2)) for one in (fitted.answering, fitted.models["carry_over"])
    )
    return answered, carried


def _log_ratios(seed: int, folder: Path) -> list[tuple[int, str, float]]:
    """Return seed, question and log of the ratio of the two errors of each question and attribute."""
    made = small_plant(seed, folder)
    found = []
    with threadpool_limits(1):
        for question in questions(made.batches, OF_SMALL_PLANTS, CQAS):
            answered, carried = _squared_errors(question, made)
            found.append((seed, question.protocol, 0.5 * float(np.log(answered / carried))))
    return found


@pytest.mark.long
def test_small_plants__the_model_that_answers_is_not_worse_than_the_carry_over(tmp_path: Path) -> None:
    lines = [line for seed in SEEDS for line in _log_ratios(seed, tmp_path)]
    found = pl.DataFrame(lines, schema=["seed", "question", "ratio"], orient="row")
    for (question,), own in found.group_by("question", maintain_order=True):
        by_seed = own.group_by("seed").agg(pl.col("ratio").mean())["ratio"].to_numpy()
        error = by_seed.std(ddof=1) / np.sqrt(len(by_seed))
        assert by_seed.mean() <= NOISE * error, f"{question}: {np.exp(by_seed.mean()):.3f} ± {error:.3f}"
    worst = found.group_by("seed").agg(pl.col("ratio").mean().exp()).sort("ratio").tail(1)
    assert worst["ratio"].item() <= SINGLE, worst
