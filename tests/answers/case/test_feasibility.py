"""What cannot be is refused with its field."""

import pytest

from pipeline.answers.case.feasibility import check_possible
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.proposal import Proposal
from tests.support.example_result import plant_process, rows

PROCESS = plant_process()
LAB = rows(PROCESS, "lab", [3.0], 5e-6)
PLANT = rows(PROCESS, "plant", [1.2], 5e-4)
PROPOSAL = Proposal("up", "virtual_plant", "P", "2000 L")


def test_possible__a_vessel_that_exists_passes() -> None:
    check_possible(PROCESS, PROPOSAL, PLANT, LAB)
    check_possible(PROCESS, PROPOSAL, PLANT, LAB.clear())


def test_possible__a_scale_below_the_reference_is_refused() -> None:
    with pytest.raises(ScalebridgeError, match="lies below the reference scale 2,000 L of 'P'"):
        check_possible(PROCESS, PROPOSAL, LAB, PLANT)


def test_possible__an_impeller_wider_than_its_tank_is_refused() -> None:
    wide = rows(PROCESS, "plant", [1.2], 5e-4, impeller_diameter=1.3)
    with pytest.raises(ScalebridgeError, match=r"impeller to vessel ratio is 1\.1, which no vessel has"):
        check_possible(PROCESS, PROPOSAL, wide, LAB)


def test_possible__what_is_not_known_is_not_refused() -> None:
    check_possible(PROCESS, PROPOSAL, rows(PROCESS, "plant", [1.2], 5e-4, tank_diameter=None), LAB)  # type: ignore[arg-type]
