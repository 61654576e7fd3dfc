"""Products with what the formula states, and their hidden traits."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.simulators.random_numbers import generator
from pipeline.simulators.tablet_train.config import TabletTrainConfig


@dataclass(frozen=True)
class Trait:
    """A property of a formula that is in no record."""

    name: str
    centre: float
    spread: float
    """Standard deviation of the logarithm between products."""
    description: str


TRAITS: tuple[Trait, ...] = (
    Trait("optimum_liquid", 0.30, 0.14, "water per dry powder at which the granules are just saturated [kg/kg]"),
    Trait("growth", 3.4, 0.15, "rise of the logarithm of the size with the relative liquid [-]"),
    Trait("granule_size", 430e-6, 0.12, "size of granules at the optimum liquid and the reference exposure [m]"),
    Trait("consolidation", 0.85, 0.25, "fall of the porosity of granules with exposure [-]"),
    Trait("work_index", 18e3, 0.20, "Bond work index of dry granules of the reference strength [J/kg]"),
    Trait("sorption", 0.060, 0.20, "equilibrium moisture per relative humidity [kg/kg]"),
    Trait("critical_moisture", 0.10, 0.10, "moisture at which the surface of granules is no longer wet [kg/kg]"),
    Trait("yield_pressure", 115e6, 0.13, "Heckel yield pressure at a dwell time of 10 ms [Pa]"),
    Trait("speed_sensitivity", 0.055, 0.30, "power of the dwell time with which the yield pressure falls [-]"),
    Trait("dense_strength", 9.6e6, 0.12, "tensile strength without pores, before lubrication [Pa]"),
    Trait("bonding_capacity", 10.0, 0.08, "loss of the logarithm of the strength with porosity [-]"),
    Trait("lost_strength", 0.40, 0.25, "share of the strength that lubrication can take [-]"),
    Trait("lubricant_sensitivity", 0.045, 0.30, "rate at which lubrication acts with its extent [1/m]"),
    Trait("lost_wetting", 0.30, 0.35, "share of the dissolution rate that lubrication can take [-]"),
    Trait("dissolution_rate", 0.103, 0.07, "dissolution rate of the drug in the reference tablet [1/min]"),
    Trait("segregation", 0.85, 0.25, "unevenness that segregation of granules of the reference width makes [%]"),
    Trait("hydrolysis", 0.055, 0.45, "degradant formed per hour at 45 °C and the reference moisture [%/h]"),
)
TABLET_MASSES = (120.0, 150.0, 200.0, 250.0, 300.0, 400.0, 500.0)
"""Masses of cores [mg]."""
STRENGTHS = (5.0, 7.5, 10.0, 15.0, 20.0, 25.0, 30.0, 40.0, 50.0, 60.0, 75.0, 100.0, 120.0, 150.0, 200.0)
"""Amounts of drug in one tablet [mg]."""


def _drawn(seed: int, trait: Trait, count: int) -> np.ndarray:
    return np.asarray(trait.centre * np.exp(trait.spread * generator(seed, f"trait {trait.name}").standard_normal(count)))


def _usual_pressure(traits: dict[str, np.ndarray], strength: np.ndarray) -> np.ndarray:
    """Pressure [Pa] at which a bench press, with a dwell time of 40 ms, makes cores of a strength [Pa]."""
    left = traits["dense_strength"] * (1 - 0.4 * traits["lost_strength"])
    dense = 1 + np.log(strength / left) / traits["bonding_capacity"]
    rated = traits["yield_pressure"] * 4.0 ** -traits["speed_sensitivity"]
    return np.asarray(np.clip(rated * (-np.log(1 - dense) - 0.65), 80e6, 240e6))


def population(config: TabletTrainConfig) -> pl.DataFrame:
    """Table of the products, oldest first: formula, what development settled on, and hidden traits.

    The formula: drug_load [-], strength_mg and tablet_mg [mg], tablet_diameter [m] and granulated_share [-]. Development
    settled on the columns that begin with `usual_`. A product is the same in a train of fewer or more products.
    """
    count = config.products

    def draws(name: str) -> np.random.Generator:
        return generator(config.seed, f"formula {name}")

    tablet = draws("tablet").choice(TABLET_MASSES, count)
    wanted = np.exp(draws("load").uniform(np.log(0.04), np.log(0.40), count)) * tablet
    strength = np.array(STRENGTHS)[np.abs(np.log(np.array(STRENGTHS)[:, None] / wanted)).argmin(axis=0)]
    traits = {trait.name: _drawn(config.seed, trait, count) for trait in TRAITS}
    formula = {
        "product": [f"TAB-{number:02d}" for number in range(1, count + 1)],
        "drug_load": strength / tablet,
        "strength_mg": strength,
        "tablet_mg": tablet,
        "tablet_diameter": np.round(2 * (8.3 * (tablet / 250.0) ** (1 / 3))) / 2 * 1e-3,
        "granulated_share": np.full(count, 0.85),
        "lubricant_share": draws("lubricant").choice([0.005, 0.0075, 0.01], count),
        "usual_liquid": traits["optimum_liquid"] * np.exp(0.03 * draws("liquid").standard_normal(count)),
        "usual_tip_speed": draws("tip speed").uniform(6.0, 8.5, count),
        "usual_massing": draws("massing").uniform(80.0, 170.0, count),
        "usual_inlet": draws("inlet").choice([55.0, 60.0, 65.0], count),
        "usual_lod": draws("drying").choice([1.8, 2.0, 2.2, 2.5], count),
        "usual_screen": draws("screen").choice([0.8e-3, 1.0e-3, 1.2e-3], count),
        "usual_pressure": _usual_pressure(traits, draws("strength").uniform(1.4e6, 1.7e6, count)),
        "usual_turns": draws("turns").uniform(80.0, 140.0, count),
        "usual_density": np.round(540.0 * np.exp(0.03 * draws("density").standard_normal(count)), -1),
        "usual_gain": draws("gain").choice([0.025, 0.03, 0.035], count),
        "api_size": 30e-6 * np.exp(0.20 * draws("size").standard_normal(count)),
    }
    return pl.DataFrame(formula | traits)
