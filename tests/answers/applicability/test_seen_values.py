"""What history has seen, computed once."""

import numpy as np
import polars as pl
import pytest

from pipeline.answers.applicability.seen_values import SeenNumber, SeenValues, radii
from tests.support.pot import history, pot


def test_radii__are_those_of_a_full_search() -> None:
    values = np.sort(np.random.default_rng(1).normal(size=40))
    full = np.sort(np.abs(values[:, None] - values[None]), axis=1)[:, 5]
    assert radii(values, 5) == pytest.approx(full)


def test_seen_number__that_spans_a_decade_is_compared_by_its_logarithm() -> None:
    wide, narrow = (SeenNumber.of(pl.Series([1.0, 3.0, last]), 1) for last in (10.0, 9.0))
    assert (wide.decades, narrow.decades) == (True, False)
    assert wide.known == pytest.approx(np.log([1.0, 3.0, 10.0]))
    assert narrow.around.tolist() == [2.0, 2.0, 6.0]


def test_seen_values__are_computed_once() -> None:
    seen = SeenValues(pot(), history().batches)
    assert seen.number("agitation") is seen.number("agitation")
    assert seen.neighbours(("agitation", "temperature")) is seen.neighbours(("agitation", "temperature"))
    assert seen.has("agitation")
