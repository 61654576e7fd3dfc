"""Every row is valid or in quarantine, and no cell is guessed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.domain.errors import ScalebridgeError
from tests.support.raw_files import batches_csv, history_of

Make = Callable[..., dict[str, Any]]


def test_history__converts_to_si(small: Make, tmp_path: Path) -> None:
    batches_csv(tmp_path, "B1,P,2000,36.5,4.1")
    history = history_of(small(), tmp_path)
    assert history.batches.select("scale", "temperature").row(0) == (2.0, 309.65)
    assert history.results.row(0) == ("B1", "titre", 4.1, "none")


@pytest.mark.parametrize("written", ["1.412.698.315", "93,33", "36.5 C", "n/a", "1e", "--3", "#REF!"])
def test_history__a_number_in_another_notation_goes_to_quarantine(small: Make, tmp_path: Path, written: str) -> None:
    batches_csv(tmp_path, f'B1,P,2000,"{written}",4.1', "B2,P,2000,36.5,4.1")
    history = history_of(small(), tmp_path)
    assert history.batches["batch_id"].to_list() == ["B2"]
    assert history.quarantine.to_dicts() == [
        {
            "source": "batches",
            "file": "batches.csv",
            "row": 2,
            "column": "temperature",
            "value": written,
            "reason": "not a number with a decimal point",
        }
    ]


def test_history__reads_a_decimal_comma_only_if_declared(small: Make, tmp_path: Path) -> None:
    definition = small()
    definition["sources"]["batches"]["format"] = {"kind": "csv", "separator": ";", "decimal": ","}
    (tmp_path / "batches.csv").write_text("batch;product;volume;temperature;titre\nB1;P;2000;36,5;4,1\nB2;P;2000;36.5;4,1\n")
    history = history_of(definition, tmp_path)
    assert history.batches["temperature"].to_list() == [309.65]
    assert history.quarantine["value"].to_list() == ["36.5"]


def test_history__blanks_are_missing_and_missing_is_no_error(small: Make, tmp_path: Path) -> None:
    batches_csv(tmp_path, "B1,P,2000,   ,", "B2,P,2000,,4")
    history = history_of(small(), tmp_path)
    assert history.batches["temperature"].null_count() == 2
    assert history.quarantine.is_empty()


def test_history__an_impossible_value_goes_to_quarantine(small: Make, tmp_path: Path) -> None:
    batches_csv(tmp_path, "B1,P,2000,98.6,4.1", "B2,P,2000,36.5,4.1")
    assert history_of(small(), tmp_path).quarantine["reason"].to_list() == ["outside the possible range 0 to 60 °C"]


def test_history__a_batch_without_scale_goes_to_quarantine(small: Make, tmp_path: Path) -> None:
    batches_csv(tmp_path, "B1,P,,36.5,4.1", "B2,P,0,36.5,4.1", "B3,P,1,36.5,4.1")
    history = history_of(small(), tmp_path)
    assert history.batches["batch_id"].to_list() == ["B3"]
    assert history.quarantine["row"].to_list() == [2, 3]


def test_history__censored_results_keep_their_limit(small: Make, tmp_path: Path) -> None:
    batches_csv(tmp_path, "B1,P,1,36,<0.2", "B2,P,1,36,0.05", "B3,P,1,36,> 9", "B4,P,1,36,0.3")
    rows = history_of(small(), tmp_path).results.select("value", "censoring").rows()
    assert rows == [(0.2, "left"), (0.1, "left"), (9.0, "right"), (0.3, "none")]


def test_history__an_exact_repetition_stays_once_and_a_contradiction_is_set_aside(small: Make, tmp_path: Path) -> None:
    batches_csv(tmp_path, "B1,P,1,36,1", "B1,P,1,36,1", "B2,P,1,36,1", "B2,P,1,37,1", "B3,P,1,36,1")
    history = history_of(small(), tmp_path)
    assert history.batches["batch_id"].to_list() == ["B1", "B3"]
    assert history.quarantine.select("row", "reason").rows() == [
        (3, "repeats row 2 of batches.csv"),
        (4, "contradicts row 5 of batches.csv: same batch, other values"),
        (5, "contradicts row 4 of batches.csv: same batch, other values"),
    ]


def test_history__an_empty_row_counts_as_a_row(small: Make, tmp_path: Path) -> None:
    batches_csv(tmp_path, "B1,P,1,36,1", "", "B2,P,1,36,1")
    history = history_of(small(), tmp_path)
    assert history.ledger.select("read", "quarantined", "valid").rows() == [(3, 1, 2)]


def test_history__a_missing_column_is_named(small: Make, tmp_path: Path) -> None:
    (tmp_path / "batches.csv").write_text("batch,product,volume,temp,titre\nB1,P,1,36,1\n")
    with pytest.raises(ScalebridgeError, match=r"no column 'temperature'; it has batch, product, volume, temp, titre"):
        history_of(small(), tmp_path)


@pytest.mark.parametrize("content", ["", "batch,product,volume,temperature,titre\n", "batch,product\nB1,P,1,2,3\n"])
def test_history__an_empty_or_ragged_file_is_an_error(small: Make, tmp_path: Path, content: str) -> None:
    (tmp_path / "batches.csv").write_text(content)
    with pytest.raises(ScalebridgeError, match=r"batches.csv cannot be read|no valid batch"):
        history_of(small(), tmp_path)


def test_history__a_missing_file_is_refused_with_the_files_of_the_folder(small: Make, tmp_path: Path) -> None:
    (tmp_path / "batch.csv").write_text("")
    with pytest.raises(ScalebridgeError, match=r"no file matches batches.csv in .*; it holds batch.csv"):
        history_of(small(), tmp_path)


CELL = st.one_of(
    st.sampled_from(["B1", "B2", "B3", "P", "36,5", "1.234.567", "", " ", "<0.1", "-5", "900", "nan", "inf", "1e3"]),
    st.text(alphabet="abcB12.,<> -", max_size=5),
    st.floats(-10, 100).map(str),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(CELL, CELL, CELL, CELL, CELL), min_size=1, max_size=8))
def test_history__valid_plus_quarantined_rows_are_the_rows_read(
    small: Make, tmp_path: Path, rows: list[tuple[str, ...]]
) -> None:
    quoted = [",".join('"' + cell.replace('"', "") + '"' for cell in row) for row in [("safe", "P", "1", "36", "1"), *rows]]
    batches_csv(tmp_path, *quoted)
    history = history_of(small(), tmp_path)
    assert history.batches.height + history.quarantine["row"].n_unique() == len(quoted)
    assert history.ledger.select(pl.col("read") - pl.col("valid") - pl.col("quarantined")).item() == 0
