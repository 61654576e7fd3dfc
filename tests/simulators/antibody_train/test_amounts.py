"""Measured amounts have the stated errors."""

import numpy as np
import pytest

from pipeline.simulators.antibody_train.amounts import BALANCED, ERRORS, measured
from pipeline.simulators.antibody_train.train import TrainRun


def test_measured__without_noise_is_the_truth(run: TrainRun) -> None:
    for step, amounts in measured(1, 0.0, run).items():
        assert np.array_equal(amounts.taken, run.steps[step].taken)
        assert np.array_equal(amounts.given, run.steps[step].given)


def test_measured__errors_are_two_to_three_percent(run: TrainRun) -> None:
    for step, amounts in measured(1, 1.0, run).items():
        assert np.std(np.log(amounts.taken / run.steps[step].taken)) == pytest.approx(ERRORS["taken"], rel=0.15)
        assert np.std(np.log(amounts.given / run.steps[step].given)) == pytest.approx(ERRORS["given"], rel=0.15)
    assert 0.02 <= ERRORS["taken"] <= 0.03
    assert set(measured(1, 1.0, run)) == set(BALANCED)
