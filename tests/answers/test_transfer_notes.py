"""Sentences on a transfer that changes several things, and on lots that are used once."""

from dataclasses import replace
from typing import Any

import polars as pl

from pipeline.answers.case.case import make_case
from pipeline.answers.trained_run import TrainedRun
from pipeline.answers.transfer_notes import transfer_notes
from pipeline.domain.process.parts import Material
from pipeline.domain.process.process import Process
from tests.support.pot import proposal
from tests.support.trained_pot import trained_run


def _run(**changes: Any) -> TrainedRun:
    """Return the run of the pot, with fields of its process changed."""
    run = trained_run()
    return replace(run, process=_changed(run.process, **changes))


def _changed(process: Process, **changes: Any) -> Process:
    fields = {name: getattr(process, name) for name in process.__dataclass_fields__}
    return Process(**(fields | changes))


def _notes(run: TrainedRun, **asked: Any) -> tuple[str, ...]:
    return transfer_notes(make_case(proposal(**asked), run), run)


def test_transfer_notes__are_none_where_no_axis_and_no_lot_that_is_used_once_is_declared() -> None:
    assert _notes(trained_run()) == ()


def test_transfer_notes__name_a_site_that_changes_with_the_scale() -> None:
    run = _run(axis=("scale", "site"))
    known = run.history.batches.filter(pl.col("product") == proposal().product)["site"].drop_nulls().unique().sort()
    assert known.len()
    (note,) = _notes(run, site="Elsewhere", equipment=None)
    assert note.startswith("Two things change at once, scale and the site: no batch of ")
    assert f"in Elsewhere, only in {', '.join(known)}." in note
    assert _notes(_run(axis=("scale",)), site="Elsewhere", equipment=None) == ()


def test_transfer_notes__name_a_site_whose_letters_are_those_of_a_known_one() -> None:
    run = trained_run()
    batches = run.history.batches.with_columns(site=pl.lit("Köln Mitte"))
    known = replace(run, history=replace(run.history, batches=batches))
    (note,) = _notes(known, site="Koln-mitte", equipment=None)
    assert note == (
        "No batch was made in Koln-mitte, but history has 'Köln Mitte'. If both are the same, write it as in history."
    )
    assert _notes(known, site="Bonn", equipment=None) == ()


def test_transfer_notes__say_that_the_next_lot_of_a_patient_is_not_among_the_known_ones() -> None:
    run = _run(materials={"media": Material(used_once=True)})
    (note,) = _notes(run, lots={})
    assert note.startswith("No lot of media is stated, and each of its lots is used once. The prediction assumes lots as ")
    assert "State the properties of the lot in `settings`" in note


def test_transfer_notes__name_the_batch_that_used_a_lot_before() -> None:
    run = _run(materials={"media": Material(used_once=True)})
    use = run.history.genealogy.filter(pl.col("material") == "media").sort("batch_id").row(0, named=True)
    notes = _notes(run, lots={"media": [{"lot": use["lot_id"]}]})
    assert f"Lot {use['lot_id']} of media was used in batch {use['batch_id']}, and each of its lots is used once." in notes
