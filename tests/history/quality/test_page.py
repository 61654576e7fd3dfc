"""The page of the data quality begins with the verdict, and shows what was found."""

import re
from pathlib import Path

import polars as pl

from pipeline.history.quality.findings import findings
from pipeline.history.quality.page import render
from tests.support.definitions import Make
from tests.support.quality import eventful, judged
from tests.support.raw_files import batches_csv


def test_render__is_one_page_with_what_was_found(small: Make, tmp_path: Path) -> None:
    process, history, found = judged(eventful(small(), tmp_path), tmp_path)
    page = render(process, history, found)
    assert not re.search(r"(src|href)=|@import|url\(", page)
    for sentence in findings(process, history):
        assert sentence.replace("'", "&#39;") in page
    for words in ("A small process", "98.6", "written twice", "more.csv", "temperature"):
        assert words in page


def test_render__begins_with_the_verdict_the_causes_and_their_edits(small: Make, tmp_path: Path) -> None:
    batches_csv(tmp_path, "B1,P,1,36,1", 'B2,P,1,"36,5",1', "B3,P,1,n.d.,1")
    page = render(*judged(small(), tmp_path))
    top = page[: page.index("Gaps and contradictions")]
    assert "2 of 3 batches are set aside, for 1 cause." in top
    assert "batches.csv<br>row 3: <code>36,5</code>" in top
    assert "<code>sources.batches.nulls: [&#34;&#34;, n.d.]</code>" in top


def test_render__without_a_valid_batch_shows_the_causes(small: Make, tmp_path: Path) -> None:
    batches_csv(tmp_path, *(f"B{i},P,1,warm,1" for i in range(7)))
    page = render(*judged(small(), tmp_path))
    assert "7 of 7 batches are set aside, for 1 cause." in page
    assert "not a number with a decimal point" in page


def test_render__of_whole_data_says_so(small: Make, tmp_path: Path) -> None:
    batches_csv(tmp_path, "B1,P,1,36,1", "B2,P,1,36,1")
    page = render(*judged(small(), tmp_path))
    assert "All 2 batches are used." in page
    assert "B1" not in page


def test_render__what_stands_in_a_file_cannot_change_the_page(small: Make, tmp_path: Path) -> None:
    batches_csv(tmp_path, "B1,P,1,36,1", "B2,P,1,<script>alert(1)</script>,1")
    page = render(*judged(small(), tmp_path))
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_render__shows_what_is_rare_before_what_is_frequent_and_not_all_of_it(small: Make, tmp_path: Path) -> None:
    frequent = [f"F{i},P,1,{1000 + i},1" for i in range(250)]
    batches_csv(tmp_path, "B1,P,1,36,1", *frequent, "ZZ,P,-4.25,36,1")
    process, history, found = judged(small(), tmp_path)
    page = render(process, history, found)
    assert history.quarantine.height == 251
    assert page.count("251") > 0
    assert "-4.25" in page or "-0.00425" in page
    assert sum(f">{1000 + i}</td>" in page for i in range(250)) == 199
    shown = history.quarantine.filter(pl.col("column") != "temperature")
    assert shown.height == 1
