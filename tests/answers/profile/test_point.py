"""The point that a person has chosen, as a proposal."""

import pytest

from pipeline.answers.case.case import make_case
from pipeline.answers.profile.point import Point, held_values, proposal_of
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


def test_point__has_the_title_of_a_draft() -> None:
    assert proposal_of(pot(), Point("P", 2000.0)).name == "P to 2,000 L"
    assert proposal_of(pot(), Point("P", 2000.0, name="mine")).name == "mine"


def test_point__refuses_a_setting_that_the_process_does_not_have() -> None:
    with pytest.raises(ScalebridgeError, match="no attribute 'speed'"):
        proposal_of(pot(), Point("P", 100.0, settings={"speed": 1.0}))


def test_point__does_not_state_a_setting_that_holds_a_quantity() -> None:
    proposal = proposal_of(pot(), Point("P", 100.0, settings={"agitation": 60.0}, holds={"agitation": "tip_speed"}))
    assert proposal.settings == {}
    assert proposal.hold == {"agitation": "tip_speed"}


def test_held_values__are_those_that_the_case_solved() -> None:
    run = stirred_run()
    case = make_case(proposal_of(run.process, Point("P", 100.0, "B", "There", holds={"agitation": "tip_speed"})), run)
    [held] = held_values(run.process, case)
    reference = run.rows.filter((run.rows["product"] == "P") & (run.rows["scale"] < 0.01))
    assert held.value == pytest.approx(60 * float(reference["agitation"].median()) * 0.06 / 0.2)  # type: ignore[arg-type]
    assert (held.setting, held.quantity) == ("agitation", "bioreactor.tip_speed")
    assert held.why.startswith("holds tip speed at ")


def test_held_values__of_a_case_that_holds_nothing_are_none() -> None:
    assert held_values(pot(), make_case(proposal_of(pot(), POINT), trained_run())) == ()
