"""What stays in memory between two requests: the current run, and the answers that were computed last."""

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from pipeline.answers.answer import answer
from pipeline.answers.case.case import make_case
from pipeline.answers.identity import answer_id
from pipeline.answers.result.answer import Answer, Depth
from pipeline.answers.trained_run import TrainedRun, read_trained_run
from pipeline.domain.places import Places
from pipeline.domain.proposal import Proposal
from pipeline.publication.runs import current_name

Value = TypeVar("Value")


class Lately(Generic[Value]):
    """The values that were used last. Threads may share it."""

    def __init__(self, most: int) -> None:
        self._most, self._values, self._lock = most, OrderedDict[object, Value](), threading.Lock()

    def get(self, key: object) -> Value | None:
        """Return a value, which now counts as used; None if it is not kept."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
            return self._values.get(key)

    def keep(self, key: object, value: Value) -> None:
        """Keep a value. The one that was not used for longest makes place."""
        with self._lock:
            self._values[key] = value
            self._values.move_to_end(key)
            if len(self._values) > self._most:
                self._values.popitem(last=False)

    def __len__(self) -> int:
        return len(self._values)


@dataclass(frozen=True)
class Given:
    """An answer with its id."""

    id: str
    answer: Answer
    computed: bool
    """False: it was known already."""


@dataclass
class Warm:
    """The current run of a project, read once, and its answers. Threads may share it."""

    places: Places
    kept: int
    """Answers that stay in memory."""
    trained: TrainedRun | None = None
    """A run that answers in place of the published one."""
    _run: TrainedRun | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._answers: Lately[Answer] = Lately(self.kept)

    def run(self) -> TrainedRun:
        """Return the current run. It is read again when `data/runs/current` names another one.

        Raises ScalebridgeError if there is no published run, or if it is damaged.
        """
        if self.trained is not None:
            return self.trained
        with self._lock:
            if self._run is None or self._run.hashes.run != current_name(self.places):
                self._run = read_trained_run(self.places)
            return self._run

    def ask(self, proposal: Proposal, depth: Depth) -> Given:
        """Return the answer to a proposal by the current run. The same question is computed once.

        Raises ScalebridgeError for a proposal that cannot be answered.
        """
        run = self.run()
        key = answer_id(proposal, run)
        if (known := self._answers.get((key, depth))) is not None:
            return Given(key, known, computed=False)
        found = answer(make_case(proposal, run), run, depth=depth)
        self._answers.keep((key, depth), found)
        return Given(key, found, computed=True)
