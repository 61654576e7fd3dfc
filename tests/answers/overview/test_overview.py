"""The overview of a whole answer."""

from pipeline.answers.overview.overview import overview
from tests.support.trained_pot import answered, trained_run


def test_overview__of_a_whole_answer_has_verdict_history_and_action() -> None:
    found = answered(depth="whole", limits={"agitation": ["30 rpm", "90 rpm"]}).overview
    assert found is not None
    assert found.verdict.startswith("P at 100 L ")
    assert found.shown == "titre"
    assert set(found.history) == {"titre"}
    assert found.action is not None


def test_overview__the_chance_of_the_answer_is_the_start_of_every_recommendation() -> None:
    """One number has one value: the curves at the set-points have the joint chance of the answer."""
    answer = answered(depth="whole", limits={"agitation": ["30 rpm", "90 rpm"]})
    assert answer.joint is not None
    played = answer.scenarios
    assert played is not None
    assert played.state == "computed"
    for curve in played.curves:
        at = min(range(len(curve.values)), key=lambda i: abs(curve.values[i] - curve.set_point))
        assert abs(curve.chance[at] - answer.joint.probability) < 0.005


def test_overview__without_scenarios_has_no_action() -> None:
    found = overview(answered(), trained_run())
    assert found == answered().overview
    assert found.action is None
