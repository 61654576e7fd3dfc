"""Rate laws of cells and product: functions of the state, the environment and the hidden traits, per hour.

The forms are those usual for CHO fed-batch (Xing et al. 2010, Biotechnol. Prog. 26, 208; Kontoravdi et al. 2010, Comput.
Chem. Eng. 34, 489), with dissolved CO₂, osmolality, shear and gradients as factors. Constants without a source of their
own were set so that cultures at 2,000 to 15,000 L lie in the published ranges that docs/explanation/virtual_plant.md lists.
"""

from dataclasses import dataclass

import numpy as np

from pipeline.simulators.virtual_plant.culture import Culture
from pipeline.simulators.virtual_plant.environment import Environment
from pipeline.simulators.virtual_plant.faults import intruder
from pipeline.simulators.virtual_plant.states import State
from pipeline.simulators.virtual_plant.values import Array, Values

GLUCOSE_HALF = 0.6
GLUTAMINE_HALF = 0.25
"""Monod constants [mmol/L]."""
AMMONIA_HALF = 18.0
LACTATE_HALF = 60.0
"""Concentrations that halve growth [mmol/L]."""
BEST_PH, PH_WIDTH = 7.02, 0.25
CELLS_PER_GLUTAMINE = 0.26
"""Glutamine for new cells [mmol/1e9]."""
UPKEEP_GLUTAMINE = 0.0006
"""[mmol/(1e9 cells·h)]"""
GLUTAMINE_DECAY = 0.0038
"""Spontaneous, to ammonia, at 37 °C and pH 7 [1/h]: half-lives of 6 to 20 days (Ozturk, Palsson 1990, Biotechnol. Prog. 6, 121)."""
AMMONIA_PER_GLUTAMINE = 0.67
"""[mol/mol] (Xing et al. 2010)."""
NITROGEN_UPKEEP = 0.0004
"""Ammonia from other amino acids [mmol/(1e9 cells·h)]."""
LACTATE_UPTAKE, LACTATE_UPTAKE_HALF = 0.012, 3.0
REFERENCE_COPPER = 0.55
REFERENCE_MANGANESE = 0.9
"""Trace metals of the platform's medium [µmol/L]."""
REFERENCE_TIP = 1.8
"""[m/s]"""
GRADIENT_LIMIT = 4.0
BASE_ZONE = 0.08
"""Base added during one blend time that strains cells as much as a starved zone does [mmol/L]."""
GROWING_RESISTS = 0.3
"""Share of the death rate that cells in full growth have."""
DEATH_BY = {"starved": 0.012, "suffocated": 0.02, "infected": 0.05}
"""Death by want of nutrients, want of oxygen, contamination [1/h]."""


@dataclass(frozen=True)
class Rates:
    """Specific to viable cells where the name says so [per 1e9 cells and hour], else per hour."""

    growth: Array
    death: Array
    glucose_uptake: Array
    glutamine_uptake: Array
    lactate_made: Array
    lactate_taken: Array
    ammonia_made: Array
    product_made: Array
    galactosylated: Array
    """Share of new product."""
    aggregation: Array
    """Per hour, of the monomer."""
    deamidation: Array
    """Per hour, of the product."""


def gradient(culture: Culture, state: State, meets: Environment, base_rate: Array) -> Array:
    """Strain of slow blending [-], 0 in a perfect mixer.

    Two zones are as large as blending is slow: one without oxygen, by the Damköhler number of oxygen OUR·t95/C (Lara et al.
    2006, Mol. Biotechnol. 34, 355), and one around the port of the base.
    """
    starved = meets.uptake * culture.blend_time / meets.oxygen
    burnt = base_rate / 3600 * culture.blend_time / BASE_ZONE
    strain = starved / (1 + starved / GRADIENT_LIMIT) + burnt
    return np.asarray(culture.trait["gradient_sensitivity"] * strain)


