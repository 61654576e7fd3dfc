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
