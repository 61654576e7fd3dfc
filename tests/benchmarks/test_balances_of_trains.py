"""The outcome of a balance follows from the truth of the simulation and from the table of balances."""

import polars as pl
from balances_of_trains import with_outcome

from tests.support.balances import amounts_of, judged, scattered


def test_with_outcome__knows_what_is_broken_what_is_reported_and_what_the_reference_says() -> None:
    yields = scattered(30, seed=2)
    yields[3] = 0.8
    breaks = pl.DataFrame({"step": ["capture", "harvest"], "batch_id": ["B003", "B004"], "broken": [True, True]})
    found = with_outcome(judged(amounts_of(yields)), breaks)
    assert [row for row in found.iter_rows() if any(row)] == [(True, True, True)]
    assert found.height == 30
