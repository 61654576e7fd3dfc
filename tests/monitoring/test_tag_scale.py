"""The scale on which the values of a tag are compared."""

import numpy as np
import pytest

from pipeline.domain.arrays import FloatArray
from pipeline.monitoring.tag_scale import tag_scales


def _values(sizes: FloatArray, seed: int = 1) -> FloatArray:
    rng = np.random.default_rng(seed)
    return np.asarray((sizes[:, None] * (1 + 0.1 * rng.uniform(size=(len(sizes), 20))))[:, :, None])


VOLUMES = np.array([0.01] * 6 + [0.1] * 6 + [1.0] * 6)


def test_tag__that_grows_with_the_vessel_is_compared_as_a_logarithm() -> None:
    scales = tag_scales(_values(VOLUMES), VOLUMES)
    assert scales.logarithm == (True,)
    compared = scales.compared(_values(VOLUMES))
    assert np.ptp(compared) == pytest.approx(np.log(100), abs=0.1)
    assert scales.recorded(compared) == pytest.approx(_values(VOLUMES))


@pytest.mark.parametrize(
    "values",
    [
        _values(np.full(18, 37.0)),
        _values(np.random.default_rng(3).permutation(VOLUMES)),
        _values(VOLUMES) - 0.005 * np.arange(20)[None, :, None],
        np.zeros((18, 20, 1)),
        np.full((18, 20, 1), np.nan),
    ],
    ids=["hardly differs", "does not follow the scale", "is negative", "is zero", "is not recorded"],
)
def test_tag__otherwise_is_compared_as_recorded(values: FloatArray) -> None:
    scales = tag_scales(values, VOLUMES)
    assert scales.logarithm == (False,)
    assert np.array_equal(scales.compared(values), values, equal_nan=True)


def test_tag__that_one_scale_alone_records_is_compared_as_recorded() -> None:
    values = _values(10.0 ** np.arange(18) / 1e9)
    values[:12] = np.nan
    assert tag_scales(values, VOLUMES).logarithm == (False,)
    assert tag_scales(values, np.ones(18)).logarithm == (False,)


def test_logarithm__of_zero_is_that_of_the_floor() -> None:
    scales = tag_scales(_values(VOLUMES), VOLUMES)
    assert scales.compared(np.zeros((1, 1))).item() == pytest.approx(np.log(scales.floor[0]))
    assert 0 < scales.floor[0] < 0.01
    assert np.isfinite(scales.recorded(np.full((1, 1), 1e6))).all()
