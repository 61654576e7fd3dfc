"""Answers on record: what was asked by whom and when, and what was predicted. One small file each, which never changes.

The whole answers lie beside them (`given_answers`). A record of thousands of answers is read in seconds, because it holds no more
than it needs for scoring.
"""

import getpass
from collections.abc import Mapping
from dataclasses import dataclass as plain_dataclass
from pathlib import Path
from typing import Literal

import polars as pl
from pydantic import TypeAdapter
from pydantic.dataclasses import dataclass

from pipeline.answers.case.proposal_text import Form, proposal_of
from pipeline.answers.predicting_run import PredictingRun
from pipeline.answers.result.answer import Answer
from pipeline.answers.result.files import as_text
from pipeline.answers.result.values import MaybeNumber, Number, UnitLabel
from pipeline.domain.config_files import as_json, parse
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.places import Places
from pipeline.domain.proposal import Proposal
from pipeline.domain.reading.stored import read_json
from pipeline.domain.strict_config import STRICT
from pipeline.domain.whole_files import write_whole

LEVEL = 90.0
"""Level of the interval [%] that a result is compared with."""


@dataclass(config=STRICT, frozen=True)
class PredictionOnRecord:
    """What was predicted of one attribute, in its display unit."""

    unit: UnitLabel
    value: Number
    lower: MaybeNumber
    """Lower end of the 90 % interval."""
    upper: MaybeNumber


@dataclass(config=STRICT, frozen=True, kw_only=True)
class AnswerOnRecord:
    """One answer that was given."""

    version: Literal[1] = 1
    """Version of this schema."""
    id: str
    """Hash of the proposal and of the run, see `answers.identity`."""
    asked: str
    """When it was asked first (ISO 8601, UTC)."""
    by: str
    """Who asked: the name of the user on this computer. Nothing proves it."""
    process: str
    run: str
    """The published run that answered."""
    name: str
    """Title of the proposal."""
    form: Form
    """Form of the text of the proposal."""
    proposal: str
    """The proposal as it was asked."""
    known: tuple[str, ...]
    """Batches of the product in the history that answered. None of them can score the answer."""
    predicted: Mapping[str, PredictionOnRecord]
    """Attribute → prediction. An attribute that was not answered is absent."""


@plain_dataclass(frozen=True)
class AskedBefore:
    """An answer on record with its proposal."""

    given: AnswerOnRecord
    proposal: Proposal


@plain_dataclass(frozen=True)
class FoundOnRecord:
    """All answers on record of one process."""

    asked: tuple[AskedBefore, ...]
    """The one that was asked first comes first."""
    unreadable: tuple[str, ...]
    """A sentence for each file that cannot be read, so that none is left out silently."""


def folder_of_record(places: Places) -> Path:
    """Return the folder of the answers on record."""
    return places.answers_given / "record"


def user_name() -> str:
    """Return the name of the user on this computer; `unknown` where there is none."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "unknown"


def on_record(
    answer_id: str, asked: str, by: str, text: str, form: Form, proposal: Proposal, answer: Answer, run: PredictingRun
) -> AnswerOnRecord:
    """Return what is kept of an answer. text: the proposal as it was asked; asked: when (ISO 8601, UTC)."""
    batches = run.history.batches
    if run.process.states_product:
        batches = batches.filter(pl.col("product") == proposal.product)
    predicted = {}
    for name, one in answer.attributes.items():
        if one.predicted is not None:
            interval = one.predicted.interval(LEVEL)
            ends = (None, None) if interval is None else (interval.lower, interval.upper)
            predicted[name] = PredictionOnRecord(one.unit, one.predicted.value, *ends)
    return AnswerOnRecord(
        id=answer_id,
        asked=asked,
        by=by,
        process=run.process.name,
        run=answer.record.hashes.run,
        name=answer.proposal.name,
        form=form,
        proposal=text,
        known=tuple(batches["batch_id"].sort()),
        predicted=predicted,
    )


def keep_on_record(places: Places, given: AnswerOnRecord) -> None:
    """Write an answer on record. A file of the same id stays as it is: the first time counts.

    Raises OSError where the folder cannot be written.
    """
    file = folder_of_record(places) / f"{given.id}.json"
    if not file.exists():
        write_whole(file, as_text(given))


def all_on_record(folder: Path) -> tuple[list[AnswerOnRecord], list[str]]:
    """Return the answers on record of all processes, the first question first, and a sentence for each file that cannot be read."""
    found, problems = [], []
    for file in sorted(folder.glob("*.json")) if folder.is_dir() else []:
        try:
            given: AnswerOnRecord = parse(AnswerOnRecord, read_json(file, damaged="move it away"), str(file))
            found.append(given)
        except ScalebridgeError as problem:
            problems.append(str(problem))
    return sorted(found, key=lambda one: (one.asked, one.id)), problems


def read_record(places: Places, process: str) -> FoundOnRecord:
    """Return all answers on record of a process, and what could not be read."""
    given, problems = all_on_record(folder_of_record(places))
    found = []
    for one in given:
        try:
            if one.process == process:
                found.append(AskedBefore(one, proposal_of(one.proposal.encode(), one.form)))
        except ScalebridgeError as problem:
            problems.append(f"{folder_of_record(places) / one.id}.json: {problem}")
    return FoundOnRecord(tuple(found), tuple(problems))


def as_json_text(proposal: Proposal) -> str:
    """Return a proposal that did not come from a text, such as a row of a workbook, as JSON. Read again, it is the same."""
    return as_json(TypeAdapter(Proposal).dump_python(proposal, mode="json"))
