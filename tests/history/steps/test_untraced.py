"""Batches of the last step whose material cannot be traced in full."""

from pathlib import Path

from pipeline.history.assemble import AssembledHistory
from tests.support.raw_files import history_of
from tests.support.steps import steps_definition, steps_files


def _history(folder: Path) -> AssembledHistory:
    """Nothing leads to P2, of which half of F2 is made."""
    steps_files(folder, transfers="From,To,g\nC1,P1,20\nC3,P3,60\nP1,F1,60\nP1,F2,40\nP2,F2,40\nP3,F3,70\n")
    return history_of(steps_definition(), folder)


def test_batch__without_a_scale_since_it_is_not_traced_names_the_batch_of_unknown_origin(tmp_path: Path) -> None:
    aside = _history(tmp_path).quarantine.filter(source="fills")
    why = "the scale ('volume') is not known: not all material of this batch can be traced to step 'culture'"
    assert aside.select("batch_id", "column", "value", "reason").rows() == [("F2", "volume", "P2", why)]


def test_notes__count_the_batches_that_are_not_traced_in_full(tmp_path: Path) -> None:
    notes = [note for note in _history(tmp_path).notes if "cannot be traced" in note]
    assert notes == [
        "Step 'culture': the material of 1 of 3 batches of the last step cannot be traced in full to batches of this step. "
        "What this step recorded is missing in them."
    ]


def test_notes__say_where_equal_names_alone_tell_the_origin(tmp_path: Path) -> None:
    cultures = "Culture,Molecule,Inoculated,Volume L,Temperature C,Titre g/L,Reactor\n"
    rows = "".join(f"{name},A,2024-01-01,10,36,2.0,R1\n" for name in ("P1", "P2", "P3"))
    steps_files(
        tmp_path, cultures=cultures + rows, transfers="From,To,g\nP3,P2,20\nP2,P3,60\nP1,F1,60\nP2,F2,40\nP3,F3,70\n"
    )
    notes = [note for note in history_of(steps_definition(), tmp_path).notes if "same name" in note]
    assert len(notes) == 1
    assert notes[0].startswith(
        "Steps 'culture' and 'capture': of the batches that have the same name in both, 1 have no transfer."
    )
