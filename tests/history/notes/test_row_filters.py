"""Rows that a filter leaves out are counted, with the warning that a filter can bias what is learned."""

from pathlib import Path

from pipeline.history.notes.row_filters import left_out_notes
from pipeline.history.quality.findings import findings
from tests.conftest import process_of
from tests.support.definitions import Make
from tests.support.raw_files import history_of
from tests.support.steps import steps_definition, steps_files


def test_left_out__a_filter_is_named_with_its_bias(small: Make, tmp_path: Path) -> None:
    header = "batch,product,volume,temperature,titre,status"
    lines = ["B1,P,1,36,1,released", "B2,P,1,36,1,rejected", "B3,P,1,36,1,rejected"]
    (tmp_path / "batches.csv").write_text("\n".join([header, *lines]) + "\n")
    definition = small()
    definition["sources"]["batches"]["rows"] = {"column": "status", "are": ["released"]}
    history = history_of(definition, tmp_path)
    (note,) = left_out_notes(history.quarantine, "batches", history.ledger)
    assert note.startswith(
        "Source 'batches': 2 rows are filtered out by `rows`: 'status' is not 'released' ('rejected' 2 times). If"
    )
    assert "their predictions are too good" in note
    assert note in findings(process_of(definition), history)


def test_left_out__a_source_without_a_filter_has_no_note(small: Make, tmp_path: Path) -> None:
    (tmp_path / "batches.csv").write_text("batch,product,volume,temperature,titre\nB1,P1,1,36,1\n")
    history = history_of(small(), tmp_path)
    assert left_out_notes(history.quarantine, "batches", history.ledger) == []


def test_left_out__rows_that_another_source_of_the_file_reads_are_not_lost(tmp_path: Path) -> None:
    """One export of the laboratory holds the results of two steps, and of a pilot that no source reads."""
    steps_files(
        tmp_path, capture_lab="Lot,Test,Result,Stage\nP1,HMW pool,3,capture\nC1,Cells,3,culture\nP2,HMW pool,3,pilot\n"
    )
    given = steps_definition()
    lab = given["sources"]["capture_lab"]
    lab["rows"] = {"column": "Stage", "are": ["capture"]}
    given["attributes"]["cells"] = dict(given["attributes"]["pool_hmw"])
    own = {"step": "culture", "rows": {"column": "Stage", "are": ["culture"]}, "names": {"Cells": "cells"}}
    given["sources"]["culture_lab"] = {**lab, **own}
    history = history_of(given, tmp_path)
    for name in ("capture_lab", "culture_lab"):
        (note,) = left_out_notes(history.quarantine, name, history.ledger)
        assert "1 row is filtered out" in note
        assert "'pilot' 1 times" in note
