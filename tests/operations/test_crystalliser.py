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


NUCLEATION = BATCHES["crystalliser"] | {
    "suspension_density": "90 g/L",
    "nucleation_constant": "1e7 1/(m3*s)",
    "nucleation_power_exponent": "0.6",
    "nucleation_density_exponent": "1",
    "nucleation_order": "2",
}


def test_secondary_nucleation__of_one_batch_by_hand() -> None:
    made = unit_operation("crystalliser").quantities_of(NUCLEATION)
    dissipation = 1.3 * 1.5**3 * 0.5**5 / 0.8  # W/kg
    assert made["secondary_nucleation_rate"] == pytest.approx(1e7 * dissipation**0.6 * 90 * 0.25**2)


def test_secondary_nucleation__is_the_same_at_equal_power_per_volume_at_every_scale() -> None:
    # eight times the volume, twice the diameter: N³D² is held, so N falls by 2^⅔
    large = NUCLEATION | {
        "working_volume": "6400 L",
        "impeller_diameter": "1000 mm",
        "agitation": f"{90 * 2 ** (-2 / 3)} rpm",
    }
    small_rate, large_rate = (
        unit_operation("crystalliser").quantities_of(batch)["secondary_nucleation_rate"] for batch in (NUCLEATION, large)
    )
    assert large_rate == pytest.approx(small_rate)
