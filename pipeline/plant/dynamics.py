"""Fed-batch culture of all batches at once: balances of cells, nutrients, by-products and product.

Fixed steps of the classical Runge-Kutta scheme; a test holds it against an adaptive solver. Concentrations: cells
1e9/L (equal to 1e6/mL), glucose, lactate, ammonia mmol/L, product g/L; time in hours.

Rate laws are those usual for CHO fed-batch (Xing et al. 2010, Biotechnol. Prog. 26, 208; Kontoravdi et al. 2010, Comput.
Chem. Eng. 34, 489), with CO₂, osmolality, shear and gradients as factors. Gases follow at once, since minutes are short
against a culture of days.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from pipeline.plant import physics
from pipeline.plant.faults import CLOGGED, DRIFT_PER_HOUR, EXCURSION, FEED_LEFT
from pipeline.plant.values import Array, Values

STEP = 1.0
"""[h]"""
STATES = (
    "volume",
    "viable",
    "dead",
    "lysed",
    "glucose",
    "lactate",
    "ammonia",
    "product",
    "aggregate",
    "acidic",
    "galactosylated",
)
START_GLUCOSE = 36.0
FEED_BEGINS = 72.0
GLUCOSE_HALF = 0.6
MOLAR_GLUCOSE = 180.16
REFERENCE_MANGANESE = 0.9
REFERENCE_BLEND = 60.0
"""[s]: a blend time at which gradients act with the trait's full strength."""
REFERENCE_TIP = 1.8
"""[m/s]"""


@dataclass(frozen=True)
class Culture:
    """Everything that decides the course of each batch; arrays over batches."""

    trait: Values
    vessel: Values
    setting: Values
    material: Values
    onset: Mapping[str, Array]


@dataclass(frozen=True)
class Gases:
    """What the gas phase does to the culture at one moment."""

    oxygen_supply: Array
    """Share of the oxygen demand that can be met."""
    co2: Array
    """Partial pressure in the liquid [mmHg]."""
    kla: Array
    """[1/s]"""


def temperature(culture: Culture, hour: float) -> Array:
    """Temperature of the broth [°C], with its shift and any excursion."""
    s = culture.setting
    shifted = hour >= 24 * s["shift_day"]
    begins = culture.onset["temperature excursion"]
    excursion = np.where((hour >= begins) & (hour < begins + 24), EXCURSION, 0.0)
    return np.where(shifted, s["temperature_after_shift"], s["temperature"]) + excursion


def true_ph(culture: Culture, hour: float) -> Array:
    """pH of the broth: the set-point, unless the controller follows a drifting probe."""
    drift = DRIFT_PER_HOUR * np.clip(hour - culture.onset["ph probe drift"], 0, None)
    return np.asarray(culture.setting["ph"] + drift)


def feed_rate(culture: Culture, hour: float) -> Array:
    """Feed per initial volume [1/h], constant from day 3 to harvest."""
    end = 24 * culture.setting["duration_days"]
    running = (hour >= FEED_BEGINS) & (hour < end)
    left = np.where(hour >= culture.onset["feed pump fault"], FEED_LEFT, 1.0)
    return np.asarray(running * left * culture.setting["feed_share"] / (end - FEED_BEGINS))


def gases(culture: Culture, state: Array, hour: float) -> Gases:
    """Oxygen supply and CO₂ from the balance of demand and transfer."""
    v, s, t = culture.vessel, culture.setting, culture.trait
    kelvin = temperature(culture, hour) + 273.15
    volume = v["working_volume"] * state[0] / (1 + s["feed_share"])
    height = physics.liquid_height(volume, v["tank_diameter"])
    pressure = physics.mean_pressure(height, s["head_pressure"])
    drawn = physics.power(s["agitation"], v["impeller_diameter"], v["power_number"], v["impellers"])
    drawn = drawn * physics.gassed_share(s["gas_flow"], s["agitation"], v["impeller_diameter"], volume)
    clogged = np.where(hour >= culture.onset["sparger clogging"], CLOGGED, 1.0)
    velocity = physics.superficial_gas_velocity(s["gas_flow"], v["tank_diameter"])
    kla = clogged * physics.kla(drawn / volume, velocity, v["sparger_factor"])
    demand = t["oxygen_demand"] * state[1] / 3600  # mmol/(L·h) to mol/(m³·s)
    held = s["dissolved_oxygen"] / 100 * 0.21 * physics.ATMOSPHERE
    capacity = kla * physics.OXYGEN_SOLUBILITY * np.maximum(pressure - held, 0)
    supply = np.minimum(1.0, capacity / np.maximum(demand, 1e-12))
    removal = physics.co2_removal(clogged * s["gas_flow"], volume, kla, height, pressure, kelvin)
    co2 = demand * supply / removal / physics.MMHG
    return Gases(supply, np.minimum(co2, 400.0), kla)


