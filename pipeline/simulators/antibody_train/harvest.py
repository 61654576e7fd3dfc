"""Harvest: a disc stack centrifuge, which settles and breaks cells, and a depth filter behind it."""

import numpy as np

from pipeline.simulators.antibody_train.culture import CELL_VOLUME
from pipeline.simulators.antibody_train.equipment import HALF_ANGLE
from pipeline.simulators.arrays import Array, Values
from pipeline.simulators.virtual_plant.physics import GRAVITY

FEED_ZONE = 0.35
"""Radius of the feed zone over the outer radius of the discs [-]."""
FILTER_HOLD_UP = 5.0
"""Liquid that a depth filter holds [L/m²]."""
FLUSHED = 0.6
"""Share of that liquid which the flush recovers [-]."""
SEDIMENT = 1.15
"""Product lost with the sediment, as volume of broth over volume of cells [-]: the sediment is not dry."""


def settling_area(speed: Array, discs: Array, outer: Array, inner: Array) -> Array:
    """Equivalent settling area of a disc stack [m²], 2π·n·ω²·(R³ − r³)/(3·g·tan θ) (Ambler 1959).

    speed [1/s], number of discs, outer and inner diameter [m].
    """
    cubes = (outer**3 - inner**3) / 8
    return np.asarray(2 * np.pi * discs * (2 * np.pi * speed) ** 2 * cubes / (3 * GRAVITY * np.tan(2 * np.pi * HALF_ANGLE)))


def feed_zone_dissipation(speed: Array, outer: Array) -> Array:
    """Energy dissipation where the broth is brought to the speed of the bowl [W/kg], v³/r with v = ω·r.

    speed [1/s], outer diameter of the discs [m]. It is the order of magnitude of a turbulent flow of velocity v and length r
    (Kolmogorov 1941). Boychyn et al. (2004, Bioprocess Biosyst. Eng. 26, 385) derive such rates for pilot machines by
    computational fluid dynamics.
    """
    radius = FEED_ZONE * outer / 2
    return np.asarray((2 * np.pi * speed * radius) ** 3 / radius)


def drivers(rows: Values) -> dict[str, Array]:
    """Quantities through which machine and settings act on the harvest.

    clarification_rate, the flow per settling area [nm/s]; dissipation [W/kg]; filter_load [L/m²]; hold [h].
    """
    return {
        "clarification_rate": rows["clarification_rate"],
        "dissipation": feed_zone_dissipation(rows["bowl_speed"], rows["disc_outer_diameter"]),
        "filter_load": 1000 * rows["culture_volume"] / rows["filter_area"],
        "hold": rows["harvest_hold"],
    }


def feed_flow(rows: Values) -> Array:
    """Flow of broth [m³/s] that gives the wanted flow per settling area."""
    area = settling_area(rows["bowl_speed"], rows["disc_count"], rows["disc_outer_diameter"], rows["disc_inner_diameter"])
    return np.asarray(1e-9 * rows["clarification_rate"] * area)


def broken_share(trait: Values, dissipation: Array, viability: Array) -> Array:
    """Share of the cells that the feed zone breaks [-]. Cells of low viability break more easily (Hutchinson et al. 2006)."""
    weak = 1 + 2 * (1 - viability / 100)
    return np.asarray(1 - np.exp(-0.022 * trait["fragility"] * (dissipation / 4e5) ** 0.6 * weak))


def respond(trait: Values, before: Values, d: Values, noise: Values) -> dict[str, Array]:
    """State of the clarified harvest: turbidity [NTU], hmw and acidic [%], hcp [ng/mg], and step_yield [-].

    Debris of dead and broken cells makes turbidity. Less of it settles at a higher flow per settling area, and more passes the
    depth filter at a higher load. Broken cells release their host cell protein. The sediment and the depth filter hold product.
    """
    broken = broken_share(trait, d["dissipation"], before["viability"])
    debris = (1 - before["viability"] / 100) + 3 * broken
    centrate = 60 * (1 + 8 * debris) * (d["clarification_rate"] / 12.5) ** 0.7
    turbidity = (1 + 0.013 * centrate * np.exp(d["filter_load"] / 120)) * noise["turbidity"]
    released = 0.12 * before["cells"] * broken * trait["host_protein"]  # g/L
    sediment = SEDIMENT * CELL_VOLUME * before["cells"]
    held = FILTER_HOLD_UP * (1 - FLUSHED) / d["filter_load"]
    return {
        "turbidity": turbidity,
        "hmw": before["hmw"] + 0.004 * d["hold"] * noise["aggregates"],
        "hcp": before["hcp"] + 1e6 * released / before["titre"],
        "acidic": before["acidic"] + 0.020 * d["hold"],
        "step_yield": (1 - sediment - held) * noise["yield"],
    }
