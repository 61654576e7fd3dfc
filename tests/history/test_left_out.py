"""A batch that is left out goes with all its rows. They are counted, and no raw file is changed."""

from pathlib import Path

import polars as pl
import pytest

from pipeline.domain.config_files import parse
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.left_out import LeftOut
from pipeline.history.left_out import batch_column
from tests.conftest import process_of
from tests.support.definitions import Make, PlainData
from tests.support.quality import CPP
from tests.support.raw_files import batches_csv, history_of


def _left_out(*batches: str) -> LeftOut:
    entries = [{"batch": one, "who": "J. Meier", "when": "2024-03-01", "why": "water run"} for one in batches]
    found: LeftOut = parse(LeftOut, {"batches": entries}, "left_out")
    return found


@pytest.fixture
def definition(small: Make, tmp_path: Path) -> PlainData:
    """Three batches in files of every kind; a cell of B2 cannot be read."""
    batches_csv(tmp_path, "B1,P,1,36,", "B2,P,1,warm,", "B3,P,1,37,")
    (tmp_path / "more.csv").write_text("batch,ph\nB1,7\nB2,7.1\nB3,7.2\n")
    (tmp_path / "lims.csv").write_text("b,t,v\nB1,T,3\nB2,T,much\nB2,U,4\nB3,T,5\n")
    (tmp_path / "used.csv").write_text("batch,mat,lot,kg\nB1,media,L1,3\nB2,media,L1,3\n")
    (tmp_path / "lots.csv").write_text("lot,glucose\nL1,10\n")
    (tmp_path / "s.csv").write_text(
        "batch,time,speed\nB2,2024-01-01 00:00:00,60\nB2,2024-01-01 00:10:00,x\nB3,2024-01-01 00:00:00,50\n"
    )
    made = small(materials={"media": {}})
    results = {"gives": "results", "files": ["lims.csv"], "batch": "b", "test": "t", "value": "v", "names": {"T": "titre"}}
    used = {"gives": "genealogy", "files": ["used.csv"], "batch": "batch", "material": "mat", "lot": "lot", "quantity": "kg"}
    made["sources"] |= {
        "more": {"gives": "details", "files": ["more.csv"], "key": ["batch"]},
        "lims": results,
        "used": used,
        "lots": {"gives": "lots", "files": ["lots.csv"], "material": "media", "lot": "lot"},
        "series": {"gives": "trajectories", "files": ["s.csv"], "batch": "batch", "time": "time"},
    }
    made["attributes"] |= {
        "ph": CPP | {"column": "more.ph"},
        "glucose": CPP | {"role": "CMA", "material": "media", "column": "lots.glucose"},
        "speed": CPP | {"horizon": "in_process", "column": "series.speed"},
    }
    made["attributes"]["batch"]["column"] = ["batches.batch", "more.batch"]
    return made


def test_leave_out__counts_the_rows_of_the_batch_in_every_file(definition: PlainData, tmp_path: Path) -> None:
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    history = history_of(definition, tmp_path, _left_out("B2"))
    assert history.ledger.select("source", "read", "valid", "quarantined", "left_out").rows() == [
        ("batches", 3, 2, 0, 1),
        ("more", 3, 2, 0, 1),
        ("lims", 4, 2, 0, 2),
        ("used", 2, 1, 0, 1),
        ("lots", 1, 1, 0, 0),
        ("series", 3, 1, 0, 2),
    ]
    assert history.quarantine.is_empty()
    assert history.batches["batch_id"].to_list() == ["B1", "B3"]
    for table in (history.results, history.genealogy, history.trajectories):
        assert not table.filter(batch_id="B2").height
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_leave_out__keeps_the_decision_with_the_rows(definition: PlainData, tmp_path: Path) -> None:
    history = history_of(definition, tmp_path, _left_out("B2"))
    assert history.left_out["rows"].sum() == 1 + 1 + 2 + 1 + 2
    assert history.left_out.select("batch_id", "who", pl.col("when").dt.to_string(), "why").unique().rows() == [
        ("B2", "J. Meier", "2024-03-01", "water run")
    ]
    assert history.batch_states.rows() == [("B1", "used"), ("B2", "left out"), ("B3", "used")]


def test_leave_out__a_batch_without_a_readable_row_is_known(definition: PlainData, tmp_path: Path) -> None:
    batches_csv(tmp_path, "B1,P,1,36,", "B7,P,1,warm,")
    history = history_of(definition, tmp_path, _left_out("B7"))
    assert history.batch_states.filter(batch_id="B7")["state"].to_list() == ["left out"]
    assert history.ledger.filter(source="batches").select("valid", "quarantined", "left_out").rows() == [(1, 0, 1)]


def test_leave_out__of_every_batch_leaves_none(definition: PlainData, tmp_path: Path) -> None:
    history = history_of(definition, tmp_path, _left_out("B1", "B2", "B3"))
    assert history.batches.is_empty()
    assert history.ledger.select(pl.col("read") - pl.col("valid") - pl.col("left_out")).sum().item() == 0


def test_leave_out__frees_the_name_of_a_doubled_batch(definition: PlainData, tmp_path: Path) -> None:
    """Both rows of a batch that is written twice are left out, and neither is a contradiction."""
    batches_csv(tmp_path, "B1,P,1,36,", "B2,P,1,36,", "B2,P,1,37,")
    history = history_of(definition, tmp_path, _left_out("B2"))
    assert history.ledger.filter(source="batches").select("valid", "quarantined", "left_out").rows() == [(1, 0, 2)]


def test_leave_out__a_batch_that_no_file_names_is_refused_with_the_closest_names(
    definition: PlainData, tmp_path: Path
) -> None:
    with pytest.raises(ScalebridgeError) as raised:
        history_of(definition, tmp_path, _left_out("b2"))
    message = str(raised.value)
    assert "Batch 'b2', which J. Meier left out on 2024-03-01" in message
    assert "occurs in no file of process 'small'" in message
    assert "'B2'" in message


def test_leave_out__of_a_name_like_no_other_lists_the_batches(definition: PlainData, tmp_path: Path) -> None:
    with pytest.raises(ScalebridgeError, match="its batches are B1, B2, B3"):
        history_of(definition, tmp_path, _left_out("XYZ-77"))


def test_leave_out__of_a_step_is_refused_where_the_process_declares_none(definition: PlainData, tmp_path: Path) -> None:
    entry = {"batch": "B2", "who": "J. Meier", "when": "2024-03-01", "why": "water run", "step": "fill"}
    left_out: LeftOut = parse(LeftOut, {"batches": [entry]}, "left_out")
    with pytest.raises(ScalebridgeError, match=r"has step 'fill', and process 'small' declares no steps\. Remove `step`"):
        history_of(definition, tmp_path, left_out)


def test_batch_column__is_none_where_rows_belong_to_no_batch(definition: PlainData) -> None:
    process = process_of(definition)
    found = {source: batch_column(process, source) for source in process.sources}
    assert found == {
        "batches": "batch",
        "more": "batch",
        "lims": "batch_id",
        "used": "batch_id",
        "lots": None,
        "series": "batch_id",
    }
