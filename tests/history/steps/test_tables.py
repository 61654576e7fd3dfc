"""Notes on the batches of steps."""

from pathlib import Path

import polars as pl

from pipeline.history.ingest import ingest
from pipeline.history.steps.step_history import find_steps
from pipeline.history.steps.tables import left_out_notes, origin_notes
from tests.conftest import process_of
from tests.support.steps import steps_definition, steps_files


def _notes(folder: Path, **transfers: str) -> list[str]:
    """Return the notes on the raw files; transfers: changes of the source of transfers."""
    definition = steps_definition()
    definition["sources"]["transfers"] |= transfers
    process = process_of(definition)
    typed = {name: source.rows for name, source in ingest(process, folder, folder / "snapshots").items()}
    return origin_notes(process, find_steps(process, typed))


def test_origin_notes__count_the_batches_that_are_not_traced_in_full(tmp_path: Path) -> None:
    """Nothing leads to P2, of which half of F2 is made."""
    steps_files(tmp_path, transfers="From,To,g\nC1,P1,20\nC3,P3,60\nP1,F1,60\nP1,F2,40\nP2,F2,40\nP3,F3,70\n")
    assert _notes(tmp_path) == [
        "Step 'culture': the material of 1 of 3 batches of the last step cannot be traced in full to batches of this step. "
        "What this step recorded is missing in them."
    ]


def test_origin_notes__say_where_equal_names_may_be_alike_by_chance(tmp_path: Path) -> None:
    cultures = "Culture,Molecule,Inoculated,Volume L,Temperature C,Titre g/L,Reactor\n"
    rows = "".join(f"{name},A,2024-01-01,10,36,2.0,R1\n" for name in ("P1", "P2", "P3"))
    moved = "From,To,g\nP3,P2,20\nP2,P3,60\nP1,F1,60\nP2,F2,40\nP3,F3,70\n"
    steps_files(tmp_path, cultures=cultures + rows, transfers=moved)
    (note,) = _notes(tmp_path)
    assert note.startswith(
        "Steps 'culture' and 'capture': of the batches that have the same name in both, 1 have no transfer."
    )


def test_origin_notes__say_nothing_of_names_that_stay(tmp_path: Path) -> None:
    cultures = "Culture,Molecule,Inoculated,Volume L,Temperature C,Titre g/L,Reactor\n"
    rows = "".join(f"{name},A,2024-01-01,10,36,2.0,R1\n" for name in ("P1", "P2", "C3"))
    steps_files(tmp_path, cultures=cultures + rows, transfers="From,To,g\nC3,P3,60\nP1,F1,60\nP2,F2,40\nP3,F3,70\n")
    assert _notes(tmp_path) == []


def test_origin_notes__say_where_a_batch_got_a_step_by_ways_of_unknown_amounts(tmp_path: Path) -> None:
    """F1 took from P1, which is C1 and C2, and from C3 itself. In L, this cannot be compared with g."""
    rows = "From,To,amount,unit\nC1,P1,20,g\nC2,P1,120,g\nC3,P2,50,g\nC3,P3,60,g\nP1,F1,60,g\nC3,F1,20,{}\nP2,F2,40,g\nP3,F3,70,g\n"
    for unit, notes in (("g", 0), ("L", 2)):
        steps_files(tmp_path, transfers=rows.format(unit))
        found = _notes(tmp_path, quantity="amount", unit="unit")
        assert len(found) == notes
    assert found[0].startswith("Step 'culture': the material of 1 of 3 batches of the last step cannot be traced in full")
    assert found[1].startswith("Step 'culture': 1 batch took its material from batches of several steps, and the amounts")


def test_left_out_notes__without_batches_that_are_left_out_are_none(tmp_path: Path) -> None:
    steps_files(tmp_path)
    process = process_of(steps_definition())
    typed = {name: source.rows for name, source in ingest(process, tmp_path, tmp_path / "snapshots").items()}
    assert left_out_notes(find_steps(process, typed), pl.Series(["F1", "F2", "F3"])) == []
