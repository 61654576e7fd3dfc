"""Packed beds: what a wide column changes."""

import numpy as np
import pytest

from pipeline.simulators.antibody_train import beds

BENCH, PLANT = np.array([0.026]), np.array([1.4])
HEIGHT, SPEED = np.array([20.0]), np.array([240.0])


def test_bed_volume__of_a_column_by_hand() -> None:
    assert beds.bed_volume(np.array([1.0]), HEIGHT)[0] == pytest.approx(157.08, rel=1e-4)  # π/4·1²·0.2 m³


def test_compression__is_larger_in_a_wide_bed_and_at_a_higher_velocity() -> None:
    narrow, wide = (beds.compression(SPEED, diameter, HEIGHT)[0] for diameter in (BENCH, PLANT))
    assert narrow < wide < 0.2
    assert beds.compression(SPEED * 2, PLANT, HEIGHT)[0] == pytest.approx(2 * wide)
    critical = [0.3 * SPEED[0] * HEIGHT[0] / value for value in (narrow, wide)]
    assert critical[0] / critical[1] == pytest.approx(
        2.4 * 0.83, rel=0.05
    )  # of an infinitely thin and an infinitely wide bed 2.4


def test_tracer_plate_height__is_that_of_good_packings_at_the_bench_and_worse_in_a_wide_column() -> None:
    bench, plant = (beds.tracer_plate_height(np.array([150.0]), diameter, HEIGHT)[0] for diameter in (BENCH, PLANT))
    assert 2 <= bench <= 5
    assert bench < plant < 12


def test_plates__of_a_bed_by_hand() -> None:
    assert beds.plates(HEIGHT, np.array([4.0]), 50e-6)[0] == pytest.approx(1000)  # 0.2 m/(4·50 µm)
