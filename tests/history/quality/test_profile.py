"""The profile describes each attribute, and the counts account for every row and batch."""

from pathlib import Path

import pytest

from pipeline.history.quality.profile import counts, profile
from tests.conftest import process_of
from tests.support.definitions import Make
from tests.support.quality import CPP, eventful
from tests.support.raw_files import batches_csv, history_of


def test_profile__describes_every_attribute_in_its_own_unit(small: Make, tmp_path: Path) -> None:
    definition = eventful(small(), tmp_path)
    process, history = process_of(definition), history_of(definition, tmp_path)
    table = profile(process, history)
    assert table["attribute"].to_list() == list(process.attributes)
    lines = {row["attribute"]: row for row in table.iter_rows(named=True)}
    keys = ("values", "missing", "distinct", "censored", "quarantined", "corrected")
    assert {name: tuple(line[key] for key in keys) for name, line in lines.items()} == {
        "batch": (3, 0, 3, 0, 1, 0),  # an orphan of the details is set aside by its batch
        "product": (3, 0, 2, 0, 0, 0),
        "volume": (3, 0, 2, 0, 0, 0),
        "temperature": (3, 0, 3, 0, 1, 0),
        "titre": (2, 1, 2, 1, 0, 0),
        "ph": (1, 2, 1, 0, 0, 1),
        "glucose": (1, 2, 1, 0, 0, 0),
        "speed": (2, 2, 2, 0, 0, 0),  # two values in one batch; two batches have none
        "cells": (1, 2, 1, 0, 0, 0),  # an in-process control that is recorded over time, such as a daily sample
    }
    ranges = {name: [line[key] for key in ("smallest", "median", "largest")] for name, line in lines.items()}
    assert ranges["temperature"] == pytest.approx([36, 36.5, 37])
    assert ranges["volume"] == pytest.approx([5, 5, 50])
    assert ranges["ph"] == pytest.approx([7.1, 7.1, 7.1])
    assert ranges["speed"] == pytest.approx([60, 90, 120])
    assert ranges["cells"] == pytest.approx([1.5, 1.5, 1.5])
    assert ranges["product"] == [None, None, None]


def test_profile__of_a_date_that_is_no_column_of_the_tables_has_no_values(small: Make, tmp_path: Path) -> None:
    (tmp_path / "batches.csv").write_text("batch,product,volume,temperature,titre,end\nB1,P,1,36,1,2024-01-01\n")
    definition = small()
    column = {"source": "batches", "column": "end", "date": {"format": "%Y-%m-%d"}}
    definition["attributes"]["end"] = CPP | {"kind": "date", "column": column}
    table = profile(process_of(definition), history_of(definition, tmp_path))
    assert table.filter(attribute="end").select("values", "smallest").rows() == [(0, None)]


def test_counts__account_for_every_row(small: Make, tmp_path: Path) -> None:
    assert counts(history_of(eventful(small(), tmp_path), tmp_path)) == {
        "batches": 3,
        "batches_set_aside": 1,
        "batches_left_out": 0,
        "products": 2,
        "rows_read": 4 + 2 + 1 + 3 + 2,
        "rows_valid": 3 + 1 + 1 + 3 + 2,
        "rows_quarantined": 2,
        "rows_left_out": 0,
        "cells_corrected": 1,
        "results_censored": 1,
        "deviations": 0,
    }


def test_counts__without_a_valid_batch_are_zero(small: Make, tmp_path: Path) -> None:
    batches_csv(tmp_path, "B1,P,1,warm,1", "B2,P,1,cold,1")
    found = counts(history_of(small(), tmp_path))
    assert (found["batches"], found["batches_set_aside"], found["products"]) == (0, 2, 0)
    assert (found["rows_read"], found["rows_quarantined"], found["rows_valid"]) == (2, 2, 0)
