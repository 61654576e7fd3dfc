"""Effects of settings at two scales, against slopes known by hand."""

import numpy as np
import polars as pl
import pytest

from pipeline.answers.drivers.interactions import interactions
from pipeline.answers.limits import DriversConfig
from pipeline.answers.result.drivers import SettingEffect
from tests.support.example_result import Known, plant_process, rows

PROCESS = plant_process()
LAB = pl.concat([rows(PROCESS, "lab", [3.0], 5e-6, ph=7.0 + d, dissolved_oxygen=0.4 + d) for d in (-0.1, 0.0, 0.1)])
PLANT = rows(PROCESS, "plant", [1.2], 5e-4)
FOUND = interactions(PROCESS, Known(), PLANT, LAB, pl.concat([LAB, PLANT]), DriversConfig())
SPREAD = float(np.std([-0.1, 0.0, 0.1, 0.0], ddof=1))


def by_setting(target: str) -> dict[str, SettingEffect]:
    return {line.setting: line for line in FOUND[target]}


def test_interactions__a_parallel_slope_is_not_marked() -> None:
    """Titre rises by 0.3 kg/m³ per unit of pH at both scales."""
    ph = by_setting("titre")["ph"]
    assert ph.step == pytest.approx(SPREAD, rel=1e-4)
    assert ph.at_reference == pytest.approx(0.3 * SPREAD, rel=1e-4)
    assert ph.at_proposed == pytest.approx(0.3 * SPREAD, rel=1e-4)
    assert ph.mark == ""


def test_interactions__a_slope_that_grows_with_tip_speed_is_marked() -> None:
    """HMW = 0.01 + 0.002 · tip speed · DO: the slope along DO is proportional to the tip speed."""
    oxygen = by_setting("hmw")["dissolved_oxygen"]
    tips = [np.pi * 3.0 * 0.07, np.pi * 1.2 * 0.5]
    expected = [100 * 0.002 * tip * SPREAD for tip in tips]
    assert [oxygen.at_reference, oxygen.at_proposed] == pytest.approx(expected, rel=1e-4)
    assert oxygen.mark == "more at the proposed scale"


def test_interactions__settings_that_never_vary_are_left_out() -> None:
    assert "temperature" not in by_setting("titre")
