"""A run of one client reads what it may, shows what it may, and counts every row."""

from pathlib import Path

import polars as pl
import pytest

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.scope import EVERYONE
from tests.support.clients import CLIENTS, scope, scoped, texts_of, three_clients
from tests.support.definitions import Make, PlainData
from tests.support.steps import steps_definition, steps_files


@pytest.fixture
def definition(small: Make, tmp_path: Path) -> PlainData:
    return three_clients(small(materials={"media": {}}), tmp_path)


def test_within_scope__without_a_client_changes_nothing(definition: PlainData, tmp_path: Path) -> None:
    found, hidden = scoped(definition, tmp_path, EVERYONE)
    assert hidden.is_empty()
    assert found.batches["batch_id"].to_list() == ["A1", "A3", "B1", "B3", "C1"]
    assert found.anonymous.is_empty()


def test_within_scope__keeps_out_and_renames(definition: PlainData, tmp_path: Path) -> None:
    found, hidden = scoped(definition, tmp_path, scope())
    shown = texts_of(found)
    assert not shown & {"B", "B1", "B2", "B3", "LB", "C", "C1", "LC", "beta", "gamma"}
    assert found.batches.group_by("product").len().sort("product").rows() == [("A", 2), ("other product 001", 2)]
    assert found.batches["batch_id"].is_sorted()
    assert {"other batch 001", "other batch 002", "A1", "A3"} <= shown
    names = hidden.filter(kind="batch")
    assert names.filter(pl.col("instead").is_null())["name"].to_list() == ["C1"]
    assert set(found.anonymous["batch_id"]) == set(found.batches["batch_id"]) - {"A1", "A3"}


def test_within_scope__a_lot_that_shown_batches_use_as_well_keeps_its_name(definition: PlainData, tmp_path: Path) -> None:
    found, _ = scoped(definition, tmp_path, scope())
    assert set(found.lots["lot_id"]) == {"shared", "LA", "other lot 001"}
    assert found.genealogy.filter(lot_id="shared").height == 2


def test_within_scope__counts_every_row(definition: PlainData, tmp_path: Path) -> None:
    found, _ = scoped(definition, tmp_path, scope())
    ledger = found.ledger
    assert (ledger["read"] == ledger["valid"] + ledger["quarantined"] + ledger["left_out"]).all()
    sums = ledger.group_by("source").agg(pl.col("read", "valid", "quarantined", "left_out").sum())
    rows = {source: counts for source, *counts in sums.iter_rows()}
    assert rows["batches"] == [7, 4, 0, 3]  # A2 and B2 cannot be read, so nobody knows their client; C1 is kept out
    assert rows["lims"] == [5, 3, 0, 2]
    assert rows["series"] == [6, 4, 0, 2]


def test_within_scope__shows_raw_rows_of_named_batches_alone(definition: PlainData, tmp_path: Path) -> None:
    found, _ = scoped(definition, tmp_path, scope())
    assert found.quarantine.is_empty()
    assert found.notes[1].startswith("Rows that were set aside and belong to no batch of a known client: 2.")
    files = found.ledger.filter(source="series")["file"].to_list()
    assert files[0] == "series_A1.csv"
    assert all(name.endswith("of other clients") for name in files[1:])


def test_within_scope__named_clients_are_as_without_a_scope(definition: PlainData, tmp_path: Path) -> None:
    every, _ = scoped(definition, tmp_path, EVERYONE)
    found, hidden = scoped(definition, tmp_path, scope(teach={"beta": "named", "gamma": "named"}))
    assert hidden.is_empty()
    for name, table in every.tables().items():
        if name in ("quarantine", "ledger", "batch_states"):
            continue  # A2 and B2, whose client nobody knows, are in them
        assert found.tables()[name].equals(table), name


def test_within_scope__numbers_are_those_of_the_same_batches(definition: PlainData, tmp_path: Path) -> None:
    every, _ = scoped(definition, tmp_path, EVERYONE)
    found, hidden = scoped(definition, tmp_path, scope())
    back = dict(hidden.drop_nulls("instead").filter(kind="batch").select("instead", "name").iter_rows())
    results = found.results.with_columns(pl.col("batch_id").replace(back)).sort("batch_id")
    assert results.equals(every.results.filter(pl.col("batch_id") != "C1").sort("batch_id"))


