"""What is said of a feed."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.answers.result.watch import Watch
from pipeline.answers.watch.feed_state import UP_TO, feed_now, feed_on_disk, gap_notes, with_feeds
from pipeline.answers.watch.following import line_of, state_of
from pipeline.domain.feeds import MqttFeed
from pipeline.history.live.journal import Event, Journal
from pipeline.history.live.journal_reader import JournalReader
from pipeline.history.live.record import Record
from pipeline.history.live.sink import Sink
from tests.support.example_watch import normal

START = datetime(2026, 3, 1, 8, tzinfo=UTC)
PULL = MqttFeed(kind="mqtt", connection="broker", topics=("{tag}",), stopped_after="1 min")


class Time:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Time:
    return Time()


@pytest.fixture
def sink(tmp_path: Path, clock: Time) -> Sink:
    return Sink("feed", Journal(tmp_path, clock), lambda _: None, clock=clock)


def receive(sink: Sink, *tags: str) -> None:
    sink.receive([Record(tag, sink.clock(), 1.0) for tag in tags])


def test_feed__of_which_nothing_has_come_is_not_connected_or_silent(sink: Sink, clock: Time) -> None:
    with sink.journal:
        assert feed_now("feed", PULL, sink).state == "not_connected"
        sink.on("connected")
        assert feed_now("feed", PULL, sink).sentence == "Source 'feed' is connected; no record has arrived yet."
        clock.wait(61)
        found = feed_now("feed", PULL, sink)
        assert (found.state, found.since) == ("silent", "2026-03-01T08:00:00+00:00")


def test_feed__some_tags_may_be_silent(sink: Sink, clock: Time) -> None:
    with sink.journal:
        sink.on("connected")
        receive(sink, "TI", "PHI")
        clock.wait(50)
        receive(sink, "TI")
        assert feed_now("feed", PULL, sink).state == "receiving"
        clock.wait(20)
        found = feed_now("feed", PULL, sink)
        assert (found.state, found.tags) == ("silent", ("PHI",))
        assert found.sentence == "Source 'feed': 1 of 2 tags are silent (PHI), the first since 2026-03-01 08:00:00 UTC."
        clock.wait(60)
        found = feed_now("feed", PULL, sink)
        assert found.sentence == "Source 'feed' is silent since 2026-03-01 08:00:50 UTC: no tag has given a record."
        receive(sink, "TI", "PHI")
        assert feed_now("feed", PULL, sink).state == "receiving"


def test_feed__that_is_lost_says_why_and_since_when(sink: Sink, clock: Time) -> None:
    with sink.journal:
        sink.on("connected")
        receive(sink, "TI")
        clock.wait(5)
        sink.off("the broker has gone")
        clock.wait(5)
        sink.off("the broker cannot be reached")
        found = feed_now("feed", PULL, sink)
        assert found.sentence == (
            "Source 'feed' is not connected since 2026-03-01 08:00:05 UTC (the broker cannot be reached); its newest record "
            "arrived at 2026-03-01 08:00:00 UTC."
        )


def test_feed__whose_sender_ended_says_so_until_it_sends_again(sink: Sink) -> None:
    with sink.journal:
        sink.on("connected")
        sink.over("The edge node G/E says that it has ended (NDEATH)")
        assert feed_now("feed", PULL, sink).state == "ended"
        receive(sink, "TI")
        assert feed_now("feed", PULL, sink).state == "receiving"


def test_feed__that_nobody_follows_says_what_lies_on_the_disk(sink: Sink, tmp_path: Path) -> None:
    reader = JournalReader(tmp_path)
    assert feed_on_disk("feed", reader).sentence == "Nothing of source 'feed' has been received; add --follow."
    with sink.journal:
        receive(sink, "TI")
        sink.gap("nobody was there", START, START + timedelta(hours=1))
    reader.look()
    assert feed_on_disk("feed", reader).state == "not_followed"
    assert gap_notes("feed", reader) == (
        "Source 'feed': records from 2026-03-01 08:00:00 UTC to 2026-03-01 09:00:00 UTC are missing, since nobody was there.",
    )


def test_watch__says_in_its_sentence_that_a_feed_has_stopped(sink: Sink, clock: Time) -> None:
    watch: Watch = normal()
    with sink.journal:
        sink.on("connected")
        receive(sink, "TI")
        well = with_feeds(watch, (feed_now("feed", PULL, sink),), ())
        assert well.sentence == watch.sentence
        clock.wait(61)
        stopped = with_feeds(watch, (feed_now("feed", PULL, sink),), ("a gap",))
    assert stopped.sentence.endswith(f"no tag has given a record. {UP_TO}")
    assert "a gap" in stopped.notes
    assert state_of(well) != state_of(stopped)
    assert "feed silent since 2026-03-01 08:00:00 UTC, 1 tags" in line_of(stopped)


def test_journal__half_a_line_that_was_removed_is_said(tmp_path: Path, clock: Time) -> None:
    said: list[str] = []
    (tmp_path / "2026-03-01.jsonl").write_bytes(b'{"n": 0')
    with Journal(tmp_path, clock) as journal:
        receive(Sink("feed", journal, said.append, clock=clock), "TI")
        journal.note(Event("connected", "x"))
    assert said == ["feed: the last line of the journal was not whole, as after a kill; it was removed."]
