"""Gaps and contradictions of the valid rows are named with their number."""

import re
from pathlib import Path

from pipeline.history.quality.findings import findings
from tests.conftest import process_of
from tests.support.definitions import Make
from tests.support.quality import CPP, eventful
from tests.support.raw_files import batches_csv, history_of


def test_findings__say_what_is_missing_and_how_often(small: Make, tmp_path: Path) -> None:
    definition = eventful(small(), tmp_path)
    del definition["attributes"]["cells"]
    sentences = findings(process_of(definition), history_of(definition, tmp_path))
    assert len(sentences) == 3
    for sentence, words in zip(
        sentences,
        (
            "Material 'media': 2 lots .*2 batches",
            "2 of 3 batches have no values from source 'more'",
            "1 of 3 batches ha(s|ve) no result of 'titre'",
        ),
        strict=True,
    ):
        assert re.match(words, sentence)


def test_findings__name_the_materials_with_contradicting_lots(small: Make, tmp_path: Path) -> None:
    header = "batch,product,volume,temperature,titre,lot,glucose"
    lines = ["B1,P,1,36,1,A,10", "B2,P,1,36,1,A,11", "B3,P,1,36,1,B,10", "B4,P,1,36,1,B,10"]
    (tmp_path / "batches.csv").write_text("\n".join([header, *lines]) + "\n")
    definition = small(materials={"media": {"lot": ["lot"]}})
    definition["attributes"]["lot"] = CPP | {"role": "context", "kind": "text", "column": "batches.lot"}
    definition["attributes"]["glucose"] = CPP | {"role": "CMA", "material": "media", "column": "batches.glucose"}
    (sentence,) = findings(process_of(definition), history_of(definition, tmp_path))
    assert sentence.startswith("Material 'media': 1 of 2 lots")


def test_findings__of_whole_data_are_none(small: Make, tmp_path: Path) -> None:
    batches_csv(tmp_path, "B1,P,1,36,1", "B2,P,1,36,1")
    assert findings(process_of(small()), history_of(small(), tmp_path)) == []


def test_findings__without_a_valid_batch_are_none(small: Make, tmp_path: Path) -> None:
    batches_csv(tmp_path, "B1,P,1,warm,1")
    assert findings(process_of(small()), history_of(small(), tmp_path)) == []


def test_findings__a_filtered_row_of_a_log_of_deviations_is_no_lost_batch(small: Make, tmp_path: Path) -> None:
    """Here the log is a column of the batch file, and most batches have no deviation."""
    (tmp_path / "batches.csv").write_text(
        "batch,product,volume,temperature,titre,cause,set\nB1,P,1,36,1,,good\nB2,P,1,36,1,pump,bad\n"
    )
    definition = small()
    log = {"gives": "deviations", "files": ["batches.csv"], "batch": "batch", "cause": "cause"}
    definition["sources"]["log"] = log | {"rows": {"column": "set", "are": ["bad"]}}
    history = history_of(definition, tmp_path)
    assert history.deviations.select("batch_id", "cause").rows() == [("B2", "pump")]
    assert history.quarantine.select("source", "reason").rows() == [("log", "filtered out by `rows`: 'set' is not 'bad'")]
    assert findings(process_of(definition), history) == []
