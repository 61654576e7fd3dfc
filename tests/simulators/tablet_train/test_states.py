"""Pooling of states."""

import numpy as np
import polars as pl
import pytest

from pipeline.simulators.tablet_train.states import pooled


def test_pooled__weights_by_mass_and_keeps_the_order_of_the_targets() -> None:
    state = {"size": np.array([1.0, 3.0, 10.0])}
    transfers = pl.DataFrame({"source": ["a", "b", "c"], "target": ["x", "x", "y"], "mass": [1.0, 3.0, 5.0]})
    found = pooled(state, pl.Series(["a", "b", "c"]), transfers, pl.Series(["y", "x"]))
    assert found["size"] == pytest.approx([10.0, 2.5])
