"""Freeze drying: a published run, closed balances and directions."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import similarity as s
from pipeline.similarity.freeze_drying import HEAT_OF_SUBLIMATION
from tests.support.values import lit, value

TORR = 101_325 / 760
CALORIE = 4.184
VIAL = 3.8e-4, 3.14e-4  # outer and inner cross-section [m²]
DEPTH = 0.691941e-2  # of the frozen product: 2 mL of 5 % solids, densities 1, 0.918 and 1.5 g/mL
# Published: LyoPRONTO, test_data/reference_primary_drying.csv
# Time [h], shelf [°C], front [°C], bottom [°C], flux [kg/(h·m²)], dried [%]
RUN = (
    (0.0, -35.0, -35.85786638754547, -35.81174719881115, 0.020880337215661647, 0.0),
    (0.5, -5.0, -31.002234145961797, -29.63890463713005, 0.6337793813162005, 2.6090554706019944),
    (1.0, 20.0, -25.9262598959336, -23.694053312000136, 1.1239294312438204, 10.081057648039076),
    (1.5, 20.0, -23.9194177730532, -21.987733336961554, 1.080038258562328, 19.024639574900558),
)


@pytest.mark.parametrize("row", RUN, ids=lambda row: f"{row[0]} h")
def test_primary_drying__follows_the_published_run(row: tuple[float, ...]) -> None:
    """Its vapour pressure of ice is an older fit, which differs by up to 0.2 %."""
    _, shelf, front, bottom, flux, dried = row
    dry = DEPTH * dried / 100
    pressure = pl.lit(0.15 * TORR)
    transfer = s.vial_heat_transfer(*lit(2.75 * CALORIE, 8.93 * CALORIE / TORR, 0.46 / TORR), pressure)
    resistance = s.cake_resistance(*lit(1.4 * 360 * TORR, 16 * 36_000 * TORR, 0, dry))
    outer, inner, frozen = lit(*VIAL, DEPTH - dry)
    found = s.sublimation_temperature(*lit(273.15 + shelf), pressure, transfer, outer, inner, resistance, frozen)
    rate = s.sublimation_rate(found, pressure, inner, resistance)
    assert value(found) - 273.15 == pytest.approx(front, abs=0.015)
    assert value(rate) / VIAL[1] * 3600 == pytest.approx(flux, abs=5e-4)
    assert value(s.vial_bottom_temperature(found, rate, inner, frozen)) - 273.15 == pytest.approx(bottom, abs=0.015)


@given(shelf=st.floats(245, 310), pressure=st.floats(2, 40), resistance=st.floats(5e4, 1e6))
def test_sublimation_temperature__takes_the_heat_that_the_shelf_gives(
    shelf: float, pressure: float, resistance: float
) -> None:
    outer, inner, frozen = lit(*VIAL, 5e-3)
    front = s.sublimation_temperature(*lit(shelf, pressure, 17), outer, inner, *lit(resistance), frozen)
    if pl.select(front).item() is None:
        return
    rate = s.sublimation_rate(front, *lit(pressure), inner, *lit(resistance))
    given_heat = 17 * VIAL[0] * (shelf - value(s.vial_bottom_temperature(front, rate, inner, frozen)))
    assert given_heat == pytest.approx(HEAT_OF_SUBLIMATION * value(rate), rel=1e-6, abs=1e-9)


def test_sublimation_temperature__is_null_where_ice_would_melt() -> None:
    hot = s.sublimation_temperature(*lit(400, 600, 500, 3.8e-4, 3.14e-4, 1e6, 5e-3))
    assert pl.select(hot).item() is None


def test_ice__has_the_pressure_of_the_triple_point() -> None:
    # IAPWS R14-08: 611.657 Pa at 273.16 K
    assert value(s.ice_vapour_pressure(*lit(273.16))) == pytest.approx(611.657, rel=1e-4)


@given(pressure=st.floats(1, 50), factor=st.floats(1.1, 4))
def test_choked_flow__grows_with_pressure_and_with_the_square_of_the_duct(pressure: float, factor: float) -> None:
    one, more, wide = (
        value(s.choked_flow(*lit(area, p, 293, 1.33, 0.018)))
        for area, p in ((0.02, pressure), (0.02, pressure * factor), (0.02 * factor**2, pressure))
    )
    assert more == pytest.approx(one * factor)
    assert wide == pytest.approx(one * factor**2)
