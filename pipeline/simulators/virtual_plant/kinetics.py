"""Rates of cells and product per hour, as functions of the state, the environment and the hidden traits.

The rate laws are those usual for CHO fed-batch cultures (Xing et al. 2010, Biotechnol. Prog. 26, 208; Kontoravdi et al. 2010,
Comput. Chem. Eng. 34, 489), with factors for dissolved CO₂, osmolality, shear and gradients. Constants without a source were
set so that cultures at 2,000 to 15,000 L are within the published ranges that the page on the virtual plant lists.
"""

from dataclasses import dataclass

import numpy as np

from pipeline.simulators.arrays import Array, Values
from pipeline.simulators.virtual_plant.culture import Culture
from pipeline.simulators.virtual_plant.environment import Environment
from pipeline.simulators.virtual_plant.faults import contaminant_density
from pipeline.simulators.virtual_plant.states import State

GLUCOSE_HALF = 0.6
GLUTAMINE_HALF = 0.25
"""Monod constants [mmol/L]."""
AMMONIA_HALF = 18.0
LACTATE_HALF = 60.0
"""Concentrations that halve growth [mmol/L]."""
BEST_PH, PH_WIDTH = 7.02, 0.25
"""pH of the fastest growth, and distance from it at which growth falls to 1/e."""
CELLS_PER_GLUTAMINE = 0.26
"""Glutamine for new cells [mmol/1e9]."""
MAINTENANCE_GLUTAMINE = 0.0006
"""Glutamine for maintenance [mmol/(1e9 cells·h)]."""
GLUTAMINE_DECAY = 0.0038
"""Decay to ammonia at 37 °C and pH 7 [1/h]: half-lives of 6 to 20 days (Ozturk, Palsson 1990, Biotechnol. Prog. 6, 121)."""
AMMONIA_PER_GLUTAMINE = 0.67
"""Ammonia per consumed glutamine [mol/mol] (Xing et al. 2010)."""
MAINTENANCE_AMMONIA = 0.0004
"""Ammonia from other amino acids [mmol/(1e9 cells·h)]."""
LACTATE_UPTAKE, LACTATE_UPTAKE_HALF = 0.012, 3.0
"""Largest uptake of lactate [mmol/(1e9 cells·h)], and its Monod constant [mmol/L]."""
REFERENCE_COPPER = 0.55
REFERENCE_MANGANESE = 0.9
"""Trace metals in the medium of the platform [µmol/L]."""
REFERENCE_TIP = 1.8
"""Tip speed to which shear is related [m/s]."""
GRADIENT_LIMIT = 4.0
"""Largest stress of a zone without oxygen [-]."""
BASE_ZONE = 0.08
"""Base added during one blend time that causes a stress of 1 [mmol/L]."""
GROWING_RESISTS = 0.3
"""Death rate of growing cells over that of resting cells."""
DEATH_BY = {"starved": 0.012, "suffocated": 0.02, "infected": 0.05}
"""Death rates by lack of nutrients, lack of oxygen and contamination [1/h]."""


@dataclass(frozen=True)
class Rates:
    """Rates at one time. Growth and death are per hour; uptake and formation are per 1e9 viable cells and hour."""

    growth: Array
    death: Array
    glucose_uptake: Array
    glutamine_uptake: Array
    lactate_made: Array
    lactate_taken: Array
    ammonia_made: Array
    product_made: Array
    galactosylated: Array
    """Share of new product with galactose."""
    aggregation: Array
    """Share of the monomer per hour."""
    deamidation: Array
    """Share of the product per hour."""


def gradient(culture: Culture, state: State, meets: Environment, base_rate: Array) -> Array:
    """Stress of cells by slow blending [-]; 0 in a perfect mixer.

    It comes from two zones, which grow with the blend time: a zone without oxygen, by the Damköhler number of oxygen OUR·t95/C
    (Lara et al. 2006, Mol. Biotechnol. 34, 355), and a zone of high pH around the inlet of the base.
    """
    starved = meets.uptake * meets.motion.blend_time / meets.oxygen
    burnt = base_rate / 3600 * meets.motion.blend_time / BASE_ZONE
    strain = starved / (1 + starved / GRADIENT_LIMIT) + burnt
    return np.asarray(culture.trait["gradient_sensitivity"] * strain)


