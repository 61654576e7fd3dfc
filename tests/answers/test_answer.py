"""The whole answer: a gap that a site states stops the answer of what reads it, and of nothing else."""

import pytest

from pipeline.answers.result.answer import Answer
from pipeline.answers.result.scenarios import Scenarios, Withheld
from tests.support.trained_pot import answered

REASON = "its model reads copper, method missing at There: no assay"
GAP = {"There": {"copper": {"method": "missing", "note": "no assay"}}}


@pytest.fixture(scope="module")
def found() -> Answer:
    return answered(depth="whole", tolerances={"agitation": "6 rpm"}, limits={"agitation": ["30 rpm", "90 rpm"]})


@pytest.fixture(scope="module")
def blocked() -> Answer:
    return answered(GAP, depth="whole")


def test_answer__has_every_part(found: Answer) -> None:
    assert found.attributes["titre"].predicted is not None
    assert found.joint is not None
    assert found.bridge is not None
    assert found.drivers is not None
    assert found.equivalence
    assert found.scale_comparison.holding == ()  # the pot has no operation, so no quantity to hold
    assert isinstance(found.scenarios, Scenarios)
    assert [step.name for step in found.steps] == ["pot"]
    assert (found.step.equipment, found.step.site) == ("B", "There")


def test_answer__is_one_belief(found: Answer) -> None:
    """The chance of the answer is that of the response curves at the set-points, and one attribute's is that of all of one."""
    assert isinstance(found.scenarios, Scenarios)
    titre, joint = found.attributes["titre"].predicted, found.joint
    assert titre is not None
    assert joint is not None
    assert titre.chance == pytest.approx(joint.probability, abs=1e-5)
    [line] = [one for one in found.scenarios.ranges if one.parameter == "agitation"]
    if found.scenarios.reached is not None and found.scenarios.reached.at_set_points:
        assert line.chance_at_set_point == pytest.approx(joint.probability, abs=1e-5)
    assert found.bridge is not None
    assert found.bridge.attributes["titre"].proposed == pytest.approx(titre.value, rel=1e-5)


def test_answer__without_asking_computes_no_scenarios() -> None:
    plain = answered()
    assert (plain.scenarios, plain.next_runs) == (None, None)


def test_answer__a_stated_gap_leaves_no_number_of_the_model(blocked: Answer) -> None:
    titre = blocked.attributes["titre"]
    assert titre.refused is not None
    assert titre.refused.reason == REASON
    assert titre.predicted is None
    assert (blocked.joint, blocked.bridge, blocked.drivers) == (None, None, None)
    assert blocked.refused == ("titre",)


def test_answer__of_what_is_refused_computes_no_scenarios_and_says_why(blocked: Answer) -> None:
    assert isinstance(blocked.scenarios, Withheld)
    assert isinstance(blocked.next_runs, Withheld)
    assert "copper" in blocked.scenarios.reason


def test_answer__a_gap_that_no_model_reads_stops_nothing() -> None:
    other = answered({"There": {"zinc": {"method": "missing", "note": "no assay"}}})
    assert other.attributes == answered().attributes


def test_answer__beyond_the_reach_of_the_model_is_refused_by_name() -> None:
    far = answered(depth="whole", scale="20000 L", equipment=None)
    assert far.refused == ("titre",)
    assert far.domain.status == "refused"
    [scale] = [one for one in far.domain.variables if one.status == "refused"]
    assert (scale.variable, scale.proposed, scale.unit) == ("scale", 20000.0, "L")
    assert "too far outside" in scale.why
    assert isinstance(far.scenarios, Withheld)
    assert far.scenarios.reason == "not answered: titre"


def test_answer__beyond_the_largest_scale_within_reach_is_the_edge() -> None:
    larger = answered(scale="200 L", equipment=None)
    assert larger.attributes["titre"].predicted is not None
    assert larger.domain.status == "edge"
