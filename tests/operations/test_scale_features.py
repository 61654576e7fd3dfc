"""Features of the batch size."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from pipeline.operations.scale_features import FEATURES


@given(scale=st.floats(1e-4, 1e8), ratio=st.floats(1.1, 1e3))
def test_log10_scale__rises_equally_for_equal_ratios(scale: float, ratio: float) -> None:
    (feature,) = FEATURES
    small, middle, large = (pl.select(feature.compute(pl.lit(scale * ratio**power))).item() for power in (0, 1, 2))
    assert abs((large - middle) - (middle - small)) < 1e-9
