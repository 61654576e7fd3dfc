"""Response curves around the pot's proposed point."""

import pytest

from pipeline.answers.case.case import Case, make_case
from pipeline.answers.prediction import forecasts_of, step_answer
from pipeline.answers.profile.curves import profile_curves
from pipeline.answers.profile.point import Point, held_values, proposal_of
from pipeline.domain.errors import ScalebridgeError
from tests.support.stirred_pot import stirred_run
from tests.support.trained_pot import trained_run

RUN = trained_run()
ALONG = {"agitation": (30.0, 90.0), "temperature": (35.0, 39.0), "volume": (50.0, 200.0)}


def _case(**settings: float) -> Case:
    given = {"agitation": 60.0, "temperature": 36.9} | settings
    return make_case(proposal_of(RUN.process, Point("P", 100.0, "B", "There", given)), RUN)


def test_curves__pass_through_the_prediction_of_the_point() -> None:
    case = _case()
    predicted = step_answer(case, RUN, forecasts_of(case, RUN), {}).attributes["titre"].predicted
    assert predicted is not None
    interval = predicted.interval()
    assert interval is not None
    for one in profile_curves(case, RUN, ALONG):
        here = one.values.index({"agitation": 60.0, "temperature": 36.9, "volume": 100.0}[one.setting])
        curve = one.attributes["titre"]
        assert (curve.predicted[here], curve.lower[here], curve.upper[here]) == (
            predicted.value,
            interval.lower,
            interval.upper,
        )
        assert one.joint is not None
        assert one.joint[here] == pytest.approx(predicted.chance)


def test_curves__have_the_asked_ends_and_number_of_points() -> None:
    speed, *_ = profile_curves(_case(), RUN, ALONG, points=5)
    assert speed.values == (30.0, 45.0, 60.0, 75.0, 90.0)
    [warmth] = profile_curves(_case(), RUN, {"temperature": (35.0, 39.0)}, points=3)
    assert warmth.values == (35.0, 36.9, 37.0, 39.0)


def test_curves__a_logarithmic_grid_has_equal_ratios() -> None:
    [one] = profile_curves(_case(), RUN, {"agitation": (15.0, 240.0)}, ["agitation"], points=3)
    assert one.values == pytest.approx((15.0, 60.0, 240.0))


def test_curves__refuse_a_setting_without_a_value() -> None:
    with pytest.raises(ScalebridgeError, match="'pressure' has no value at this point"):
        profile_curves(_case(), RUN, {"pressure": (0.0, 1.0)})


def test_curves__of_nothing_are_nothing() -> None:
    assert profile_curves(_case(), RUN, {}) == ()


def test_curves__solve_what_a_setting_holds_at_each_point() -> None:
    """Power per volume ∝ N³/V in one vessel, so the held speed rises with the cube root of the volume."""
    run = stirred_run()
    given = {"agitation": 60.0, "temperature": 36.9, "gas_flow": 20.0}
    start = Point("P", 100.0, "B", "There", given, {"agitation": "power_per_volume"})
    case = make_case(proposal_of(run.process, start), run)
    [held] = held_values(run.process, case)
    [along] = profile_curves(case, run, {"volume": (50.0, 200.0)}, points=3)
    speeds = [held.value * (volume / 100.0) ** (1 / 3) for volume in along.values]
    assert along.held["agitation"] == pytest.approx(speeds, rel=1e-3)
    assert len(set(along.held["agitation"])) == len(along.values) == 4


def test_curves__have_no_column_for_a_setting_that_holds_something() -> None:
    run = stirred_run()
    start = Point("P", 100.0, "B", "There", {"agitation": 60.0, "temperature": 36.9}, {"agitation": "tip_speed"})
    case = make_case(proposal_of(run.process, start), run)
    found = profile_curves(case, run, {"agitation": (30.0, 90.0), "temperature": (35.0, 39.0)}, points=3)
    assert [one.setting for one in found] == ["temperature"]
