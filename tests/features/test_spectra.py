"""Pre-treatment of spectra: each spectrum by itself."""

import numpy as np
import pytest
from scipy.signal import savgol_filter

from pipeline.domain.spectra import Binning, SavitzkyGolay, Snv
from pipeline.features.spectra import treated


def test_snv__removes_factor_and_offset() -> None:
    shape = np.sin(np.linspace(0, 6, 40))
    first, second = treated(np.array([shape, 0.3 + 2.5 * shape]), [Snv("snv")])
    assert second == pytest.approx(first)
    assert (first.mean(), first.std(ddof=1)) == pytest.approx((0, 1))


def test_snv__of_a_constant_spectrum_is_zero() -> None:
    assert treated(np.full((1, 5), 2.0), [Snv("snv")]).tolist() == [[0.0] * 5]


def test_savitzky_golay__gives_the_derivatives_of_a_parabola() -> None:
    x = np.arange(12.0)
    slope = treated((x**2)[None, :], [SavitzkyGolay("savitzky_golay", 5, 2, 1)])
    assert slope[0] == pytest.approx(2 * x)
    curvature = treated((x**2)[None, :], [SavitzkyGolay("savitzky_golay", 5, 2, 2)])
    assert curvature[0] == pytest.approx(np.full(12, 2.0))


def test_binning__takes_means_and_the_last_bin_holds_the_rest() -> None:
    assert treated(np.array([[1.0, 3.0, 5.0, 7.0, 9.0]]), [Binning("binning", 2)]).tolist() == [[2.0, 6.0, 9.0]]


def test_treatments__are_done_in_their_order() -> None:
    values = np.random.default_rng(1).normal(size=(3, 21))
    smooth = SavitzkyGolay("savitzky_golay", 7, 2)
    expected = treated(savgol_filter(values, 7, 2, axis=1), [Snv("snv")])
    assert treated(values, [smooth, Snv("snv")]) == pytest.approx(expected)
    assert treated(values, [Snv("snv"), smooth]) != pytest.approx(expected)
