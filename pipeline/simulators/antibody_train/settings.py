"""What the operators set at each step: around a target of the product, within a range that narrows with the stage."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.simulators.antibody_train import equipment
from pipeline.simulators.antibody_train.campaigns import STEPS, Campaigns, bioreactor_of
from pipeline.simulators.antibody_train.config import AntibodyTrainConfig
from pipeline.simulators.antibody_train.equipment import VOLUMES
from pipeline.simulators.arrays import Array, columns
from pipeline.simulators.random_numbers import generator
from pipeline.simulators.virtual_plant.physics import agitation_for_power


@dataclass(frozen=True)
class Setting:
    """A setting: target of the product plus a uniform deviation."""

    name: str
    centre: float
    between_products: float
    """Standard deviation of the targets of products."""
    half_width: float
    """Half width of the development range."""
    decimals: int


SETTINGS: dict[str, tuple[Setting, ...]] = {
    "culture": (
        Setting("culture_temperature", 36.0, 0.3, 0.9, 2),
        Setting("culture_ph", 7.0, 0.03, 0.10, 3),
        Setting("culture_duration", 13.8, 0.5, 1.2, 1),
        Setting("seeding_density", 0.6, 0.05, 0.2, 3),
        Setting("feed_share", 30.0, 2.0, 7.0, 2),
    ),
    "harvest": (
        Setting("clarification_rate", 12.5, 0.0, 4.0, 2),  # flow per settling area [nm/s]
        Setting("harvest_hold", 14.0, 0.0, 9.0, 1),
    ),
    "capture": (
        Setting("capture_target_load", 38.0, 1.2, 6.0, 1),
        Setting("capture_residence", 5.0, 0.2, 1.6, 2),  # [min]
        Setting("capture_bed_height", 20.0, 0.0, 1.8, 1),
        Setting("capture_wash", 5.0, 0.0, 1.8, 1),  # column volumes
        Setting("capture_elution", 2.6, 0.0, 0.4, 2),  # column volumes
        Setting("elution_ph", 3.60, 0.04, 0.13, 2),
        Setting("low_ph_hold", 75.0, 0.0, 25.0, 0),
    ),
    "polishing": (
        Setting("polishing_target_load", 44.0, 2.0, 11.0, 1),
        Setting("polishing_velocity", 150.0, 0.0, 50.0, 0),  # [cm/h]
        Setting("polishing_bed_height", 21.0, 0.0, 2.5, 1),
        Setting("load_conductivity", 4.5, 0.2, 0.9, 2),
        Setting("elution_conductivity", 18.0, 0.4, 1.5, 2),
    ),
    "filtration": (
        Setting("feed_flux", 5.0, 0.0, 1.2, 2),  # [L/(m²·min)]
        Setting("diafiltration_volumes", 7.5, 0.0, 1.5, 1),
        Setting("retentate_concentration", 54.0, 0.0, 3.0, 1),
        Setting("flush_ratio", 1.6, 0.0, 0.5, 2),  # volume of the flush over the hold-up
        Setting("pressure_factor", 1.0, 0.0, 0.18, 3),
        Setting("retentate_pressure", 0.5, 0.0, 0.2, 2),  # [bar]; no effect where the flux is limited by the gel
    ),
}
SITE_POWER_PER_VOLUME = {"Lund": 32.0, "Kiel": 24.0}
"""Site → power per volume that it holds constant in a scale-up [W/m³]."""
SITE_TIP_SPEED = {"Galway": 1.65}
"""Site → tip speed that it holds constant in a scale-up [m/s]."""
GAS_PER_VOLUME = 0.014
"""Gas per volume and minute at 2 m³ [1/min]. It falls with volume, because foam and gas velocity set limits."""


def _deviation(config: AntibodyTrainConfig, name: str, batches: pl.DataFrame) -> Array:
    """Uniform deviation from −1 to 1 times the width of the stage. Batches of one run differ by a fifth of it."""
    width = batches["width"].to_numpy()
    of_run = generator(config.seed, f"run {name}").uniform(-1, 1, int(batches["run"].max()) + 1)  # type: ignore[arg-type]
    own = generator(config.seed, f"batch {name}").uniform(-1, 1, batches.height)
    return np.asarray(width * (0.8 * of_run[batches["run"].to_numpy()] + 0.2 * own))


def _set_point(config: AntibodyTrainConfig, setting: Setting, batches: pl.DataFrame) -> pl.Series:
    product = batches["product"].str.slice(3).cast(pl.Int64).to_numpy() - 1
    between = generator(config.seed, f"target {setting.name}").standard_normal(config.products)
    target = setting.centre + setting.between_products * between[product]
    return pl.Series(
        setting.name, np.round(target + setting.half_width * _deviation(config, setting.name, batches), setting.decimals)
    )


def _stirring(config: AntibodyTrainConfig, cultures: pl.DataFrame) -> pl.Series:
    """Agitation [1/s] from the power per volume or the tip speed of the site."""
    vessel = columns(cultures)
    factor = np.exp(0.45 * _deviation(config, "stirring", cultures))
    power = cultures["site"].replace_strict(SITE_POWER_PER_VOLUME, default=None, return_dtype=pl.Float64).to_numpy()
    tip = cultures["site"].replace_strict(SITE_TIP_SPEED, default=None, return_dtype=pl.Float64).to_numpy()
    by_power = agitation_for_power(
        power * factor, vessel["culture_volume"], vessel["impeller_diameter"], vessel["power_number"], vessel["impellers"]
    )
    by_tip = tip * factor ** (1 / 3) / (np.pi * vessel["impeller_diameter"])
    return pl.Series("agitation", np.round(60 * np.where(np.isnan(tip), by_power, by_tip), 1) / 60)


def _gas_flow(config: AntibodyTrainConfig, cultures: pl.DataFrame) -> pl.Series:
    """Gas flow [m³/s]."""
    volume = cultures["culture_volume"].to_numpy()
    per_minute = GAS_PER_VOLUME * (volume / 2.0) ** -0.12 * np.exp(0.4 * _deviation(config, "gassing", cultures))
    litres = per_minute * volume * 1000
    digits = 10.0 ** (3 - np.floor(np.log10(litres)))
    return pl.Series("gas_flow", np.round(litres * digits) / digits / 6e4)


def _equipped(config: AntibodyTrainConfig, step: str, batches: pl.DataFrame) -> pl.DataFrame:
    """Batches with the equipment of the step and its geometry. The volume of the culture decides which equipment is used."""
    volume = batches["stage"].replace_strict(dict(enumerate(VOLUMES)), return_dtype=pl.Float64)
    if step == "culture":
        named = batches.with_columns(bioreactor_of(config, batches))
        return named.join(equipment.bioreactors().drop("site"), on="bioreactor", how="left", maintain_order="left")
    table = {
        "harvest": equipment.centrifuges,
        "capture": lambda: equipment.columns_of("capture"),
        "polishing": lambda: equipment.columns_of("polishing"),
        "filtration": equipment.skids,
    }[step]()
    placed = batches.with_columns(culture_volume=volume)
    return placed.join(table, on=["site", "culture_volume"], how="left", maintain_order="left")


def settings(config: AntibodyTrainConfig, plan: Campaigns) -> dict[str, pl.DataFrame]:
    """Step → its batches with equipment and set-points.

    Units are those of the records: °C, days, 1e9 cells/L, % of the volume, hours, g/L resin, minutes, cm, column volumes,
    cm/h, mS/cm, L/(m²·min). Geometry, agitation and gas flow are in SI.
    """
    steps = {}
    for step in STEPS:
        batches = _equipped(config, step, plan.batches[step])
        drawn = [_set_point(config, setting, batches) for setting in SETTINGS[step]]
        if step == "culture":
            drawn += [_stirring(config, batches), _gas_flow(config, batches)]
        steps[step] = batches.with_columns(drawn)
    return steps
