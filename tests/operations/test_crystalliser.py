"""Features of a crystalliser for one plausible batch, by hand."""

import math

import pytest

from pipeline.operations.registry import unit_operation
from tests.support.plausible_batches import BATCHES


def test_features__of_one_batch_by_hand() -> None:
    made = unit_operation("crystalliser").quantities_of(BATCHES["crystalliser"])
    kinematic, buoyancy = 1e-3 / 900, 1300 / 900 - 1
    speed = 5 * kinematic**0.1 * 2e-4**0.2 * (9.80665 * buoyancy) ** 0.45 * 10**0.13 / 0.5**0.85
    assert made == pytest.approx(
        {
            "supersaturation_ratio": 1.25,
            "crystalliser_tip_speed": math.pi * 1.5 * 0.5,
            "crystalliser_power_per_volume": 1.3 * 900 * 1.5**3 * 0.5**5 / 0.8,
            "just_suspended_speed": speed * 60,
            "suspension_ratio": 1.5 / speed,
        }
    )
