"""Which cause a deviation has."""

import numpy as np
import pytest

from pipeline.domain.arrays import FloatArray
from pipeline.monitoring.causes import AFTER, learn_causes, pattern_of, patterns_after
from pipeline.monitoring.judgement import UNKNOWN, ProbableCause
from pipeline.monitoring.scoring import Scored

PUMP, LEAK, NEVER = np.eye(12)[:3]


def _patterns(shape: FloatArray, batches: int, seed: int, noise: float = 0.1) -> list[FloatArray]:
    rng = np.random.default_rng(seed)
    return [3 * shape + noise * rng.normal(size=(4, 12)) for _ in range(batches)]


NAMES = ["pump"] * 6 + ["leak"] * 6
LEARNED = learn_causes(NAMES, [*_patterns(PUMP, 6, 1), *_patterns(LEAK, 6, 2)])


@pytest.mark.parametrize(("shape", "cause"), [(PUMP, "pump"), (LEAK, "leak")])
def test_cause__of_a_known_pattern_is_named_first(shape: FloatArray, cause: str) -> None:
    found = LEARNED.probable(_patterns(shape, 1, 9)[0][-1], 0.0)
    assert found[0].cause == cause
    assert found[0].probability > 0.7
    assert {one.cause for one in found} == {"pump", "leak", UNKNOWN}
    assert sum(one.probability for one in found) == pytest.approx(1)


@pytest.mark.parametrize("shape", [NEVER, -PUMP], ids=["other tag", "other direction"])
def test_cause__of_an_unseen_pattern_is_unknown(shape: FloatArray) -> None:
    assert LEARNED.probable(_patterns(shape, 1, 9)[0][-1], 0.1)[0].cause == UNKNOWN


def test_cause__below_the_stated_probability_is_not_named() -> None:
    pattern = _patterns(PUMP, 1, 9)[0][-1]
    assert all(one.probability >= 0.3 for one in LEARNED.probable(pattern, 0.3))
    assert len(LEARNED.probable(pattern, 0.3)) < 3


def test_cause__of_a_mixed_pattern_is_both() -> None:
    found = LEARNED.probable(PUMP + LEAK, 0.0)
    chance = {one.cause: one.probability for one in found}
    assert chance["pump"] == pytest.approx(chance["leak"], abs=0.4)
    assert chance[UNKNOWN] < 0.1


def test_cause__without_a_log_is_unknown() -> None:
    nothing = learn_causes([], [])
    assert nothing.probable(np.empty(0), 0.1) == (ProbableCause(UNKNOWN, 1.0),)


def test_cause__that_was_logged_once_is_named() -> None:
    """Without a pattern of its own, its next deviation would have the name of another cause."""
    found = learn_causes(["pump"] * 5 + ["leak"], [*_patterns(PUMP, 5, 1), *_patterns(LEAK, 1, 2)])
    assert dict(zip(found.names, found.numbers, strict=True)) == {"pump": 5, "leak": 1}
    assert [found.probable(shape, 0.0)[0].cause for shape in (PUMP, LEAK)] == ["pump", "leak"]
    assert learn_causes(["leak"], _patterns(LEAK, 1, 2)).probable(LEAK, 0.0)[0].cause == "leak"


def test_cause__of_a_deviation_that_shows_nothing_is_a_probability() -> None:
    found = LEARNED.probable(np.zeros(12), 0.0)
    assert sum(one.probability for one in found) == pytest.approx(1)


def _scored(scores: FloatArray) -> Scored:
    shape = scores.shape[:2]
    return Scored(np.zeros(shape), np.zeros(shape, dtype=np.int64), ("slow",), (scores, -scores))


def test_pattern__is_the_mean_score_since_the_alarm_without_small_ones() -> None:
    scores = np.full((1, 10, 3), 0.5)
    scores[0, 4:, 1] = 5.0
    scores[0, 6:, 2] = np.nan
    assert pattern_of(_scored(scores), 0, 4, 8).tolist() == [0, 2, 0, 0, -2, 0]
    assert np.isfinite(pattern_of(_scored(np.full((1, 5, 2), np.nan)), 0, 1, 4)).all()


def test_patterns_after__do_not_read_beyond_the_last_point() -> None:
    scores = np.full((1, 200, 3), 2.0)
    changed = np.where(np.arange(200)[None, :, None] > 20, 9.0, scores)
    first, second = (patterns_after(_scored(one), 0, 15, 20, 100) for one in (scores, changed))
    assert first.tolist() == second.tolist()
    assert len(patterns_after(_scored(scores), 0, 15, 199, 100)) == len(AFTER)
