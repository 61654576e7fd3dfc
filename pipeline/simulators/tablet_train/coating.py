"""Film coating in a perforated pan: exhaust air, film, its variation, and the water of the tablets."""

import math

import numpy as np

from pipeline.domain.arrays import FloatArray
from pipeline.simulators.tablet_train import moist_air
from pipeline.simulators.tablet_train.states import Inputs, State

ROOM = 21.0
"""Temperature around the pan [°C]."""
TABLET_BULK_DENSITY = 850.0
"""[kg/m³]."""
TABLET_DENSITY = 1250.0
"""Density of a core [kg/m³]."""


def exhaust_temperature(own: Inputs) -> FloatArray:
    """Temperature of the exhaust air [°C], from the balance of energy with heat lost through the walls.

    Source: am Ende, Berchielli (2005) Pharm. Dev. Technol. 10, 47. Small pans lose more heat per mass of air.
    """
    air = own["pan_air"] * moist_air.AIR_HEAT
    water = own["spray_rate"] * (1 - own["spray_solids"]) * moist_air.LATENT_HEAT
    return np.asarray((air * own["pan_inlet"] - water + own["heat_loss"] * ROOM) / (air + own["heat_loss"]))


def exhaust_humidity(own: Inputs) -> FloatArray:
    """Relative humidity of the exhaust air [-]."""
    water = own["pan_humidity"] + own["spray_rate"] * (1 - own["spray_solids"]) / own["pan_air"]
    return moist_air.relative_humidity(water, exhaust_temperature(own))


def film_variation(own: Inputs) -> FloatArray:
    """Coefficient of variation of the mass of film between tablets [-], falling with the root of the number of passes.

    A tablet passes the spray when it is in the top layer and below a nozzle. A tumbling bed turns over about
    twelve times the share of the spray per turn of the pan. Deep beds and few turns give few passes. Source of
    the law: Mann (1983) Ind. Eng. Chem. Process Des. Dev. 22, 288; Kalbag, Wassgren (2009) Chem. Eng. Sci. 64, 2705.
    """
    time = own["spray_mass"] / own["spray_rate"]
    surface = 0.75 * own["pan_volume"] / (math.pi / 4 * own["pan_diameter"])
    side = (own["tablet_mg"] * 1e-6 / TABLET_DENSITY) ** (1 / 3)
    layers = own["pan_load"] / TABLET_BULK_DENSITY / surface / side
    passes = 12.0 * own["pan_speed"] * time * np.minimum(own["spray_area"] / surface, 1.0) / layers
    return np.asarray(0.7 / np.sqrt(np.maximum(passes, 1.0)) * np.exp(0.05 * own["film_deviation"]))


def coated(state: State, own: Inputs) -> dict[str, FloatArray]:
    """State of the coated tablets.

    Their water moves to the equilibrium with the exhaust air within about three hours. The film adds strength, water takes some.
    Moist heat forms degradant, as in drying.
    """
    time = own["spray_mass"] / own["spray_rate"]
    humidity, product = exhaust_humidity(own), exhaust_temperature(own)
    balance = 0.006 + own["sorption"] * humidity
    moisture = state["moisture"] + (balance - state["moisture"]) * (1 - np.exp(-time / 10_800))
    moisture = moisture * np.exp(0.03 * own["water_deviation"])
    film = own["spray_mass"] * own["spray_solids"] * 0.95 / own["pan_load"]
    formed = 0.35 * own["hydrolysis"] * time / 3600 * np.exp(0.10 * (product - 45.0)) * (0.5 + moisture / 0.02)
    softer = np.exp(-9.0 * (moisture - state["moisture"]))
    return {
        **state,
        "moisture": moisture,
        "film": film,
        "film_variation": film_variation(own),
        "tensile_strength": state["tensile_strength"] * (1 + 8.0 * film) * softer,
        "degradant": state["degradant"] + formed,
    }