def rates(culture: Culture, state: State, meets: Environment, strain: Array, hour: Array | float) -> Rates:
    """All rates at one moment."""
    t, m = culture.trait, culture.material
    fed = state.glucose / (GLUCOSE_HALF + state.glucose)
    amide = state.glutamine / (GLUTAMINE_HALF + state.glutamine)
    room = np.clip(1 - state.viable / t["capacity"], 0, None)
    share = _growth_share(t, state, meets) * (m["copper"] / REFERENCE_COPPER) ** 0.03 * fed * amide * room
    growth = t["growth_rate"] * share
    uptake = t["glucose_uptake"] * fed * (0.35 + 0.65 * share)
    glutamine = (CELLS_PER_GLUTAMINE * growth + UPKEEP_GLUTAMINE) * amide
    overflow = t["lactate_yield"] * uptake * np.minimum(1.3 * share, 1) * (1 + 0.25 * strain)
    return Rates(
        growth=growth,
        death=_death(culture, state, meets, strain, fed, amide, share)
        + DEATH_BY["infected"] * intruder(culture.onset, hour),
        glucose_uptake=uptake,
        glutamine_uptake=glutamine,
        lactate_made=overflow + 0.9 * uptake * (1 - meets.supply),
        lactate_taken=LACTATE_UPTAKE
        * state.lactate
        / (LACTATE_UPTAKE_HALF + state.lactate)
        * (m["copper"] / REFERENCE_COPPER) ** 0.3,
        ammonia_made=AMMONIA_PER_GLUTAMINE * glutamine + NITROGEN_UPKEEP * fed,
        product_made=1e-3 * t["productivity"] * _production_share(t, meets, fed, amide),
        galactosylated=_galactosylated(culture, state, meets, strain),
        aggregation=t["aggregation_rate"] * state.product * np.exp(t["aggregation_warmth"] * (meets.celsius - 36))
        + t["interface_aggregation"] * (culture.tip_speed / REFERENCE_TIP) ** 2 * (1 + 60 * meets.kla),
        deamidation=t["acidic_rate"] * np.exp(0.09 * (meets.celsius - 35)) * 10 ** (0.6 * (meets.ph - 7)),
    )


def _growth_share(t: Values, state: State, meets: Environment) -> Array:
    """Growth rate against the largest, for want of warmth and oxygen and for what poisons."""
    warmth = np.exp(-(((37 - meets.celsius) / t["temperature_width"]) ** 2))
    acid = np.exp(-(((meets.ph - BEST_PH) / PH_WIDTH) ** 2))
    poisoned = 1 + (meets.co2 / t["co2_tolerance"]) ** 3
    salted = 1 + (meets.osmolality / t["osmolality_tolerance"]) ** 10
    by_products = 1 + (state.ammonia / AMMONIA_HALF) ** 2 + (state.lactate / LACTATE_HALF) ** 2
    return np.asarray(warmth * acid * meets.supply / poisoned / salted / by_products)


def _production_share(t: Values, meets: Environment, fed: Array, amide: Array) -> Array:
    """Specific productivity against the trait: cold and salt raise it, carbon dioxide and want lower it."""
    cold = 1 + t["cold_productivity"] * (36 - meets.celsius)
    slowed = 1 / (1 + (meets.co2 / 190.0) ** 3)
    acid = np.exp(-(((meets.ph - 6.98) / 0.35) ** 2))
    salt = 1 + 0.12 * np.tanh((meets.osmolality - 340) / 60)
    return np.asarray(cold * slowed * acid * salt * (0.3 + 0.4 * fed + 0.3 * amide))


def _death(
    culture: Culture, state: State, meets: Environment, strain: Array, fed: Array, amide: Array, share: Array
) -> Array:
    """Specific death rate: cells in full growth resist strain, resting ones less."""
    t = culture.trait
    shear = t["shear_sensitivity"] * (0.35 * (culture.tip_speed / REFERENCE_TIP) ** 2 + 25 * meets.kla)
    salt = np.clip((meets.osmolality - 380) / 60, 0, None) ** 2
    poison = (state.ammonia / 12) ** 2 + (meets.co2 / 180) ** 2 + salt
    want = (
        DEATH_BY["starved"] * (1 - fed) + DEATH_BY["starved"] / 4 * (1 - amide) + DEATH_BY["suffocated"] * (1 - meets.supply)
    )
    weak = GROWING_RESISTS + (1 - GROWING_RESISTS) * (1 - np.minimum(share, 1))
    return np.asarray(t["death_rate"] * weak * (1 + shear + 0.35 * strain + poison) + want)


def _galactosylated(culture: Culture, state: State, meets: Environment, strain: Array) -> Array:
    """Share of new product with galactose, a logistic response: ammonia lowers it (Gawlitzek et al. 2000, Biotechnol. Bioeng.
    68, 637), manganese raises it (Gramer et al. 2011, Biotechnol. Bioeng. 108, 1591)."""
    t = culture.trait
    odds = t["galactose"] + t["manganese_response"] * np.log(culture.material["manganese"] / REFERENCE_MANGANESE)
    odds = odds - t["ammonia_response"] * state.ammonia - t["co2_response"] * meets.co2 / 100 - 0.12 * strain
    return np.asarray(1 / (1 + np.exp(-odds)))
