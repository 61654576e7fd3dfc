"""Lots and genealogy: from files of their own, or from columns of the batch rows."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.history.lots import properties
from tests.conftest import process_of
from tests.support.definitions import Make
from tests.support.raw_files import batches_csv, history_of

CMA = {"role": "CMA", "horizon": "plan", "description": "x", "unit": "g/L", "material": "media"}
TEXT = {"role": "context", "horizon": "plan", "description": "x", "kind": "text"}


@pytest.fixture
def in_rows(small: Make, tmp_path: Path) -> Callable[..., Any]:
    """The history of batch rows that name a supplier, a lot and its glucose."""

    def make(*lines: str) -> Any:
        header = "batch,product,volume,temperature,titre,supplier,lot,glucose"
        rows = [f"B{i},P,1,36,1,{line}" for i, line in enumerate(lines)]
        (tmp_path / "batches.csv").write_text("\n".join([header, *rows]) + "\n")
        definition = small()
        definition["materials"] = {"media": {"lot": ["supplier", "lot"]}}
        definition["attributes"] |= {name: TEXT | {"column": f"batches.{name}"} for name in ("supplier", "lot")}
        definition["attributes"]["glucose"] = CMA | {"column": "batches.glucose"}
        return history_of(definition, tmp_path)

    return make


def test_lots__in_batch_rows_are_named_by_all_attributes_of_the_key(in_rows: Callable[..., Any]) -> None:
    history = in_rows("A,17,10", "B,17,20", "A,17,10")
    assert history.lots.rows() == [("media", "A/17", "glucose", 10.0), ("media", "B/17", "glucose", 20.0)]
    assert history.genealogy.rows() == [
        ("B0", "media", "A/17", 1.0),
        ("B1", "media", "B/17", 1.0),
        ("B2", "media", "A/17", 1.0),
    ]


def test_lots__recorded_with_other_values_are_lots_of_their_own(in_rows: Callable[..., Any]) -> None:
    """Which value is right cannot be known, so that each batch keeps the value of its own row."""
    history = in_rows("A,17,10", "A,17,11", "A,17,10", "A,17,")
    used = history.genealogy.join(history.lots, on=["material", "lot_id"], how="left").sort("batch_id")
    assert used.select("batch_id", "value").rows() == [("B0", 10.0), ("B1", 11.0), ("B2", 10.0), ("B3", None)]
    assert used["lot_id"].str.replace(r" \(\d\)$", "").unique().to_list() == ["A/17"]


def test_lots__a_row_without_its_whole_key_names_no_lot(in_rows: Callable[..., Any]) -> None:
    history = in_rows("A,,10", ",17,10", "A,18,12")
    assert history.genealogy["batch_id"].to_list() == ["B2"]
    assert history.lots["value"].to_list() == [12.0]


@pytest.fixture
def in_files(small: Make, tmp_path: Path) -> Callable[..., Any]:
    """The history of batches B1 and B2, with files of lots and of their use."""

    def make(lots: list[str], used: list[str], **changes: Any) -> Any:
        batches_csv(tmp_path, "B1,P,1,36,1", "B2,P,1,36,1")
        (tmp_path / "lots.csv").write_text("\n".join(["lot,glucose", *lots]) + "\n")
        (tmp_path / "used.csv").write_text("\n".join(["batch,mat,lot,kg", *used]) + "\n")
        definition = small()
        definition["materials"] = {"media": {}}
        definition["attributes"]["glucose"] = CMA | {"column": "lots.glucose"}
        definition["sources"]["lots"] = {"gives": "lots", "files": ["lots.csv"], "material": "media", "lot": "lot"}
        genealogy = {"gives": "genealogy", "files": ["used.csv"], "batch": "batch", "material": "mat", "lot": "lot"}
        definition["sources"]["used"] = genealogy | {"quantity": "kg"} | changes
        return history_of(definition, tmp_path)

    return make


def test_genealogy__rows_that_cannot_be_used_are_set_aside_with_their_place(in_files: Callable[..., Any]) -> None:
    used = ["B1,media,L1,3", "B1,buffer,L1,1", "B1,media,L2,0", "B2,media,L2,-1", "B2,media,L1,x", "B2,media,L1,5"]
    history = in_files(["L1,10", "L2,20"], used)
    assert history.genealogy.rows() == [("B1", "media", "L1", 1.0)]
    assert history.quarantine.select("file", "row", "column", "value").rows() == [
        ("used.csv", 3, "mat", "buffer"),
        ("used.csv", 4, "kg", "0.0"),
        ("used.csv", 5, "kg", "-1.0"),
        ("used.csv", 6, "kg", "x"),
        ("used.csv", 7, "kg", "5.0"),
    ]


def test_genealogy__materials_have_another_name_in_the_file(in_files: Callable[..., Any]) -> None:
    history = in_files(["L1,10"], ["B1,Basal medium,L1,3"], materials={"Basal medium": "media"})
    assert history.genealogy["material"].to_list() == ["media"]
    assert history.quarantine.is_empty()


def test_genealogy__several_uses_of_a_lot_add_up(in_files: Callable[..., Any]) -> None:
    history = in_files(["L1,10", "L2,20"], ["B1,media,L1,3", "B1,media,L1,3", "B1,media,L2,2"])
    assert history.genealogy["fraction"].to_list() == [0.75, 0.25]
    assert history.quarantine.is_empty()


def test_lots__with_contradicting_rows_have_no_property(in_files: Callable[..., Any]) -> None:
    history = in_files(["L1,10", "L1,11", "L2,20", "L2,20"], [])
    assert history.lots.rows() == [("media", "L2", "glucose", 20.0)]
    assert history.quarantine["row"].to_list() == [2, 3, 5]


def test_properties__of_a_material_are_its_attributes(small: Make) -> None:
    definition = small(materials={"media": {"lot": ["lot"]}, "resin": {"lot": ["lot"]}})
    definition["attributes"]["lot"] = TEXT | {"column": "batches.lot"}
    for name, material in (("glucose", "media"), ("copper", "media"), ("capacity", "resin")):
        definition["attributes"][name] = CMA | {"material": material, "column": f"batches.{name}"}
    assert properties(process_of(definition), "media") == ["glucose", "copper"]


def test_genealogy__is_many_to_many_and_shares_sum_to_one(small: Make, tmp_path: Path) -> None:
    batches_csv(tmp_path, "B1,P,1,36,1", "B2,P,1,36,1")
    (tmp_path / "lots.csv").write_text("Lot #,glucose\nL1,10\nL2,20\n")
    (tmp_path / "used.csv").write_text("batch,mat,lot,kg\nB1,media,L1,3\nB1,media,L2,1\nB2,media,L2,7\nB9,media,L2,7\n")
    definition = small()
    definition["materials"] = {"media": {}}
    definition["attributes"]["glucose"] = {
        "role": "CMA",
        "horizon": "plan",
        "description": "x",
        "unit": "g/L",
        "material": "media",
        "column": "lots.glucose",
    }
    definition["sources"]["lots"] = {"gives": "lots", "files": ["lots.csv"], "material": "media", "lot": "Lot #"}
    definition["sources"]["used"] = {
        "gives": "genealogy",
        "files": ["used.csv"],
        "batch": "batch",
        "material": "mat",
        "lot": "lot",
        "quantity": "kg",
    }
    history = history_of(definition, tmp_path)
    assert history.genealogy["fraction"].to_list() == [0.75, 0.25, 1.0]
    assert history.quarantine["reason"].to_list() == ["no valid batch has this name"]
