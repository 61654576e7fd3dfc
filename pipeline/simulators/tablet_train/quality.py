"""Quality attributes of the coated tablets, from their state. No noise."""

import numpy as np

from pipeline.domain.arrays import FloatArray
from pipeline.simulators.tablet_train.granulation import REFERENCE_POROSITY
from pipeline.simulators.tablet_train.states import Inputs, State

CQAS = ("dissolution", "acceptance_value", "tensile_strength", "water_content", "degradant")
"""Units, in this order: % in 30 min, -, MPa, %, %."""
K = 2.4
"""Factor of the acceptance value for ten tablets (Ph. Eur. 2.9.40, USP 905)."""


def dissolved(state: State, own: Inputs) -> FloatArray:
    """Share of the drug that is dissolved after 30 min [%]: first order after a lag.

    Small particles dissolve faster (Noyes, Whitney 1897, J. Am. Chem. Soc. 19, 930). Water enters through the pores of tablet and
    granules. A film of lubricant slows it (Bolhuis, Lerk 1973, Pharm. Weekbl. 108, 469). The coat delays it, a thick one in
    particular.
    """
    pores = ((1 - state["solid_fraction"]) / 0.14) ** 0.40 * (state["porosity"] / REFERENCE_POROSITY) ** 0.45
    sizes = (state["api_size"] / 30e-6) ** -0.45 * (state["size"] / 250e-6) ** -0.15
    rate = own["dissolution_rate"] * pores * sizes * (1 - own["lost_wetting"] * state["lubricated"])
    lag = 1.5 + 60.0 * state["film"] * (1 + state["film_variation"] ** 2)
    return np.asarray(100 * (1 - np.exp(-rate * (30.0 - lag))))


def acceptance_value(state: State) -> FloatArray:
    """Acceptance value of the uniformity of dosage units [-], |M − X| + 2.4·s. Source: Ph. Eur. 2.9.40."""
    mean = state["api_assay"]
    off = np.maximum(np.abs(mean - 100.0) - 1.5, 0.0)
    return np.asarray(off + K * state["content_rsd"] * mean / 100)


def quality(state: State, own: Inputs) -> dict[str, FloatArray]:
    """Quality attributes without noise of tests, in the units of `CQAS`."""
    return {
        "dissolution": dissolved(state, own),
        "acceptance_value": acceptance_value(state),
        "tensile_strength": state["tensile_strength"] / 1e6,
        "water_content": 100 * state["moisture"] / (1 + state["moisture"]),
        "degradant": state["degradant"],
    }
