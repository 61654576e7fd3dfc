"""Revisions are compared part by part; what has no known order is not compared."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.history.revisions import why_not_newest


def reasons(*revisions: str) -> list[str | None]:
    rows = pl.DataFrame({"batch": "B1", "revision": revisions})
    return rows.select(why_not_newest(rows, ["batch"])).to_series().to_list()


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("1.9", "1.10"),
        ("9", "10"),
        ("1", "1.1"),
        ("2", "2a"),
        ("2a", "2b"),
        ("A", "B"),
        ("b", "C"),
        ("Z", "AA"),
        ("Rev. 9", "rev 10"),
        ("01", "2"),
        ("2024-03-01", "2024-11-01"),
        ("1.A", "2.1"),
    ],
)
def test_revisions__the_newest_supersedes_the_others(older: str, newer: str) -> None:
    assert reasons(older, newer) == [f"superseded by revision {newer}", None]
    assert reasons(newer, older) == [None, f"superseded by revision {newer}"]


@pytest.mark.parametrize(
    ("first", "second"), [("2", "A"), ("draft", "final"), ("01.03.2024", "15.02.2024"), ("1.A", "1.1"), ("-", "+")]
)
def test_revisions__without_a_known_order_are_not_compared(first: str, second: str) -> None:
    one, other = reasons(first, second)
    assert one == other is not None
    assert one.endswith("cannot be compared")  # type: ignore[union-attr]
    assert f"'{first}'" in str(one)
    assert f"'{second}'" in str(one)


def test_revisions__that_are_equal_stay_and_groups_do_not_meet() -> None:
    assert reasons("1.0", "1", "01") == [None, None, None]
    rows = pl.DataFrame({"batch": ["B1", "B2", "B1"], "revision": ["1", "A", "2"]})
    assert rows.select(why_not_newest(rows, ["batch"])).to_series().to_list() == ["superseded by revision 2", None, None]


@given(numbers=st.lists(st.lists(st.integers(0, 10**30), min_size=1, max_size=3), min_size=2, max_size=6))
def test_revisions__of_numbers_are_in_the_order_of_their_numbers(numbers: list[list[int]]) -> None:
    """Four parts with a leading 1 are no date, and never end in zero."""
    parts = [[1, *some, 1] for some in numbers]
    newest = max(parts)
    expected = [None if one == newest else f"superseded by revision {'.'.join(map(str, newest))}" for one in parts]
    assert reasons(*(".".join(map(str, one)) for one in parts)) == expected
