"""Lots that are used once: a lot that several batches name is noticed."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipeline.history.lots_used_once import LEAST_LOTS, repeated_lot_findings
from tests.conftest import process_of
from tests.support.definitions import Make
from tests.support.raw_files import batches_csv, history_of

NUMBER = {"role": "CMA", "horizon": "plan", "description": "x", "material": "donor", "column": "donors.age"}


def _definition(small: Make, *, declared: bool) -> Any:
    definition = small()
    definition["sources"] |= {
        "donors": {"gives": "lots", "files": ["donors.csv"], "material": "donor", "lot": "lot"},
        "bonn": {"gives": "genealogy", "files": ["bonn.csv"], "batch": "b", "material": "m", "lot": "l", "quantity": "q"},
        "zug": {"gives": "genealogy", "files": ["zug.csv"], "batch": "b", "material": "m", "lot": "l", "quantity": "q"},
    }
    definition["materials"] = {"donor": {"used_once": True} if declared else {}}
    definition["attributes"]["donor_age"] = NUMBER
    return definition


def _history(small: Make, folder: Path, *, declared: bool, bonn: list[str], zug: list[str]) -> Any:
    batches_csv(folder, *(f"B{i},P,1,36,1" for i in range(4)))
    (folder / "donors.csv").write_text("lot,age\nD0,40\nD1,50\nD2,60\nD3,70\n")
    for name, lines in (("bonn", bonn), ("zug", zug)):
        (folder / f"{name}.csv").write_text("\n".join(["b,m,l,q", *lines]) + "\n")
    return history_of(_definition(small, declared=declared), folder)


BONN, ZUG = ["B0,donor,D0,1", "B1,donor,D1,1"], ["B2,donor,D0,1", "B3,donor,D3,2"]
"""Both files name D0."""


def test_genealogy__a_lot_that_two_batches_name_is_set_aside_in_both_where_it_is_used_once(
    small: Make, tmp_path: Path
) -> None:
    history = _history(small, tmp_path, declared=True, bonn=BONN, zug=ZUG)
    assert history.genealogy.select("batch_id", "lot_id").rows() == [("B1", "D1"), ("B3", "D3")]
    assert history.batches.height == 4
    reason = "lot 'D0' of 'donor' is named by 2 batches (B0, B2), and each of its lots is used once"
    found = history.quarantine.select("source", "row", "column", "value", "reason", "batch_id").rows()
    assert found == [("bonn", 2, "l", "D0", reason, "B0"), ("zug", 2, "l", "D0", reason, "B2")]


def test_genealogy__another_lot_of_such_a_batch_is_set_aside_too(small: Make, tmp_path: Path) -> None:
    """Without the first lot its share is not known."""
    history = _history(small, tmp_path, declared=True, bonn=[*BONN, "B0,donor,D2,1"], zug=ZUG)
    assert history.genealogy["batch_id"].to_list() == ["B1", "B3"]
    assert history.quarantine.filter(pl.col("value") == "D2")["reason"].str.contains("lot 'D0'").to_list() == [True]


def test_genealogy__several_bookings_of_one_batch_are_one_use(small: Make, tmp_path: Path) -> None:
    history = _history(small, tmp_path, declared=True, bonn=[*BONN, "B0,donor,D0,3"], zug=ZUG[1:])
    assert history.quarantine.is_empty()
    assert history.genealogy["batch_id"].to_list() == ["B0", "B1", "B3"]


def test_genealogy__of_a_material_that_is_not_declared_keeps_both(small: Make, tmp_path: Path) -> None:
    history = _history(small, tmp_path, declared=False, bonn=BONN, zug=ZUG)
    assert history.quarantine.is_empty()
    assert history.genealogy.height == 4


def _uses(lots: int, *again: int) -> pl.DataFrame:
    numbers = [*range(lots), *again]
    return pl.DataFrame(
        {
            "batch_id": [f"B{i}" for i in range(len(numbers))],
            "material": ["donor"] * len(numbers),
            "lot_id": [f"D{number}" for number in numbers],
        }
    )


@pytest.mark.parametrize(
    ("uses", "noticed"),
    [
        (_uses(LEAST_LOTS, 3), True),
        (_uses(LEAST_LOTS), False),
        (_uses(LEAST_LOTS, 3, 4), False),  # two of twenty: lots are used several times as a matter of course
        (_uses(LEAST_LOTS - 1, 3), False),  # too few lots to tell
    ],
)
def test_finding__names_the_few_lots_that_are_used_again(small: Make, uses: pl.DataFrame, *, noticed: bool) -> None:
    found = repeated_lot_findings(process_of(_definition(small, declared=False)), uses)
    assert found == (
        [
            "Material 'donor': 1 of 20 lots is named by several batches: D3 (B20, B3). All others are named by one batch. If no "
            "lot can be used twice, as with cells of a patient, declare `used_once: true`."
        ]
        if noticed
        else []
    )


def test_finding__of_a_declared_material_needs_no_number_of_lots(small: Make) -> None:
    (found,) = repeated_lot_findings(process_of(_definition(small, declared=True)), _uses(2, 0, 1))
    assert found == (
        "Material 'donor': 2 of 2 lots are named by several batches: D0 (B0, B2), D1 (B1, B3). Each lot is declared as used "
        "once; correct the names."
    )
