"""Which batches of earlier steps a batch is made of."""

import polars as pl
import pytest

from pipeline.history.steps.ancestors import ancestors

STEPS = ("granulation", "blending", "compression")


def _transfers(*rows: tuple[str, str, str, str, float]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=["from_step", "from_batch", "to_step", "to_batch", "fraction"], orient="row")


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


def test_ancestors__by_several_ways_sum_to_one() -> None:
    given = _transfers(
        ("granulation", "G1", "blending", "B1", 1.0),
        ("blending", "B1", "compression", "T1", 1.0),
        ("granulation", "G2", "compression", "T1", 1.0),
    )
    assert _shares(ancestors(STEPS, given, pl.Series(["T1"])), "granulation") == pytest.approx({"G1": 0.5, "G2": 0.5})


def test_ancestors__with_a_part_of_unknown_origin_sum_to_less_than_one() -> None:
    given = _transfers(
        ("granulation", "G1", "blending", "B1", 1.0),
        ("blending", "B1", "compression", "T1", 0.5),
        ("blending", "B2", "compression", "T1", 0.5),
    )
    assert _shares(ancestors(STEPS, given, pl.Series(["T1"])), "granulation") == {"G1": 0.5}
