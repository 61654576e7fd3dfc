"""Set-points of each batch. Their ranges are wide in development and narrow in commercial production."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.simulators.arrays import Array, Values, columns
from pipeline.simulators.random_numbers import generator
from pipeline.simulators.virtual_plant.config import PlantConfig
from pipeline.simulators.virtual_plant.physics import agitation_for_power


@dataclass(frozen=True)
class Setting:
    """A set-point and its ranges."""

    name: str
    centre: float
    """Mean target of all products."""
    half_width: float
    """Half width of the development range."""
    between_products: float
    """Standard deviation of targets between products."""
    decimals: int


SETTINGS: tuple[Setting, ...] = (
    Setting("temperature", 36.6, 0.7, 0.15, 2),
    Setting("temperature_after_shift", 33.8, 1.8, 0.5, 2),
    Setting("shift_day", 6.0, 1.8, 0.6, 1),
    Setting("ph", 7.0, 0.14, 0.03, 3),
    Setting("dissolved_oxygen", 42.0, 16.0, 5.0, 1),
    Setting("inoculum_density", 0.6, 0.28, 0.06, 3),
    Setting("feed_share", 0.24, 0.08, 0.02, 4),
    Setting("duration_days", 14.0, 1.6, 0.5, 1),
)
SPREAD_OF_STIRRING = 0.9
"""Half width of the development range of the logarithm of the power per volume."""
SPREAD_OF_GASSING = 0.6
"""Half width of the development range of the logarithm of the gas flow per volume."""
SITE_POWER_PER_VOLUME = {"Boston": 35.0, "Visp": 26.0}
"""Site → power per volume that it holds constant in a scale-up [W/m³]."""
SITE_TIP_SPEED = {"Cork": 1.75}
"""Site → tip speed that it holds constant in a scale-up [m/s]."""


def _targets(config: PlantConfig, product: Array, setting: Setting) -> Array:
    """Target of the product of each batch."""
    rng = generator(config.seed, f"target {setting.name}")
    return np.asarray(
        (setting.centre + setting.between_products * rng.standard_normal(config.products))[product.astype(int)]
    )


def _set_point(config: PlantConfig, product: Array, width: Array, setting: Setting) -> Array:
    rng = generator(config.seed, f"setting {setting.name}")
    moved = _targets(config, product, setting) + setting.half_width * width * rng.uniform(-1, 1, len(width))
    return np.asarray(np.round(moved, setting.decimals))


def _agitation(config: PlantConfig, site: list[str], width: Array, vessel: Values) -> Array:
    """Agitation [1/s] from the power per volume or the tip speed of the site, within the limit of the vessel."""
    rng = generator(config.seed, "stirring")
    factor = np.exp(SPREAD_OF_STIRRING * width * rng.uniform(-1, 1, len(width)))
    wanted = np.array([SITE_POWER_PER_VOLUME.get(name, np.nan) for name in site])
    tip = np.array([SITE_TIP_SPEED.get(name, np.nan) for name in site])
    diameter = vessel["impeller_diameter"]
    by_power = agitation_for_power(
        wanted * factor, vessel["working_volume"], diameter, vessel["power_number"], vessel["impellers"]
    )
    by_tip = tip * factor ** (1 / 3) / (np.pi * diameter)
    chosen = np.where(np.isnan(tip), by_power, by_tip)
    return np.round(60 * np.minimum(chosen, 0.97 * vessel["max_agitation"]), 1) / 60


def _gas_flow(config: PlantConfig, width: Array, vessel: Values) -> Array:
    """Gas flow [m³/s]. Larger vessels get less gas per volume, because foam and gas velocity set limits."""
    rng = generator(config.seed, "gassing")
    per_minute = 0.0105 * (vessel["working_volume"] / 2.0) ** -0.19
    factor = np.exp(SPREAD_OF_GASSING * (0.2 + 0.8 * width) * rng.uniform(-1, 1, len(width)))
    flow = np.minimum(per_minute * factor * vessel["working_volume"] / 60, 0.97 * vessel["max_gas_flow"])
    return _significant(flow * 3.6e6, 4) / 3.6e6


def _significant(values: Array, digits: int) -> Array:
    factor = 10.0 ** (digits - 1 - np.floor(np.log10(values)))
    return np.asarray(np.round(values * factor) / factor)


def settings(config: PlantConfig, batches: pl.DataFrame, vessels: pl.DataFrame) -> pl.DataFrame:
    """Table of set-points: batch_id, then one column per setting.

    Units: agitation 1/s, gas flow m³/s, head pressure Pa (gauge), temperatures °C, dissolved oxygen % of air saturation,
    inoculum 1e6/mL.
    """
    joined = batches.join(vessels, on="equipment", how="left", maintain_order="left")
    width = joined["width"].to_numpy()
    product = joined["product"].str.slice(4).cast(pl.Int64).to_numpy().astype(float) - 1
    vessel = columns(joined)
    return batches.select("batch_id").with_columns(
        pl.Series("agitation", _agitation(config, joined["site"].to_list(), width, vessel)),
        pl.Series("gas_flow", _gas_flow(config, width, vessel)),
        joined["head_pressure"],
        *(pl.Series(s.name, _set_point(config, product, width, s)) for s in SETTINGS),
    )
