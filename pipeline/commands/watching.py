"""A watch as a session: read the batch, judge it, keep its alarm, and show what was found."""

import time
from dataclasses import dataclass, field, replace
from pathlib import Path

import typer

from pipeline.answers.predicting_run import read_predicting_run
from pipeline.answers.result.watch import Watch
from pipeline.answers.result.watch_files import watch_as_text
from pipeline.answers.watch import judge
from pipeline.answers.watch.alarm_files import folder_of, read_alarm
from pipeline.answers.watch.alarm_update import Updated, answer_alarm, send_waiting, update_alarm
from pipeline.answers.watch.batch_file import BatchFile, is_batch_file, read_batch_file
from pipeline.answers.watch.feed_state import with_feeds
from pipeline.answers.watch.feeds import Feeds, feeds_of, feeds_on_disk, gaps_of, is_followed, started_feeds
from pipeline.answers.watch.following import line_of, state_of, why_ended
from pipeline.answers.watch.hooks import check_hook
from pipeline.answers.watch.look import Post, look_at, post_of, with_alarm
from pipeline.answers.watch.raw_batch import SeriesFiles, read_running
from pipeline.answers.watch.running import RunningBatch
from pipeline.commands.shared import say
from pipeline.domain.config_files import load, read_as
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.names.shown import plain_text
from pipeline.domain.places import Places
from pipeline.domain.process.process import Process
from pipeline.domain.whole_files import write_whole
from pipeline.publication.runs import current_run
from pipeline.reports.html.watch_page import watch_page
from pipeline.reports.terminal.answer import terminal
from pipeline.reports.terminal.watch import show_watch

FIRST = 3.0
"""Longest wait for the first records of a feed before the first look [s]."""


@dataclass(frozen=True)
class Targets:
    """Files that a watch writes."""

    out: Path | None
    report: Path | None

    def write(self, watch: Watch) -> None:
        """Write the files that were asked for. Each is replaced whole, so that a reader never sees half of one."""
        if self.out is not None:
            write_whole(self.out, watch_as_text(watch))
        if self.report is not None:
            write_whole(self.report, watch_page(watch))


@dataclass
class Session:
    """A watch of one batch."""

    places: Places
    asked: str
    """Name of the batch, or path of the file that describes it."""
    targets: Targets
    hook: str | None
    quiet: float
    soonest: float = 1.0
    """Fewest seconds between two looks that new records of a feed cause."""
    files: SeriesFiles = field(default_factory=SeriesFiles)
    post: Post = field(init=False)
    _feeds: Feeds | None = None

    def __post_init__(self) -> None:
        """Check the hook, and read what judges."""
        if self.hook is not None:
            check_hook(self.hook)
        bundle = current_run(self.places)
        self.post = post_of(bundle, judge.read_judge(bundle))

    def look(self, at: float | None) -> Watch:
        """Look once, and show everything."""
        found = self._updated(self._running(), at)
        self.targets.write(found.watch)
        show_watch(found.watch, terminal())
        self._tell(found)
        return found.watch

    def follow(self, every: float) -> Watch:
        """Look again and again until the batch has ended, and print a line when something has changed.

        Files are looked at every `every` seconds, and at once where a feed gives a new record. A look that fails is reported, and
        the watch goes on; the first look may not fail.
        """
        try:
            return self._follow(every)
        finally:
            if self._feeds is not None:
                self._feeds.close()

    def _follow(self, every: float) -> Watch:
        self._connect(every)
        before: tuple[object, ...] = ()
        while True:
            if self._feeds is not None:
                self._feeds.check()
                self._feeds.begin_look()
            try:
                running = self._running()
                found = self._updated(running, None, patient=bool(before))
            except (ScalebridgeError, OSError) as error:
                if not before:
                    raise
                _warn(f"This look failed, the next one is in {every:g} s: {error}")
                self._send_waiting()
                self._wait(every)
                continue
            self.targets.write(found.watch)
            if state_of(found.watch) != before:
                say(line_of(found.watch))
            self._tell(found)
            before = state_of(found.watch)
            if (end := why_ended(running, found.watch)) is not None:
                say(end)
                return found.watch
            self._wait(every)

    def _connect(self, every: float) -> None:
        """Begin to receive the feeds of the batch, where its process has any."""
        process = self.post.process
        if is_batch_file(self.asked) or not is_followed(process):
            return
        snapshots = self.places.snapshots / process.name
        running = self._running() if feeds_of(process) else None
        self._feeds = started_feeds(process, running, self._received, snapshots, every, say)
        self._feeds.wait(0.0, min(FIRST, every))

    def _wait(self, every: float) -> None:
        if self._feeds is None:
            time.sleep(every)
        else:
            self._feeds.wait(self.soonest, every)

    def _send_waiting(self) -> None:
        """Send the message of an alarm that waits, although this look failed."""
        if self.hook is not None and not is_batch_file(self.asked):
            folder = folder_of(self.places.watch, self.asked)
            send_waiting(folder, self.post.process.name, self.asked, self.hook, patient=True)

    @property
    def _received(self) -> Path:
        return self.places.received / self.post.process.name

    def _running(self) -> RunningBatch:
        if is_batch_file(self.asked):
            return read_batch_file(Path(self.asked), read_predicting_run(self.post.bundle), self.files)
        process = self.post.process
        raw, snapshots = (folder / process.name for folder in (self.places.raw, self.places.snapshots))
        return read_running(process, raw, self.asked, self.files, snapshots, self._received)

    def _updated(self, running: RunningBatch, at: float | None, *, patient: bool = False) -> Updated:
        """Judge the batch and update its alarm. At an hour that was asked for, the alarm stays as it is."""
        look = look_at(self.post, running, at)
        look = replace(look, watch=self._with_feeds(look.watch, running))
        if at is None:
            return update_alarm(self.places.watch, look, self.quiet, self.hook, patient=patient)
        watch = look.watch
        alarm = read_alarm(folder_of(self.places.watch, watch.batch), watch.process, watch.batch)
        return Updated(with_alarm(watch, alarm), ())

    def _with_feeds(self, watch: Watch, running: RunningBatch) -> Watch:
        process = self.post.process
        if is_batch_file(self.asked) or not is_followed(process):
            return watch
        disk = (process, running, self._received, self.files)
        return with_feeds(watch, feeds_on_disk(*disk) if self._feeds is None else self._feeds.now(), gaps_of(*disk))

    def _tell(self, found: Updated) -> None:
        """Say what happened to the alarm."""
        for event in found.events:
            say(f"The alarm was {event.what}: {event.why}.")
        if found.problem is not None:
            _warn(f"The hook was not done: {found.problem}. The message waits; the next look tries again")


def answer(places: Places, asked: str, move: str, by: str, why: str) -> str:
    """Acknowledge, clear or re-arm the alarm of a batch. Return how it stands then, in words."""
    if not by.strip():
        raise ScalebridgeError(f"--{move} needs the name of the person who decides, for the log; add --by NAME")
    if move == "acknowledge" and not why.strip():
        raise ScalebridgeError(
            '--acknowledge needs a text that says what is known or done, such as "sample taken, probe checked"'
        )
    if is_batch_file(asked):
        given: BatchFile = read_as(BatchFile, Path(asked))
        return answer_alarm(places.watch, given.process, given.batch, move, by.strip(), why.strip())
    process: Process = load(current_run(places).places.config, "process", Process)
    return answer_alarm(places.watch, process.name, asked, move, by.strip(), why.strip())


def _warn(text: str) -> None:
    typer.echo(plain_text(text), err=True)
