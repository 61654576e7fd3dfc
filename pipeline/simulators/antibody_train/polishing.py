"""Polishing by cation exchange: resolution of aggregates, what is cut off, and what the cut costs."""

import numpy as np

from pipeline.simulators.antibody_train import beds
from pipeline.simulators.antibody_train.equipment import PARTICLE
from pipeline.simulators.arrays import Array, Values

SLOW_DIFFUSION = 0.06
"""Reduced plate height of an antibody over that of a tracer, per velocity [1/(cm/h)]: it diffuses slowly into the beads."""


def drivers(rows: Values, mass: Array, count: Array) -> dict[str, Array]:
    """Quantities through which column and settings act on the polishing lot, from the mass [g] and the number of cycles.

    load [g/L resin and cycle], plates for the product [-], tracer_plate_height [-], load_conductivity and elution_conductivity
    [mS/cm].
    """
    volume = beds.bed_volume(rows["diameter"], rows["polishing_bed_height"])
    speed = rows["polishing_velocity"]
    tracer = beds.tracer_plate_height(speed, rows["diameter"], rows["polishing_bed_height"])
    reduced = tracer + SLOW_DIFFUSION * speed
    return {
        "load": mass / (count * volume),
        "plates": beds.plates(rows["polishing_bed_height"], reduced, PARTICLE["polishing"]),
        "tracer_plate_height": tracer,
        "load_conductivity": rows["load_conductivity"],
        "elution_conductivity": rows["elution_conductivity"],
    }


def resolution(trait: Values, d: Values) -> Array:
    """Resolution of aggregates and monomer [-]: grows with the square root of the plates, falls with load and step of salt.

    The square root is that of chromatography at low load (Carta, Jungbauer 2020, chapter 9). A loaded bed leaves less of its
    height for the separation.
    """
    crowded = 1 - 0.35 * (d["load"] / 60) ** 2
    steep = 1 - 0.04 * (d["elution_conductivity"] - 18)
    return np.asarray(trait["selectivity"] * np.sqrt(d["plates"] / 300) * np.maximum(crowded, 0.05) * steep)


def passed_aggregates(resolved: Array) -> Array:
    """Share of the aggregates that reaches the pool [-], 1/(1 + exp(2.4·(R − 0.7)))."""
    return np.asarray(1 / (1 + np.exp(2.4 * (resolved - 0.7))))


def respond(trait: Values, before: Values, d: Values, noise: Values) -> dict[str, Array]:
    """State of the polishing pool: hmw and acidic [%], hcp [ng/mg], step_yield and lost [-]."""
    resolved = resolution(trait, d)
    passed = passed_aggregates(resolved)
    weak = 0.004 * np.exp((d["load_conductivity"] - 4.5) / 0.8 + (d["load"] - 44) / 25)
    lost = np.minimum(0.025 + 0.012 / np.maximum(resolved, 0.2) + weak, 0.4)
    cleared = 1.45 - 0.25 * (d["load"] / 44 - 1) - 0.12 * (d["load_conductivity"] - 4.5)
    return {
        "hmw": before["hmw"] * passed * noise["aggregates"],
        "hcp": before["hcp"] * 10**-cleared * noise["hcp"],
        "acidic": before["acidic"] * (1 - trait["charge_selectivity"] * resolved),
        "concentration": 8.0 * (d["load"] / 44) ** 0.5,
        "step_yield": (1 - lost - 0.015) * noise["yield"],
        "lost": lost,
    }
