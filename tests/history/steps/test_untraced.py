"""Batches of the last step whose material cannot be traced in full."""

from pathlib import Path

import polars as pl

from pipeline.history.assemble import AssembledHistory
from pipeline.history.steps.ancestors import ancestors
from pipeline.history.steps.step_history import StepHistory
from pipeline.history.steps.untraced import untraced_batches
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


def test_untraced_batches__are_of_one_step(tmp_path: Path) -> None:
    """F2 is traced to both of its captures, and not to the cultures."""
    found = _history(tmp_path)
    steps = StepHistory(dict.fromkeys(("culture", "capture"), pl.DataFrame()), found.transfers, _shares(found))
    assert untraced_batches(steps, "capture").is_empty()
    assert untraced_batches(steps, "culture").rows() == [("F2", "P2")]


def _shares(found: AssembledHistory) -> pl.DataFrame:
    """The shares of the batches of all steps, also in F2, which is set aside."""
    return ancestors(("culture", "capture", "fill"), found.transfers, pl.Series(["F1", "F2", "F3"]))
