"""Features of a dryer for one plausible batch, by hand."""

import pytest

from pipeline.operations.registry import unit_operation
from tests.support.plausible_batches import BATCHES


def test_features__of_one_batch_by_hand() -> None:
    made = unit_operation("dryer").quantities_of(BATCHES["dryer"])
    assert made == pytest.approx({"mean_drying_rate": 0.24, "energy_per_water": 72e3 / 14.4})
