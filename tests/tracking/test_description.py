"""Descriptions that MLflow shows."""

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.domain.places import Places
from pipeline.tracking.description import (
    description_of,
    description_of_attribute,
    description_of_candidate,
    description_of_version,
    input_columns_in_words,
)
from pipeline.tracking.record import RunRecord
from pipeline.tracking.run_facts import facts_of
from pipeline.tracking.served_columns import input_columns
from tests.support.served import record_of


@pytest.fixture
def record(project: Places, tmp_path: Path) -> RunRecord:
    return record_of(project, tmp_path)


def test_description_of__says_history_verdict_numbers_models_and_commands(record: RunRecord) -> None:
    text = description_of(record, facts_of(record))
    for words in (
        "(`pot`), known at the horizon `plan`",
        "48 batches of 2 products, at 1, 100 L, from 2024-01-01 to 2024-02-17",
        "Left out on purpose: 1.",
        "**met for 0 of 1 attributes**. Not met: titre.",
        "| 02 mean skill - largest scale out | 0.5 |",
        "| titre | ridge |",
        f"scalebridge use {record.run}",
        "`scalebridge-pot-plan`",
    ):
        assert words in text
    assert len(text) < 8000, "MLflow cuts longer texts"


def test_description_of_nested_runs__name_what_they_are(record: RunRecord) -> None:
    assert "RMSE, MAE and widths are in g/L" in description_of_attribute(record, facts_of(record), "titre")
    assert "It is the configured model" in description_of_candidate(record, "ridge")
    assert "compared with the configured model" in description_of_candidate(record, "carry_over")


def test_description_of_version__has_each_column_with_its_unit(record: RunRecord) -> None:
    facts = facts_of(record)
    columns = input_columns(facts.process)
    text = description_of_version(record, facts, columns.values())
    assert all(f"| {name} | " in text for name in columns)
    assert "| scale | a number in L, or a text with a unit such as '60 L' | required |" in text
    assert input_columns_in_words(columns)["product"] == "a text; required"


def test_description_of_version__of_a_later_horizon_says_that_rows_are_refused(record: RunRecord) -> None:
    later = replace(record, choices={**record.choices, "horizon": "release"})
    text = description_of_version(later, facts_of(later), [])
    assert "refuses every row" in text
    assert "| column" not in text
