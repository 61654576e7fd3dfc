"""One row per batch: details join by key, and rows that are no batch are set aside."""

from pathlib import Path

from tests.support.definitions import Make
from tests.support.raw_files import batches_csv, history_of


def test_find_batches__a_batch_without_scale_goes_to_quarantine(small: Make, tmp_path: Path) -> None:
    batches_csv(tmp_path, "B1,P,,36.5,4.1", "B2,P,0,36.5,4.1", "B3,P,1,36.5,4.1")
    history = history_of(small(), tmp_path)
    assert history.batches["batch_id"].to_list() == ["B3"]
    assert history.quarantine["row"].to_list() == [2, 3]


def test_find_batches__an_exact_repetition_stays_once_and_a_contradiction_is_set_aside(small: Make, tmp_path: Path) -> None:
    batches_csv(tmp_path, "B1,P,1,36,1", "B1,P,1,36,1", "B2,P,1,36,1", "B2,P,1,37,1", "B3,P,1,36,1")
    history = history_of(small(), tmp_path)
    assert history.batches["batch_id"].to_list() == ["B1", "B3"]
    assert history.quarantine.select("row", "reason").rows() == [
        (3, "repeats row 2 of batches.csv"),
        (4, "contradicts row 5 of batches.csv: same batch, other values"),
        (5, "contradicts row 4 of batches.csv: same batch, other values"),
    ]


def test_find_batches__details_join_by_key_and_orphans_are_set_aside(small: Make, tmp_path: Path) -> None:
    batches_csv(tmp_path, "B1,P,1,36,1", "B2,P,1,36,1")
    (tmp_path / "more.csv").write_text("batch,ph\nB1,7.1\nB3,7.2\n")
    definition = small()
    definition["sources"]["more"] = {"gives": "details", "files": ["more.csv"], "key": ["batch"]}
    definition["attributes"]["batch"]["column"] = ["batches.batch", "more.batch"]
    definition["attributes"]["ph"] = {"role": "CPP", "horizon": "plan", "description": "x", "column": "more.ph"}
    history = history_of(definition, tmp_path)
    assert history.batches["ph"].to_list() == [7.1, None]
    assert history.quarantine.select("file", "row", "reason").row(0) == ("more.csv", 3, "no valid batch has this batch")
