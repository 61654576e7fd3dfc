"""Transfers between steps."""

from pathlib import Path

import polars as pl
import pytest

from pipeline.history.steps.transfers import find_transfers
from tests.conftest import process_of
from tests.support.definitions import PlainData
from tests.support.raw_files import history_of
from tests.support.steps import steps_definition, steps_files

BATCHES = {
    "culture": pl.Series(["C1", "C2", "X"], dtype=pl.String),
    "capture": pl.Series(["P1", "X"], dtype=pl.String),
    "fill": pl.Series(["F1", "X"], dtype=pl.String),
}


def _found(*rows: tuple[str, str, float | None], definition: PlainData | None = None) -> tuple[pl.DataFrame, pl.DataFrame]:
    schema = {"from_batch": pl.String, "to_batch": pl.String, "quantity": pl.Float64}
    typed = pl.DataFrame(list(rows), schema=schema, orient="row").with_row_index("_row", 2)
    typed = typed.with_columns(pl.lit("transfers.csv").alias("_file"))
    return find_transfers(process_of(definition or steps_definition()), {"transfers": typed}, BATCHES)


def _pairs(table: pl.DataFrame) -> dict[tuple[str, str, str], float]:
    return {(a, b, c): d for a, b, c, d in table.select("from_step", "from_batch", "to_batch", "fraction").iter_rows()}


def test_transfers__of_a_pair_are_added_up_and_scaled_to_shares() -> None:
    table, aside = _found(("C1", "P1", 10.0), ("C2", "P1", 30.0), ("C1", "P1", 20.0))
    assert aside.is_empty()
    assert _pairs(table.filter(to_batch="P1")) == {("culture", "C1", "P1"): 0.5, ("culture", "C2", "P1"): 0.5}


def test_batch__that_has_the_same_name_in_the_next_step_went_on_whole() -> None:
    table, _ = _found(("C1", "P1", 10.0))
    own = table.filter(to_batch="X")
    assert own.select("from_step", "to_step", "fraction").rows() == [("culture", "capture", 1.0), ("capture", "fill", 1.0)]
    assert own["quantity"].null_count() == 2


def test_row__replaces_the_transfer_that_follows_from_equal_names() -> None:
    """X of capture took from C1, so it is not X of culture."""
    table, _ = _found(("C1", "X", 10.0))
    assert table.filter(to_step="capture", to_batch="X")["from_batch"].to_list() == ["C1"]


def test_name__of_several_steps_is_the_latest_before_the_batch_that_took() -> None:
    table, _ = _found(("X", "F1", 10.0))
    assert table.filter(to_batch="F1")["from_step"].to_list() == ["capture"]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (("C7", "P1", 1.0), "no valid batch has this name"),
        (("C1", "P7", 1.0), "no valid batch has this name"),
        (("P1", "C1", 1.0), "'P1' is no batch of a step before that of 'C1'"),
        (("C1", "P1", -1.0), "the amount is not above zero"),
    ],
)
def test_transfer__that_cannot_be_is_set_aside(row: tuple[str, str, float], reason: str) -> None:
    _, aside = _found(row)
    assert reason in aside["reason"].to_list()


def test_transfers__beside_one_that_cannot_be_used_have_no_known_share() -> None:
    table, aside = _found(("C1", "P1", 10.0), ("C7", "P1", 30.0))
    assert "P1" not in table["to_batch"]
    assert (
        "the shares are not known: another transfer to this batch cannot be used, row 3 of transfers.csv" in aside["reason"]
    )


def test_transfers__beside_an_amount_that_cannot_be_read_have_no_known_share(tmp_path: Path) -> None:
    steps_files(tmp_path, transfers="From,To,g\nC1,P1,20\nC2,P1,much\nC3,P3,60\nP1,F1,60\nP3,F3,70\n")
    found = history_of(steps_definition(), tmp_path)
    assert found.quarantine.filter(source="transfers").height == 2
    assert found.batches["batch_id"].to_list() == ["F3"]


def test_amounts__are_converted_to_one_unit(tmp_path: Path) -> None:
    definition = steps_definition()
    definition["sources"]["transfers"] |= {"quantity": "Amount", "unit": "Unit"}
    steps_files(tmp_path, transfers="From,To,Amount,Unit\nC1,P1,20,g\nC2,P1,0.06,kg\nP1,F1,60,g\n")
    table = history_of(definition, tmp_path).transfers.filter(to_batch="P1")
    assert table["fraction"].to_list() == pytest.approx([0.25, 0.75])
    assert table["quantity"].to_list() == pytest.approx([0.02, 0.06])
