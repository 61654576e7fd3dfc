"""What operators set at each step. How a site carries settings to another scale is a habit of the site.

Habits: Leeds and Porto keep the tip speed of the granulator, Ulm keeps N·D^0.8, a constant shear stress (Tardos et al. 2004,
Powder Technol. 140, 217). Porto kneads longer where the blades sweep less. Ulm keeps the revolutions of a blender, Leeds the
time, and Porto the extent of lubrication. No equation of a step reads a site.
"""

import math

import numpy as np
import polars as pl

from pipeline.domain.arrays import FloatArray
from pipeline.simulators.random_numbers import generator
from pipeline.simulators.tablet_train import drying
from pipeline.simulators.tablet_train.moist_air import AIR_HEAT, ATMOSPHERE, LATENT_HEAT

BENCH_IMPELLER = 0.245
"""Diameter of the impeller with which development works [m]."""
BENCH_ROTATION = 25 / 60
"""Speed of the blender with which development works [1/s]."""
BENCH_BLENDER = 0.008
"""Volume of that blender [m³]."""
HUMIDITY = {"Leeds": (0.0070, 0.0018), "Ulm": (0.0055, 0.0004), "Porto": (0.0090, 0.0025)}
"""Site → mean and seasonal swing of the humidity of the process air [kg/kg]. Ulm dries its air."""
AIR_SPEED = {"Leeds": 1.45, "Ulm": 1.60, "Porto": 1.35}
"""Site → speed of the air in an empty fluid bed [m/s]."""
SOLIDS = {"Leeds": 0.15, "Ulm": 0.18, "Porto": 0.16}
"""Site → share of solids in the coating suspension [-]."""


class Draws:
    """Random numbers of the settings of one step."""

    def __init__(self, seed: int, step: str, rows: pl.DataFrame) -> None:
        self._rng = generator(seed, f"settings of {step}")
        self._rows = rows
        self._width = rows["width"].to_numpy()
        self._seed, self._step = seed, step

    def around(self, spread: float) -> FloatArray:
        """Factors around 1: uniform within ± spread, narrower at large scales."""
        return 1 + spread * self._width * self._rng.uniform(-1, 1, len(self._width))

    def normal(self, spread: float) -> FloatArray:
        """Normal numbers."""
        return spread * self._rng.standard_normal(len(self._width))

    def campaign(self, spread: float, what: str) -> FloatArray:
        """Normal numbers that are equal for all batches of a product at a site and scale."""
        keys = self._rows.select(pl.concat_str("product", "site", "batch_size", separator=" ")).to_series()
        names = sorted(set(keys))
        numbers = spread * generator(self._seed, f"campaigns {self._step} {what}").standard_normal(len(names))
        return np.array([dict(zip(names, numbers, strict=True))[key] for key in keys])


def _of_site(rows: pl.DataFrame, values: dict[str, float]) -> FloatArray:
    return np.asarray(rows["site"].replace_strict(values, return_dtype=pl.Float64).to_numpy())


def _is(rows: pl.DataFrame, site: str) -> FloatArray:
    return (rows["site"] == site).to_numpy()


def humidity(rows: pl.DataFrame, draws: Draws) -> FloatArray:
    """Humidity of the process air [kg/kg]: mean of the site, season (most in summer) and weather."""
    mean = _of_site(rows, {site: value for site, (value, _) in HUMIDITY.items()})
    swing = _of_site(rows, {site: value for site, (_, value) in HUMIDITY.items()})
    season = -np.cos(2 * math.pi * rows["started_at"].dt.ordinal_day().to_numpy() / 365.25)
    return np.asarray(np.clip(mean + swing * season + 0.3 * swing * draws.normal(1.0), 0.003, 0.015))


def granulation(seed: int, rows: pl.DataFrame) -> dict[str, FloatArray]:
    """Settings of the granulation, SI: speed [1/s], liquid [kg], flow [m³/s], time of wet massing [s]."""
    draws, own = Draws(seed, "granulation", rows), {name: rows[name].to_numpy() for name in rows.columns}
    diameter = own["impeller_diameter"]
    tip = own["usual_tip_speed"] * draws.around(0.12)
    tip = np.where(_is(rows, "Ulm"), tip * (diameter / BENCH_IMPELLER) ** 0.20, tip)
    speed = tip / (math.pi * diameter)
    liquid = own["mass"] * own["usual_liquid"] * draws.around(0.09)
    spraying = 190.0 * (own["mass"] / 2) ** 0.13 * draws.around(0.2)
    swept = own["blade_height"] * diameter / own["bowl_volume"]
    bench = 0.0257 * BENCH_IMPELLER / 0.010
    massing = own["usual_massing"] * draws.around(0.25) * np.where(_is(rows, "Porto"), (bench / swept) ** 0.6, 1.0)
    return {
        "powder_mass": own["mass"] * (1 + draws.normal(0.003)),
        "impeller_speed": np.round(speed * 60) / 60,
        "liquid_mass": np.round(liquid, 3),
        "liquid_flow": liquid / 1000 / spraying,
        "massing_time": np.round(massing / 5) * 5,
    }


