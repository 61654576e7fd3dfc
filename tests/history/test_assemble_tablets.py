"""Declared rules handle the known errors of the tablets data. The expected counts are those of the published files."""

from pathlib import Path

import polars as pl
import pytest

from pipeline.domain.process.process import Process
from pipeline.history.assemble import AssembledHistory, assemble
from pipeline.history.ingest import ingest


@pytest.fixture(scope="module")
def history(tablets: Process, tablets_folder: Path) -> AssembledHistory:
    typed = ingest(tablets, tablets_folder)
    rows = {name: source.rows for name, source in typed.items()}
    quarantine = pl.concat([source.quarantine for source in typed.values()])
    return assemble(tablets, rows, quarantine, pl.concat([source.ledger for source in typed.values()]))


def test_assemble__tablets_every_row_is_accounted_for(history: AssembledHistory) -> None:
    assert history.batches.height == 1005
    assert history.ledger["read"].sum() == 1005 + 1005 + 25 + 186900
    assert history.quarantine.is_empty()


def test_assemble__tablets_hardness_columns_are_exchanged_if_the_averages_support_it(history: AssembledHistory) -> None:
    rule = history.corrected.filter(pl.col("rule").str.starts_with("hardness"))
    assert rule.select(pl.struct("file", "row").n_unique()).item() == 485
    wide = history.results.pivot("attribute", index="batch_id", values="value")
    inside = wide.select(pl.col("tbl_av_hardness").is_between("tbl_min_hardness", "tbl_max_hardness").sum()).item()
    assert inside == 1002  # two batches miss a limit (a 0), one has its minimum above its maximum


def test_assemble__tablets_scale_is_the_mass_not_the_count(history: AssembledHistory) -> None:
    counts = history.batches["scale"].round(0).value_counts(sort=False).sort("scale").rows()
    assert counts == [(27.0, 233), (216.0, 648), (262.0, 22), (270.0, 26), (495.0, 76)]


def test_assemble__tablets_normalised_counts_of_two_codes_are_rescaled(history: AssembledHistory) -> None:
    rule = history.corrected.filter(pl.col("rule").str.starts_with("normalisation"))
    assert sorted(rule["attribute"].unique()) == ["speed_changes", "stop_duration", "total_waste"]
    assert rule.height == 3 * 13


def test_assemble__tablets_disagreeing_sizes_are_reported(history: AssembledHistory) -> None:
    rule = history.corrected.filter(pl.col("rule").str.starts_with("tablet count"))
    assert (rule["new"] / rule["old"]).to_list() == [10.0] * 13


def test_assemble__tablets_months_are_slovenian(history: AssembledHistory) -> None:
    started = history.batches["started_at"]
    assert (str(started.min()), str(started.max())) == ("2018-11-01 00:00:00", "2021-04-01 00:00:00")
    assert history.batches.filter(pl.col("started_at").dt.month() == 8).height == 23 + 13  # avg.19, avg.20


def test_assemble__tablets_results_at_the_limit_are_censored(history: AssembledHistory) -> None:
    censored = history.results.filter(pl.col("censoring") == "left").group_by("attribute").len().sort("attribute").rows()
    assert censored == [("impurities_total", 353), ("impurity_l", 516), ("impurity_o", 842)]


def test_assemble__tablets_lots_are_named_by_source_and_number(history: AssembledHistory) -> None:
    api = history.genealogy.filter(pl.col("material") == "api").join(history.batches, on="batch_id")
    lots = api.select(pl.col("lot_id").str.replace(r" \(\d+\)$", "").n_unique(), pl.col("api_batch").n_unique()).row(0)
    assert lots == (260, 238)


def test_assemble__tablets_strength_is_read_from_both_spellings(history: AssembledHistory) -> None:
    assert sorted(history.batches["lineage"].unique()) == ["10 mg", "20 mg", "40 mg", "5 mg"]
