"""Names that differ by case, blanks, Unicode composition or script are reported, and never merged."""

from pathlib import Path

from pipeline.history.notes.look_alikes import look_alike_findings, look_alikes
from tests.conftest import process_of
from tests.support.definitions import Make
from tests.support.raw_files import batches_csv, history_of


def test_look_alikes__groups_names_that_a_person_takes_for_one() -> None:
    names = [
        "Prüf-1",
        "Pru\u0308f-1",
        "P 1",
        "P\u00a01",
        "P1",
        "P1\u200b",
        "\u04201",
        "p1",
        "P2",
        "Q–3",
        "Q-3",
        "LO7",
        "L07",
    ]
    assert look_alikes(names) == [
        ["L07", "LO7"],
        ["P 1", "P1", "P1\u200b", "P\u00a01", "p1", "\u04201"],
        ["Pru\u0308f-1", "Prüf-1"],
        ["Q-3", "Q–3"],
    ]


def test_look_alikes__different_names_are_left_alone() -> None:
    assert look_alikes(["B1", "B2", "B11", "B-1", "mAb-A", "mAb-B", "V-50", "V-500"]) == []


def test_look_alike_findings__name_products_and_batches_that_no_row_has(small: Make, tmp_path: Path) -> None:
    batches_csv(tmp_path, "B1,P1,1,36,1", "B2,\u04201,1,36,1")
    (tmp_path / "lims.csv").write_text("batch,test,result\nb1,T,1\nB9,T,1\n")
    definition = small()
    definition["sources"]["lims"] = {
        "gives": "results",
        "files": ["lims.csv"],
        "batch": "batch",
        "test": "test",
        "value": "result",
        "names": {"T": "titre"},
    }
    history = history_of(definition, tmp_path)
    assert history.batches["product"].to_list() == ["P1", "\u04201"]
    found = look_alike_findings(process_of(definition), history)
    assert [sentence.split(" look alike")[0] for sentence in found] == [
        "batch: 'B1' and 'b1'",
        "product: 'P1' and '\\u04201'",
    ]
