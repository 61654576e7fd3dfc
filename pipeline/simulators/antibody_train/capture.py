"""Capture on Protein A: binding, breakthrough, what is eluted with the product, and the hold at low pH behind it."""

import numpy as np

from pipeline.simulators.antibody_train import beds
from pipeline.simulators.arrays import Array, Values

CYCLE_HOURS = 4.5
"""Duration of a capture cycle without its load [h]."""
USUAL_LIGAND = 10.0
"""Ligand of the usual resin [g/L]."""
UNACCOUNTED = 0.015
"""Share of the product that stays on the column or in the pipes and is not measured [-]."""
BREAKTHROUGH = (0.006, 0.85, 0.07)
"""Loss [-] at a load over capacity [-], and by which step of that ratio the loss grows e-fold."""


def cycles(mass: Array, target: Array, volume: Array) -> Array:
    """Number of cycles by which a mass [g] is loaded at no more than the target [g/L] on a bed [L]."""
    return np.asarray(np.maximum(np.ceil(mass / (target * volume)), 1.0))


def velocity(rows: Values) -> Array:
    """Linear velocity [cm/h] that gives the wanted residence time."""
    return np.asarray(rows["capture_bed_height"] / (rows["capture_residence"] / 60))


def drivers(rows: Values, mass: Array, count: Array) -> dict[str, Array]:
    """Quantities through which column and settings act on the capture lot, from the mass [g] and the number of cycles.

    load [g/L resin and cycle], residence [min], compression [-], wash and elution [column volumes], elution_ph, ligand_density
    [g/L], exposure: time at the full acidity [h]. It is the hold, the time to add acid and base, which grows with the cube root of
    the pool, and a part of the time for which the eluate of the first cycles waits for the last.
    """
    volume = beds.bed_volume(rows["diameter"], rows["capture_bed_height"])
    load = mass / (count * volume)
    loading = load / rows["load_concentration"] * rows["capture_residence"] / 60
    waiting = 0.5 * (count - 1) * (CYCLE_HOURS + loading)
    pool = count * volume * rows["capture_elution"]
    titration = 5 / 60 * (pool / 10) ** (1 / 3)
    return {
        "load": load,
        "residence": rows["capture_residence"],
        "compression": beds.compression(velocity(rows), rows["diameter"], rows["capture_bed_height"]),
        "wash": rows["capture_wash"],
        "elution": rows["capture_elution"],
        "elution_ph": rows["elution_ph"],
        "ligand_density": rows["ligand_density"],
        "exposure": rows["low_ph_hold"] / 60 + titration + 0.06 * waiting,
    }


def capacity(trait: Values, d: Values) -> Array:
    """Dynamic binding capacity [g/L], q·t/(t + τ): it grows with the residence time t towards the equilibrium q.

    The form stands for uptake that diffusion limits (Hahn et al. 2005, J. Chromatogr. A 1093, 98). q is proportional to the
    ligand. A compressed bed flows unevenly, which costs a quarter of the capacity per unit of compression.
    """
    equilibrium = trait["binding"] * d["ligand_density"] / USUAL_LIGAND
    return np.asarray(equilibrium * d["residence"] / (d["residence"] + trait["uptake"]) * (1 - 0.25 * d["compression"]))


def breakthrough(used: Array) -> Array:
    """Share of the product that leaves with the flow-through [-], from the load over the capacity [-]; at most one half."""
    least, begins, step = BREAKTHROUGH
    return np.asarray(np.minimum(least * np.exp((used - begins) / step), 0.5))


def respond(trait: Values, before: Values, d: Values, noise: Values) -> dict[str, Array]:
    """State of the neutralised capture pool: hmw and acidic [%], hcp [ng/mg], concentration [g/L], step_yield and lost [-].

    Aggregates pass the column and form at low pH, the faster the lower the pH and the higher the concentration; a full column
    makes some more (Mazzer et al. 2015, J. Chromatogr. A 1415, 83; Shukla et al. 2007). Host cell protein binds to resin and
    product. What binds to the resin is diluted by a higher load, and is washed off by more wash. Turbid loads carry more of it
    (Gagnon 2012, BioProcess Int. 10(2)).
    """
    used = d["load"] / capacity(trait, d)
    lost = breakthrough(used)
    step_yield = (1 - lost - UNACCOUNTED) * noise["yield"]
    concentration = d["load"] * step_yield / d["elution"]
    rate = trait["acid_aggregation"] * 10 ** (trait["acid_slope"] * (3.6 - d["elution_ph"])) * (concentration / 14) ** 0.8
    formed = rate * d["exposure"] + 0.15 * used**2
    bound = 0.4 + 0.6 * 36 / d["load"]
    washed = np.exp(-0.10 * (d["wash"] - 5))
    turbid = (1 + 0.035 * before["turbidity"]) / 1.25
    hcp = trait["affinity_of_hcp"] * (before["hcp"] / 1.9e5) ** 0.6 * bound * washed * turbid * noise["hcp"]
    return {
        "hmw": before["hmw"] + formed * noise["aggregates"],
        "hcp": hcp,
        "acidic": before["acidic"] + 0.06 * d["exposure"],
        "concentration": concentration,
        "step_yield": step_yield,
        "lost": lost,
    }
