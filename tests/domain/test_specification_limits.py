"""Limits of specifications, and those that no possible result is beyond."""

import pytest

from pipeline.domain.specification_limits import Ends, possible_ends


@pytest.mark.parametrize(
    ("ends", "possible", "left"),
    [
        ((0.0, 5.0), (0.0, None), (None, 5.0)),
        ((-1.0, 5.0), (0.0, None), (None, 5.0)),
        ((0.5, 5.0), (0.0, None), (0.5, 5.0)),
        ((0.5, 100.0), (0.0, 100.0), (0.5, None)),
        ((None, 5.0), (0.0, 3.0), (None, None)),
        ((0.0, 5.0), (None, None), (0.0, 5.0)),
    ],
)
def test_possible_ends__leaves_out_a_limit_at_or_beyond_the_possible_range(ends: Ends, possible: Ends, left: Ends) -> None:
    assert possible_ends(ends, *possible) == left
