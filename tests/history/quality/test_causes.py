"""Each cause is counted by cells, rows and batches, and the costliest comes first."""

from pathlib import Path

import polars as pl

from pipeline.history.quality.causes import Place, causes
from tests.conftest import process_of
from tests.support.definitions import Make
from tests.support.quality import cause_of, judged
from tests.support.raw_files import batches_csv, history_of

LIMS = {"gives": "results", "files": ["lims.csv"], "batch": "b", "test": "t", "value": "v", "names": {"T": "titre"}}


def test_causes__are_ordered_by_the_batches_that_each_costs(small: Make, tmp_path: Path) -> None:
    batches_csv(
        tmp_path, "B1,P,1,36,1", "B2,P,1,99,1", 'B3,P,1,"36,5",1', 'B4,P,1,"36,6",1', 'B5,P,"1,5","36,6",1', "B6,P,1,98,x"
    )
    _, _, found = judged(small(), tmp_path)
    assert [(c.column, c.reason.split(" ")[0], c.cells, c.batches, c.lost, c.alone) for c in found.causes] == [
        ("temperature", "not", 3, 3, 3, 2),  # B5 has another cause as well
        ("temperature", "outside", 2, 2, 2, 1),
        ("titre", "not", 1, 1, 1, 0),
        ("volume", "not", 1, 1, 1, 0),
    ]


def test_causes__name_up_to_three_places_with_different_values_first(small: Make, tmp_path: Path) -> None:
    batches_csv(tmp_path, *(f"A{i},P,1,n.d.,1" for i in range(4)), "B,P,1,warm,1", "C,P,1,cold,1")
    _, _, found = judged(small(), tmp_path)
    places = (Place("batches.csv", 2, "n.d."), Place("batches.csv", 6, "warm"), Place("batches.csv", 7, "cold"))
    assert cause_of(found, "temperature").places == places


def test_causes__a_row_that_waits_for_its_batch_is_no_cause(small: Make, tmp_path: Path) -> None:
    batches_csv(tmp_path, "B1,P,1,36,", "B2,P,1,warm,")
    (tmp_path / "lims.csv").write_text("b,t,v\nB1,T,3\nB2,T,4\nB7,T,5\n")
    definition = small()
    definition["sources"]["lims"] = LIMS
    _, _, found = judged(definition, tmp_path)
    assert [(c.column, c.batches, c.rows) for c in found.follow] == [("b", 1, 1)]
    lost = cause_of(found, "b", "no valid batch")
    assert (lost.places, lost.lost, lost.batches) == ((Place("lims.csv", 4, "B7"),), 0, 1)


def test_causes__reasons_that_name_another_row_are_one_cause(small: Make, tmp_path: Path) -> None:
    batches_csv(tmp_path, "B1,P,1,36,1", "B1,P,1,37,1", "B2,P,1,36,1", "B2,P,1,37,1", "B3,P,1,36,1")
    _, _, found = judged(small(), tmp_path)
    (cause,) = found.causes
    assert (cause.reason, cause.column, cause.cells, cause.batches, cause.lost) == (
        "contradicts another row: same batch, other values",
        "batch",
        4,
        2,
        2,
    )


def test_causes__amounts_without_a_lot_are_one_cause_with_its_edit(small: Make, tmp_path: Path) -> None:
    batches_csv(tmp_path, "B1,P,1,36,1", "B2,P,1,36,1")
    (tmp_path / "used.csv").write_text("batch,mat,lot,kg\nB1,media,L1,3\nB1,media,,3\nB2,media,L1,3\nB2,media,,3\n")
    definition = small(materials={"media": {}})
    columns = {"batch": "batch", "material": "mat", "lot": "lot", "quantity": "kg"}
    definition["sources"]["used"] = {"gives": "genealogy", "files": ["used.csv"]} | columns
    _, _, found = judged(definition, tmp_path)
    cause = cause_of(found, "kg", "the shares are not known")
    assert cause.reason == "the shares are not known: another amount of this material in this batch has no lot"
    assert (cause.cells, cause.edits[0].text) == (
        2,
        "Write the lot of the amount that has none: then these are read as well.",
    )


def test_causes__a_batch_is_named_by_rows_of_every_kind(small: Make, tmp_path: Path) -> None:
    batches_csv(tmp_path, "B1,P,1,36,1", " ,P,1,36,1")
    (tmp_path / "lims.csv").write_text("b,t,v\nB1,T,much\nB1,U,4\n")
    definition = small()
    definition["sources"]["lims"] = LIMS
    history = history_of(definition, tmp_path)
    assert history.quarantine.select("source", "column", "batch_id").sort("source", "column").rows() == [
        ("batches", "batch", None),
        ("lims", "t", "B1"),
        ("lims", "v", "B1"),
    ]
    found = {cause.column: cause for cause in causes(process_of(definition), history)}
    assert [found[name].lost for name in ("batch", "t", "v")] == [0, 0, 0]


def test_causes__names_the_column_of_the_file_and_not_the_attribute(small: Make, tmp_path: Path) -> None:
    (tmp_path / "batches.csv").write_text("Charge,Produkt,Vol.,temperature,titre\nB1,,1,36,1\nB2,P,,36,1\nB3,P,1,36,1\n")
    definition = small()
    for name, column in {"batch": "Charge", "product": "Produkt", "volume": "Vol."}.items():
        definition["attributes"][name]["column"] = {"source": "batches", "column": column}
    history = history_of(definition, tmp_path)
    assert history.quarantine["column"].to_list() == ["Produkt", "Vol."]
    assert history.quarantine["reason"].to_list()[0].startswith("the product ('product') is missing")


def test_causes__of_a_million_cells_take_seconds(small: Make, tmp_path: Path) -> None:
    batches_csv(tmp_path, "B1,P,1,36,1")
    history = history_of(small(), tmp_path)
    number = 1_000_000
    rows = pl.select(
        source=pl.lit("batches"),
        file=pl.lit("batches.csv"),
        row=pl.int_range(2, number + 2, dtype=pl.UInt32),
        column=pl.lit("temperature"),
        value=pl.format("{},5", pl.int_range(number)),
        reason=pl.lit("not a number with a decimal point"),
        batch_id=pl.format("C{}", pl.int_range(number) % 500),
    )
    history = type(history)(**history.tables() | {"quarantine": rows})
    (cause,) = causes(process_of(small()), history)
    assert (cause.cells, cause.rows, cause.batches) == (number, number, 500)
