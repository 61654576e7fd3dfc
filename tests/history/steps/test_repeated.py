"""Transfers that repeat another row of their file."""

from pathlib import Path

from tests.support.raw_files import history_of
from tests.support.steps import steps_definition, steps_files


def _notes(folder: Path, rows: str) -> list[str]:
    steps_files(folder, transfers=f"From,To,g\nC1,P1,20\nC2,P1,120\nP1,F1,60\n{rows}")
    return [note for note in history_of(steps_definition(), folder).notes if "another row of the same file" in note]


def test_repeated_transfers__are_counted_and_named(tmp_path: Path) -> None:
    assert _notes(tmp_path, "C1,P1,20\n") == [
        "Source 'transfers': 1 row repeats another row of the same file. Each counts as a transfer of its own, so the amounts are "
        "added up. If a transfer was written twice, remove one of its rows, or declare the column with its number as `booking`."
    ]


def test_repeated_transfers__of_other_amounts_are_no_repetition(tmp_path: Path) -> None:
    assert _notes(tmp_path, "C1,P1,21\n") == []
