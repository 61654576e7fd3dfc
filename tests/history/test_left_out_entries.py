"""A batch is left out of one step. What it gave to other batches is not guessed, and no other transfer moves."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.left_out import LeftOut, LeftOutBatch
from pipeline.history.assemble import AssembledHistory
from pipeline.history.quality.verdict import verdict
from tests.conftest import process_of
from tests.support.definitions import PlainData
from tests.support.raw_files import history_of
from tests.support.steps import steps_definition, steps_files

CULTURES = """Culture,Molecule,Inoculated,Volume L,Temperature C,Titre g/L,Reactor
{rows}
"""


def _entry(batch: str, step: str | None = None) -> LeftOutBatch:
    return LeftOutBatch(batch, "QA", date(2024, 5, 1), "water run", step)


def _numbered(folder: Path, *transfers: str) -> None:
    """Three steps that all number their batches 1, 2, 3."""
    cultures = "\n".join(f"{i},M,2024-01-0{i},10,36,2,R1" for i in (1, 2, 3))
    captures = "\n".join(f"{i},2,140,120,1" for i in (1, 2, 3))
    fills = "\n".join(f"{i},100,1" for i in (1, 2, 3))
    steps_files(
        folder,
        cultures=CULTURES.format(rows=cultures),
        captures=f"Lot,Column L,Load g,Eluate g,Flow-through g\n{captures}\n",
        fills=f"Batch,Speed rpm,HMW %\n{fills}\n",
        transfers="\n".join(["From,To,g", *transfers]) + "\n",
        capture_lab="Lot,Test,Result\n1,HMW pool,2\n2,HMW pool,3\n3,HMW pool,4\n",
        resin_uses="Lot,Material,Resin lot,Share\n",
    )


def _definition() -> PlainData:
    """Two sources of transfers, each with its two steps."""
    definition = steps_definition()
    one = definition["sources"].pop("transfers")
    definition["sources"] |= {
        "loads": one | {"files": ["transfers.csv"], "from_step": "culture", "to_step": "capture"},
        "fillings": one | {"files": ["fillings.csv"], "from_step": "capture", "to_step": "fill"},
    }
    return definition


@pytest.fixture
def stated(tmp_path: Path) -> Path:
    _numbered(tmp_path, "1,1,10", "2,2,10", "3,3,5", "2,3,5")
    (tmp_path / "fillings.csv").write_text("From,To,g\n1,1,10\n2,2,10\n3,3,10\n")
    return tmp_path


def _balanced(found: AssembledHistory) -> None:
    ledger = found.ledger
    assert ledger["read"].to_list() == (ledger["valid"] + ledger["quarantined"] + ledger["left_out"]).to_list()


def test_leave_out__of_a_name_of_several_steps_is_refused_with_their_names(stated: Path) -> None:
    with pytest.raises(ScalebridgeError) as raised:
        history_of(_definition(), stated, LeftOut((_entry("2"),)))
    assert "Batch '2', which QA left out on 2024-05-01 (`left_out` of params.yaml), occurs in several steps" in str(
        raised.value
    )
    assert "culture, capture, fill. State the `step`" in str(raised.value)


def test_leave_out__of_the_last_step_leaves_the_batches_of_this_name_in_other_steps(stated: Path) -> None:
    found = history_of(_definition(), stated, LeftOut((_entry("2", "fill"),)))
    assert found.batches["batch_id"].to_list() == ["1", "3"]
    assert found.step_batches.filter(pl.col("step") != "fill").height == 6
    assert found.left_out.select("batch_id", "step", "source", "rows").rows() == [
        ("2", "fill", "fillings", 1),
        ("2", "fill", "fills", 1),
    ]
    assert dict(found.batch_states.iter_rows()) == {"1": "used", "2": "left out", "3": "used"}
    _balanced(found)


def test_leave_out__of_an_earlier_step_says_what_took_from_it(stated: Path) -> None:
    """Culture 2 went whole into fill 2, and with half of culture 3 into fill 3."""
    found = history_of(_definition(), stated, LeftOut((_entry("2", "culture"),)))
    assert found.left_out.select("batch_id", "step", "source", "rows").rows() == [("2", "culture", "cultures", 1)]
    reasons = dict(found.quarantine.filter(source="loads").select("row", "reason").iter_rows())
    assert reasons[3] == "the batch that gave, '2' of step 'culture', is left out on purpose"
    assert reasons[5] == reasons[3]
    assert reasons[4].startswith("the shares are not known: another transfer to this batch cannot be used, row 5")
    assert found.batches["batch_id"].to_list() == ["1"]
    (note,) = [note for note in found.notes if "left out on purpose" in note]
    assert note.startswith("Step 'culture': 2 batches of the last step took from batches of this step that are left out")
    assert note.endswith("2 of them are not used, for this or for another reason.")
    assert dict(found.batch_states.iter_rows()) == {"1": "used", "2": "set aside", "3": "set aside"}
    _balanced(found)


def test_leave_out__of_an_earlier_step_is_a_cause_with_nothing_to_do(stated: Path) -> None:
    found = history_of(_definition(), stated, LeftOut((_entry("2", "culture"),)))
    edits = {
        one.reason: one.edits[0].text for one in verdict(process_of(_definition()), found).causes if one.source == "loads"
    }
    assert edits == {
        "the batch that gave, '2' of step 'culture', is left out on purpose": "Nothing is to be done. Without its entry in "
        "conf/left_out/, these are read as well.",
        "the shares are not known: another transfer to this batch cannot be used": "Mend or remove the transfer that cannot be "
        "used: then these are read as well.",
    }


def test_leave_out__counts_the_batches_of_all_steps(stated: Path) -> None:
    found = history_of(_definition(), stated, LeftOut((_entry("2", "culture"), _entry("3", "capture"))))
    assert "2 batches are left out on purpose." in verdict(process_of(_definition()), found).headline
    _balanced(found)


def test_leave_out__of_every_batch_of_the_chain_needs_no_note(stated: Path) -> None:
    entries = LeftOut(tuple(_entry("2", step) for step in ("culture", "capture", "fill")))
    found = history_of(_definition(), stated, entries)
    assert "2" not in found.batch_states.filter(pl.col("state") != "left out")["batch_id"].to_list()
    (note,) = [note for note in found.notes if "left out on purpose" in note]
    assert note.startswith("Step 'culture': 1 batch of")  # fill 3 took from culture 2 too
    _balanced(found)


def test_leave_out__moves_no_transfer_to_another_step(tmp_path: Path) -> None:
    """`1 → 2` may lie between culture and capture or between capture and fill. It stays unclear without culture 1."""
    _numbered(tmp_path, "1,2,10")
    before, after = (
        history_of(steps_definition(), tmp_path, entries) for entries in (LeftOut(), LeftOut((_entry("1", "culture"),)))
    )
    for found in (before, after):
        assert "1,2" not in [f"{a},{b}" for a, b in found.transfers.select("from_batch", "to_batch").iter_rows()]
        (reason,) = found.quarantine.filter(source="transfers")["reason"].to_list()
        assert reason.startswith("'1' and '2' are batches of several steps")
        _balanced(found)


def test_leave_out__a_batch_that_went_on_whole_by_its_name_leaves_its_successor_without_origin(tmp_path: Path) -> None:
    _numbered(tmp_path)
    found = history_of(steps_definition(), tmp_path, LeftOut((_entry("2", "culture"),)))
    assert found.batches["batch_id"].to_list() == ["1", "3"]
    assert any(note.startswith("Step 'culture': 1 batch of the last step took from") for note in found.notes)


def test_leave_out__an_unreadable_amount_of_a_transfer_goes_with_the_batch_that_took(stated: Path) -> None:
    (stated / "fillings.csv").write_text("From,To,g\n1,1,10\n2,2,much\n3,3,10\n")
    found = history_of(_definition(), stated, LeftOut((_entry("2", "fill"),)))
    assert found.quarantine.filter(source="fillings").is_empty()
    assert found.ledger.filter(source="fillings").select("valid", "quarantined", "left_out").rows() == [(2, 0, 1)]


def test_leave_out__a_name_of_one_step_needs_no_step(tmp_path: Path) -> None:
    steps_files(tmp_path)
    found = history_of(steps_definition(), tmp_path, LeftOut((_entry("P3"),)))
    assert found.left_out["step"].unique().to_list() == ["capture"]
    assert "transfers" in found.left_out["source"].to_list()
    assert "P3" not in found.batch_states["batch_id"].to_list()
    _balanced(found)


@pytest.mark.parametrize(
    ("batch", "step", "words"),
    [
        ("P3", "fill", "occurs in no file of step 'fill'; it occurs in files of capture"),
        ("P3", "fills", "has step 'fills', which process 'train' does not declare; its steps are culture, capture, fill"),
        ("P7", "capture", "occurs in no file of process 'train'; its batches are C1, C2"),
    ],
)
def test_leave_out__of_a_step_without_the_batch_is_refused(tmp_path: Path, batch: str, step: str, words: str) -> None:
    steps_files(tmp_path)
    with pytest.raises(ScalebridgeError) as raised:
        history_of(steps_definition(), tmp_path, LeftOut((_entry(batch, step),)))
    assert words in str(raised.value)


def test_leave_out__batch_rows_say_of_which_step_a_name_is(tmp_path: Path) -> None:
    """A laboratory exports the results of all steps in one file, which is declared for one of them."""
    steps_files(tmp_path, capture_lab="Lot,Test,Result\nP1,HMW pool,3\nC1,HMW pool,3\n")
    found = history_of(steps_definition(), tmp_path, LeftOut((_entry("C1"),)))
    assert found.left_out.select("step", "source").unique().rows() == [("culture", "cultures")]
    _balanced(found)
