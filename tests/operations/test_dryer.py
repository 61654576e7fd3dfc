"""Features of a dryer for one plausible batch, by hand."""

import pytest

from pipeline.operations import dryer
from tests.support.one_batch import features_of_one_batch
from tests.support.plausible_batches import BATCHES


def test_features__of_one_batch_by_hand() -> None:
    made = features_of_one_batch(dryer, "dryer", BATCHES["dryer"])
    assert made == pytest.approx({"mean_drying_rate": 0.24, "energy_per_water": 72e3 / 14.4})
