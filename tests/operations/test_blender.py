"""Features of a blender for one plausible batch, by hand."""

import math

import pytest

from pipeline.operations.registry import unit_operation
from tests.support.plausible_batches import BATCHES


def test_features__of_one_batch_by_hand() -> None:
    made = unit_operation("blender").quantities_of(BATCHES["blender"])
    assert made == pytest.approx(
        {
            "blender_froude_number": (0.4 * math.pi) ** 2 * 0.6 / 9.80665,
            "blender_fill": 0.6,
            "blending_revolutions": 180,
            "lubrication_revolutions": 36,
            "lubrication_extent": 200 ** (1 / 3) * 0.4 * 36,  # in dm, as published
        }
    )