def drying_settings(seed: int, rows: pl.DataFrame) -> dict[str, FloatArray]:
    """Settings of the drying, SI: air [kg/s], inlet [°C], humidity [kg/kg], time [s], and the dry mass [kg].

    The time is what the site calculates for the usual loss on drying, from usual humidity and usual granules. The calculation is
    off by some percent for a product at a site and scale.
    """
    draws, own = Draws(seed, "drying", rows), {name: rows[name].to_numpy() for name in rows.columns}
    inlet = own["usual_inlet"] + np.round(4 * (draws.around(1.0) - 1), 1)
    area = math.pi / 4 * own["bed_diameter"] ** 2
    air = _of_site(rows, AIR_SPEED) * draws.around(0.10) * area * ATMOSPHERE / (287.042 * (inlet + 273.15))
    usual = {
        "inlet_temperature": inlet,
        "inlet_humidity": _of_site(rows, {site: value for site, (value, _) in HUMIDITY.items()}),
        "air_flow": air,
        "bed_diameter": own["bed_diameter"],
        "dry_mass": own["powder_mass"],
        "sorption": np.full(len(air), 0.060),
        "critical_moisture": np.full(len(air), 0.10),
    }
    target = own["usual_lod"] / (100 - own["usual_lod"])
    time = drying.time_to(target, own["liquid_mass"] / own["powder_mass"] + 0.02, np.full(len(air), 430e-6), usual)
    time = time * (1 + draws.campaign(0.035, "time") + draws.normal(0.015))
    return {
        "air_flow": air,
        "inlet_temperature": inlet,
        "inlet_humidity": humidity(rows, draws),
        "drying_time": np.round(time / 30) * 30,
        "dry_mass": own["powder_mass"],
    }


def milling(seed: int, rows: pl.DataFrame) -> dict[str, FloatArray]:
    """Settings of the mill, SI: screen [m], speed [1/s], product per time [kg/s]."""
    draws, own = Draws(seed, "milling", rows), {name: rows[name].to_numpy() for name in rows.columns}
    tip = 6.2 * (own["rotor_diameter"] / 0.12) ** 0.05 * draws.around(0.20)
    return {
        "screen": own["usual_screen"],
        "rotor_speed": np.round(tip / (math.pi * own["rotor_diameter"]) * 6) / 6,
        "mill_flow": 1.1 * own["rotor_diameter"] ** 2 * np.exp(draws.normal(0.12)),
    }


def blending(seed: int, rows: pl.DataFrame) -> dict[str, FloatArray]:
    """Settings of the blender, SI: speed [1/s], time before and with the lubricant [s]."""
    draws, own = Draws(seed, "blending", rows), {name: rows[name].to_numpy() for name in rows.columns}
    turns = own["usual_turns"] * draws.around(0.30)
    slower = own["usual_rotation"] / BENCH_ROTATION
    smaller = np.maximum((BENCH_BLENDER / own["blender_volume"]) ** (1 / 3), 0.25)
    factor = np.where(_is(rows, "Leeds"), slower, np.where(_is(rows, "Porto"), smaller, 1.0))
    first = own["usual_turns"] * 1.8 * draws.around(0.15) * np.where(_is(rows, "Leeds"), slower, 1.0)
    return {
        "rotation": own["usual_rotation"],
        "blending_time": np.round(first / own["usual_rotation"] / 15) * 15,
        "lubrication_time": np.maximum(np.round(turns * factor / own["usual_rotation"] / 15) * 15, 30.0),
        "blend_mass": own["batch_size"],
    }


def compression(seed: int, rows: pl.DataFrame) -> dict[str, FloatArray]:
    """Settings of the press, SI: main force [N], speed of the turret [1/s]."""
    draws, own = Draws(seed, "compression", rows), {name: rows[name].to_numpy() for name in rows.columns}
    pressure = own["usual_pressure"] * draws.around(0.16) * (1 + draws.campaign(0.015, "force"))
    speed = own["usual_turret_speed"] * (1 + 0.12 * (draws.around(1.0) - 1)) * (1 + draws.normal(0.05))
    return {
        "force": pressure * math.pi / 4 * own["tablet_diameter"] ** 2,
        "turret_speed": np.round(speed * 60) / 60,
    }


def coating(seed: int, rows: pl.DataFrame) -> dict[str, FloatArray]:
    """Settings of the pan, SI: load [kg], speed [1/s], air [kg/s], inlet [°C], humidity [kg/kg], spray [kg and kg/s], solids [-].

    The spray rate is what cools the exhaust air to about 44 °C.
    """
    draws, own = Draws(seed, "coating", rows), {name: rows[name].to_numpy() for name in rows.columns}
    air = own["usual_air"] * draws.around(0.08)
    inlet = 63.0 + 5 * (draws.around(1.0) - 1)
    wanted = 44.0 + 3 * (draws.around(1.0) - 1) + draws.campaign(0.8, "exhaust")
    heat = air * AIR_HEAT * (inlet - wanted) - own["heat_loss"] * (wanted - 21.0)
    solids = _of_site(rows, SOLIDS)
    gain = own["usual_gain"] * draws.around(0.12)
    return {
        "pan_load": own["mass"],
        "pan_speed": 12 / 60 * (0.61 / own["pan_diameter"]) ** 0.5 * draws.around(0.15),
        "pan_air": air,
        "pan_inlet": np.round(inlet, 1),
        "pan_humidity": humidity(rows, draws),
        "spray_rate": heat / LATENT_HEAT / (1 - solids),
        "spray_solids": solids,
        "spray_mass": own["mass"] * gain / solids / 0.95,
    }
