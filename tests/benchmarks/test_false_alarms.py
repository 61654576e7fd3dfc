"""False alarms are counted on batches that a monitor did not learn from, at limits from other batches."""

import numpy as np
import pytest
from batch_courses import BatchCourses
from false_alarms import at_wanted, judged

from pipeline.domain.arrays import FloatArray


def _made(values: FloatArray, faults: tuple[str | None, ...]) -> BatchCourses:
    names = tuple(str(i) for i in range(len(values)))
    return BatchCourses(names, ("t",), np.arange(values.shape[1]) / 60, values, ("g",) * len(values), faults)


def _distance(train: FloatArray, test: FloatArray) -> FloatArray:
    """A monitor for the test: distance from the mean of the learned batches."""
    return np.abs(test - train.mean(axis=0))[..., 0]


def test_judged__each_normal_batch_by_a_monitor_that_did_not_learn_from_it() -> None:
    values = np.arange(50.0)[:, None, None] * np.ones((1, 4, 1))
    found = judged(_made(values, (None,) * 49 + ("fault",)), _distance, 1)
    for fold in range(5):
        others = values[:49][found.folds != fold]
        assert found.normal[found.folds == fold] == pytest.approx(_distance(others, values[:49][found.folds == fold]))
    assert found.faulty.shape == (5, 1)


def test_at_wanted__the_limit_of_a_fold_comes_from_the_other_folds() -> None:
    rng = np.random.default_rng(1)
    values = np.concatenate([rng.normal(size=(200, 6, 1)), rng.normal(size=(4, 6, 1)) + 9])
    false, found = at_wanted(judged(_made(values, (None,) * 200 + ("fault",) * 4), _distance, 1))
    assert 0.01 < false < 0.1
    assert found == 1
