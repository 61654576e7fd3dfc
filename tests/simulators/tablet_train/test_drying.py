"""Drying: the balance of water, and directions."""

import numpy as np
import pytest

from pipeline.domain.arrays import FloatArray
from pipeline.simulators.tablet_train.drying import constant_rate, dried, moisture_after, time_to
from tests.simulators.tablet_train.conftest import Moved


def test_time_to__is_the_inverse_of_moisture_after(moved: Moved) -> None:
    own = moved("drying")
    start, size = np.full(len(own["air_flow"]), 0.32), np.full(len(own["air_flow"]), 430e-6)
    target = np.full(len(start), 0.03)
    assert moisture_after(start, size, time_to(target, start, size, own), own) == pytest.approx(target)


def test_moisture_after__agrees_with_small_steps_of_the_rate(moved: Moved) -> None:
    own = {name: values[:3] for name, values in moved("drying").items()}
    start, size = np.full(3, 0.30), np.full(3, 430e-6)
    whole = moisture_after(start, size, np.full(3, 1500.0), own)
    parts = start
    for _ in range(150):
        parts = moisture_after(parts, size, np.full(3, 10.0), own)
    assert parts == pytest.approx(whole, rel=1e-3)


def test_constant_rate__removes_what_the_air_takes_up(moved: Moved) -> None:
    """0.5 kg/s of air at 60 °C and 6 g/kg takes up about 14.5 g/kg until it is saturated: 7.2 g/s from a deep bed."""
    one = {
        "inlet_temperature": np.array([60.0]),
        "inlet_humidity": np.array([0.006]),
        "air_flow": np.array([0.5]),
        "bed_diameter": np.array([0.5]),
        "dry_mass": np.array([60.0]),
    }
    assert constant_rate(one)[0] * 60 == pytest.approx(0.0072, rel=0.05)


@pytest.mark.parametrize(
    ("cause", "factor", "effect", "sign"),
    [
        ("drying_time", 1.1, "moisture", -1),
        ("air_flow", 1.1, "moisture", -1),
        ("inlet_temperature", 1.05, "moisture", -1),
        ("inlet_humidity", 1.5, "moisture", 1),
        ("inlet_temperature", 1.05, "degradant", 1),
        ("drying_time", 1.1, "degradant", 1),
        ("air_flow", 1.2, "size", -1),
    ],
)
def test_dried__each_cause_acts_in_its_direction(
    moved: Moved, free: dict[str, dict[str, FloatArray]], cause: str, factor: float, effect: str, sign: int
) -> None:
    before, after = (dried(free["drying"], moved("drying", **{cause: f})) for f in (1.0, factor))
    assert np.mean(sign * (after[effect] - before[effect]) > 0) > 0.9