def test_within_scope__says_what_it_did_without_a_name_of_others(definition: PlainData, tmp_path: Path) -> None:
    found, _ = scoped(definition, tmp_path, scope())
    assert found.notes[0] == (
        "This run is made for client alpha. Of its batches and those of others, 2 of its own teach, 2 of other clients teach "
        "without their names, 1 of other clients are not read."
    )


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"clients": {"alpha": ["A"], "beta": ["B"]}, "teach": {}}, "product 'C' belongs to no client"),
        ({"clients": CLIENTS | {"delta": ["D"]}, "teach": {"delta": "named"}}, "'delta', to whom no batch belongs"),
        ({"client": "delta", "clients": CLIENTS | {"delta": ["D"]}}, "no batch belongs to this client"),
        ({"attribute": "volume"}, "no text attribute of the batches"),
        ({"names": ["campaign"]}, "'campaign' is no text attribute of the batches"),
    ],
)
def test_within_scope__that_does_not_fit_the_history_is_refused(
    definition: PlainData, tmp_path: Path, changed: dict[str, object], said: str
) -> None:
    with pytest.raises(ScalebridgeError, match=said):
        scoped(definition, tmp_path, scope(**changed))


def test_within_scope__shows_no_batch_of_a_step_of_another_client(tmp_path: Path) -> None:
    """A pooled C1 and C2 into P1, and B made C3 and P3 alone. C1 has a wrong row as well, which A may see."""
    head = "Culture,Molecule,Inoculated,Volume L,Temperature C,Titre g/L,Reactor"
    rows = [f"C{i},{product},2024-01-0{i},10,36,2,R1" for i, product in enumerate("AAB", 1)]
    moved = "From,To,g\nC1,P1,1\nC2,P1,1\nC3,P3,1\nP1,F1,1\nP3,F3,1\n"
    steps_files(tmp_path, cultures="\n".join([head, *rows, "C1,A,2024-01-01,10,hot,2,R1"]) + "\n", transfers=moved)
    given = scope(attribute="molecule", clients={"alpha": ["A"], "beta": ["B"]})
    found, _ = scoped(steps_definition(), tmp_path, given)
    assert found.batches["batch_id"].sort().to_list() == ["F1", "other batch 001"]
    assert not texts_of(found) & {"C3", "P3", "F3", "B", "beta"}
    assert found.step_batches["batch_id"].to_list() == ["P1", "C1", "C2", "F1"]
    assert found.transfers["from_batch"].to_list() == ["C1", "C2", "P1"]
    assert found.quarantine["batch_id"].to_list() == ["C1"]
    ledger = found.ledger
    assert (ledger["read"] == ledger["valid"] + ledger["quarantined"] + ledger["left_out"]).all()
    assert ledger.filter(source="cultures").select("read", "valid", "quarantined", "left_out").row(0) == (4, 3, 1, 0)


def test_within_scope__shows_transfers_that_are_set_aside_to_batches_that_are_shown(tmp_path: Path) -> None:
    head = "Culture,Molecule,Inoculated,Volume L,Temperature C,Titre g/L,Reactor"
    rows = [f"C{i},{product},2024-01-0{i},10,36,2,R1" for i, product in enumerate("AAB", 1)]
    moved = "From,To,g\nC1,P1,1\nC3,P3,1\nP1,F1,1\nP3,F3,1\nC2,P1,0\nC1,P3,0\n"
    steps_files(tmp_path, cultures="\n".join([head, *rows]) + "\n", transfers=moved)
    found, _ = scoped(steps_definition(), tmp_path, scope(attribute="molecule", clients={"alpha": ["A"], "beta": ["B"]}))
    assert found.quarantine.filter(source="transfers").select("row", "batch_id").rows() == [(6, "P1")]
    counts = found.ledger.filter(source="transfers").select("read", "valid", "quarantined", "left_out").row(0)
    assert counts == (6, 4, 1, 1)
