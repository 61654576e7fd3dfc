"""What stays in memory between two requests: the current run, the answers that were asked last, and the folder of all of them."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from pipeline.answers.answer import answer
from pipeline.answers.case.case import make_case
from pipeline.answers.case.proposal_text import Form, proposal_of
from pipeline.answers.given_answers import GivenAnswer, GivenAnswers, utc_now
from pipeline.answers.identity import answer_id
from pipeline.answers.result.answer import Answer, Depth
from pipeline.answers.trained_run import TrainedRun, read_trained_run
from pipeline.answers.watch.judge import Judge, read_judge
from pipeline.answers.watch.look import Post, post_of
from pipeline.answers.watch.raw_batch import SeriesFiles
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.memo import Memo
from pipeline.domain.places import Places
from pipeline.domain.proposal import Proposal
from pipeline.publication.bundle import Bundle
from pipeline.publication.runs import current_name, current_run
from pipeline.reports.figures.courses import course_pictures
from pipeline.reports.figures.scenarios import pictures_of
from pipeline.reports.html.page import page
from pipeline.service.settings import Limits


class NoRunError(ScalebridgeError):
    """There is no published run that can answer."""


@dataclass(frozen=True)
class Asked:
    """A proposal with the text in which it was asked."""

    proposal: Proposal
    text: str
    form: Form


@dataclass(frozen=True)
class Given:
    """An answer with its id."""

    id: str
    answer: Answer
    computed: bool
    """False: it was known already."""


@dataclass
class WarmRun:
    """A published run in memory, with what watches batches by it."""

    trained: TrainedRun
    bundle: Bundle | None
    """None for a run that is not read from files."""
    files: SeriesFiles = field(default_factory=SeriesFiles)
    """Series of running batches, read again where their files have changed."""
    judge: Judge | None = None
    """What judges in place of the monitor of the run."""

    @cached_property
    def post(self) -> Post:
        """What judges a batch, read when it is needed first.

        Raises ScalebridgeError if the run has no monitor.
        """
        assert self.bundle is not None
        return post_of(self.bundle, self.judge or read_judge(self.bundle))


@dataclass
class Warm:
    """The current run of a project, read once, and its answers. Threads may share it."""

    places: Places
    limits: Limits
    trained: TrainedRun | None = None
    """A run that answers in place of the published one."""
    count: Callable[[str], None] = lambda _: None
    """Is told `computed` or `kept` for each answer."""

    def __post_init__(self) -> None:
        self.given = GivenAnswers(self.places.answers_given)
        self._answers, self._pages = Memo(self.limits.kept), Memo(self.limits.kept_pages)
        self._lock = threading.Lock()
        self._run: WarmRun | None = None if self.trained is None else WarmRun(self.trained, None)

    def run(self) -> TrainedRun:
        """Return the current run. It is read again when `data/runs/current` names another one.

        Raises NoRunError if there is no published run, or if it is damaged.
        """
        return self.current().trained

    def current(self) -> WarmRun:
        """Return the current run with what belongs to it.

        Raises NoRunError as `run` does.
        """
        with self._lock:
            try:
                if self._run is None or self._is_another(self._run):
                    bundle = current_run(self.places)
                    self._run = WarmRun(read_trained_run(self.places, bundle), bundle)
            except ScalebridgeError as problem:
                raise NoRunError(str(problem)) from None
            return self._run

    def begin_with(self, run: WarmRun) -> None:
        """Take a run that was read already. It answers until another one is published."""
        with self._lock:
            self._run = run

    def _is_another(self, run: WarmRun) -> bool:
        return self.trained is None and run.trained.hashes.run != current_name(self.places)

    @property
    def last(self) -> TrainedRun | None:
        """The run that answered last, without a look at the pointer."""
        return None if self._run is None else self._run.trained

    def numbers(self, proposal: Proposal) -> Given:
        """Return the numbers of a proposal, as a slider asks for them. They stay in memory alone.

        Raises ScalebridgeError for a proposal that cannot be answered.
        """
        run = self.run()
        return self._known(answer_id(proposal, run), proposal, run, "numbers")

    def ask(self, asked: Asked, depth: Depth) -> Given:
        """Return the answer to a proposal by the current run, and keep it in the folder of given answers.

        The same question is computed once, also after a restart. Raises ScalebridgeError for a proposal that cannot be answered,
        and OSError where the answer cannot be kept.
        """
        run = self.run()
        key = answer_id(asked.proposal, run)
        if (key, depth) not in self._answers and (kept := self._kept(key, run, depth)) is not None:
            self._answers.keep((key, depth), kept)
        found = self._known(key, asked.proposal, run, depth)
        if ("on disk", key, depth) not in self._answers or not self.given.has(key):
            self.given.keep(
                GivenAnswer(
                    id=key, asked=utc_now(), run=run.hashes.run, form=asked.form, proposal=asked.text, answer=found.answer
                )
            )
            self._answers.keep(("on disk", key, depth), True)
        return found

    def page_of(self, given: GivenAnswer) -> str:
        """Return the page of an answer: the whole one, if its run still answers; else with what was computed then."""
        run = self.run()
        if given.answer.record.hashes != run.hashes:
            return page_of(given.answer)
        asked = Asked(proposal_of(given.proposal.encode(), given.form), given.proposal, given.form)
        if answer_id(asked.proposal, run) != given.id:
            return page_of(given.answer)  # the file was changed; what it holds is shown
        return self._pages.of(("page", given.id), lambda: page_of(self.ask(asked, "whole").answer))

    def _kept(self, key: str, run: TrainedRun, depth: Depth) -> Answer | None:
        """Return an answer of the folder, if it was computed by the same run and program to this depth."""
        found = self.given.readable(key)
        same = found is not None and found.answer.record.hashes == run.hashes and found.answer.depth == depth
        return found.answer if found is not None and same else None

    def _known(self, key: str, proposal: Proposal, run: TrainedRun, depth: Depth) -> Given:
        known = (key, depth) in self._answers
        found = self._answers.of((key, depth), lambda: answer(make_case(proposal, run), run, depth=depth))
        self.count("kept" if known else "computed")
        return Given(key, found, computed=not known)


def page_of(answer: Answer) -> str:
    """Return an answer as a page with its pictures."""
    return page(answer, pictures_of(answer) | course_pictures(answer))
