"""How a feed stands: whether its records come, and since when which tags are silent. Silence is never read as a constant value."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from pipeline.answers.result.watch import FeedNow, Watch
from pipeline.domain.errors import listed
from pipeline.domain.feeds import MqttFeed, OpcUaPull
from pipeline.domain.times.lag import lag
from pipeline.history.live.arrivals import Silent, of_one
from pipeline.history.live.journal_reader import JournalReader
from pipeline.history.live.sink import Sink


def feed_now(name: str, pull: OpcUaPull | MqttFeed, sink: Sink, *, elsewhere: bool = False) -> FeedNow:
    """Return the state of a feed that this program receives."""
    now = sink.clock()
    last = sink.arrivals.last()
    newest = _iso(max((found for tag in sink.arrivals.tags() if (found := sink.arrivals.newest(tag))), default=None))
    declared = None if pull.stopped_after is None else lag(pull.stopped_after)
    if elsewhere and (silent := sink.arrivals.silent(now, declared)):
        return _silent(name, silent, len(sink.arrivals.tags()), newest)
    if elsewhere:
        return FeedNow(name, "elsewhere", None, newest, (), f"Source '{name}' is received by another program.")
    if not sink.connected:
        since = sink.since or now
        what = "no record has arrived yet" if last is None else f"its newest record arrived at {shown(last)}"
        words = f"Source '{name}' is not connected since {shown(since)} ({sink.why}); {what}."
        return FeedNow(name, "not_connected", _iso(since), newest, sink.arrivals.tags(), words)
    if sink.ended is not None:
        return FeedNow(name, "ended", _iso(last), newest, sink.arrivals.tags(), f"Source '{name}': {sink.ended}.")
    silent = sink.arrivals.silent(now, declared)
    if silent:
        return _silent(name, silent, len(sink.arrivals.tags()), newest)
    if last is None:
        waited = timedelta(0) if sink.since is None else now - sink.since
        if declared is not None and waited > declared:
            words = f"Source '{name}' is connected, and no record has arrived since {shown(sink.since or now)}."
            return FeedNow(name, "silent", _iso(sink.since), None, (), words)
        return FeedNow(name, "receiving", None, None, (), f"Source '{name}' is connected; no record has arrived yet.")
    return FeedNow(
        name, "receiving", None, newest, (), f"Source '{name}' is received; its newest record arrived at {shown(last)}."
    )


def feed_on_disk(name: str, reader: JournalReader, of: str | None = None) -> FeedNow:
    """Return the state of a feed from its records on the disk. No program needs to receive it.

    of: the vessel or the batch; None for all.
    """
    received = of_one(reader.received(), of)
    if received.is_empty():
        return FeedNow(name, "not_followed", None, None, (), f"Nothing of source '{name}' has been received; add --follow.")
    arrived, newest = received["at"].max(), received["time"].max()
    assert isinstance(arrived, datetime)
    assert isinstance(newest, datetime)
    words = f"Source '{name}' is not followed by this look; its newest record was received at {shown(arrived)}."
    return FeedNow(name, "not_followed", _iso(arrived), _iso(newest), (), words)


def gap_notes(name: str, reader: JournalReader) -> tuple[str, ...]:
    """Say which records are missing for good, one sentence per gap."""
    return tuple(
        f"Source '{name}': records from {shown(one.begin)} to {shown(one.end)} are missing, since {one.why}."
        for one in reader.events()
        if one.what == "gap" and one.begin is not None and one.end is not None
    )


def with_feeds(watch: Watch, feeds: tuple[FeedNow, ...], gaps: tuple[str, ...]) -> Watch:
    """Return a watch that says how its feeds stand. What is silent or not connected stands in its sentence."""
    stopped = [one.sentence for one in feeds if one.state in STOPPED]
    sentence = " ".join([watch.sentence, *stopped, *([] if not stopped else [UP_TO])])
    return replace(watch, feeds=feeds, sentence=sentence, notes=tuple(dict.fromkeys((*watch.notes, *gaps))))


STOPPED = ("silent", "not_connected", "ended")
"""States of a feed that does not give what it should."""
UP_TO = "What is said of the batch holds up to the newest record, and not for now."


def shown(when: datetime) -> str:
    """Return a time as people read it, in UTC."""
    return when.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _silent(name: str, silent: tuple[Silent, ...], tags: int, newest: str | None) -> FeedNow:
    names, since = tuple(one.tag for one in silent), max(one.since for one in silent)
    if len(names) == tags:
        words = f"Source '{name}' is silent since {shown(since)}: no tag has given a record."
        return FeedNow(name, "silent", _iso(since), newest, names, words)
    first = silent[0].since
    words = f"Source '{name}': {len(names)} of {tags} tags are silent ({listed(names)}), the first since {shown(first)}."
    return FeedNow(name, "silent", _iso(first), newest, names, words)


def _iso(when: datetime | None) -> str | None:
    return None if when is None else when.astimezone(UTC).isoformat(timespec="seconds")
