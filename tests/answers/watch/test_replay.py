"""A past batch hour after hour: the alarm, its delay to the log, and the results beside the forecasts."""

import pytest

from pipeline.answers.watch.alarms import AlarmEvent
from pipeline.answers.watch.past_batch import LoggedDeviation
from pipeline.answers.watch.replay import alarm_sentences, hours_of, outcomes, replayed
from pipeline.domain.errors import ScalebridgeError
from tests.support import example_watch
from tests.support.example_result import plant_process
from tests.support.example_watch import CannedJudge, courses, judgement, post, records, running

RAISED = AlarmEvent("scalebridge", "", "raised", "", 96.0, 1.2)


@pytest.mark.parametrize(
    ("last", "step", "hours"),
    [(3.0, 1.0, [1.0, 2.0, 3.0]), (0.5, 1.0, [0.5]), (1.0, 0.5, [0.5, 1.0]), (0.3, 0.1, [0.1, 0.2, 0.3])],
)
def test_hours_of__every_step_and_the_last_hour(last: float, step: float, hours: list[float]) -> None:
    assert hours_of(last, step) == pytest.approx(hours)


@pytest.mark.parametrize("step", [0.0, -1.0, 1e-9])
def test_hours_of__refuses_a_step_without_end(step: float) -> None:
    with pytest.raises(ScalebridgeError, match=r"--step .*it must be above 0"):
        hours_of(336.0, step)


def test_replayed__each_step_knows_only_its_hour_and_the_last_is_whole() -> None:
    judge = CannedJudge(judgement(planned=courses(["ph_series"])))
    steps = list(replayed(post(judge), running(records(10)), [2.0, 4.0, 6.0], 24))
    assert [hour for _, hour in judge.asked] == [2.0, 4.0, 6.0]
    assert sorted(height for height, _ in judge.asked) == [height for height, _ in judge.asked]
    assert [bool(step.look.watch.courses) for step in steps] == [False, False, True]
    assert steps[-1].look.watch.alarm is not None


def test_outcomes__are_in_the_unit_of_the_user() -> None:
    watch = example_watch.deviating()
    found = outcomes(plant_process(), watch, {"titre": 2.5, "hmw": 0.05})
    assert [(one.result, one.within()) for one in found[:3]] == [(2.5, True), (5.0, False), (None, None)]


@pytest.mark.parametrize(
    ("alarm", "log", "words"),
    [
        (RAISED, (LoggedDeviation("x", 90.0),), "The log names the deviation 'x' at hour 90: the alarm came 6 h later."),
        (RAISED, (LoggedDeviation("x", 100.0),), "at hour 100: the alarm came 4 h earlier."),
        (RAISED, (LoggedDeviation("x", None),), "The log names the deviation 'x' without a time."),
        (None, (LoggedDeviation("x", 90.0),), "at hour 90; no alarm was raised."),
        (None, (), "The alarm was not raised. The history has no logged deviation of this batch."),
    ],
)
def test_alarm_sentences__compare_alarm_and_log(
    alarm: AlarmEvent | None, log: tuple[LoggedDeviation, ...], words: str
) -> None:
    assert words in " ".join(alarm_sentences(alarm, None, log))