def osmolality(culture: Culture, state: Array, co2: Array, ph: Array) -> Array:
    """Osmolality [mOsm/kg]: medium, feed, and the base that lactate and carbon dioxide ask for."""
    fed = (state[0] - 1) / state[0]
    salts = physics.bicarbonate(co2 * physics.MMHG, ph) - physics.bicarbonate(40.0 * physics.MMHG, ph)
    glucose = state[4] - START_GLUCOSE
    return np.asarray(culture.material["base_osmolality"] * (1 + 0.55 * fed) + 1.7 * state[5] + 1.3 * salts + 0.6 * glucose)


def derivatives(culture: Culture, state: Array, hour: float) -> Array:
    """Rates of change of all states [per hour], (states, batches); zero after harvest."""
    t, s, m = culture.trait, culture.setting, culture.material
    relative, viable, dead, _, glucose, lactate, ammonia, product, aggregate, acidic, _ = np.maximum(state, 0.0)
    celsius, ph, gas = temperature(culture, hour), true_ph(culture, hour), gases(culture, state, hour)
    fed = glucose / (GLUCOSE_HALF + glucose)
    salt = osmolality(culture, np.maximum(state, 0.0), gas.co2, ph)
    stress = _growth_factor(t, celsius, gas, salt, ph) * m["copper"] ** 0.03
    growth = t["growth_rate"] * stress * fed * np.clip(1 - viable / t["capacity"], 0, 1) * gas.oxygen_supply
    death = _death_rate(culture, gas, ammonia, fed, salt)
    uptake = t["glucose_uptake"] * fed * (0.35 + 0.65 * growth / t["growth_rate"])
    gradient = t["gradient_sensitivity"] * _blend_time(culture) / REFERENCE_BLEND
    overflow = t["lactate_yield"] * uptake * np.clip(growth / t["growth_rate"] * 1.3, 0, 1) * (1 + 0.25 * gradient)
    overflow = overflow + 0.9 * uptake * (1 - gas.oxygen_supply)
    consumed = 0.012 * lactate / (3 + lactate) * (m["copper"] / 0.55) ** 0.3
    nitrogen = 0.00095 * fed + 0.0022 * growth / t["growth_rate"]
    specific = (
        1e-3 * t["productivity"] * (1 + t["cold_productivity"] * (36 - celsius)) * _production_factor(gas, salt, ph, fed)
    )
    dilution = feed_rate(culture, hour) / relative
    made = specific * viable
    warmth = np.exp(t["aggregation_warmth"] * (celsius - 36))
    interface = t["interface_aggregation"] * (_tip_speed(culture) / REFERENCE_TIP) ** 2 * (1 + 60 * gas.kla)
    monomer = np.maximum(product - aggregate, 0)
    rates = np.stack(
        [
            dilution * relative,
            (growth - death - dilution) * viable,
            death * viable - (t["lysis_rate"] + dilution) * dead,
            t["lysis_rate"] * dead - dilution * state[3],
            -uptake * viable + dilution * (m["feed_glucose"] / MOLAR_GLUCOSE * 1e3 - glucose),
            (overflow - consumed) * viable - dilution * lactate,
            nitrogen * viable * (0.7 + 0.3 * m["amino_acids"] / 92.0) - dilution * ammonia,
            made - dilution * product,
            (t["aggregation_rate"] * product * warmth + interface) * monomer - dilution * aggregate,
            t["acidic_rate"] * np.exp(0.09 * (celsius - 35)) * 10 ** (0.6 * (ph - 7)) * (product - acidic)
            - dilution * acidic,
            made * _galactosylated(culture, ammonia, gas, gradient) - dilution * state[10],
        ]
    )
    return np.where(hour < 24 * s["duration_days"], rates, 0.0)


