"""Features of a mill for one plausible batch, by hand."""

import math

import pytest

from pipeline.operations.registry import unit_operation
from tests.support.plausible_batches import BATCHES


def test_features__of_one_batch_by_hand() -> None:
    made = unit_operation("mill").quantities_of(BATCHES["mill"])
    assert made == pytest.approx(
        {
            "mill_tip_speed": math.pi * 50 * 0.25,
            "milling_energy": 1.5 / 0.05,
            "size_ratio": 4,
            "bond_work_index": 30 / (1 - 0.5),  # the square roots of 100/100 and of 100/400
        }
    )
