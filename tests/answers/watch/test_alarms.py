"""The alarm of a batch: which state follows which, what fires, and what does not fire again."""

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.answers.watch.alarms import Alarm, acknowledged, alarm_sentence, cleared, observed, rearmed
from pipeline.domain.errors import ScalebridgeError
from pipeline.monitoring.judgement import Judgement, ScorePoint

NOW = "2026-11-27T10:00:00+00:00"
ARMED = Alarm(process="vat", batch="R1")


def judged(*scores: float, status: str | None = None) -> Judgement:
    """One score per hour, from hour 1 on."""
    points = tuple(ScorePoint(float(hour), score, "fast") for hour, score in enumerate(scores, 1))
    since = next((point.hours for point in points if point.score > 1), None)
    state = status or ("deviating" if since is not None else "as_expected")
    return Judgement("R1", float(len(scores)), state, since, "next_batch", "next_batch", 0.05, 40, points)  # type: ignore[arg-type]


def seen(alarm: Alarm, judgement: Judgement, quiet: float = 3) -> tuple[Alarm, list[str]]:
    after, events = observed(alarm, judgement, quiet, NOW)
    return after, [event.what for event in events]


def raised() -> Alarm:
    return seen(ARMED, judged(0.5, 1.2, 1.4))[0]


def test_observed__a_score_above_the_limit_raises_the_alarm() -> None:
    alarm, events = observed(ARMED, judged(0.5, 1.2, 1.4), 3, NOW)
    assert alarm.state == "raised"
    assert alarm.raised is not None
    assert (alarm.raised.since, alarm.raised.noticed, alarm.raised.score) == (2.0, 3.0, 1.4)
    (event,) = events
    assert (event.who, event.when, event.what, event.hours, event.score) == ("scalebridge", NOW, "raised", 3.0, 1.4)


def test_observed__a_batch_as_expected_stays_armed() -> None:
    assert seen(ARMED, judged(0.5, 1.0)) == (replace(ARMED, newest=2.0), [])


def test_observed__a_raised_alarm_stays_until_it_is_acknowledged() -> None:
    alarm, events = seen(raised(), judged(0.5, 1.2, 1.4, *[0.1] * 50))
    assert (alarm.state, events) == ("raised", [])


def test_observed__keeps_the_highest_score() -> None:
    alarm, _ = seen(raised(), judged(0.5, 1.2, 1.4, 2.6, 0.3))
    assert alarm.raised is not None
    assert (alarm.raised.since, alarm.raised.score, alarm.raised.highest) == (2.0, 1.4, 2.6)


@pytest.mark.parametrize("state", ["acknowledged", "cleared"])
def test_observed__what_a_person_knows_does_not_fire_again(state: str) -> None:
    known = replace(raised(), state=state)  # type: ignore[arg-type]
    alarm, events = seen(known, judged(0.5, 1.2, 1.4, 3.0, 4.0))
    assert (alarm.state, events) == (state, [])


@pytest.mark.parametrize(("quiet", "state"), [(3, "armed"), (3.1, "acknowledged")])
def test_observed__is_armed_again_after_the_stated_time_as_expected(quiet: float, state: str) -> None:
    known, _ = acknowledged(raised(), "Ann", "probe checked", NOW)
    alarm, events = seen(known, judged(0.5, 1.2, 1.4, 0.9, 0.8, 0.7), quiet)
    assert alarm.state == state
    assert events == (["re-armed"] if state == "armed" else [])


def test_observed__after_it_was_armed_again_only_later_scores_fire() -> None:
    known, _ = acknowledged(raised(), "Ann", "probe checked", NOW)
    armed, _ = rearmed(known, "Ann", "probe changed", NOW)
    assert armed.armed_from == 3.0
    assert seen(armed, judged(0.5, 1.2, 1.4))[1] == []
    alarm, events = seen(armed, judged(0.5, 1.2, 1.4, 0.9, 1.1))
    assert events == ["raised"]
    assert alarm.raised is not None
    assert alarm.raised.since == 5.0


def test_observed__a_batch_that_is_not_judged_changes_nothing() -> None:
    assert seen(raised(), judged(0.5, status="not_judged")) == (raised(), [])


def test_observed__without_scores_the_status_counts() -> None:
    judgement = replace(judged(status="deviating"), hours=7.0, since=5.0)
    alarm, events = seen(ARMED, judgement)
    assert events == ["raised"]
    assert alarm.raised is not None
    assert alarm.raised.since == 5.0


def test_observed__a_score_without_end_is_written_as_a_number() -> None:
    alarm, events = seen(ARMED, judged(float("nan"), float("inf")))
    assert events == ["raised"]
    assert alarm.raised is not None
    assert (alarm.raised.since, alarm.raised.highest) == (2.0, 1e9)


MOVES = {"acknowledge": acknowledged, "clear": cleared, "re-arm": rearmed}
ALLOWED = {
    ("raised", "acknowledge"): "acknowledged",
    ("acknowledged", "clear"): "cleared",
    ("acknowledged", "re-arm"): "armed",
    ("cleared", "re-arm"): "armed",
}


@pytest.mark.parametrize(("state", "move"), list(itertools.product(("armed", "raised", "acknowledged", "cleared"), MOVES)))
def test_moves__only_these_are_possible(state: str, move: str) -> None:
    alarm = replace(raised(), state=state)  # type: ignore[arg-type]
    if (state, move) in ALLOWED:
        after, event = MOVES[move](alarm, "Ann", "because", NOW)
        assert after.state == ALLOWED[(state, move)]
        assert (event.who, event.when, event.why) == ("Ann", NOW, "because")
    else:
        with pytest.raises(ScalebridgeError, match=f"The alarm of batch 'R1' is {state}; only one that is "):
            MOVES[move](alarm, "Ann", "because", NOW)


@given(st.lists(st.floats(0, 3), min_size=1, max_size=40))
def test_observed__hour_after_hour_fires_once_at_the_first_score_above_the_limit(scores: list[float]) -> None:
    alarm, fired = ARMED, []
    for hour in range(1, len(scores) + 1):
        alarm, events = seen(alarm, judged(*scores[:hour]))
        fired += [hour] if events else []
    assert fired == [hour for hour, score in enumerate(scores, 1) if score > 1][:1]


def test_sentence__says_state_and_since_when() -> None:
    assert alarm_sentence(ARMED) == "The alarm is armed. A score above its limit raises it."
    assert "nobody has acknowledged it. The score exceeded its limit at hour 2" in alarm_sentence(raised())
