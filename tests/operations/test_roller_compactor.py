"""Features of a roller compactor for one plausible batch, by hand."""

import math

import pytest

from pipeline.operations.registry import unit_operation
from tests.support.plausible_batches import BATCHES

BATCH = BATCHES["roller_compactor"]


def test_features__of_one_batch_by_hand() -> None:
    made = unit_operation("roller_compactor").quantities_of(BATCH)
    speed = math.pi * 0.1 * 0.25
    assert made.pop("nip_angle") == pytest.approx(8.2, abs=0.1)  # degrees
    assert made == pytest.approx(
        {
            "specific_compaction_force": 6,
            "gap_to_roll_diameter": 0.008,
            "roll_surface_speed": speed,
            "ribbon_solid_fraction": 30 / 3600 / (speed * 0.05 * 0.002 * 1500),
            "throughput_per_width": 6,
        }
    )


def test_wider_rolls__of_equal_force_and_throughput_per_width_make_equal_ribbon() -> None:
    wide = BATCH | {"roll_force": "60 kN", "roll_width": "100 mm", "throughput": "60 kg/h"}
    made = unit_operation("roller_compactor").quantities_of(wide)
    assert made == pytest.approx(unit_operation("roller_compactor").quantities_of(BATCH))
