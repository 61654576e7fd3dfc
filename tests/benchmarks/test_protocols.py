"""The thirteen ways of hiding batches hide what they say, and nothing leaks."""

from datetime import datetime
from itertools import product

import polars as pl
import pytest
from protocols import LEAST_HISTORY, PROTOCOLS, Protocol, fold_table

MASSES = {"5 mg": (27.0, 270.0), "10 mg": (216.0, 270.0), "20 mg": (216.0, 270.0), "40 mg": (262.0, 495.0)}
COUNTS = {27.0: 4.8e5, 216.0: 1.92e6, 262.0: 5.8e5, 270.0: 1.2e6, 495.0: 1.1e6}
BY_NAME = {protocol.name: protocol for protocol in PROTOCOLS}
LIMITS = [*((f"mass_{mass}", "scale", mass) for mass in (27, 217, 270)), ("count_1_2", "tablet_count", 1.2e6)]
LARGEST = {"largest_5": {"5 mg"}, "largest_40": {"40 mg"}, "largest_10_20": {"10 mg", "20 mg"}}
GROUPS = {"leave_code": "product", "leave_strength": "lineage", "leave_source": "api_code"}


@pytest.fixture(scope="module")
def rows() -> pl.DataFrame:
    """Every strength at both of its masses from three sources in each of 29 months."""
    months = [datetime(2018 + (10 + m) // 12, (10 + m) % 12 + 1, 1) for m in range(29)]
    cells = [
        (s, mass, source, month) for s, masses in MASSES.items() for mass, source, month in product(masses, "135", months)
    ]
    return pl.DataFrame(
        {
            "batch_id": [str(number) for number in range(len(cells))],
            "lineage": [strength for strength, *_ in cells],
            "product": [f"{strength} {mass}" for strength, mass, *_ in cells],
            "api_code": [source for *_, source, _ in cells],
            "scale": [mass for _, mass, *_ in cells],
            "scale_level": [mass for _, mass, *_ in cells],
            "tablet_count": [COUNTS[mass] for _, mass, *_ in cells],
            "started_at": [month for *_, month in cells],
        }
    )


def sides(rows: pl.DataFrame, protocol: Protocol) -> list[tuple[pl.DataFrame, pl.DataFrame]]:
    return [
        (rows.filter(pl.col("batch_id").is_in(fold.train)), rows.filter(pl.col("batch_id").is_in(fold.test)))
        for fold in protocol.folds(rows)
    ]


def test_protocols__are_thirteen_with_names_of_their_own() -> None:
    assert len(PROTOCOLS) == len(BY_NAME) == len({protocol.short for protocol in PROTOCOLS}) == 13


@pytest.mark.parametrize("protocol", PROTOCOLS, ids=lambda protocol: protocol.name)
def test_protocol__never_predicts_what_it_learned_from(rows: pl.DataFrame, protocol: Protocol) -> None:
    folds = protocol.folds(rows)
    assert folds
    for fold in folds:
        assert fold.train
        assert fold.test
        assert not set(fold.train) & set(fold.test)


@pytest.mark.parametrize("protocol", PROTOCOLS, ids=lambda protocol: protocol.name)
def test_protocol__predicts_a_batch_at_most_once(rows: pl.DataFrame, protocol: Protocol) -> None:
    tested = [batch for fold in protocol.folds(rows) for batch in fold.test]
    assert len(tested) == len(set(tested))


@pytest.mark.parametrize("name", ["forward_70_30", "forward_rolling", "largest_past"])
def test_past_only__learns_from_earlier_months(rows: pl.DataFrame, name: str) -> None:
    for train, test in sides(rows, BY_NAME[name]):
        assert train["started_at"].max() < test["started_at"].min()


@pytest.mark.parametrize(("name", "group"), GROUPS.items())
def test_leave_out__hides_whole_groups(rows: pl.DataFrame, name: str, group: str) -> None:
    found = sides(rows, BY_NAME[name])
    assert len(found) == rows[group].n_unique()
    for train, test in found:
        assert test[group].n_unique() == 1
        assert not set(train[group]) & set(test[group])
        assert train.height + test.height == rows.height


@pytest.mark.parametrize(
    ("name", "column", "limit"), [(f"mass_{m}", "scale", m) for m in (27, 217, 270)] + [("count_1_2", "tablet_count", 1.2e6)]
)
def test_limit__parts_what_is_under_from_what_is_above(rows: pl.DataFrame, name: str, column: str, limit: float) -> None:
    ((train, test),) = sides(rows, BY_NAME[name])
    assert train[column].max() <= limit < test[column].min()
    assert train.height + test.height == rows.height


@pytest.mark.parametrize(
    ("name", "strengths"), [("largest_5", {"5 mg"}), ("largest_40", {"40 mg"}), ("largest_10_20", {"10 mg", "20 mg"})]
)
def test_largest_mass_out__hides_it_for_these_strengths_alone(rows: pl.DataFrame, name: str, strengths: set[str]) -> None:
    ((train, test),) = sides(rows, BY_NAME[name])
    assert set(test["lineage"]) == strengths
    assert set(train["lineage"]) == set(MASSES)
    for strength in MASSES:
        known = train.filter(pl.col("lineage") == strength)["scale"].max()
        assert known == MASSES[strength][0 if strength in strengths else 1]


def test_largest_mass_past_only__knows_no_such_batch_of_the_strength(rows: pl.DataFrame) -> None:
    for train, test in sides(rows, BY_NAME["largest_past"]):
        assert train.height >= LEAST_HISTORY
        for strength in set(test["lineage"]):
            assert (
                train.filter(pl.col("lineage") == strength)["scale"].max()
                < test.filter(pl.col("lineage") == strength)["scale"].min()
            )


def test_rolling__asks_about_two_months_after_a_year(rows: pl.DataFrame) -> None:
    for train, test in sides(rows, BY_NAME["forward_rolling"]):
        assert test["started_at"].n_unique() <= 2
        assert train["started_at"].n_unique() >= 12


def test_forward__learns_from_about_70_percent(rows: pl.DataFrame) -> None:
    ((train, _),) = sides(rows, BY_NAME["forward_70_30"])
    assert 0.65 < train.height / rows.height < 0.75


def test_fold_table__lists_every_batch_of_every_fold(rows: pl.DataFrame) -> None:
    table = fold_table(rows)
    folds = [fold for protocol in PROTOCOLS for fold in protocol.folds(rows)]
    assert table.height == sum(len(fold.train) + len(fold.test) for fold in folds)
    assert set(table["role"]) == {"train", "test"}
