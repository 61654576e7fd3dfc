"""One score from all channels, with a limit that keeps the promised rate per whole batch."""

import numpy as np
import pytest

from pipeline.monitoring.judgement import FAST, MIDDLE, SLOW
from pipeline.monitoring.scoring import BORROWED, Scored, Scoring, fit_scoring
from pipeline.monitoring.statistic import Averaged


def _values(batches: int, rng: np.random.Generator, heavy: bool = False) -> list[Averaged]:
    """Return residuals of three forecasts of three tags: normal batches."""
    draw = (lambda: rng.standard_t(4, size=(batches, 30, 3))) if heavy else (lambda: rng.normal(size=(batches, 30, 3)))
    return [Averaged(FAST, 0, draw()), Averaged(MIDDLE, 0, draw()), Averaged(SLOW, 1, draw())]


def _fitted(batches: int = 40, rate: float = 0.05, seed: int = 1) -> Scoring:
    return fit_scoring(_values(batches, np.random.default_rng(seed)), "next_batch", rate)[0]


@pytest.mark.parametrize(("batches", "rate", "heavy"), [(40, 0.05, True), (60, 0.1, False)])
def test_limit__keeps_the_promised_rate_of_whole_batches(batches: int, rate: float, heavy: bool) -> None:
    rng, alarms = np.random.default_rng(11), []
    for _ in range(20):
        scoring, _ = fit_scoring(_values(batches, rng, heavy), "next_batch", rate)
        alarms.append((scoring.scored(_values(50, rng, heavy)).alarm >= 0).mean())
    assert np.mean(alarms) < rate + 0.025
    assert np.mean(alarms) > rate / 4


def test_limit__of_few_batches_says_which_rate_it_promises() -> None:
    limit = _fitted(12).limit
    assert (limit.batches, limit.rehearsed_as) == (12, "next_batch")
    assert limit.rate == pytest.approx(1 / 13)
    assert limit.bound > limit.rate
    assert _fitted(40).limit.rate == 0.05


@pytest.mark.parametrize(("number", "channel"), [(0, FAST), (1, MIDDLE), (2, SLOW)])
def test_score__exceeds_one_where_a_channel_deviates_and_names_it(number: int, channel: str) -> None:
    values = _values(3, np.random.default_rng(5))
    values[number].values[1, 12:, 2] += 15
    found = _fitted().scored(values)
    assert found.alarm.tolist() == [-1, 12, -1]
    assert found.channels[found.part[1, 12]] == channel


def test_score__is_not_known_where_nothing_is_recorded() -> None:
    values = _values(2, np.random.default_rng(5))
    for one in values:
        one.values[0, 20:] = np.nan
    found = _fitted().scored(values)
    assert np.isnan(found.score[0, 20:]).all()
    assert not np.isnan(found.score[0, :20]).any()


def test_suspected__batches_make_no_limit() -> None:
    rng = np.random.default_rng(2)
    values = _values(50, rng)
    plain, none = fit_scoring(values, "next_batch", 0.05)
    for one in values:
        one.values[7, 10:, 1] += 40
    scoring, suspect = fit_scoring(values, "next_batch", 0.05)
    assert not none.any()
    assert np.flatnonzero(suspect).tolist() == [7]
    assert scoring.limit.batches == 49
    assert scoring.limit.whole < 2 * plain.limit.whole
    assert scoring.scored(values).alarm[7] >= 0


def test_unlogged__deviations_are_taken_from_the_largest_batches() -> None:
    values = _values(50, np.random.default_rng(2))
    plain, fewer = (fit_scoring(values, "next_batch", 0.05, unlogged)[0].limit for unlogged in (0, 5))
    assert fewer.batches == 45
    assert fewer.whole <= plain.whole
    assert fit_scoring(values, "next_batch", 0.05, 1000)[0].limit.batches == 1


def test_suspected__batches_lower_the_limit_less_where_the_log_lacks_as_many() -> None:
    values = _values(200, np.random.default_rng(2))
    for one in values:
        one.values[:3, 10:, 1] += 40
    complete, lacking = (fit_scoring(values, "next_batch", 0.05, unlogged)[0].limit for unlogged in (0, 3))
    assert complete.batches == lacking.batches == 197
    assert lacking.whole < complete.whole


def test_groups__that_differ_widen_the_limit() -> None:
    values = _values(48, np.random.default_rng(2))
    groups = [f"P{i // 8}" for i in range(48)]
    sizes = np.repeat([1, 1, 1, 1, 1, 1.4], 8)[:, None, None]
    wide = [Averaged(one.channel, one.window, one.values * sizes) for one in values]
    alone, grouped = (fit_scoring(wide, "new_scale", 0.05, 0, of)[0].limit.whole for of in ((), groups))
    assert grouped > alone


def test_borrowed__scoring_has_a_wider_limit() -> None:
    scoring = _fitted()
    borrowed = scoring.borrowed("new_scale")
    assert borrowed.limit.whole == BORROWED * scoring.limit.whole
    assert borrowed.limit.rehearsed_as == "next_batch"
    values = _values(3, np.random.default_rng(5))
    assert borrowed.scored(values).score == pytest.approx(scoring.scored(values).score / BORROWED)


def test_scoring__of_batches_without_any_residual_raises_no_alarm() -> None:
    nothing = [Averaged(MIDDLE, 0, np.full((20, 30, 3), np.nan))]
    scoring, suspect = fit_scoring(nothing, "next_batch", 0.05, 0, [f"P{i % 4}" for i in range(20)])
    found: Scored = scoring.scored(nothing)
    assert not suspect.any()
    assert np.isnan(found.score).all()
    assert (found.alarm == -1).all()
