"""Culture: what the vessel does to the cells, and what the cells make. Closed forms of a fed-batch culture."""

import numpy as np

from pipeline.simulators.arrays import Array, Values
from pipeline.simulators.virtual_plant import physics

KELVIN = 273.15
RESPIRATORY_QUOTIENT = 1.0
TURNS = 6
"""Turns of the repetition that balances cells and CO₂."""
CELL_VOLUME = 2.0e-3
"""Volume of 1e9 cells over a litre [-]: 2 pL per cell."""


def drivers(rows: Values) -> dict[str, Array]:
    """Quantities through which vessel and settings act on the culture.

    kla [1/s] (van 't Riet 1979, gassed power of Hughmark 1980), co2_removal [mol/(m³·s·Pa)] (Mostafa, Gu 2003), pressure [Pa],
    blend_time [s] (Grenville 1992), tip_speed [m/s], and the settings themselves.
    """
    volume, diameter, tank = rows["culture_volume"], rows["impeller_diameter"], rows["tank_diameter"]
    height = physics.liquid_height(volume, tank)
    pressure = physics.mean_pressure(height, rows["head_pressure"])
    gas = rows["gas_flow"]
    ungassed = physics.power(rows["agitation"], diameter, rows["power_number"], rows["impellers"])
    gassed = ungassed * physics.gassed_share(gas, rows["agitation"], diameter, volume)
    velocity = physics.superficial_gas_velocity(gas * physics.ATMOSPHERE / pressure, tank)
    kla = physics.kla(gassed / volume, velocity, rows["sparger"])
    kelvin = rows["culture_temperature"] + KELVIN
    return {
        "kla": kla,
        "co2_removal": physics.co2_removal(gas, volume, kla, height, pressure, kelvin),
        "pressure": pressure,
        "gas_per_volume": gas / volume * 60,
        "blend_time": physics.blend_time(rows["agitation"], diameter, tank, rows["power_number"], height),
        "tip_speed": physics.tip_speed(rows["agitation"], diameter),
        **{
            name: rows[name]
            for name in (
                "culture_temperature",
                "culture_ph",
                "culture_duration",
                "seeding_density",
                "feed_share",
                "media_osmolality",
                "media_iron",
            )
        },
    }


def peak_cells(trait: Values, d: Values) -> Array:
    """Viable cells at which growth ends [1e9/L]: what medium and feed allow, or what pure oxygen can supply.

    The two limits are joined as (a⁻⁶ + b⁻⁶)^(−1/6), so that the smaller one decides.
    """
    by_medium = trait["capacity"] * (0.7 + 0.3 * d["feed_share"] / 30) * (305 / d["media_osmolality"]) ** 0.8
    supply = d["kla"] * 3600 * physics.OXYGEN_SOLUBILITY * d["pressure"]  # mmol/(L·h)
    by_oxygen = supply / trait["oxygen_demand"]
    return np.asarray((by_medium**-6.0 + by_oxygen**-6.0) ** (-1 / 6))


def carbon_dioxide(trait: Values, d: Values, cells: Array) -> Array:
    """Partial pressure of CO₂ [mmHg] at which removal equals what the cells release."""
    released = RESPIRATORY_QUOTIENT * trait["oxygen_demand"] * cells / 3600  # mol/(m³·s)
    return np.asarray(released / d["co2_removal"] / physics.MMHG)


def _balance(trait: Values, d: Values) -> tuple[Array, Array, Array]:
    """Peak cells, partial pressure of CO₂, and the share of growth that it leaves: cells make the CO₂ that slows them.

    The three are found by repetition. Each turn moves half of the way, so that five turns are within 1 % of the solution.
    """
    most = peak_cells(trait, d)
    cells = most
    for _ in range(TURNS):
        pco2 = carbon_dioxide(trait, d, cells)
        tolerated = 1 / (1 + (pco2 / trait["co2_tolerance"]) ** 2)
        cells = (cells + most * tolerated**0.5) / 2
    return cells, pco2, tolerated


def respond(trait: Values, d: Values, noise: Values) -> dict[str, Array]:
    """State of the broth at harvest: titre [g/L], viability [%], cells [1e9/L], hmw and acidic [%], hcp [ng/mg], pco2 [mmHg].

    Growth is logistic. The integral of viable cells is that of the logistic curve, less the deaths after the growth. Death rises
    with the square of the tip speed and with the blend time, according to the sensitivities of the product. CO₂ slows growth and
    production (deZengotita et al. 1998, Cytotechnology 28, 213). Deamidation follows temperature and pH (Robinson, Robinson
    2001). Constants without a source were set so that the results lie in the published ranges that the tests keep.
    """
    cooler = 36.0 - d["culture_temperature"]
    cells, pco2, tolerated = _balance(trait, d)
    rate = trait["growth_rate"] * tolerated * np.exp(-(((cooler + 1.0) / 5.2) ** 2))
    start = cells / d["seeding_density"] - 1
    half = np.log(start) / rate
    aged = np.maximum(d["culture_duration"] - half - 1.5, 0.0)
    stress = 1 + 0.30 * trait["shear_sensitivity"] * (d["tip_speed"] / 1.6) ** 2
    stress = stress + 0.45 * trait["gradient_sensitivity"] * d["blend_time"] / 90
    death = trait["death_rate"] * stress / tolerated * np.exp(-0.08 * cooler) * noise["death"]
    viability = 97.0 * np.exp(-death * aged)
    grown = np.log((np.exp(rate * d["culture_duration"]) + start) / (1 + start)) / rate
    integral = cells * grown * (1 - 0.5 * death * aged)
    titre = 1e-3 * trait["productivity"] * integral * (1 + trait["cold_productivity"] * (cooler + 1.0)) * tolerated**0.5
    titre = titre * (d["media_iron"] / 60) ** 0.10 * noise["titre"]
    protein = trait["host_protein"] * (0.0020 * integral + 0.12 * cells * (1 - viability / 100))  # g/L
    warm = np.exp(-0.10 * cooler)
    surface = 0.5 * d["gas_per_volume"] / 0.014 + 0.5 * (d["tip_speed"] / 1.6) ** 2
    made = trait["aggregation_rate"] * titre * 0.5 * d["culture_duration"] * warm + trait["interface_aggregation"] * surface
    alkaline = 10 ** (0.5 * (d["culture_ph"] - 7.0))
    deamidated = trait["acidic_rate"] * 0.45 * d["culture_duration"] * np.exp(-0.09 * cooler) * alkaline
    zone = 0.8 * trait["gradient_sensitivity"] * d["blend_time"] / 90
    return {
        "titre": titre,
        "viability": viability,
        "cells": 1.1 * cells,
        "pco2": pco2,
        "hmw": trait["aggregation"] + made * noise["aggregates"],
        "hcp": 1e6 * protein / titre * noise["hcp"],
        "acidic": trait["acidic_fresh"] + deamidated + zone + noise["acidic"],
    }
