"""Fed-batch cultures over time: balances of cells, nutrients, by-products and product, for all batches together.

The classical Runge-Kutta scheme of order 4 is used with fixed steps; the last step of a batch ends at its harvest. A test
compares it with an adaptive solver. Records between two steps are interpolated by the cubic polynomial through the values and
slopes at both ends (Hermite). Time is in hours.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pipeline.simulators.arrays import Array
from pipeline.simulators.virtual_plant import states
from pipeline.simulators.virtual_plant.culture import Culture
from pipeline.simulators.virtual_plant.environment import START_AMMONIA, START_GLUCOSE, START_GLUTAMINE, environment
from pipeline.simulators.virtual_plant.faults import (
    FIRST_FEED,
    contaminant_density,
    feed_left,
    feed_over_declared,
    living_cells,
    risen,
)
from pipeline.simulators.virtual_plant.kinetics import GLUTAMINE_DECAY, gradient, rates
from pipeline.simulators.virtual_plant.states import STATES, State

STEP = 1.0
"""Length of a step [h]."""
FEED_BEGINS, PUMP_STARTS = FIRST_FEED, 1.0
"""Hour at which the feed begins, and time constant of the start of its pump [h]."""
MOLAR_GLUCOSE = 180.16
"""Molar mass of glucose [g/mol]."""
GLUTAMINE_SHARE = 0.55
"""Glutamine, or the amino acid that replaces it, per mass of amino acids in the feed [mmol/g]."""
GLUCOSE_HELD = 17.0
"""Concentration of glucose below which a concentrate is fed [mmol/L]: 3 g/L."""
CONCENTRATE = 2775.0
"""Glucose in the concentrate [mmol/L]: 500 g/L."""
GLUCOSE_GAIN = 0.3
BASE_GAIN = 0.5
"""Gains of the controllers [1/h]."""
MOST_BASE = 2.5
"""Largest rate of the base pump [mmol/(L·h)]."""
CONTAMINANT_GLUCOSE = 1.5
"""Glucose that a fully grown contamination turns into lactate [mmol/(L·h)]."""

Recorder = Callable[[float, Array], None]
"""Function that receives an hour and the states at that hour."""


@dataclass(frozen=True)
class Flows:
    """Flows into the vessel, per volume of broth and hour."""

    feed: Array
    concentrate: Array
    base: Array
    """Base [mmol/(L·h)], in a negligible volume."""


def flows(culture: Culture, state: State, base_demand: Array, hour: Array | float) -> Flows:
    """Feed by schedule from day 3 to harvest; glucose concentrate and base as set by their controllers."""
    s = culture.setting
    end = 24 * s["duration_days"]
    running = risen(hour, FEED_BEGINS, PUMP_STARTS) * feed_left(culture.onset, hour)
    scheduled = running * s["feed_share"] / (end - FEED_BEGINS)
    lacking = np.maximum(GLUCOSE_HELD - state.glucose, 0.0)
    concentrate = running * GLUCOSE_GAIN * lacking / CONCENTRATE
    return Flows(scheduled / state.volume, concentrate, np.minimum(BASE_GAIN * base_demand, MOST_BASE))


def derivatives(culture: Culture, values: Array, hour: Array | float) -> Array:
    """Rates of change of all states [per hour], (states, batches)."""
    state = states.of(values)
    meets = environment(culture, state, hour)
    enters = flows(culture, state, meets.base_demand, hour)
    strain = gradient(culture, state, meets, enters.base)
    r = rates(culture, state, meets, strain, hour)
    m, x = culture.material, state.viable
    dilution = enters.feed + enters.concentrate
    infection = CONTAMINANT_GLUCOSE * contaminant_density(culture.onset, hour) * state.glucose / (1 + state.glucose)
    decay = GLUTAMINE_DECAY * np.exp(0.09 * (meets.celsius - 37)) * state.glutamine
    made = r.product_made * x
    change = State(
        volume=dilution * state.volume,
        viable=(r.growth - r.death - dilution) * x,
        dead=r.death * x - (culture.trait["lysis_rate"] + dilution) * state.dead,
        lysed=culture.trait["lysis_rate"] * state.dead - dilution * state.lysed,
        glucose=enters.feed
        * (m["feed_glucose"] * feed_over_declared(culture.onset, hour, "feed_glucose"))
        / MOLAR_GLUCOSE
        * 1e3
        + enters.concentrate * CONCENTRATE
        - r.glucose_uptake * x
        - infection
        - dilution * state.glucose,
        glutamine=enters.feed * GLUTAMINE_SHARE * (m["amino_acids"] * feed_over_declared(culture.onset, hour, "amino_acids"))
        - r.glutamine_uptake * x
        - decay
        - dilution * state.glutamine,
        lactate=(r.lactate_made - r.lactate_taken) * x + infection - dilution * state.lactate,
        ammonia=r.ammonia_made * x + decay - dilution * state.ammonia,
        base=enters.base - dilution * state.base,
        product=made - dilution * state.product,
        aggregate=r.aggregation * np.maximum(state.product - state.aggregate, 0) - dilution * state.aggregate,
        acidic=r.deamidation * (state.product - state.acidic) - dilution * state.acidic,
        galactosylated=r.galactosylated * made - dilution * state.galactosylated,
    )
    return np.stack(change)


def initial(culture: Culture) -> Array:
    """States at inoculation, (states, batches)."""
    inoculum = culture.setting["inoculum_density"]
    none, living = np.zeros_like(inoculum), living_cells(culture.onset)
    start = dict.fromkeys(STATES, none) | {
        "volume": none + 1.0,
        "viable": inoculum * living,
        "dead": 0.02 * inoculum + inoculum * (1 - living),
        "glucose": none + START_GLUCOSE,
        "glutamine": none + START_GLUTAMINE,
        "ammonia": none + START_AMMONIA,
    }
    return np.stack([start[name] for name in STATES])


def simulate(culture: Culture, moments: Array | None = None, record: Recorder | None = None) -> Array:
    """Simulate all batches to harvest and return the states at harvest, (states, batches).

    `record` is called with the hour and the states at each hour of `moments`, which are in rising order. After its harvest, a
    batch keeps the states of the harvest.
    """
    values, hours = initial(culture), int(np.ceil(culture.end.max()))
    slopes = derivatives(culture, values, 0.0)
    wanted = np.array([]) if moments is None else moments
    for begin in range(hours):
        length = np.clip(culture.end - begin, 0.0, STEP)
        new = step(culture, values, slopes, float(begin), length)
        new_slopes = derivatives(culture, new, begin + length)
        if record is not None:
            for moment in wanted[(wanted >= begin) & (wanted < begin + STEP)]:
                record(float(moment), between(values, slopes, new, new_slopes, moment - begin, length))
        values, slopes = new, new_slopes
    return values


def step(culture: Culture, values: Array, slopes: Array, begin: float, length: Array) -> Array:
    """Make one Runge-Kutta step, with a length per batch. States below zero are set to zero."""
    two = derivatives(culture, values + length / 2 * slopes, begin + length / 2)
    three = derivatives(culture, values + length / 2 * two, begin + length / 2)
    four = derivatives(culture, values + length * three, begin + length)
    return np.maximum(values + length / 6 * (slopes + 2 * two + 2 * three + four), 0.0)


def between(values: Array, slopes: Array, new: Array, new_slopes: Array, elapsed: float, length: Array) -> Array:
    """States within a step, by the cubic polynomial through both ends."""
    part = np.clip(elapsed / np.maximum(length, 1e-9), 0.0, 1.0)
    rise, rest = part**2 * (3 - 2 * part), 1 - part
    bend = length * part * rest * (rest * slopes - part * new_slopes)
    return np.asarray(values * (1 - rise) + new * rise + bend)