def rates(culture: Culture, state: State, meets: Environment, strain: Array, hour: Array | float) -> Rates:
    """Compute all rates at one time."""
    t, m = culture.trait, culture.material
    fed = state.glucose / (GLUCOSE_HALF + state.glucose)
    amide = state.glutamine / (GLUTAMINE_HALF + state.glutamine)
    room = np.clip(1 - state.viable / t["capacity"], 0, None)
    share = _growth_share(t, state, meets) * (m["copper"] / REFERENCE_COPPER) ** 0.03 * fed * amide * room
    growth = t["growth_rate"] * share
    uptake = t["glucose_uptake"] * fed * (0.35 + 0.65 * share)
    glutamine = (CELLS_PER_GLUTAMINE * growth + MAINTENANCE_GLUTAMINE) * amide
    overflow = t["lactate_yield"] * uptake * np.minimum(1.3 * share, 1) * (1 + 0.25 * strain)
    return Rates(
        growth=growth,
        death=_death(culture, state, meets, strain, fed, amide, share)
        + DEATH_BY["infected"] * contaminant_density(culture.onset, hour),
        glucose_uptake=uptake,
        glutamine_uptake=glutamine,
        lactate_made=overflow + 0.9 * uptake * (1 - meets.supply),
        lactate_taken=LACTATE_UPTAKE
        * state.lactate
        / (LACTATE_UPTAKE_HALF + state.lactate)
        * (m["copper"] / REFERENCE_COPPER) ** 0.3,
        ammonia_made=AMMONIA_PER_GLUTAMINE * glutamine + MAINTENANCE_AMMONIA * fed,
        product_made=1e-3 * t["productivity"] * _production_share(t, meets, fed, amide),
        galactosylated=_galactosylated(culture, state, meets, strain),
        aggregation=t["aggregation_rate"] * state.product * np.exp(t["aggregation_warmth"] * (meets.celsius - 36))
        + t["interface_aggregation"] * (meets.motion.tip_speed / REFERENCE_TIP) ** 2 * (1 + 60 * meets.kla),
        deamidation=t["acidic_rate"] * np.exp(0.09 * (meets.celsius - 35)) * 10 ** (0.6 * (meets.ph - 7)),
    )


def _growth_share(t: Values, state: State, meets: Environment) -> Array:
    """Growth rate over the largest one: factors for temperature, pH, oxygen, CO₂, osmolality, ammonia and lactate."""
    warmth = np.exp(-(((37 - meets.celsius) / t["temperature_width"]) ** 2))
    acid = np.exp(-(((meets.ph - BEST_PH) / PH_WIDTH) ** 2))
    poisoned = 1 + (meets.co2 / t["co2_tolerance"]) ** 3
    salted = 1 + (meets.osmolality / t["osmolality_tolerance"]) ** 10
    by_products = 1 + (state.ammonia / AMMONIA_HALF) ** 2 + (state.lactate / LACTATE_HALF) ** 2
    return np.asarray(warmth * acid * meets.supply / poisoned / salted / by_products)


def _production_share(t: Values, meets: Environment, fed: Array, amide: Array) -> Array:
    """Productivity over the trait: cold and osmolality raise it; CO₂, a wrong pH and lack of nutrients lower it."""
    cold = 1 + t["cold_productivity"] * (36 - meets.celsius)
    slowed = 1 / (1 + (meets.co2 / 190.0) ** 3)
    acid = np.exp(-(((meets.ph - 6.98) / 0.35) ** 2))
    salt = 1 + 0.12 * np.tanh((meets.osmolality - 340) / 60)
    return np.asarray(cold * slowed * acid * salt * (0.3 + 0.4 * fed + 0.3 * amide))


def _death(
    culture: Culture, state: State, meets: Environment, strain: Array, fed: Array, amide: Array, share: Array
) -> Array:
    """Specific death rate. Growing cells resist stress better than resting cells."""
    t = culture.trait
    shear = t["shear_sensitivity"] * (0.35 * (meets.motion.tip_speed / REFERENCE_TIP) ** 2 + 25 * meets.kla)
    salt = np.clip((meets.osmolality - 380) / 60, 0, None) ** 2
    poison = (state.ammonia / 12) ** 2 + (meets.co2 / 180) ** 2 + salt
    want = (
        DEATH_BY["starved"] * (1 - fed) + DEATH_BY["starved"] / 4 * (1 - amide) + DEATH_BY["suffocated"] * (1 - meets.supply)
    )
    weak = GROWING_RESISTS + (1 - GROWING_RESISTS) * (1 - np.minimum(share, 1))
    return np.asarray(t["death_rate"] * weak * (1 + shear + 0.35 * strain + poison) + want)


def _galactosylated(culture: Culture, state: State, meets: Environment, strain: Array) -> Array:
    """Share of new product with galactose, as a logistic function.

    Ammonia lowers it (Gawlitzek et al. 2000, Biotechnol. Bioeng. 68, 637), manganese raises it (Gramer et al. 2011, Biotechnol.
    Bioeng. 108, 1591).
    """
    t = culture.trait
    odds = t["galactose"] + t["manganese_response"] * np.log(culture.material["manganese"] / REFERENCE_MANGANESE)
    odds = odds - t["ammonia_response"] * state.ammonia - t["co2_response"] * meets.co2 / 100 - 0.12 * strain
    return np.asarray(1 / (1 + np.exp(-odds)))
