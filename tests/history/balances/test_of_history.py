"""The balances of a history with steps."""

from pathlib import Path

import pytest

from pipeline.history.balances.of_history import balances_of
from tests.conftest import process_of
from tests.support.definitions import Make
from tests.support.raw_files import batches_csv, history_of
from tests.support.steps import steps_definition, steps_files


def test_balances_of__a_process_without_balances_are_none(small: Make, tmp_path: Path) -> None:
    batches_csv(tmp_path, "B1,P,1,36,1")
    assert balances_of(process_of(small()), history_of(small(), tmp_path)) is None


def test_balances_of__the_batches_of_the_step_that_declares_them(tmp_path: Path) -> None:
    steps_files(tmp_path)
    definition = steps_definition()
    table = balances_of(process_of(definition), history_of(definition, tmp_path))
    assert table is not None
    assert table.select("step", "balance", "batch_id", "product").rows() == [
        ("capture", "product", batch, "A") for batch in ("P1", "P2", "P3")
    ]
    assert table["taken"].to_list() == pytest.approx([0.14, 0.05, 0.06])
    assert table["closure"].to_list() == pytest.approx([134 / 140, 49 / 50, 71 / 60])
    assert table["reason"].to_list() == ["too few batches"] * 3


def test_balances_of__an_amount_that_is_not_recorded_is_missing(tmp_path: Path) -> None:
    steps_files(
        tmp_path, captures="Lot,Column L,Load g,Eluate g,Flow-through g\nP1,2,140,120,14\nP2,2,50,45,\nP3,1,60,50,1\n"
    )
    definition = steps_definition()
    table = balances_of(process_of(definition), history_of(definition, tmp_path))
    assert table is not None
    assert table["reason"].to_list() == ["too few batches", "an amount is missing", "too few batches"]
