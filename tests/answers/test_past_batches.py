"""Batches of history as a list, in display units."""

import polars as pl
import pytest

from pipeline.answers.past_batches import PastResult, Wanted, past_batches
from tests.support.trained_pot import trained_run

RUN = trained_run()


def test_past_batches__have_their_results_in_display_units() -> None:
    found = past_batches(RUN, "r", Wanted(), 0, 500)
    first = found.batches[0]
    own = RUN.history.results.filter((pl.col("batch_id") == first.batch) & (pl.col("attribute") == "titre"))
    unit = RUN.process.attributes["titre"].si
    assert first.results == {"titre": PastResult(unit.from_si(own["value"][0]), "none")}
    assert found.units["titre"] == unit.label
    assert found.total == len(found.batches) == RUN.history.batches.height


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Wanted(product="P"), pl.col("product") == "P"),
        (Wanted(equipment="B"), pl.col("equipment") == "B"),
        (Wanted(site="There"), pl.col("site") == "There"),
        (Wanted(scale=0.1004), pl.col("scale") == 0.1),
        (Wanted(product="P", site="Nowhere"), pl.lit(False)),
        (Wanted(name="P0"), pl.col("batch_id").str.contains("(?i)p0")),
        (Wanted(name="(*"), pl.lit(False)),
    ],
)
def test_past_batches__are_those_that_are_wanted(wanted: Wanted, expected: pl.Expr) -> None:
    found = past_batches(RUN, "r", wanted, 0, 500)
    assert {one.batch for one in found.batches} == set(RUN.history.batches.filter(expected)["batch_id"])


def test_past_batches__pages_are_disjoint() -> None:
    pages = [past_batches(RUN, "r", Wanted(), first, 30).batches for first in (0, 30)]
    assert len({one.batch for page in pages for one in page}) == len(pages[0]) + len(pages[1])
