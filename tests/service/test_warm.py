"""One run in memory, and another one as soon as it is published."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.answers.case.proposal_text import proposal_of_data
from pipeline.domain.places import Places
from pipeline.publication.bundle import Manifest, read_manifest
from pipeline.publication.runs import current_name, point_to
from pipeline.service.settings import Limits
from pipeline.service.warm import Asked, NoRunError, Warm
from tests.support.asgi import POT

PROPOSAL = proposal_of_data(POT)


@pytest.fixture
def places(project: Places, tmp_path: Path) -> Places:
    """A copy of the project's published run and ledger."""
    copy = Places.under(tmp_path / "data")
    shutil.copytree(project.runs, copy.runs)
    shutil.copy(project.acceptance_ledger, copy.acceptance_ledger)
    return copy


def other_run(places: Places) -> str:
    """Publish the same files as a run of another name."""
    name = current_name(places)
    manifest = read_manifest(places.runs / name)
    changed = Manifest(1, manifest.files, {**manifest.answering, "pipeline/other.py": "0"})
    shutil.copytree(places.runs / name, places.runs / changed.run)
    (places.runs / changed.run / "manifest.json").write_text(changed.as_text(), encoding="utf-8")
    return changed.run


def test_warm__reads_the_run_once_and_another_one_when_it_is_published(places: Places) -> None:
    warm = Warm(places, Limits())
    first = warm.run()
    assert warm.run() is first
    before = warm.numbers(PROPOSAL)
    name = other_run(places)
    point_to(places, name)
    assert warm.run().hashes.run == name
    after = warm.numbers(PROPOSAL)
    assert after.computed
    assert after.id != before.id
    assert after.answer.record.hashes.run == name


def test_warm__a_damaged_run_is_refused_and_the_service_recovers(places: Places) -> None:
    warm = Warm(places, Limits())
    name = current_name(places)
    places.current_run.write_text("nonsense")
    with pytest.raises(NoRunError, match="must hold the name of a run"):
        warm.run()
    point_to(places, name)
    assert warm.run().hashes.run == name
    places.current_run.unlink()
    with pytest.raises(NoRunError):
        warm.numbers(PROPOSAL)


def test_numbers__are_not_kept_on_the_disk_and_an_answer_is(places: Places) -> None:
    warm = Warm(places, Limits(kept=2))
    warm.numbers(PROPOSAL)
    assert warm.given.all().answers == ()
    asked = Asked(PROPOSAL, "the text", "yaml")
    assert not warm.ask(asked, "numbers").computed
    for file in warm.given.folder.iterdir():
        file.unlink()  # somebody deletes the answers, and asks again
    key = warm.ask(asked, "numbers").id
    assert [one.id for one in warm.given.all().answers] == [key]
    assert warm.given.all().answers[0].proposal == "the text"


def test_ask__of_an_older_program_is_computed_again(places: Places) -> None:
    warm, asked = Warm(places, Limits()), Asked(PROPOSAL, "", "yaml")
    found = warm.ask(asked, "numbers")
    kept = warm.given.find(found.id)
    assert kept is not None
    hashes = replace(kept.answer.record.hashes, code="older")
    old = replace(kept, answer=replace(kept.answer, record=replace(kept.answer.record, hashes=hashes)))
    warm.given.keep(old)
    again = Warm(places, Limits())
    assert again.ask(asked, "numbers").computed
    assert not again.ask(asked, "numbers").computed
