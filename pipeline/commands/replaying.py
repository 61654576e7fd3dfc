"""A replay as a session: one line per change, and at the end what came of the batch."""

import time

from pipeline.answers.watch import judge
from pipeline.answers.watch.alarms import AlarmEvent
from pipeline.answers.watch.following import line_of, state_of
from pipeline.answers.watch.look import Post, post_of
from pipeline.answers.watch.past_batch import final_results, logged_deviations, read_past
from pipeline.answers.watch.replay import Step, alarm_sentences, hours_of, outcomes, replayed
from pipeline.answers.watch.running import RunningBatch
from pipeline.answers.watch.wording import SEEN
from pipeline.commands.shared import say
from pipeline.commands.watching import Targets
from pipeline.domain.places import Places
from pipeline.monitoring.known import newest_hour
from pipeline.publication.runs import current_run
from pipeline.reports.terminal.answer import terminal
from pipeline.reports.terminal.watch import show_outcomes

DAY = 24.0
"""Hours from which a batch is looked at every hour."""


def show_replay(places: Places, batch: str, speed: float, step: float | None, quiet: float, targets: Targets) -> None:
    """Replay a past batch of the published run.

    speed: hours of the batch per second; 0 as fast as possible. step: hours between two looks.
    """
    bundle = current_run(places)
    post = post_of(bundle, judge.read_judge(bundle))
    running = read_past(post.process, bundle.places, batch)
    last_hour = newest_hour(post.process, running.records) or 0.0
    step = step if step is not None else 1.0 if last_hour >= DAY else last_hour / 100 or 1.0
    hours = hours_of(last_hour, step)
    before: tuple[object, ...] = ()
    raised: list[Step] = []
    last: Step | None = None
    for last in replayed(post, running, hours, quiet):
        if not before and last.look.watch.record.seen:
            say(f"Note: {SEEN}")
        if (now := state_of(last.look.watch)) != before:
            say(line_of(last.look.watch))
        before = now
        raised += [last] if _raised(last) else []
        if speed > 0:
            time.sleep(step / speed)
    assert last is not None  # there is always a last hour
    _summary(post, running, last, raised[:1])
    targets.write(last.look.watch)


def _summary(post: Post, running: RunningBatch, last: Step, raised: list[Step]) -> None:
    watch = last.look.watch
    first = _raised(raised[0]) if raised else None
    since = raised[0].look.watch.since if raised else None
    say("")
    for sentence in alarm_sentences(first, since, logged_deviations(post.bundle.places, running.batch)):
        say(sentence)
    results = final_results(post.bundle.places, running.batch)
    show_outcomes(outcomes(post.process, watch, results), watch, terminal())
    say(watch.record.statement.partition(". ")[0] + ".")


def _raised(step: Step) -> AlarmEvent | None:
    return next((event for event in step.events if event.what == "raised"), None)
