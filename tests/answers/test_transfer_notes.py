"""Sentences on a transfer that changes several things, and on lots that are used once."""

from dataclasses import replace
from typing import Any

import polars as pl

from pipeline.answers.case.case import make_case
from pipeline.answers.trained_run import TrainedRun
from pipeline.answers.transfer_notes import transfer_notes
from pipeline.domain.process.parts import Material
from pipeline.domain.process.process import Process
from tests.support.patients import KNOWN_PLACE, patient_run
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


def test_transfer_notes__say_that_the_interval_holds_the_scatter_of_past_lots() -> None:
    run = _run(materials={"media": Material(used_once=True)})
    (note,) = _notes(run, lots={})
    assert note.startswith(
        "No lot of media is stated; the interval holds the scatter of the 12 past lots. So do the chances to meet the "
        "specifications."
    )
    assert (
        "for a lot as in the reference batches. To narrow the interval, state the properties of the lot in `settings`."
        in note
    )


def test_transfer_notes__name_the_properties_of_a_new_lot_that_are_not_stated() -> None:
    run = _run(materials={"media": Material(used_once=True)})
    settings = {"agitation": "60 rpm", "temperature": 36.85}
    (note,) = _notes(run, lots={}, settings=settings | {"zinc": 3.0})
    assert note.startswith("copper of the lot of media is not stated; the interval holds the scatter of the ")
    assert _notes(run, lots={}, settings=settings | {"zinc": 3.0, "copper": 1.0}) == ()


def test_transfer_notes__name_a_sample_of_many_lots_of_the_product() -> None:
    run = patient_run(1.0, patients=660)
    (note,) = _notes(run, **KNOWN_PLACE)
    assert "holds the scatter of the 220 past lots of P (an even sample of 100). So" in note


def test_transfer_notes__say_that_the_next_lot_is_not_in_the_interval_where_too_few_lots_are_described() -> None:
    run = _run(materials={"media": Material(used_once=True)})
    few = replace(run.history, lots=run.history.lots.filter(pl.col("lot_id") == "L00"))
    (note,) = _notes(replace(run, history=few), lots={})
    assert note.startswith("No lot of media is stated, and each of its lots is used once. The prediction assumes lots as ")
    assert "does not hold the scatter of the next lot, because history describes fewer than 2 lots." in note


def test_transfer_notes__name_the_batch_that_used_a_lot_before() -> None:
    run = _run(materials={"media": Material(used_once=True)})
    use = run.history.genealogy.filter(pl.col("material") == "media").sort("batch_id").row(0, named=True)
    notes = _notes(run, lots={"media": [{"lot": use["lot_id"]}]})
    assert f"Lot {use['lot_id']} of media was used in batch {use['batch_id']}, and each of its lots is used once." in notes
