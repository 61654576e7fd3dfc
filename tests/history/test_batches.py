"""One row per batch: details join by key, and rows that are no batch are set aside."""

from pathlib import Path

import pytest

from pipeline.history.assemble import AssembledHistory
from pipeline.history.quality.verdict import in_short, verdict
from tests.conftest import process_of
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


REPEATED = ("B1,<0.2,7,Ann", "B1,0.4,8,Ann", "B2,3,7,Ann", "B2,5,8,Bob", "B9,1,7,Ann", "B9,1,7,Ann")
"""A sheet of an analyst with two rows per batch: a result, the pH and a name. B9 is no batch."""


def _sheet(small: Make, folder: Path, how: str) -> AssembledHistory:
    batches_csv(folder, "B1,P,1,36,", "B2,P,1,36,")
    (folder / "sheet.csv").write_text("\n".join(["batch,titre,ph,analyst", *REPEATED]) + "\n")
    definition = small()
    plain = {"role": "context", "horizon": "release", "description": "x"}
    definition["attributes"]["titre"]["column"] = "sheet.titre"
    definition["attributes"] |= {
        "ph": plain | {"column": "sheet.ph"},
        "analyst": plain | {"kind": "text", "column": "sheet.analyst"},
    }
    definition["attributes"]["batch"]["column"] = ["batches.batch", "sheet.batch"]
    definition["sources"]["sheet"] = {"gives": "details", "files": ["sheet.csv"], "key": ["batch"], "replicates": how}
    history = history_of(definition, folder)
    counts = history.ledger.filter(source="sheet").row(0, named=True)
    assert counts["read"] == counts["valid"] + counts["quarantined"] == len(REPEATED)
    return history


def test_details__several_rows_of_a_batch_have_a_mean_where_declared(small: Make, tmp_path: Path) -> None:
    history = _sheet(small, tmp_path, "mean")
    assert history.batches.select("batch_id", "ph", "analyst").rows() == [("B1", 7.5, "Ann"), ("B2", None, None)]
    assert history.results.select("batch_id", "value", "censoring").rows() == [("B1", pytest.approx(0.3), "left")]
    assert history.quarantine.select("row", "column", "reason").rows() == [
        (4, "analyst", "rows of one batch differ here"),
        (5, "analyst", "rows of one batch differ here"),
        (6, "batch", "no valid batch has this batch"),
        (7, "batch", "no valid batch has this batch"),
    ]


def test_details__the_last_row_of_a_batch_counts_where_declared(small: Make, tmp_path: Path) -> None:
    history = _sheet(small, tmp_path, "last")
    assert history.batches.select("batch_id", "ph", "analyst").rows() == [("B1", 8.0, "Ann"), ("B2", 8.0, "Bob")]
    assert history.quarantine["row"].to_list() == [2, 4, 6, 7]


def test_details__several_rows_of_a_batch_are_refused_unless_declared(small: Make, tmp_path: Path) -> None:
    history = _sheet(small, tmp_path, "refuse")
    assert history.results.is_empty()
    assert history.quarantine["row"].to_list() == [2, 3, 4, 5, 6, 7]


def _two_titres(small: Make, folder: Path, **more: object) -> AssembledHistory:
    """A sheet with two titres of B1, one of B2 beside an empty cell, and two of B3, one of them below its limit."""
    batches_csv(folder, *(f"{batch},P,1,36," for batch in ("B1", "B2", "B3")))
    lines = ["batch,titre,ph", "B1,2,7", "B1,4,7", "B2,5,7", "B2,,7", "B3,<0.2,7", "B3,3,7"]
    (folder / "sheet.csv").write_text("\n".join(lines) + "\n")
    definition = small()
    definition["attributes"]["titre"]["column"] = "sheet.titre"
    definition["attributes"]["batch"]["column"] = ["batches.batch", "sheet.batch"]
    definition["sources"]["sheet"] = {"gives": "details", "files": ["sheet.csv"], "key": ["batch"], "replicates": "mean"}
    return history_of(definition | more, folder)


def test_details__several_results_of_a_batch_leave_their_number_and_scatter(small: Make, tmp_path: Path) -> None:
    history = _two_titres(small, tmp_path)
    assert history.replicates.rows() == [("B1", "titre", 2, pytest.approx(2**0.5))]
    assert history.results.select("batch_id", "value").rows()[:2] == [("B1", 3.0), ("B2", 5.0)]


def test_details__results_that_a_correction_changes_show_no_scatter(small: Make, tmp_path: Path) -> None:
    rule = {"kind": "rescale", "name": "r", "reason": "x", "change": ["titre"], "where": {"product": ["P"]}, "factor": 10}
    history = _two_titres(small, tmp_path, corrections=[rule])
    assert history.results["value"][0] == 30.0
    assert history.replicates.is_empty()


def test_find_batches__a_logarithm_that_cannot_be_computed_is_in_quarantine_and_its_batch_is_used(
    small: Make, tmp_path: Path
) -> None:
    batches_csv(tmp_path, "B1,P,100,36,1", "B2,P,1,36,1", "B3,P,1,36,1")
    (tmp_path / "more.csv").write_text("batch,Cu [mg/L]\nB1,0\nB2,1000\nB3,\n")
    definition = small()
    definition["sources"]["more"] = {"gives": "details", "files": ["more.csv"], "key": ["batch"]}
    definition["attributes"]["batch"]["column"] = ["batches.batch", "more.batch"]
    copper = {"role": "CPP", "horizon": "plan", "description": "x", "unit": "g/L"}
    column = {"source": "more", "column": "Cu [mg/L]", "unit": "mg/L"}
    definition["attributes"]["copper"] = copper | {"column": column}
    definition["attributes"]["log_copper"] = copper | {"unit": "", "derive": {"kind": "log10", "of": ["copper"]}}
    history = history_of(definition, tmp_path)
    assert history.batches["log_copper"].to_list() == [None, 0.0, None]
    assert history.batch_states["state"].to_list() == ["used"] * 3
    [record] = history.quarantine.to_dicts()
    assert (record["batch_id"], record["row"], record["column"], record["value"]) == ("B1", 2, "copper", "0.0")
    assert record["reason"] == "'log_copper' is log10 of 'copper', which is not above zero"
    counts = history.ledger.filter(source="batches").row(0, named=True)
    assert (counts["read"], counts["quarantined"], counts["valid"]) == (3, 1, 2)
    found = verdict(process_of(definition), history)
    assert in_short(found) == [
        "All 3 batches are used.",
        "- source 'batches', column 'copper' (1 cell, 1 batch): 'log_copper' is log10 of 'copper', which is not above zero. `0.0`: "
        "the batches are used, and 'log_copper' is missing in them. Where the value is wrong, correct it in the file.",
    ]
