"""The answers that were given: one file each, with the proposal as it was asked and when. They outlive the program.

A file holds the deepest answer that was computed for the question. The record of past predictions has small files of its own,
see `past_predictions.on_record`.
"""

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass as plain_dataclass
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, get_args

from pydantic import TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from pipeline.answers.case.proposal_text import Form
from pipeline.answers.result.answer import Answer, Depth
from pipeline.answers.result.files import answer_of, as_text, first_problem
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.reading.stored import read_json
from pipeline.domain.strict_config import STRICT
from pipeline.domain.whole_files import write_whole

ID = re.compile(r"[0-9a-f]{16}")
"""What the id of an answer looks like."""
DAMAGED = "it is damaged: move it away; the next time it is asked, the question is computed again"


@dataclass(config=STRICT, frozen=True, kw_only=True)
class GivenAnswer:
    """An answer that was given to somebody."""

    version: Literal[1] = 1
    """Version of this schema."""
    id: str
    """Hash of the proposal and of the run, see `answers.identity`."""
    asked: str
    """When it was asked first (ISO 8601, UTC)."""
    run: str
    """The published run that answered."""
    form: Form
    """Form of the text of the proposal."""
    proposal: str
    """The proposal as it was asked."""
    answer: Answer


@plain_dataclass(frozen=True)
class FoundAnswers:
    """All answers that were given."""

    answers: tuple[GivenAnswer, ...]
    """The one that was asked first comes first."""
    unreadable: tuple[str, ...]
    """A sentence for each file that cannot be read, so that none is left out silently."""


def utc_now() -> str:
    """Return the time of the clock, ISO 8601, UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds")


class GivenAnswers:
    """The folder of the answers that were given. Threads and programs may share it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.Lock()

    def keep(self, given: GivenAnswer) -> GivenAnswer:
        """Write an answer, and return what is kept. A deeper answer by the same program stays, and the first time it was asked.

        Raises OSError where the disk is full or the folder cannot be written.
        """
        with self._lock:
            before = self.readable(given.id)
            if before is not None:
                given = replace(given, asked=before.asked)
                if _covers(before, given):
                    return before
            write_whole(self._file(given.id), as_text(given))
        return given

    def find(self, answer_id: str) -> GivenAnswer | None:
        """Return an answer; None if there is none of this id.

        Raises ScalebridgeError if its file is damaged.
        """
        if not ID.fullmatch(answer_id) or not (file := self._file(answer_id)).is_file():
            return None
        return _given_of(read_json(file, damaged=DAMAGED), file)

    def has(self, answer_id: str) -> bool:
        """Tell whether there is a file of this id."""
        return self._file(answer_id).is_file()

    def all(self) -> FoundAnswers:
        """Return all answers, and what could not be read."""
        found, problems = [], []
        files = sorted(self.folder.glob("*.json")) if self.folder.is_dir() else []
        for file in files:
            try:
                found.append(_given_of(read_json(file, damaged=DAMAGED), file))
            except ScalebridgeError as problem:
                problems.append(str(problem))
        return FoundAnswers(tuple(sorted(found, key=lambda one: (one.asked, one.id))), tuple(problems))

    def readable(self, answer_id: str) -> GivenAnswer | None:
        """Return an answer; None if there is none of this id, or if its file is damaged."""
        try:
            return self.find(answer_id)
        except ScalebridgeError:
            return None  # it is written again

    def _file(self, answer_id: str) -> Path:
        return self.folder / f"{answer_id}.json"


def _covers(before: GivenAnswer, now: GivenAnswer) -> bool:
    """Tell whether an answer that is kept is by the same run and program as a new one, and at least as deep."""
    depths = get_args(Depth)
    same = before.answer.record.hashes == now.answer.record.hashes
    return same and depths.index(before.answer.depth) >= depths.index(now.answer.depth)


def _given_of(data: Any, file: Path) -> GivenAnswer:
    if not isinstance(data, Mapping) or not isinstance(data.get("answer"), Mapping):
        raise ScalebridgeError(f"{file} holds no answer that was given; {DAMAGED}")
    try:
        given: GivenAnswer = TypeAdapter(GivenAnswer).validate_python(
            {**data, "answer": answer_of(data["answer"], str(file))}
        )
    except ValidationError as error:
        raise ScalebridgeError(f"{file} holds no answer that was given: {first_problem(error)}; {DAMAGED}") from None
    return given