def _growth_factor(t: Values, celsius: Array, gas: Gases, salt: Array, ph: Array) -> Array:
    cold = np.exp(-(((37 - celsius) / t["temperature_width"]) ** 2))
    return np.asarray(
        cold
        / (1 + (gas.co2 / t["co2_tolerance"]) ** 3)
        / (1 + (salt / t["osmolality_tolerance"]) ** 10)
        * np.exp(-(((ph - 7.02) / 0.25) ** 2))
    )


def _production_factor(gas: Gases, salt: Array, ph: Array, fed: Array) -> Array:
    slowed = 1 / (1 + (gas.co2 / 190.0) ** 3)
    return np.asarray(
        slowed * np.exp(-(((ph - 6.98) / 0.35) ** 2)) * (1 + 0.12 * np.tanh((salt - 340) / 60)) * (0.3 + 0.7 * fed)
    )


def _death_rate(culture: Culture, gas: Gases, ammonia: Array, fed: Array, salt: Array) -> Array:
    t = culture.trait
    shear = t["shear_sensitivity"] * (0.35 * (_tip_speed(culture) / REFERENCE_TIP) ** 2 + 25 * gas.kla)
    gradient = 0.35 * t["gradient_sensitivity"] * _blend_time(culture) / REFERENCE_BLEND
    poison = (ammonia / 12) ** 2 + (gas.co2 / 180) ** 2 + np.clip((salt - 380) / 60, 0, None) ** 2
    return np.asarray(t["death_rate"] * (1 + shear + gradient + poison) + 0.012 * (1 - fed) + 0.02 * (1 - gas.oxygen_supply))


def _galactosylated(culture: Culture, ammonia: Array, gas: Gases, gradient: Array) -> Array:
    """Share of new product with galactose, a logistic response (manganese: Gawlitzek et al. 2009)."""
    t = culture.trait
    odds = t["galactose"] + t["manganese_response"] * np.log(culture.material["manganese"] / REFERENCE_MANGANESE)
    odds = odds - t["ammonia_response"] * ammonia - t["co2_response"] * gas.co2 / 100 - 0.12 * gradient
    return np.asarray(1 / (1 + np.exp(-odds)))


def _tip_speed(culture: Culture) -> Array:
    return physics.tip_speed(culture.setting["agitation"], culture.vessel["impeller_diameter"])


def _blend_time(culture: Culture) -> Array:
    v = culture.vessel
    height = physics.liquid_height(v["working_volume"], v["tank_diameter"])
    return physics.blend_time(
        culture.setting["agitation"], v["impeller_diameter"], v["tank_diameter"], v["power_number"], height
    )


def initial(culture: Culture) -> Array:
    """States at inoculation, (states, batches)."""
    state = np.zeros((len(STATES), len(culture.setting["ph"])))
    state[0], state[1], state[2] = 1.0, culture.setting["inoculum_density"], 0.02 * culture.setting["inoculum_density"]
    state[4], state[6] = START_GLUCOSE, 0.6
    return state


def simulate(culture: Culture, record_every: int, record: Callable[[float, Array], None]) -> Array:
    """Run all batches to harvest; hand every `record_every` hours the time and the states, and return those at harvest."""
    state = initial(culture)
    hours = int(np.ceil(24 * culture.setting["duration_days"].max()))
    for hour in range(hours):
        if hour % record_every == 0:
            record(float(hour), state)
        state = step(culture, state, float(hour))
    return state


def step(culture: Culture, state: Array, hour: float) -> Array:
    """One Runge-Kutta step; no concentration falls below zero."""
    one = derivatives(culture, state, hour)
    two = derivatives(culture, state + STEP / 2 * one, hour + STEP / 2)
    three = derivatives(culture, state + STEP / 2 * two, hour + STEP / 2)
    four = derivatives(culture, state + STEP * three, hour + STEP)
    return np.maximum(state + STEP / 6 * (one + 2 * two + 2 * three + four), 0.0)
