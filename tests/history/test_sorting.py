"""Sorting by codes gives the same order as sorting by texts."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal, assert_series_equal

from pipeline.history.sorting import duplicated, sorted_rows

NAME = st.one_of(st.none(), st.sampled_from(["B1", "B10", "B2", "a", "Ä", ""]))
ROWS = st.lists(st.tuples(NAME, NAME, st.one_of(st.none(), st.integers(0, 4))), max_size=30)
SCHEMA = {"batch": pl.String, "tag": pl.String, "time": pl.Int64}


@given(ROWS)
def test_duplicated__finds_every_row_whose_key_occurs_twice(rows: list[tuple[str | None, str | None, int | None]]) -> None:
    frame = pl.DataFrame(rows, schema=SCHEMA, orient="row")
    for key in (["batch", "tag", "time"], ["batch", "time"], ["batch"]):
        expected = frame.select(pl.struct(key).is_duplicated()).to_series()
        assert_series_equal(duplicated(frame, key), expected, check_names=False)


@given(ROWS)
def test_sorted_rows__sorts_as_polars_does_and_keeps_the_order_of_ties(
    rows: list[tuple[str | None, str | None, int | None]],
) -> None:
    frame = pl.DataFrame(rows, schema=SCHEMA, orient="row").with_row_index("place")
    key = ["batch", "tag", "time"]
    assert_frame_equal(sorted_rows(frame, key), frame.sort(key, maintain_order=True))


def test_duplicated__accepts_numbers_in_place_of_texts() -> None:
    frame = pl.DataFrame({"size": [1.0, 2.0, 1.0], "code": ["a", "a", "a"]})
    assert duplicated(frame, ["size", "code"]).to_list() == [True, False, True]
