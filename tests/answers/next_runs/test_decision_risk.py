"""The risk of the decision and the look-ahead: closed forms, and agreement with playing the runs many times."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from scipy.special import ndtr, ndtri

from pipeline.answers.next_runs.belief import AttributeLimits, Belief, limits_with
from pipeline.answers.next_runs.decision_risk import GoDecision, choose
from pipeline.answers.next_runs.joint_belief import JointBelief
from pipeline.forecasting.calibrated_model import Forecast
from pipeline.forecasting.joint_chance import chance_of_batch

FORECAST = Forecast(np.zeros(1), np.ones(1), pl.Series(["new_scale"]))
COVARIANCE = np.array([[1.0, 0.9, 0.2], [0.9, 1.0, 0.1], [0.2, 0.1, 1.0]])
OTHER = np.array([[0.5, 0.1, 0.4], [0.1, 0.6, 0.0], [0.4, 0.0, 0.7]])
ONE = Belief(np.zeros(3), COVARIANCE, 0.04, FORECAST)
TWO = Belief(np.zeros(3), OTHER, 0.3, FORECAST)
NONE = np.inf


def decision(correlation: float, *limits: AttributeLimits) -> GoDecision:
    beliefs = [ONE, TWO][: len(limits)]
    tied = np.array([[1.0, correlation], [correlation, 1.0]])[: len(limits), : len(limits)]
    return GoDecision(JointBelief.of(beliefs, tied), limits, 3)


def of_mean(belief: Belief, limit: float) -> float:
    """Chance that the process mean is over a lower limit in units of one batch."""
    return float(1 - ndtr(limit * belief.deviation / np.sqrt(belief.covariance[0, 0])))


TIED = decision(0.5, AttributeLimits(-0.4, NONE), AttributeLimits(-1.0, 0.8))


def test_chance__of_one_attribute_is_the_normal_one() -> None:
    assert decision(0, AttributeLimits(-0.3, NONE)).chance == pytest.approx(of_mean(ONE, -0.3))


def test_chance__of_attributes_that_do_not_correlate_is_the_product() -> None:
    found = decision(0.0, AttributeLimits(-0.3, NONE), AttributeLimits(-0.5, NONE))
    assert found.chance == pytest.approx(of_mean(ONE, -0.3) * of_mean(TWO, -0.5), abs=1e-5)


def test_chance__of_two_equal_attributes_with_correlation_1_is_the_single_one() -> None:
    joint = JointBelief.of([ONE, ONE], np.ones((2, 2)))
    found = GoDecision(joint, [AttributeLimits(-0.3, NONE)] * 2, 3)
    single = decision(0, AttributeLimits(-0.3, NONE))
    assert found.chance == pytest.approx(single.chance, abs=2e-3)
    assert found.doubt_after_one == pytest.approx(single.doubt_after_one, abs=5e-3)


def test_chance__grows_with_correlation() -> None:
    limits = (AttributeLimits(-0.3, NONE), AttributeLimits(-0.5, NONE))
    low, none, high = (decision(r, *limits).chance for r in (-0.6, 0.0, 0.6))
    assert low < none < high


def test_chance__without_noise_is_the_joint_chance_of_the_answer() -> None:
    """The belief and the answer tie the attributes in the same way; between them stands only the noise of one batch."""
    below, above = np.array([0.3, 0.1]), np.array([0.0, 0.2])
    exact = [Belief(b.predicted, b.covariance, 1e-9, FORECAST) for b in (ONE, TWO)]
    correlation = np.array([[1.0, 0.7], [0.7, 1.0]])
    limits = [limits_with(*both) for both in zip(below, above, strict=True)]
    found = GoDecision(JointBelief.of(exact, correlation), limits, 3).chance
    assert found == pytest.approx(chance_of_batch(below, above, correlation).value, abs=1e-4)


def test_chance__a_process_mean_inside_its_limits_is_surer_than_a_batch() -> None:
    found = decision(0, AttributeLimits(float(ndtri(0.2)), NONE))
    assert found.chance > 0.8
    assert decision(0, AttributeLimits(float(ndtri(0.8)), NONE)).chance < 0.2


def played(run: int) -> tuple[float, float]:
    """Mean risk and doubt over many results of a run, drawn from the belief."""
    joint, rng = TIED.belief, np.random.default_rng(7)
    noise = np.sqrt(joint.noise)
    results = rng.multivariate_normal(np.zeros(2), joint.spread[run] + joint.correlation * np.outer(noise, noise), 2000)
    after = [replace(TIED, belief=joint.after(run, result)) for result in results]
    return float(np.mean([one.risk for one in after])), float(np.mean([one.doubt for one in after]))


@pytest.mark.parametrize("run", [1, 2])
def test_look_ahead__agrees_with_playing_the_run_many_times(run: int) -> None:
    risk, doubt = played(run)
    assert TIED.risk_after(TIED.belief, np.array([run]))[0] == pytest.approx(risk, abs=0.008)
    assert TIED.doubt_after_one[run] == pytest.approx(doubt, abs=0.005)


def test_look_ahead__the_expected_risk_has_the_three_decimals_that_are_written(monkeypatch: pytest.MonkeyPatch) -> None:
    few = TIED.risk_after(TIED.belief, np.array([1, 2]))
    monkeypatch.setattr("pipeline.answers.next_runs.decision_risk.FUTURES", 4096)
    monkeypatch.setattr("pipeline.answers.next_runs.decision_risk.POINTS_EACH", 256)
    assert few == pytest.approx(TIED.risk_after(TIED.belief, np.array([1, 2])), abs=0.001)


def test_look_ahead__a_run_never_adds_to_the_expected_risk_or_doubt() -> None:
    for correlation in (-0.7, 0.0, 0.9):
        for limit in (-2.0, -0.3, 1.5):
            one = decision(correlation, AttributeLimits(limit, NONE), AttributeLimits(-1.0, 0.8))
            assert (one.risk_after(one.belief, np.arange(3)) <= one.risk).all()
            assert (one.doubt_after_one <= one.doubt).all()


def test_look_ahead__a_run_that_tells_nothing_changes_nothing() -> None:
    blind = Belief(np.zeros(2), np.eye(2), 1.0, FORECAST)
    one = GoDecision(JointBelief.of([blind], np.eye(1)), [AttributeLimits(-0.4, NONE)], 3)
    assert one.doubt_after_one[1] == pytest.approx(one.doubt, abs=1e-9)
    assert one.risk_after(one.belief, np.array([1]))[0] == pytest.approx(one.risk, abs=1e-6)


def test_look_ahead__where_nothing_can_fail_nothing_is_in_doubt() -> None:
    sure = decision(0.5, AttributeLimits(-NONE, NONE), AttributeLimits(-NONE, NONE))
    assert (sure.chance, sure.risk, sure.doubt) == (1.0, 0.0, 0.0)
    assert (sure.doubt_after_one == 0).all()
    lost = decision(0.5, AttributeLimits(NONE, NONE), AttributeLimits(-1.0, NONE))
    assert (lost.chance, lost.risk) == (0.0, 0.0)


def test_choose__takes_the_run_that_tells_most_and_more_runs_leave_less() -> None:
    chosen = choose(decision(0, AttributeLimits(-0.3, NONE)), [1, 2], 3)
    assert chosen[0].candidate == 1
    assert chosen[0].doubt > chosen[1].doubt > chosen[2].doubt
    assert chosen[0].risk >= chosen[1].risk >= chosen[2].risk
