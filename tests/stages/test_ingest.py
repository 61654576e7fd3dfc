"""The stage `ingest`: every row of every source is there, in SI."""

import polars as pl
import pytest

from pipeline.domain.places import Places
from tests.support.project import tables


def test_ingest__reads_every_row_in_si(project: Places) -> None:
    rows = pl.read_parquet(project.sources / "rows/batches.parquet").sort("batch")
    expected = tables().batches.sort("batch_id")
    assert rows["batch"].to_list() == expected["batch_id"].to_list()
    for name in ("volume", "agitation", "temperature"):
        assert rows[name].to_list() == pytest.approx(expected[name].to_list()), name
    assert rows["start"].to_list() == expected["started_at"].to_list()


def test_ingest__counts_the_rows_of_each_file(project: Places) -> None:
    ledger = pl.read_parquet(project.sources / "ledger.parquet").sort("source")
    assert ledger.select("source", "file", "read").rows() == [
        ("batches", "b.csv", 48),
        ("lots", "l.csv", 12),
        ("use", "g.csv", 48),
    ]
    assert pl.read_parquet(project.sources / "quarantine.parquet").is_empty()
