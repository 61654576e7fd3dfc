"""Which batches of earlier steps a batch is made of."""

from collections.abc import Sequence

import polars as pl
import pytest

from pipeline.history.steps.ancestors import ancestors, ways_not_weighed

STEPS = ("granulation", "blending", "compression")


def _transfers(
    *rows: tuple[str, str, str, str, float], amounts: Sequence[float | None] = (), dimensions: Sequence[str | None] = ()
) -> pl.DataFrame:
    """Return transfers; without amounts, none is known."""
    names = ["from_step", "from_batch", "to_step", "to_batch", "fraction"]
    nothing = [None] * len(rows)
    return pl.DataFrame(rows, schema=names, orient="row").with_columns(
        pl.Series("quantity", list(amounts) or nothing, dtype=pl.Float64),
        pl.Series("dimension", list(dimensions) or nothing, dtype=pl.String),
    )


def _shares(table: pl.DataFrame, step: str) -> dict[str, float]:
    return dict(table.filter(step=step).select("step_batch", "share").iter_rows())


def test_ancestors__multiply_shares_along_the_way() -> None:
    given = _transfers(
        ("granulation", "G1", "blending", "B1", 0.4),
        ("granulation", "G2", "blending", "B1", 0.6),
        ("granulation", "G2", "blending", "B2", 1.0),
        ("blending", "B1", "compression", "T1", 0.5),
        ("blending", "B2", "compression", "T1", 0.5),
    )
    found = ancestors(STEPS, given, pl.Series(["T1"]))
    assert _shares(found, "granulation") == pytest.approx({"G1": 0.2, "G2": 0.8})
    assert _shares(found, "compression") == {"T1": 1.0}


def test_ancestors__of_a_step_that_was_skipped_are_found() -> None:
    found = ancestors(STEPS, _transfers(("granulation", "G1", "compression", "T1", 1.0)), pl.Series(["T1"]))
    assert _shares(found, "granulation") == {"G1": 1.0}
    assert _shares(found, "blending") == {}


WAYS = (
    ("granulation", "G1", "blending", "B1", 1.0),
    ("blending", "B1", "compression", "T1", 1.0),
    ("granulation", "G2", "compression", "T1", 1.0),
)
"""T1 took from a blend and from a granulate."""


def test_ancestors__by_several_ways_count_by_their_amounts() -> None:
    given = _transfers(*WAYS, amounts=(500.0, 60.0, 20.0))
    found = ancestors(STEPS, given, pl.Series(["T1"]))
    assert _shares(found, "granulation") == pytest.approx({"G1": 0.75, "G2": 0.25})
    assert _shares(found, "blending") == {"B1": 1.0}
    assert ways_not_weighed(STEPS, given) == {}


@pytest.mark.parametrize(
    ("amounts", "dimensions"), [((500.0, None, 20.0), ()), ((5.0, 6.0, 2.0), ("mass", "mass", "length^3")), ((), ())]
)
def test_ancestors__by_ways_that_cannot_be_compared_are_not_known(
    amounts: Sequence[float | None], dimensions: Sequence[str | None]
) -> None:
    given = _transfers(*WAYS, amounts=amounts, dimensions=dimensions)
    found = ancestors(STEPS, given, pl.Series(["T1"]))
    assert _shares(found, "granulation") == {}
    assert _shares(found, "blending") == {"B1": 1.0}
    assert ways_not_weighed(STEPS, given) == {"granulation": ["T1"]}


def test_ancestors__by_a_way_of_unknown_origin_are_not_scaled_to_the_whole() -> None:
    """Other blends are granulates, so that the blend B9 is one too, and nobody knows of which granulation."""
    other = (("blending", "B9", "compression", "T2", 1.0), ("granulation", "G2", "compression", "T2", 1.0))
    given = _transfers(*WAYS, *other, amounts=(500.0, 60.0, 20.0, 60.0, 20.0))
    assert _shares(ancestors(STEPS, given, pl.Series(["T2"])), "granulation") == {"G2": 0.25}


def test_ancestors__with_a_part_of_unknown_origin_sum_to_less_than_one() -> None:
    given = _transfers(
        ("granulation", "G1", "blending", "B1", 1.0),
        ("blending", "B1", "compression", "T1", 0.5),
        ("blending", "B2", "compression", "T1", 0.5),
    )
    assert _shares(ancestors(STEPS, given, pl.Series(["T1"])), "granulation") == {"G1": 0.5}
