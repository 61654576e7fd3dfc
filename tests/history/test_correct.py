"""Declared corrections change the cells that they name, and nothing else, and every change is logged."""

from typing import Any

import polars as pl
import pytest

from pipeline.domain.config_files import parse
from pipeline.domain.corrections import Correction
from pipeline.history.correct import correct
from tests.support.definitions import PlainData

NAMED: PlainData = {"name": "rule", "reason": "x"}
EXCHANGE = NAMED | {"kind": "exchange", "first": ["a_min", "a_max"], "first_witness": "a"}
EXCHANGE |= {"second": ["b_min", "b_max"], "second_witness": "b"}


def corrected(rows: dict[str, list[Any]], *rules: PlainData) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Apply rules to rows that all stand in one file; one column comes from a details file."""
    count = len(next(iter(rows.values())))
    places = {"_file": ["f.csv"] * count, "_row": list(range(2, 2 + count))}
    places |= {"_file:more": ["m.csv"] * count, "_row:more": list(range(12, 12 + count))}
    sources = dict.fromkeys(rows, "") | ({"other": "more"} if "other" in rows else {})
    frame = pl.DataFrame(rows | places).with_columns(pl.col("_row", "_row:more").cast(pl.UInt32))
    return correct(frame, parse(tuple[Correction, ...], list(rules), "corrections"), sources)


def exchanged(a: tuple[float | None, ...], b: tuple[float | None, ...]) -> tuple[list[float], int]:
    """Smallest, largest and average of each pair; returns the pairs afterwards and the number of changed cells."""
    names = ("a_min", "a_max", "a", "b_min", "b_max", "b")
    rows, log = corrected({name: [value] for name, value in zip(names, (*a, *b), strict=True)}, EXCHANGE)
    return list(rows.select("a_min", "a_max", "b_min", "b_max").row(0)), log.height


def test_exchange__pairs_that_hold_the_average_of_each_other() -> None:
    assert exchanged((5.0, 7.0, 2.0), (1.0, 3.0, 6.0)) == ([1.0, 3.0, 5.0, 7.0], 4)


def test_exchange__one_average_decides_where_the_other_says_nothing() -> None:
    assert exchanged((5.0, 7.0, 2.0), (1.0, 3.0, None)) == ([1.0, 3.0, 5.0, 7.0], 4)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ((1.0, 3.0, 2.0), (5.0, 7.0, 6.0)),  # each where it belongs
        ((5.0, 7.0, 2.0), (1.0, 3.0, 2.5)),  # the averages contradict each other
        ((5.0, 7.0, 4.0), (1.0, 3.0, 9.0)),  # in neither pair
        ((5.0, 7.0, None), (1.0, 3.0, None)),  # no average
        ((5.0, None, 2.0), (1.0, None, 6.0)),  # a limit is missing
        ((1.0, 7.0, 2.0), (1.0, 7.0, 6.0)),  # in both pairs
    ],
)
def test_exchange__leaves_pairs_alone_without_clear_evidence(
    a: tuple[float | None, ...], b: tuple[float | None, ...]
) -> None:
    assert exchanged(a, b) == ([a[0], a[1], b[0], b[1]], 0)


def test_rescale__changes_the_rows_that_match_in_every_attribute() -> None:
    rule = NAMED | {"kind": "rescale", "change": ["x"], "where": {"code": ["14", "16"], "site": ["Here"]}, "factor": 0.5}
    rows, log = corrected(
        {"x": [8.0, 8.0, 8.0, None], "code": ["14", "14", "15", "16"], "site": ["Here", "There"] * 2}, rule
    )
    assert rows["x"].to_list() == [4.0, 8.0, 8.0, None]
    assert log.to_dicts() == [{"rule": "rule", "file": "f.csv", "row": 2, "attribute": "x", "old": 8.0, "new": 4.0}]


def test_prefer__logs_each_disagreement_where_it_stands() -> None:
    rule = NAMED | {"kind": "prefer", "keep": "own", "over": "other"}
    rows, log = corrected({"own": [1.0, 2.0], "other": [1.0, 3.0]}, rule)
    assert rows["other"].to_list() == [1.0, 2.0]
    assert log.select("file", "row", "attribute", "old", "new").rows() == [("m.csv", 13, "other", 3.0, 2.0)]


def test_correct__rules_apply_in_their_order() -> None:
    half = NAMED | {"kind": "rescale", "change": ["own"], "where": {"code": ["14"]}, "factor": 0.5}
    prefer = NAMED | {"kind": "prefer", "keep": "own", "over": "other"}
    rows = {"own": [8.0], "other": [8.0], "code": ["14"]}
    assert corrected(rows, half, prefer)[0]["other"].to_list() == [4.0]
    assert corrected(rows, prefer, half)[0]["other"].to_list() == [8.0]


def test_correct__without_rules_changes_and_logs_nothing() -> None:
    rows, log = corrected({"x": [1.0]})
    assert rows["x"].to_list() == [1.0]
    assert log.is_empty()
