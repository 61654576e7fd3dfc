"""What a batch of the last step inherits from the batches of earlier steps."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipeline.domain.left_out import LeftOut, LeftOutBatch
from pipeline.history.steps.step_history import StepHistory, find_steps
from tests.conftest import process_of
from tests.support.definitions import Make, PlainData
from tests.support.raw_files import history_of
from tests.support.steps import steps_definition, steps_files


def _of(table: pl.DataFrame, batch: str) -> dict[str, object]:
    return table.row(by_predicate=pl.col("batch_id") == batch, named=True)


def test_find_steps__without_steps_finds_nothing(small: Make) -> None:
    assert find_steps(process_of(small()), {}).pooled is None
    assert StepHistory().ancestors.is_empty()


def test_numbers__are_the_mean_weighted_by_share(tmp_path: Path) -> None:
    """P1 took 20 g of C1 (10 L, 36 °C) and 120 g of C2 (30 L, 37 °C); F1 is P1 alone."""
    steps_files(tmp_path)
    found = _of(history_of(steps_definition(), tmp_path).batches, "F1")
    assert found["volume"] == pytest.approx((20 * 0.010 + 120 * 0.030) / 140)
    assert found["temperature"] == pytest.approx(273.15 + (20 * 36 + 120 * 37) / 140)
    assert (found["capture_batch"], found["culture_batch"]) == ("P1", "C2 + C1")


def test_pools__of_several_steps_multiply_their_shares(tmp_path: Path) -> None:
    """F2 is half P1 and half P2. P2 is C3 alone."""
    steps_files(tmp_path)
    shares = history_of(steps_definition(), tmp_path).ancestors.filter(batch_id="F2", step="culture")
    assert dict(shares.select("step_batch", "share").iter_rows()) == pytest.approx({"C1": 1 / 14, "C2": 6 / 14, "C3": 0.5})


def test_derived_attributes__are_computed_before_they_are_pooled(tmp_path: Path) -> None:
    """140 g on 2 L and 50 g on 2 L: the mean of 70 and 25 g/L; the ratio of the means would be the same only by chance."""
    steps_files(tmp_path, captures="Lot,Column L,Load g,Eluate g,Flow-through g\nP1,2,140,1,1\nP2,1,50,1,1\nP3,1,60,1,1\n")
    found = _of(history_of(steps_definition(), tmp_path).batches, "F2")
    assert found["load_per_resin"] == pytest.approx((70 + 50) / 2)


def test_controls__below_their_limit_are_a_limit_of_the_pool(tmp_path: Path) -> None:
    steps_files(tmp_path)
    results = history_of(steps_definition(), tmp_path).results
    titre = results.filter(batch_id="F2", attribute="titre").select("value", "censoring").row(0)
    assert titre == (pytest.approx(1 / 14 * 2 + 6 / 14 * 4 + 0.5 * 0.1), "left")


def test_results_of_a_step__reach_the_batches_that_its_batches_went_into(tmp_path: Path) -> None:
    steps_files(tmp_path)
    results = history_of(steps_definition(), tmp_path).results.filter(attribute="pool_hmw")
    assert results["batch_id"].to_list() == ["F1", "F2", "F3"]
    assert results["value"].to_list() == pytest.approx([0.03, 0.02, 0.005])
    assert results["censoring"].to_list() == ["none", "none", "left"]


def test_lots_of_a_step__are_shared_out(tmp_path: Path) -> None:
    steps_files(tmp_path)
    uses = history_of(steps_definition(), tmp_path).genealogy.filter(batch_id="F2")
    assert dict(uses.select("lot_id", "fraction").iter_rows()) == pytest.approx({"RA": 0.5, "RB": 0.5})


def test_number__that_one_pooled_batch_lacks_is_not_known(tmp_path: Path) -> None:
    steps_files(tmp_path, captures="Lot,Column L,Load g,Eluate g,Flow-through g\nP1,2,,120,1\nP2,2,50,45,4\nP3,1,60,7,1\n")
    batches = history_of(steps_definition(), tmp_path).batches
    assert dict(batches.select("batch_id", "load").iter_rows()) == {"F1": None, "F2": None, "F3": pytest.approx(0.06)}


def test_batch__of_two_products_is_set_aside(tmp_path: Path) -> None:
    """F2 is pooled of products A and B. Which of them it is, is not guessed."""
    head = "Culture,Molecule,Inoculated,Volume L,Temperature C,Titre g/L,Reactor"
    rows = [f"C{i},{product},2024-01-0{i},10,36,2,R1" for i, product in enumerate("AAB", 1)]
    steps_files(tmp_path, cultures="\n".join([head, *rows]) + "\n")
    found = history_of(steps_definition(), tmp_path)
    assert found.batches["batch_id"].to_list() == ["F1", "F3"]
    (reason,) = found.quarantine.filter(batch_id="F2")["reason"]
    assert reason == (
        "the product ('molecule') is missing, cannot be derived, or differs between the batches of earlier steps that went into "
        "the batch; see the transfers to this batch"
    )


def test_batch_of_a_step__that_went_nowhere_is_told(tmp_path: Path) -> None:
    steps_files(tmp_path)
    found = history_of(steps_definition(), tmp_path)
    assert found.step_batches.filter(~pl.col("used"))["batch_id"].to_list() == ["C9"]
    (note,) = (note for note in found.notes if note.startswith("Step"))
    assert note.startswith("Step 'culture': 1 batch went into no batch of the last step that is used")


def test_row_of_a_step__that_is_set_aside_names_its_batch(tmp_path: Path) -> None:
    steps_files(
        tmp_path, captures="Lot,Column L,Load g,Eluate g,Flow-through g\nP1,two,140,120,1\nP2,2,50,45,4\nP3,1,60,7,1\n"
    )
    found = history_of(steps_definition(), tmp_path)
    assert found.quarantine.filter(source="captures")["batch_id"].to_list() == ["P1"]
    reason = found.quarantine.filter(pl.col("source") == "transfers")["reason"].unique().to_list()
    assert "no valid batch has this name" in reason
    assert found.batches["batch_id"].to_list() == ["F3"]


def test_batch_of_a_step__can_be_left_out(tmp_path: Path) -> None:
    steps_files(tmp_path)
    gone = LeftOut((LeftOutBatch("P3", "QA", date(2024, 5, 1), "wrong column"),))
    found = history_of(steps_definition(), tmp_path, gone)
    assert "F3" not in found.batches["batch_id"]
    assert found.left_out["batch_id"].unique().to_list() == ["P3"]


def test_ledger__counts_every_row_of_every_step(tmp_path: Path) -> None:
    steps_files(tmp_path)
    ledger = history_of(steps_definition(), tmp_path).ledger
    assert ledger["read"].to_list() == (ledger["valid"] + ledger["quarantined"] + ledger["left_out"]).to_list()


@pytest.mark.parametrize("file", ["cultures", "captures", "transfers"])
def test_file__without_rows_leaves_batches_without_a_product(tmp_path: Path, file: str) -> None:
    steps_files(tmp_path)
    header = (tmp_path / f"{file}.csv").read_text().splitlines()[0]
    (tmp_path / f"{file}.csv").write_text(header + "\n")
    found = history_of(steps_definition(), tmp_path)
    assert found.batches.is_empty()
    assert set(found.batch_states["state"]) == {"set aside"}
    assert found.ledger["read"].to_list() == (found.ledger["valid"] + found.ledger["quarantined"]).to_list()


def test_batch__that_a_step_recorded_twice_is_not_chosen(tmp_path: Path) -> None:
    head = "Culture,Molecule,Inoculated,Volume L,Temperature C,Titre g/L,Reactor"
    rows = [
        "C1,A,2024-01-01,10,36,2,R1",
        "C1,A,2024-01-01,20,36,2,R1",
        "C2,A,2024-01-01,20,36,2,R1",
        "C3,A,2024-01-01,20,36,2,R1",
    ]
    steps_files(tmp_path, cultures="\n".join([head, *rows]) + "\n")
    found = history_of(steps_definition(), tmp_path)
    assert found.batches["batch_id"].to_list() == ["F3"]  # F1 and F2 hold C1, whose record is not known
    assert found.quarantine.filter(source="cultures")["batch_id"].to_list() == ["C1", "C1"]


_REACTORS = "Culture,Molecule,Inoculated,Volume L,Temperature C,Titre g/L,Reactor,Medium\n"


def _pooled_of_three(folder: Path, *reactors: str) -> PlainData:
    """F1 is 40 % C1, 35 % C2 and 25 % C3."""
    rows = "".join(f"C{i},A,2024-01-0{i},10,36,2.0,{one}\n" for i, one in enumerate(reactors, 1))
    moved = "From,To,g\nC1,P1,40\nC2,P1,35\nC3,P1,25\nP1,F1,60\n"
    steps_files(folder, cultures=_REACTORS + rows, transfers=moved)
    return steps_definition()


@pytest.mark.parametrize(
    ("reactors", "expected"),
    [
        (("R1,M", "R2,M", "R2,M"), "R2"),
        (("R1,M", "R2,M", "R3,M"), "R1"),
        (("R1,M", ",M", ",M"), None),
        (("R1,M", "R1,M", ",M"), "R1"),
    ],
)
def test_text__is_that_of_most_of_the_material(tmp_path: Path, reactors: tuple[str, ...], expected: str | None) -> None:
    given = _pooled_of_three(tmp_path, *reactors)
    assert _of(history_of(given, tmp_path).batches, "F1")["equipment"] == expected


def test_lots__in_the_rows_of_a_step_are_shared_out_to_the_batches_that_its_batches_went_into(tmp_path: Path) -> None:
    given = _pooled_of_three(tmp_path, "R1,MA", "R1,MB", "R1,MB")
    given["materials"]["medium"] = {"lot": ["medium_no"]}
    given["steps"]["culture"]["materials"] = ["medium"]
    given["attributes"]["medium_no"] = {**given["attributes"]["culture_batch"], "column": "cultures.Medium"}
    own = history_of(given, tmp_path).genealogy.filter(material="medium", batch_id="F1")
    assert dict(own.select("lot_id", "fraction").iter_rows()) == pytest.approx({"MA": 0.4, "MB": 0.6})
