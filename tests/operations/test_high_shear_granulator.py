"""Features of a high-shear granulator for one plausible batch, by hand."""

import math

import pytest

from pipeline.operations.registry import unit_operation
from tests.support.plausible_batches import BATCHES


def test_features__of_one_batch_by_hand() -> None:
    made = unit_operation("high_shear_granulator").quantities_of(BATCHES["high_shear_granulator"])
    tip = math.pi * 2 * 0.7
    flux = 3 * (2 / 60e3) / (2 * 1.2 * 0.3 * 120e-6)
    assert made == pytest.approx(
        {
            "granulator_tip_speed": tip,
            "granulator_froude_number": 4 * 0.7 / 9.80665,
            "relative_swept_volume": 3 * 2 * math.pi / 4 * 0.7**2 * 0.05 / 0.15,
            "bowl_fill": 90 / 150,
            "liquid_to_solid": 0.3,
            "spray_flux": flux,
            "wetted_surface": 100 * (1 - math.exp(-flux)),
            "granulation_work": 3 * 540 / 45,
            "stokes_deformation_number": 1200 * tip**2 / 40e3,
        }
    )
