"""Transfers between steps."""

from collections.abc import Mapping
from pathlib import Path

import polars as pl
import pytest

from pipeline.history.assemble import AssembledHistory
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


def _found(
    *rows: tuple[str, str, float | None], definition: PlainData | None = None, batches: Mapping[str, pl.Series] = BATCHES
) -> tuple[pl.DataFrame, pl.DataFrame]:
    schema = {"from_batch": pl.String, "to_batch": pl.String, "quantity": pl.Float64}
    typed = pl.DataFrame(list(rows), schema=schema, orient="row").with_row_index("_row", 2).cast({"_row": pl.UInt32})
    typed = typed.with_columns(pl.lit("transfers.csv").alias("_file"))
    return find_transfers(process_of(definition or steps_definition()), {"transfers": typed}, batches)[:2]


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


def test_transfer__of_a_batch_to_itself_leaves_the_shares_of_the_others_known() -> None:
    table, aside = _found(("C1", "P1", 10.0), ("C2", "P1", 30.0), ("P1", "P1", 5.0))
    assert aside["reason"].to_list() == ["the batch that gave and the batch that took are the same"]
    assert _pairs(table.filter(to_batch="P1")) == {("culture", "C1", "P1"): 0.25, ("culture", "C2", "P1"): 0.75}


def test_batch__with_the_name_of_a_batch_before_took_nothing_whole_if_a_row_names_it() -> None:
    """X took from C1 and from a batch that no file has. So it is not known that X of capture is X of culture."""
    table, aside = _found(("C1", "X", 10.0), ("C7", "X", 30.0))
    assert "X" not in table["to_batch"]
    assert aside.height == 2


def test_transfer__between_names_of_several_steps_is_set_aside() -> None:
    """C and X are batches of all three steps: culture to capture, or capture to fill."""
    own = pl.Series(["C", "X"], dtype=pl.String)
    table, aside = _found(("C", "X", 10.0), batches=dict.fromkeys(BATCHES, own))
    assert aside["reason"].to_list() == [
        "'C' and 'X' are batches of several steps: the transfer may lie between culture and capture, or capture and fill; "
        "declare `from_step` and `to_step`"
    ]
    assert set(table["to_batch"]) == {"C"}


def test_steps_of_transfers__that_are_declared_tell_names_of_several_steps_apart() -> None:
    given = steps_definition()
    given["sources"]["transfers"] |= {"from_step": "capture", "to_step": "fill"}
    own = pl.Series(["C", "X"], dtype=pl.String)
    table, aside = _found(("C", "X", 10.0), definition=given, batches=dict.fromkeys(BATCHES, own))
    assert aside.is_empty()
    of_fill = table.filter(to_step="fill")
    assert of_fill.select("from_step", "from_batch", "to_batch").rows() == [("capture", "C", "X")]
    assert set(table.filter(to_step="capture")["fraction"]) == {1.0}


def _from_two_files(folder: Path, second: str, unit: str | None = None) -> AssembledHistory:
    given = steps_definition()
    given["sources"]["more"] = {**given["sources"]["transfers"], "files": ["more.csv"]} | ({"unit": unit} if unit else {})
    steps_files(folder)
    (folder / "more.csv").write_text(second)
    return history_of(given, folder)


def test_transfers__of_which_another_file_has_one_that_cannot_be_used_have_no_known_share(tmp_path: Path) -> None:
    found = _from_two_files(tmp_path, "From,To,g\nC7,P1,5\n,P2,5\n")
    assert set(found.transfers.filter(to_step="capture")["to_batch"]) == {"P3"}
    own = found.quarantine.filter(source="transfers").select("row", "reason")
    what = "the shares are not known: another transfer to this batch cannot be used, row {} of more.csv"
    assert own.rows() == [(2, what.format(2)), (3, what.format(2)), (4, what.format(3))]


def test_transfers__in_units_of_several_files_that_cannot_be_added_are_set_aside(tmp_path: Path) -> None:
    found = _from_two_files(tmp_path, "From,To,g,Unit\nC2,P3,5,L\n", unit="Unit")
    assert "P3" not in found.transfers["to_batch"]
    why = "several sources state what this batch took from this step, in units that cannot be added"
    assert found.quarantine.filter(reason=why).height == 2


def test_transfer__that_is_booked_twice_counts_once(tmp_path: Path) -> None:
    given = steps_definition()
    given["sources"]["transfers"]["booking"] = "No"
    steps_files(tmp_path, transfers="No,From,To,g\n1,C1,P1,20\n1,C1,P1,20\n2,C2,P1,20\n3,C2,P1,20\n4,P1,F1,1\n")
    found = history_of(given, tmp_path)
    assert found.transfers.filter(to_batch="P1")["fraction"].to_list() == pytest.approx([1 / 3, 2 / 3])
    assert not [note for note in found.notes if "repeat" in note]


def test_amounts__of_one_batch_in_kg_and_litres_name_the_step(tmp_path: Path) -> None:
    given = steps_definition()
    given["sources"]["transfers"] |= {"quantity": "Amount", "unit": "Unit"}
    steps_files(tmp_path, transfers="From,To,Amount,Unit\nC1,P1,20,g\nC2,P1,0.06,L\nP1,F1,60,g\n")
    why = "amounts that this batch took from step 'culture' are in L and g, which cannot be added"
    assert history_of(given, tmp_path).quarantine.filter(source="transfers")["reason"].to_list() == [why, why]


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
