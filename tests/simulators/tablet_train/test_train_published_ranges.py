"""The default train lies in published ranges (table in docs/explanation/simulated_tablet_train.md).

ŽAGAR is the 1 to 99 % range of 1,005 commercial batches of film-coated tablets (Žagar, Mihelič 2022, Scientific Data 9:99), made by
direct compression. The middle 80 % of the batches of at least 200 kg must lie in a range.
"""

import numpy as np
import polars as pl
import pytest

from pipeline.domain.arrays import FloatArray
from pipeline.simulators.tablet_train import coating, drying, granulation
from pipeline.simulators.tablet_train.mass_balance import step_yield, weighed
from pipeline.simulators.tablet_train.train import STEPS, Train, final_quality, numbers

ZAGAR = {
    "core_strength": (0.85, 1.96),
    "coated_strength": (1.11, 2.64),
    "core_weight_rsd": (0.54, 3.27),
    "dissolution": (83.67, 99.67),
    "compression_yield": (94.72, 99.62),
    "impurity": (0.05, 0.35),
    "api_d50": (11.87, 59.39),
}
OTHERS = {
    "granule_d50": (100, 500),  # granules for tablets: 0.2 to 0.5 mm; milled ones are finer
    "drying_minutes": (10, 120),
    "weight_gain": (1, 5),  # film coating: 1 to 5 %
    "turret_rpm": (1, 200),  # Handbook of Pharmaceutical Granulation Technology: 1 to 200 rpm
    "wet_powder_ratio": (0.15, 0.50),
    "tip_speed": (4.0, 12.0),
}


def _large(train: Train, step: str, values: FloatArray) -> FloatArray:
    return np.asarray(values[(train.inputs[step]["batch_size"] >= 200).to_numpy()])


@pytest.fixture(scope="module")
def found(default: Train) -> dict[str, FloatArray]:
    states, quality = default.states, final_quality(default, default.states)
    inner, press, pan = (numbers(default.inputs[step], 1.0) for step in ("granulation", "compression", "coating"))
    pressed = step_yield(
        "compression",
        weighed(1, 1.0, "compression", default.amounts["compression"]).with_columns(rejected_cores=pl.lit(0.0)),
    )
    return {
        "core_strength": _large(default, "compression", states["compression"]["tensile_strength"] / 1e6),
        "coated_strength": _large(default, "coating", quality["tensile_strength"].to_numpy()),
        "core_weight_rsd": _large(default, "compression", states["compression"]["weight_rsd"]),
        "dissolution": _large(default, "coating", quality["dissolution"].to_numpy()),
        "compression_yield": _large(default, "compression", 100 * pressed),
        "impurity": _large(default, "coating", quality["degradant"].to_numpy()),
        "api_d50": _large(default, "granulation", inner["api_d50"] * 1e6),
        "granule_d50": _large(default, "milling", states["milling"]["size"] * 1e6),
        "drying_minutes": _large(default, "drying", inner["drying_time"] / 60),
        "weight_gain": _large(default, "coating", 100 * states["coating"]["film"]),
        "turret_rpm": _large(default, "compression", press["turret_speed"] * 60),
        "wet_powder_ratio": _large(default, "granulation", inner["liquid_mass"] / inner["powder_mass"]),
        "tip_speed": _large(default, "granulation", granulation.tip_speed(inner)),
        "exhaust": _large(default, "coating", coating.exhaust_temperature(pan)),
        "air_speed": _large(default, "drying", drying.air_speed(inner)),
    }


@pytest.mark.parametrize("quantity", [*ZAGAR, *OTHERS])
def test_train__the_middle_of_large_batches_lies_in_the_published_range(found: dict[str, FloatArray], quantity: str) -> None:
    low, high = (ZAGAR | OTHERS)[quantity]
    first, last = np.quantile(found[quantity], [0.1, 0.9])
    assert low <= first <= last <= high, (quantity, first, last)


def test_train__a_pan_of_24_inches_runs_like_that_of_vesey_and_fegely(default: Train) -> None:
    """Vesey, Fegely (Colorcon): a 24-inch pan, 55 to 75 g/min, inlet 60 to 90 °C, 200 to 325 ft³/min, for 17 kg of tablets."""
    rows = default.inputs["coating"].filter(pl.col("pan_diameter") == 0.61)
    spray = rows["spray_rate"].to_numpy() * 6e4
    cubic_feet = rows["pan_air"].to_numpy() / 1.2 * 60 / 0.0283168
    assert 50 < np.median(spray) < 80
    assert 200 < np.median(cubic_feet) < 325
    assert rows["pan_inlet"].median() > 58  # type: ignore[operator]


def test_train__film_is_thinner_than_100_micrometres(default: Train) -> None:
    """Porter, Sackett, Liu (2017): films are usually thinner than 100 µm. Film of 1.2 g/mL on a sphere of equal mass."""
    own = numbers(default.inputs["coating"], 1.0)
    radius = (3 * own["tablet_mg"] * 1e-6 / (4 * np.pi * 1250)) ** (1 / 3)
    film = default.states["coating"]["film"] * own["tablet_mg"] * 1e-6 / 1200 / (4 * np.pi * radius**2)
    assert np.quantile(film, 0.99) < 100e-6


def test_train__blenders_are_filled_as_in_commercial_validation(default: Train) -> None:
    """Kushner, Schlack (2014) Int. J. Pharm. 475, 147: bins of 100 to 2,000 L at fills of 30 and 70 %."""
    rows = default.inputs["blending"].filter(pl.col("blender_volume") >= 0.1)
    density = default.states["blending"]["bulk_density"][(default.inputs["blending"]["blender_volume"] >= 0.1).to_numpy()]
    fill = rows["blend_mass"].to_numpy() / density / rows["blender_volume"].to_numpy()
    assert np.quantile(fill, 0.05) > 0.30
    assert np.quantile(fill, 0.95) < 0.75
    assert set(STEPS) == set(default.states)
