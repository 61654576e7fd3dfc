"""Balances on the quality page, among its numbers, and in one line."""

import json
from pathlib import Path

import pytest

from pipeline.domain.config_files import as_json
from pipeline.history.balances.of_history import balances_of
from pipeline.history.quality.balances import balance_counts, balance_findings, in_one_line
from pipeline.history.quality.page import render
from pipeline.history.quality.verdict import summary, verdict
from tests.conftest import process_of
from tests.support.balances import amounts_of, judged, scattered, train_of_captures
from tests.support.raw_files import history_of
from tests.support.steps import steps_definition


def test_page__shows_each_balance_that_does_not_close(tmp_path: Path) -> None:
    definition = train_of_captures(tmp_path, broken=2)
    process, history = process_of(definition), history_of(definition, tmp_path)
    table = balances_of(process, history)
    assert table is not None
    page, found = render(process, history, verdict(process, history), table), balance_findings(process, table)
    assert "Balances of the steps" in page
    assert found[0].headline.startswith("capture, product: 2 of 30 judged batches do not close.")
    assert [one[0] for one in found[0].broken] == ["impossible", "impossible"]
    assert (
        found[0].broken[0][1].startswith("capture batch P0: 100 g taken, 130 g given, 1 g lost: closure 1.31, expected 0.9")
    )
    for _, sentence in found[0].broken:
        assert sentence in page
    numbers = json.loads(as_json(summary(history, verdict(process, history), table)))
    assert numbers["balances"] == {"judged": 30, "do_not_close": 2, "impossible": 2, "not_judged": 0}
    assert in_one_line(table) == "Balances: 2 of 30 do not close, 2 of them with more out than in."


def test_page__without_balances_says_nothing_of_them(tmp_path: Path) -> None:
    definition = train_of_captures(tmp_path)
    process, history = process_of(definition), history_of(definition, tmp_path)
    found = verdict(process, history)
    assert "Balances" not in render(process, history, found)
    assert render(process, history, found) == render(process, history, found, None)
    assert "balances" not in summary(history, found)


def test_findings__show_a_part_and_count_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.history.quality.balances.SHOWN", 3)
    definition = train_of_captures(tmp_path, broken=5)
    process = process_of(definition)
    table = balances_of(process, history_of(definition, tmp_path))
    assert table is not None
    (found,) = balance_findings(process, table)
    assert (len(found.broken), found.more) == (3, 2)


def test_findings__say_how_many_gave_more_than_they_took_without_being_impossible() -> None:
    process = process_of(steps_definition())
    (found,) = balance_findings(process, judged(amounts_of(scattered(20, middle=0.999, scatter=0.02))))
    assert any(
        note.endswith(
            "batches, more came out than went in. The error of measurement explains this, or the batch was not judged."
        )
        for note in found.notes
    )


def test_counts__and_line_of_balances_that_cannot_be_judged() -> None:
    table = judged(amounts_of([0.9, 0.8]))
    assert balance_counts(table) == {"judged": 0, "do_not_close": 0, "impossible": 0, "not_judged": 2}
    assert in_one_line(table) == "Balances: none of 2 could be judged."
    (found,) = balance_findings(process_of(steps_definition()), table)
    assert found.notes == ("2 batches were not judged: too few batches.",)
