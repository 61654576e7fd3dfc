"""A lag: a number with a unit of time."""

from datetime import timedelta

import pytest

from pipeline.domain.times.lag import lag


@pytest.mark.parametrize(
    ("text", "found"), [("14 d", timedelta(days=14)), ("36 h", timedelta(hours=36)), ("0 d", timedelta())]
)
def test_lag__is_read_with_its_unit(text: str, found: timedelta) -> None:
    assert lag(text) == found


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("14", "write a number and its unit"),
        ("3 kg", "cannot be converted"),
        ("-1 d", "below zero"),
        ("a d", "read"),
        ("1e9 d", "longest"),
    ],
)
def test_lag__that_is_no_time_is_refused(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        lag(text)
