"""Groupings whose levels determine the scale."""

import polars as pl
import pytest

from pipeline.domain.determined_scale import hides_the_trend, scales_that_levels_determine


@pytest.mark.parametrize(
    ("levels", "scales", "determined"),
    [
        ("AABBCC", [1, 1, 2, 2, 3, 3], 3),
        ("AAXBCC", [1, 1, 2, 2, 3, 3], None),  # two levels at one of three scales
        ("ABCDEF", [1, 2, 3, 4, 5, 5], 5),  # two levels at one of five scales
        ("AABBAC", [1, 1, 2, 2, 3, 3], None),  # level A has two scales
        ("ABABAB", [1, 1, 1, 1, 1, 1], None),  # one scale
        ("AA.B.B", [1, 1, 1, 2, 3, 2], 2),  # a gap is no level
    ],
)
def test_scales__are_counted_if_the_levels_determine_them(levels: str, scales: list[float], determined: int | None) -> None:
    words = pl.Series([None if level == "." else level for level in levels], dtype=pl.String)
    assert scales_that_levels_determine(words, pl.Series(scales)) == determined


@pytest.mark.parametrize(("scales", "hidden"), [(4, True), (5, False)])
def test_trend__is_hidden_where_there_are_few_scales(scales: int, hidden: bool) -> None:
    numbers = pl.Series(range(scales))
    assert hides_the_trend(numbers.cast(pl.String), numbers) == hidden
