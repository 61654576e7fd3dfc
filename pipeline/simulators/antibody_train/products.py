"""Products and their hidden traits: the causal parameters of the train."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.simulators.antibody_train.config import AntibodyTrainConfig
from pipeline.simulators.random_numbers import generator


@dataclass(frozen=True)
class Trait:
    """A property of the cell line or the molecule of a product that is in no record."""

    name: str
    centre: float
    """Value of the platform."""
    spread: float
    """Standard deviation of the logarithm between products."""
    step: str
    """Step at which it acts."""
    description: str


TRAITS: tuple[Trait, ...] = (
    Trait("growth_rate", 0.80, 0.07, "culture", "largest specific growth rate at 37 °C [1/d]"),
    Trait("capacity", 20.0, 0.12, "culture", "viable cells at which growth ends [1e9/L]"),
    Trait("productivity", 23.0, 0.20, "culture", "specific productivity [pg/(cell·d)]"),
    Trait("cold_productivity", 0.05, 0.30, "culture", "gain of productivity per kelvin below 37 °C [1/K]"),
    Trait("oxygen_demand", 0.24, 0.10, "culture", "specific oxygen uptake [mmol/(1e9 cells·h)]"),
    Trait("co2_tolerance", 190.0, 0.15, "culture", "partial pressure of CO₂ that halves growth [mmHg]"),
    Trait("shear_sensitivity", 1.0, 0.30, "culture", "death by agitation, relative to the platform"),
    Trait("gradient_sensitivity", 1.0, 0.30, "culture", "response to slow blending, relative to the platform"),
    Trait("death_rate", 0.011, 0.15, "culture", "specific death rate without stress [1/d]"),
    Trait("aggregation", 0.9, 0.25, "culture", "aggregates of fresh product [%]"),
    Trait("aggregation_rate", 0.012, 0.30, "culture", "aggregation in the broth [%/(d·g/L)]"),
    Trait("interface_aggregation", 0.20, 0.40, "culture", "aggregates made at bubbles and impellers [%]"),
    Trait("acidic_fresh", 15.0, 0.14, "culture", "acidic variants of fresh product [%]"),
    Trait("acidic_rate", 0.85, 0.18, "culture", "deamidation at 36 °C and pH 7.0 [%/d]"),
    Trait("host_protein", 1.0, 0.25, "culture", "host cell protein per cell, relative to the platform"),
    Trait("fragility", 1.0, 0.30, "harvest", "breakage of cells by shear, relative to the platform"),
    Trait("binding", 62.0, 0.06, "capture", "equilibrium capacity of the affinity resin [g/L]"),
    Trait("uptake", 1.9, 0.12, "capture", "residence time at which half of the capacity is used [min]"),
    Trait("affinity_of_hcp", 700.0, 0.40, "capture", "host cell protein of the eluate on the platform [ng/mg]"),
    Trait("acid_aggregation", 0.30, 0.40, "capture", "aggregation at pH 3.6 and 14 g/L [%/h]"),
    Trait("acid_slope", 1.1, 0.15, "capture", "decades of that rate per unit of pH"),
    Trait("selectivity", 1.0, 0.12, "polishing", "resolution of aggregates at 300 plates"),
    Trait("charge_selectivity", 0.08, 0.25, "polishing", "share of acidic variants that is cut off at resolution 1"),
    Trait("pump_aggregation", 0.22, 0.45, "filtration", "aggregates of 50 pump passes at 1.5 bar [%]"),
    Trait("gel_concentration", 240.0, 0.08, "filtration", "concentration at which the flux is zero [g/L]"),
)


def products(config: AntibodyTrainConfig) -> pl.DataFrame:
    """Table of products, oldest first, with their traits.

    The traits of one product are independent of each other. What is learned about one product says something about the others
    only through the platform.
    """
    numbers = range(1, config.products + 1)
    drawn = {
        trait.name: trait.centre
        * np.exp(trait.spread * generator(config.seed, f"trait {trait.name}").standard_normal(config.products))
        for trait in TRAITS
    }
    return pl.DataFrame({"product": [f"AB-{number:02d}" for number in numbers], **drawn})
