"""Ultrafiltration and diafiltration to drug substance: flux, pump passes, hold-up and the final concentration."""

import numpy as np

from pipeline.simulators.arrays import Array, Values

FLUX = 26.0
"""Mass transfer coefficient at a feed flux of 5 L/(m²·min) [L/(m²·h)]."""
FLUSHED = 0.65
"""Share of the product in the hold-up that a flush of one hold-up volume recovers [-]."""


def drivers(rows: Values, mass: Array) -> dict[str, Array]:
    """Quantities through which skid and settings act on the drug substance, from the mass [g].

    feed_flux [L/(m²·min)], membrane_load [g/m²], diafiltration_volumes [-], retentate_concentration [g/L], feed_pressure [bar],
    hold_up over the volume of the retentate [-], flush over the volume of the retentate [-].
    """
    retentate = mass / rows["retentate_concentration"]
    return {
        "feed_flux": rows["feed_flux"],
        "membrane_load": mass / rows["membrane_area"],
        "diafiltration_volumes": rows["diafiltration_volumes"],
        "retentate_concentration": rows["retentate_concentration"],
        "feed_pressure": rows["feed_pressure"] * rows["pressure_factor"] * (rows["feed_flux"] / 5) ** 0.8,
        "hold_up": rows["hold_up"] / retentate,
        "flush": rows["flush_ratio"] * rows["hold_up"] / retentate,
    }


def flux(gel: Array, concentration: Array, feed_flux: Array) -> Array:
    """Flux through the membrane [L/(m²·h)], k·ln(c_g/c), with k from the feed flux to the power 0.5.

    Gel polarisation (Blatt et al. 1970; Lutz 2015, Ultrafiltration for Bioprocessing).
    """
    return np.asarray(FLUX * (feed_flux / 5) ** 0.5 * np.log(gel / concentration))


def phases(trait: Values, start: Array, d: Values) -> tuple[Array, Array]:
    """Duration of concentration and of diafiltration [h], from the concentration of the load [g/L]."""
    gel, end = trait["gel_concentration"], d["retentate_concentration"]
    removed = d["membrane_load"] * (1 / start - 1 / end)  # L/m²
    exchanged = d["diafiltration_volumes"] * d["membrane_load"] / end
    concentrating = removed / flux(gel, np.sqrt(start * end), d["feed_flux"])
    return concentrating, exchanged / flux(gel, end, d["feed_flux"])


def passes(trait: Values, start: Array, d: Values) -> Array:
    """How often the product passes the pump [-]: feed flow times time over the volume, in both phases."""
    concentrating, exchanging = phases(trait, start, d)
    mean = d["membrane_load"] / np.sqrt(start * d["retentate_concentration"])
    final = d["membrane_load"] / d["retentate_concentration"]
    return np.asarray(60 * d["feed_flux"] * (concentrating / mean + exchanging / final))


def respond(trait: Values, before: Values, d: Values, noise: Values) -> dict[str, Array]:
    """State of the drug substance: hmw and acidic [%], hcp [ng/mg], concentration [g/L], passes, hours, step_yield and lost [-].

    Each pass of the pump makes aggregates in proportion to the pressure (Callahan et al. 2014 and Lutz 2015 for pump passes).
    The hold-up keeps product. The flush recovers a part of it and dilutes the pool. What stays in it is rinsed out and measured.
    """
    start = before["concentration"]
    concentrating, exchanging = phases(trait, start, d)
    count = passes(trait, start, d)
    crowded = 0.5 + 0.5 * (d["retentate_concentration"] / 56) ** 2
    formed = trait["pump_aggregation"] * count / 50 * d["feed_pressure"] / 1.5 * crowded
    kept = np.minimum(d["hold_up"], 0.5) * (1 - FLUSHED * np.minimum(d["flush"] / d["hold_up"], 1.3))
    step_yield = (1 - kept - 0.012) * noise["yield"]
    return {
        "hmw": before["hmw"] + formed * noise["aggregates"],
        "hcp": before["hcp"] * 0.95,
        "acidic": before["acidic"] + 0.02 * (concentrating + exchanging),
        "concentration": d["retentate_concentration"] * step_yield / (1 - d["hold_up"] + d["flush"]),
        "passes": count,
        "hours": (concentrating + exchanging),
        "step_yield": step_yield,
        "lost": 0.7 * kept,
    }
