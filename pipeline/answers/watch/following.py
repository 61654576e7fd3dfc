"""When a followed batch has changed, and when it has ended."""

from math import floor

from pipeline.answers.result.watch import FeedNow, Watch
from pipeline.answers.watch.feed_state import STOPPED
from pipeline.answers.watch.running import RunningBatch
from pipeline.answers.watch.wording import cause_in_words
from pipeline.domain.display import chance, digits, in_words, moment, signed


def state_of(watch: Watch) -> tuple[object, ...]:
    """Return what a new line tells: the status, since when, the alarm, of a deviation its largest tag and its first cause, and
    which feeds have stopped."""
    deviates = watch.status == "deviating"
    return (
        watch.status,
        None if watch.since is None else floor(watch.since),
        None if watch.alarm is None else watch.alarm.state,
        watch.tags[0].tag if deviates and watch.tags else None,
        watch.causes[0].cause if watch.causes else None,
        tuple((one.source, one.state, one.tags) for one in watch.feeds if one.state in STOPPED),
    )


def line_of(watch: Watch) -> str:
    """Return one line on how a batch stands."""
    since = "" if watch.since is None else f" since {moment(watch.since)}"
    parts = [moment(watch.as_of.hours), watch.status.replace("_", " ") + since]
    parts += [] if watch.score is None else [f"score {digits(watch.score)}"]
    parts += [f"{watch.name(one.tag)} {signed(float(f'{one.deviations:.2g}'))} SD" for one in watch.tags[:2]]
    parts += [f"{cause_in_words(one.cause).partition(':')[0]} {chance(one.probability)}" for one in watch.causes[:1]]
    parts += [] if watch.alarm is None else [f"alarm {watch.alarm.state}"]
    parts += [_stopped(one) for one in watch.feeds if one.state in STOPPED]
    parts += watch.notes[:1] if watch.status == "not_judged" else []
    return "  ".join(parts)


def _stopped(feed: FeedNow) -> str:
    """Say in a few words that a feed has stopped."""
    since = "" if feed.since is None else f" since {feed.since.replace('T', ' ').replace('+00:00', ' UTC')}"
    some = f", {len(feed.tags)} tags" if feed.state == "silent" and feed.tags else ""
    return f"{feed.source} {in_words(feed.state)}{since}{some}"


def why_ended(running: RunningBatch, watch: Watch) -> str | None:
    """Say why a batch is over: its records state the end, or the plan has no later hour. None while it runs."""
    if running.ended is not None:
        return f"The batch records state that batch {watch.batch} ended at {moment(running.ended)}."
    planned = [one.planned.points[-1].hours for one in watch.courses if one.planned is not None and one.planned.points]
    if planned and watch.as_of.hours >= max(planned):
        return f"Batch {watch.batch} has reached {moment(max(planned))}, the end of its plan."
    return None
