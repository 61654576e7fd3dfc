"""One look: records that were known, in the units of the user, with notes, alarm and record."""

from dataclasses import replace

import polars as pl
import pytest

from pipeline.answers.watch.look import look_at
from pipeline.answers.watch.wording import SEEN
from pipeline.domain.errors import ScalebridgeError
from pipeline.monitoring.judgement import ScorePoint
from tests.support import example_watch
from tests.support.example_watch import QUALITY, CannedJudge, judgement, post, records, running


def test_look_at__gives_values_in_the_units_of_the_user() -> None:
    watch = example_watch.deviating()
    assert (watch.tags[0].tag, watch.tags[0].unit, watch.tags[0].observed) == ("oxygen_series", "%", 27.0)
    course = next(one for one in watch.courses if one.tag == "temperature_series")
    assert course.unit == "°C"
    assert course.expected is not None
    assert course.expected.points[0].median == pytest.approx(36.5, abs=0.05)
    assert course.observed[0].value == pytest.approx(36.5, abs=0.2)
    assert (watch.scale, watch.scale_unit) == (2000.0, "L")
    assert (watch.quality[1].unit, watch.quality[1].plan.median) == ("%", 1.8)


def test_look_at__says_as_of_when() -> None:
    watch = example_watch.deviating()
    assert (watch.as_of.hours, watch.as_of.clock) == (150.0, "2026-11-26T14:00:00+00:00")


def test_look_at__judges_only_what_was_known() -> None:
    judge = CannedJudge(judgement())
    found = records(150)
    look_at(post(judge), running(found), 48.0)
    at_once = found.filter((pl.col("time") <= 48 * 3600) & (pl.col("tag") != "vcd_series"))
    assert judge.asked == [(at_once.height + 2, 48.0)]  # the sample of hour 48 is known at hour 52


def test_look_at__quality_at_a_decision_point_uses_the_records_up_to_it() -> None:
    asked: list[tuple[float, float]] = []

    class Noting(CannedJudge):
        def outlook(self, row: pl.DataFrame, records: pl.DataFrame, hours: float):  # type: ignore[no-untyped-def]
            asked.append((hours, float(records["time"].max()) / 3600))  # type: ignore[arg-type]
            return super().outlook(row, records, hours)

    watch = look_at(post(Noting(judgement(), QUALITY)), running(records(150))).watch
    assert asked == [(72.0, 72.0), (120.0, 120.0)]
    assert [one.hours for one in watch.quality[0].chances] == [0.0, 72.0, 120.0]
    assert watch.quality[0].decision_point == 120.0


def test_look_at__before_the_first_decision_point_shows_the_plan_alone() -> None:
    watch = example_watch.first_at_scale()
    assert all(one.now is None and one.decision_point is None for one in watch.quality)
    assert [len(one.chances) for one in watch.quality] == [1, 1, 1, 1]


def test_look_at__says_that_the_run_has_seen_the_batch() -> None:
    judge = CannedJudge(judgement())
    found = running(records(50))
    assert SEEN in look_at(post(judge, ["B-017"]), found).watch.notes
    assert SEEN not in look_at(post(judge, ["B-016"]), found).watch.notes
    unseen = look_at(post(replace(judge, unseen=True), ["B-017"]), found, past=True).watch
    assert (unseen.record.seen, SEEN in unseen.notes) == (False, False)


def test_sentence__of_a_deviation_that_is_over_says_how_high_the_score_was() -> None:
    scores = (ScorePoint(10.0, 0.4, "fast"), ScorePoint(11.0, 17.4, "fast"), ScorePoint(12.0, 0.05, "fast"))
    judge = CannedJudge(judgement(status="deviating", since=11.0, scores=scores))
    sentence = look_at(post(judge), running(records(12))).watch.sentence
    assert sentence == "Batch B-017 deviates since hour 11. The score was up to 17.4 times its limit, and is below it now."


def test_look_at__without_records_is_not_judged_and_asks_nothing() -> None:
    judge = CannedJudge(judgement(), QUALITY)
    watch = look_at(post(judge), running(records(1).clear())).watch
    assert watch.sentence == "Batch B-017 is not judged at hour 0: No record of the batch was known at this hour."
    assert (watch.status, judge.asked, watch.promise) == ("not_judged", [], None)
    assert [one.now for one in watch.quality] == [None] * 4


def test_look_at__an_hour_before_the_start_is_a_sentence() -> None:
    with pytest.raises(ScalebridgeError, match=r"--at -1: the hour must be 0 or more"):
        look_at(post(CannedJudge(judgement())), running(records(1)), -1.0)


def test_look_at__not_judged_says_why_and_promises_nothing() -> None:
    watch = example_watch.not_judged()
    assert watch.sentence.startswith("Batch B-017 is not judged at hour 4: The records hold none of the tags")
    assert watch.promise is None
    assert watch.score is None


@pytest.mark.parametrize(
    ("batches", "supported", "words"),
    [
        (133, True, "at most 5 % are expected to raise an alarm at any time of the batch"),
        (19, True, "at most 5 %"),
        (18, False, "A rate of 5 % cannot be promised from 18 batches"),
    ],
)
def test_promise__needs_enough_batches(batches: int, supported: bool, words: str) -> None:
    judge = CannedJudge(judgement(calibration_batches=batches))
    promise = look_at(post(judge), running(records(20))).watch.promise
    assert promise is not None
    assert promise.supported is supported
    assert words in promise.sentence


def test_promise__of_a_borrowed_limit_names_both_kinds() -> None:
    promise = example_watch.first_at_scale().promise
    assert promise is not None
    assert "asks the kind of question 'beyond scale'" in promise.sentence
    assert "The limit is that of 'new scale', which stands for it." in promise.sentence


def test_record__names_run_records_and_that_the_program_controls_nothing() -> None:
    first, second = (look_at(post(CannedJudge(judgement())), running(records(h))).watch.record for h in (20, 21))
    assert first.run == second.run == "03f9a7852a3698cc"
    assert first.records != second.records
    assert first.statement.startswith("This is advice; the program controls nothing.")


def test_look_at__scores_that_are_no_numbers_are_left_out() -> None:
    scores = (ScorePoint(1.0, float("nan"), "fast"), ScorePoint(2.0, 0.5, "fast"), ScorePoint(3.0, float("inf"), "fast"))
    watch = look_at(post(CannedJudge(judgement(scores=scores))), running(records(20))).watch
    assert [(one.hours, one.score) for one in watch.scores] == [(2.0, 0.5), (3.0, 1e9)]
