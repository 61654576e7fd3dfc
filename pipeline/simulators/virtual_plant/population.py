"""Products and their hidden traits, drawn around a CHO platform and correlated within a family."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.simulators.arrays import Array
from pipeline.simulators.random_numbers import generator
from pipeline.simulators.virtual_plant.config import PlantConfig


@dataclass(frozen=True)
class Trait:
    """A property of the cell line or the molecule of a product that is not in any record."""

    name: str
    centre: float
    spread: float
    """Standard deviation between products: of the logarithm if `log`, else of the value."""
    description: str
    log: bool = True
    family_share: float = 0.5
    """Share of the variance that products of one family have in common. The rest cannot be learned from other products."""


TRAITS: tuple[Trait, ...] = (
    Trait("growth_rate", 0.040, 0.08, "largest specific growth rate at 37 °C [1/h]"),
    Trait("capacity", 25.0, 0.14, "viable cell density at which growth ends [1e6/mL]"),
    Trait("temperature_width", 5.2, 0.10, "cooling by which growth falls to 1/e [K]"),
    Trait("productivity", 1.35, 0.20, "specific productivity [pg/(cell·h)]", family_share=0.3),
    Trait("cold_productivity", 0.02, 0.035, "gain of productivity per kelvin below 36 °C [1/K]", log=False),
    Trait("glucose_uptake", 0.075, 0.10, "[mmol/(1e9 cells·h)]"),
    Trait("lactate_yield", 1.3, 0.15, "lactate per glucose in full growth [mol/mol]"),
    Trait("oxygen_demand", 0.235, 0.12, "specific oxygen uptake [mmol/(1e9 cells·h)]"),
    Trait("co2_tolerance", 175.0, 0.15, "CO₂ partial pressure that halves growth [mmHg]", family_share=0.6),
    Trait("osmolality_tolerance", 420.0, 0.04, "osmolality that halves growth [mOsm/kg]"),
    Trait("shear_sensitivity", 1.0, 0.40, "death by agitation and bubbles, relative to the platform"),
    Trait("gradient_sensitivity", 1.0, 0.35, "response to slow blending, relative to the platform", family_share=0.6),
    Trait("death_rate", 0.00095, 0.20, "specific death rate without stress [1/h]"),
    Trait("lysis_rate", 0.008, 0.15, "lysis of dead cells [1/h]"),
    Trait("aggregation", 0.9, 0.30, "aggregates of fresh product [%]", family_share=0.2),
    Trait("aggregation_rate", 6e-6, 0.35, "aggregation in the broth [1/h per g/L]", family_share=0.2),
    Trait("aggregation_warmth", 0.10, 0.25, "rise of aggregation per kelvin [1/K]"),
    Trait("interface_aggregation", 3.2e-5, 0.45, "aggregation at bubbles and impeller [1/h]", family_share=0.3),
    Trait("acidic_fresh", 14.0, 0.16, "acidic variants of fresh product [%]", family_share=0.3),
    Trait("acidic_rate", 4.5e-4, 0.20, "deamidation at 35 °C and pH 7 [1/h]", family_share=0.3),
    Trait("galactose", -0.55, 0.45, "log-odds of galactosylation on the platform", log=False),
    Trait("manganese_response", 0.42, 0.20, "log-odds per logarithm of manganese"),
    Trait("ammonia_response", 0.075, 0.20, "loss of log-odds per mmol/L of ammonia"),
    Trait("co2_response", 0.35, 0.25, "loss of log-odds per 100 mmHg of CO₂"),
    Trait("host_protein", 300.0, 0.55, "host cell protein in the capture pool on the platform [ng/mg]", family_share=0.3),
)


def _standard(rng: np.random.Generator, family: Array, families: int, trait: Trait) -> Array:
    """Standard normal numbers, one per product, correlated within families."""
    common, own = rng.standard_normal(families), rng.standard_normal(len(family))
    share = trait.family_share
    return np.asarray(np.sqrt(share) * common[family.astype(int)] + np.sqrt(1 - share) * own)


def _drawn(rng: np.random.Generator, family: Array, families: int, trait: Trait) -> Array:
    deviation = trait.spread * _standard(rng, family, families, trait)
    return np.asarray(trait.centre * np.exp(deviation) if trait.log else trait.centre + deviation)


def population(config: PlantConfig) -> pl.DataFrame:
    """Table of products, oldest first, with family and traits."""
    family = np.arange(config.products, dtype=np.float64) % config.families
    traits = {t.name: _drawn(generator(config.seed, f"trait {t.name}"), family, config.families, t) for t in TRAITS}
    names = [f"mAb-{number:02d}" for number in range(1, config.products + 1)]
    return pl.DataFrame({"product": names, "family": family.astype(int), **traits})
