"""The point that a person has chosen, as a proposal."""

import pytest

from pipeline.answers.case.case import make_case
from pipeline.answers.profile.point import Point, proposal_of, solved
from pipeline.domain.errors import ScalebridgeError
from tests.support.pot import pot
from tests.support.stirred_pot import stirred_run
from tests.support.trained_pot import trained_run

POINT = Point("P", 100.0, "B", "There", {"agitation": 60.0, "temperature": 36.85})


def test_point__is_a_proposal_with_units_that_can_be_answered() -> None:
    proposal = proposal_of(pot(), POINT)
    assert (proposal.name, proposal.scale) == ("P to 100 L", "100 L")
    assert proposal.settings == {"agitation": "60 rpm", "temperature": "36.85 degC"}
    case = make_case(proposal, trained_run())
    assert case.row["agitation"][0] == pytest.approx(1.0)


def test_point__refuses_a_setting_that_the_process_does_not_have() -> None:
    with pytest.raises(ScalebridgeError, match="no attribute 'speed'"):
        proposal_of(pot(), Point("P", 100.0, settings={"speed": 1.0}))


def test_solved__without_holds_changes_nothing() -> None:
    assert solved(trained_run(), POINT) == (POINT, ())


def test_solved__refuses_a_setting_that_holds_nothing() -> None:
    with pytest.raises(ScalebridgeError, match="'temperature' holds no quantity"):
        solved(trained_run(), Point("P", 100.0, "B", settings={"temperature": 37.0}, holds={"temperature": "tip_speed"}))


def test_solved__holds_the_tip_speed_of_the_reference_in_the_larger_vessel() -> None:
    run = stirred_run()
    point, (held,) = solved(run, Point("P", 100.0, "B", "There", {"agitation": 60.0}, {"agitation": "tip_speed"}))
    reference = run.rows.filter((run.rows["product"] == "P") & (run.rows["scale"] < 0.01))
    assert held.value == pytest.approx(60 * float(reference["agitation"].median()) * 0.06 / 0.2, rel=1e-3)  # type: ignore[arg-type]
    assert point.settings["agitation"] == held.value
    assert held.quantity == "bioreactor.tip_speed"
    assert "the median of" in held.why
