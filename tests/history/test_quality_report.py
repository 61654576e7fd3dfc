"""The report of data quality counts what is there, what was set aside and what was corrected, and says what is missing."""

import re
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipeline.domain.process.process import Process
from pipeline.history.quality_report import findings, profile, render, summary
from tests.conftest import process_of
from tests.support.definitions import Make
from tests.support.raw_files import batches_csv, history_of

CPP = {"role": "CPP", "horizon": "plan", "description": "x"}
Found = tuple[Process, Any]


@pytest.fixture
def found(small: Make, tmp_path: Path) -> Found:
    """Three batches with a gap, a censored result, an impossible value, an orphan, a correction, a lot and a series."""
    batches_csv(tmp_path, "B1,P,5,36,3.1", "B2,P,5,36.5,<0.2", "B3,Q,50,98.6,3", "B4,Q,50,37,")
    (tmp_path / "more.csv").write_text("batch,ph\nB1,14.2\nB9,7\n")
    (tmp_path / "lots.csv").write_text("lot,glucose\nL1,10\n")
    (tmp_path / "used.csv").write_text("batch,mat,lot,kg\nB1,media,L1,3\nB2,media,L2,1\nB4,media,L3,1\n")
    (tmp_path / "series.csv").write_text("batch,time,speed\nB1,2024-01-01 00:00,60\nB1,2024-01-01 00:10,120\n")
    rule = {"kind": "rescale", "name": "twice", "reason": "written twice", "change": ["ph"], "where": {"product": ["P"]}}
    definition = small(materials={"media": {}}, corrections=[rule | {"factor": 0.5}])
    definition["sources"] |= {
        "more": {"gives": "details", "files": ["more.csv"], "key": ["batch"]},
        "lots": {"gives": "lots", "files": ["lots.csv"], "material": "media", "lot": "lot"},
        "used": {"gives": "genealogy", "files": ["used.csv"], "batch": "batch", "material": "mat", "lot": "lot"}
        | {"quantity": "kg"},
        "series": {"gives": "trajectories", "files": ["series.csv"], "batch": "batch", "time": "time"}
        | {"time_format": "%Y-%m-%d %H:%M"},
    }
    definition["attributes"] |= {
        "ph": CPP | {"column": "more.ph"},
        "glucose": CPP | {"role": "CMA", "unit": "g/L", "material": "media", "column": "lots.glucose"},
        "speed": CPP | {"horizon": "in_process", "unit": "rpm", "column": "series.speed"},
    }
    definition["attributes"]["batch"]["column"] = ["batches.batch", "more.batch"]
    return process_of(definition), history_of(definition, tmp_path)


def test_profile__describes_every_attribute_in_its_own_unit(found: Found) -> None:
    table = profile(*found)
    assert table["attribute"].to_list() == list(found[0].attributes)
    lines = {row["attribute"]: row for row in table.iter_rows(named=True)}
    counts = ("values", "missing", "distinct", "censored", "quarantined", "corrected")
    assert {name: tuple(line[c] for c in counts) for name, line in lines.items()} == {
        "batch": (3, 0, 3, 0, 1, 0),  # an orphan of the details is set aside by its batch
        "product": (3, 0, 2, 0, 0, 0),
        "volume": (3, 0, 2, 0, 0, 0),
        "temperature": (3, 0, 3, 0, 1, 0),
        "titre": (2, 1, 2, 1, 0, 0),
        "ph": (1, 2, 1, 0, 0, 1),
        "glucose": (1, 2, 1, 0, 0, 0),
        "speed": (2, 1, 2, 0, 0, 0),
    }
    ranges = {name: [line[key] for key in ("smallest", "median", "largest")] for name, line in lines.items()}
    assert ranges["temperature"] == pytest.approx([36, 36.5, 37])
    assert ranges["volume"] == pytest.approx([5, 5, 50])
    assert ranges["ph"] == pytest.approx([7.1, 7.1, 7.1])
    assert ranges["speed"] == pytest.approx([60, 90, 120])
    assert ranges["product"] == [None, None, None]


def test_findings__say_what_is_missing_and_how_often(found: Found) -> None:
    sentences = findings(*found)
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
    process, history = process_of(small()), history_of(small(), tmp_path)
    assert findings(process, history) == []
    assert "B1" not in render(process, history)


def test_summary__accounts_for_every_row(found: Found) -> None:
    assert summary(*found) == {
        "batches": 3,
        "products": 2,
        "rows_read": 4 + 2 + 1 + 3 + 2,
        "rows_valid": 3 + 1 + 1 + 3 + 2,
        "rows_quarantined": 2,
        "cells_corrected": 1,
        "results_censored": 1,
    }


def test_render__is_one_page_with_what_was_found(found: Found) -> None:
    page = render(*found)
    assert not re.search(r"(src|href)=|@import|url\(", page)
    for sentence in findings(*found):
        assert sentence.replace("'", "&#39;") in page
    for words in ("A small process", "98.6", "written twice", "more.csv", "temperature"):
        assert words in page


def test_render__what_stands_in_a_file_cannot_change_the_page(small: Make, tmp_path: Path) -> None:
    batches_csv(tmp_path, "B1,P,1,36,1", "B2,P,1,<script>alert(1)</script>,1")
    page = render(process_of(small()), history_of(small(), tmp_path))
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_render__shows_what_is_rare_before_what_is_frequent_and_not_all_of_it(small: Make, tmp_path: Path) -> None:
    frequent = [f"F{i},P,1,{1000 + i},1" for i in range(250)]
    batches_csv(tmp_path, "B1,P,1,36,1", *frequent, "ZZ,P,-4.25,36,1")
    definition = small()
    definition["attributes"]["temperature"]["between"] = [0, 60]
    history = history_of(definition, tmp_path)
    page = render(process_of(definition), history)
    assert history.quarantine.height == 251
    assert page.count("251") > 0
    assert "-4.25" in page or "-0.00425" in page
    assert sum(f">{1000 + i}<" in page for i in range(250)) == 199
    shown = history.quarantine.filter(pl.col("column") != "temperature")
    assert shown.height == 1
