"""Features of cell therapy for the cells of one patient, against numbers by hand."""

import math

import pytest

from pipeline.operations import cell_expansion
from pipeline.operations.registry import unit_operation

PATIENT = {
    "seeded_cells": "1e8 cell",
    "harvested_cells": "6.4e9 cell",
    "culture_volume": "1 L",
    "culture_area": "100 cm2",
    "culture_time": "9 d",
    "perfusion_flow": "500 mL/d",
    "cell_density": "5e6 cell/mL",
    "vector_volume": "2 mL",
    "vector_titre": "1e8 1/mL",
    "exposed_cells": "1e8 cell",
    "transduction_volume": "50 mL",
    "vector_copies": "3000 copies",
    "reference_copies": "4000 copies",
    "transduced_share": "60 %",
    "hold_time": "4 h",
    "transit_time": "20 h",
    "viability_before": "96 %",
    "viability_after": "90 %",
}


def test_features__of_a_patient_lot_by_hand() -> None:
    made = unit_operation("cell_expansion").quantities_of(PATIENT)
    hand = {
        "seeding_density": 1e5,
        "seeding_density_per_area": 1e6,
        "fold_expansion": 64,
        "population_doublings": 6,
        "doubling_time": 36,
        "perfusion_per_cell": 100,
        "multiplicity_of_infection": 2,
        "expected_transduced_share": 100 * (1 - math.exp(-2)),
        "transduction_volume_ratio": 4,
        "vector_copies_per_cell": 1.5,
        "copies_per_transduced_cell": 2.5,
        "waiting_time": 24,
        "viability_loss_rate": math.log(96 / 90),
    }
    assert made == pytest.approx(hand)
    assert set(made) == {feature.name for feature in cell_expansion.FEATURES}


def test_doubling_time__is_the_culture_time_over_the_doublings() -> None:
    made = unit_operation("cell_expansion").quantities_of(PATIENT)
    assert made["doubling_time"] == pytest.approx(9 * 24 / made["population_doublings"])


def test_counts__may_be_written_in_millions() -> None:
    made = unit_operation("cell_expansion").quantities_of(PATIENT | {"seeded_cells": "100 10^6 cells"})
    assert made["fold_expansion"] == pytest.approx(64)
