"""No row is lost: every row of every file is valid or in quarantine."""

from pathlib import Path

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.definitions import Make
from tests.support.raw_files import batches_csv, history_of


def test_assemble__an_empty_row_counts_as_a_row(small: Make, tmp_path: Path) -> None:
    batches_csv(tmp_path, "B1,P,1,36,1", "", "B2,P,1,36,1")
    history = history_of(small(), tmp_path)
    assert history.ledger.select("read", "quarantined", "valid").rows() == [(3, 1, 2)]


def test_assemble__without_a_valid_batch_gives_empty_tables_and_counts_every_row(small: Make, tmp_path: Path) -> None:
    batches_csv(tmp_path, "B1,P,1,warm,1", ",,,,", "B2,P,1,cold,1")
    (tmp_path / "lims.csv").write_text("b,t,v\nB1,T,3\nB9,T,4\n")
    (tmp_path / "used.csv").write_text("batch,mat,lot,kg\nB1,media,L1,3\n")
    (tmp_path / "lots.csv").write_text("lot,glucose\nL1,10\n")
    (tmp_path / "series.csv").write_text("batch,time,speed\nB1,2024-01-01 00:00:00,60\n")
    definition = small(materials={"media": {}})
    results = {"gives": "results", "files": ["lims.csv"], "batch": "b", "test": "t", "value": "v", "names": {"T": "titre"}}
    used = {"gives": "genealogy", "files": ["used.csv"], "batch": "batch", "material": "mat", "lot": "lot", "quantity": "kg"}
    definition["sources"] |= {
        "lims": results,
        "used": used,
        "lots": {"gives": "lots", "files": ["lots.csv"], "material": "media", "lot": "lot"},
        "series": {"gives": "trajectories", "files": ["series.csv"], "batch": "batch", "time": "time"},
    }
    number = {"role": "CPP", "horizon": "in_process", "description": "x"}
    definition["attributes"]["speed"] = number | {"column": "series.speed"}
    definition["attributes"]["glucose"] = number | {"role": "CMA", "material": "media", "column": "lots.glucose"}
    history = history_of(definition, tmp_path)
    assert all(table.is_empty() for table in (history.batches, history.results, history.genealogy, history.trajectories))
    assert history.ledger.select("source", "read", "quarantined", "valid").rows() == [
        ("batches", 3, 3, 0),
        ("lims", 2, 2, 0),
        ("used", 1, 1, 0),
        ("lots", 1, 0, 1),
        ("series", 1, 1, 0),
    ]
    assert history.batch_states.rows() == [("B1", "set aside"), ("B2", "set aside")]


CELL = st.one_of(
    st.sampled_from(["B1", "B2", "B3", "P", "36,5", "1.234.567", "", " ", "<0.1", "-5", "900", "nan", "inf", "1e3"]),
    st.text(alphabet="abcB12.,<> -", max_size=5),
    st.floats(-10, 100).map(str),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(CELL, CELL, CELL, CELL, CELL), min_size=1, max_size=8))
def test_assemble__valid_plus_quarantined_rows_are_the_rows_read(
    small: Make, tmp_path: Path, rows: list[tuple[str, ...]]
) -> None:
    quoted = [",".join('"' + cell.replace('"', "") + '"' for cell in row) for row in [("safe", "P", "1", "36", "1"), *rows]]
    batches_csv(tmp_path, *quoted)
    history = history_of(small(), tmp_path)
    assert history.batches.height + history.quarantine["row"].n_unique() == len(quoted)
    assert history.ledger.select(pl.col("read") - pl.col("valid") - pl.col("quarantined")).item() == 0
